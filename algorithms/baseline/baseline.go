// Package baseline holds the methods that every other method must beat: the last value, the last season, the mean of
// recent seasons, a level with a calendar profile, and resampling of the past.
//
// LevelProfile is the floor of the engine: it forecasts any series, even an empty one. The others say by an error where
// they have too little to go on. No method here reads covariates.
//
// What a method learns from is cleaned alike for all: a value that stock-outs cut short is set aside, unless there is no
// other; a negative value, which is a net return, counts as no demand; a value that is not a number, infinite or larger
// than any demand counts as not observed.
package baseline

import (
	"encoding/json"
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

// largest is the largest demand that counts as observed: squares and sums of such values are finite.
const largest = 1e100

// observations returns the values of s that a method learns from, NaN where there is none, and how many there are.
// The slice is s.Y itself where nothing needs cleaning, and must not be written to.
func observations(s demand.Series) (y []float64, n int) {
	if s.Censored != nil {
		if y, n = clean(s.Y, s.Censored); n > 0 {
			return y, n
		}
	}
	for _, v := range s.Y {
		if v >= 0 && v <= largest {
			n++
		} else if v == v {
			return clean(s.Y, nil)
		}
	}
	return s.Y, n
}

func clean(y []float64, censored []bool) (out []float64, n int) {
	out = make([]float64, len(y))
	for t, v := range y {
		if !(math.Abs(v) <= largest) || censored != nil && censored[t] {
			out[t] = math.NaN()
			continue
		}
		out[t] = max(v, 0)
		n++
	}
	return out, n
}

// lastObserved returns the index of the last value that is not NaN, and −1 where there is none.
func lastObserved(y []float64) int {
	for t := len(y) - 1; t >= 0; t-- {
		if y[t] == y[t] {
			return t
		}
	}
	return -1
}

// checked is a fit that can tell whether it is whole, which one that was read from outside may not be.
type checked[T any] interface {
	*T
	demand.SeriesFitted
	check() error
}

func decode[T any, P checked[T]](name string, data []byte) (demand.SeriesFitted, error) {
	fit := P(new(T))
	if err := json.Unmarshal(data, fit); err != nil {
		return nil, fmt.Errorf("read a fit of %s: %w", name, err)
	}
	if err := fit.check(); err != nil {
		return nil, fmt.Errorf("read a fit of %s: %w; fit the series again", name, err)
	}
	return fit, nil
}

// checkCalendar reports a calendar that no frequency can be read back from, such as one that was never written.
func checkCalendar(cal demand.Calendar) error {
	if _, err := demand.ParseFreq(cal.Freq.String()); err != nil {
		return fmt.Errorf("the calendar is not usable: %w", err)
	}
	return nil
}

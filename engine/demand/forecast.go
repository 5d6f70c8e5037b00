package demand

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Forecast holds a fan for each series of a future: H means, and H×len(Levels) quantiles row-major by period.
type Forecast struct {
	Keys   []Key
	Cal    Calendar
	Start  Period
	H      int
	Levels []float64 // ascending, each inside (0, 1)
	Mean   []float64 // units a period; len(Keys)×H
	Q      []float64 // units a period; len(Keys)×H×len(Levels). Quantiles are never summed.
	By     []string  // the model that really produced each series
	Why    []error   // nil, or why series i was not produced by the model that was asked
}

// NewForecast returns an empty forecast of the shape of f, filled with NaN so that a forgotten write is seen.
// Levels must pass CheckLevels.
func NewForecast(f *Future, levels []float64) *Forecast {
	n := len(f.Keys) * f.H
	return &Forecast{
		Keys: f.Keys, Cal: f.Cal, Start: f.Start, H: f.H, Levels: levels,
		Mean: nans(n), Q: nans(n * len(levels)), By: make([]string, len(f.Keys)), Why: make([]error, len(f.Keys)),
	}
}

func nans(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// Fan returns a view of the fan of series i. Writing to it writes to the forecast.
func (f *Forecast) Fan(i int) Fan {
	k := f.H * len(f.Levels)
	return Fan{Levels: f.Levels, Mean: f.Mean[i*f.H : (i+1)*f.H : (i+1)*f.H], Q: f.Q[i*k : (i+1)*k : (i+1)*k]}
}

// Check reports the first fan that is not whole: see Fan.Check.
func (f *Forecast) Check() error {
	for i, key := range f.Keys {
		if err := f.Fan(i).Check(); err != nil {
			return fmt.Errorf("check forecast of %v by %s: %w", key, f.By[i], err)
		}
	}
	return nil
}

// Fan is the mean and the quantiles of one series over the horizon.
type Fan struct {
	Levels []float64
	Mean   []float64 // H values
	Q      []float64 // H×len(Levels), row-major by period
}

// At returns the quantiles of step j, one for each level.
func (f Fan) At(j int) []float64 {
	k := len(f.Levels)
	return f.Q[j*k : (j+1)*k : (j+1)*k]
}

// Check reports the first value that is not finite, is negative, or lies below the quantile of a lower level.
func (f Fan) Check() error {
	for j, m := range f.Mean {
		if bad := badValue(m); bad != "" {
			return fmt.Errorf("%w: the mean of step %d is %s", ErrNotUsable, j+1, bad)
		}
		for l, q := range f.At(j) {
			if bad := badValue(q); bad != "" {
				return fmt.Errorf("%w: the quantile %g of step %d is %s", ErrNotUsable, f.Levels[l], j+1, bad)
			}
			if l > 0 && q < f.Q[j*len(f.Levels)+l-1] {
				return fmt.Errorf("%w: the quantiles %g and %g of step %d cross", ErrNotUsable, f.Levels[l-1], f.Levels[l], j+1)
			}
		}
	}
	return nil
}

func badValue(v float64) string {
	switch {
	case math.IsNaN(v):
		return "not a number"
	case math.IsInf(v, 0):
		return "infinite"
	case v < 0:
		return "negative"
	}
	return ""
}

// CheckLevels reports quantile levels that are not ascending, not inside (0, 1), or so near to each other that their
// columns would have one name.
func CheckLevels(levels []float64) error {
	for i, l := range levels {
		if !(l > 0 && l < 1) {
			return fmt.Errorf("read quantiles: %g is outside (0, 1); use levels such as 0.1, 0.5 and 0.9", l)
		}
		if i > 0 && l <= levels[i-1] {
			return fmt.Errorf("read quantiles: %g follows %g; list each level once, ascending", l, levels[i-1])
		}
		if i > 0 && LevelName(l) == LevelName(levels[i-1]) {
			return fmt.Errorf("read quantiles: %v and %v would share the column %s; leave one out", levels[i-1], l, LevelName(l))
		}
	}
	return nil
}

// LevelName returns the column name of a quantile level: p10 for 0.1, p0_5 for 0.005, p97_5 for 0.975.
func LevelName(level float64) string {
	// Twelve digits are more than any level needs and fewer than the noise of 100·level.
	percent, _ := strconv.ParseFloat(strconv.FormatFloat(100*level, 'g', 12, 64), 64)
	return "p" + strings.ReplaceAll(strconv.FormatFloat(percent, 'f', -1, 64), ".", "_")
}

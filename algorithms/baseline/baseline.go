// Package baseline holds the methods that every other method must beat: the last value, the last season, the mean of
// recent seasons, a level with a calendar profile, and resampling of the past.
//
// LevelProfile is the floor of the engine: it forecasts any series, even an empty one. The others say by an error where
// they have too little to go on. No method here reads covariates.
//
// What a method learns from is cleaned by demand.Series.Observed.
package baseline

import (
	"fmt"

	"shelfcast/engine/demand"
)

// lastObserved returns the index of the last value that is not NaN, and −1 where there is none.
func lastObserved(y []float64) int {
	for t := len(y) - 1; t >= 0; t-- {
		if y[t] == y[t] {
			return t
		}
	}
	return -1
}

// checkCalendar reports a calendar that no frequency can be read back from, such as one that was never written.
func checkCalendar(cal demand.Calendar) error {
	if _, err := demand.ParseFreq(cal.Freq.String()); err != nil {
		return fmt.Errorf("the calendar is not usable: %w", err)
	}
	return nil
}

package modeltest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

// carry makes the fit of a series from one of a series that ended before: Update, or Refit.
type carry func(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error)

// another is a fit of no model.
type another struct{ demand.SeriesFitted }

// RunUpdater checks the promises of demand.Updater.
func RunUpdater(t *testing.T, m demand.Updater) {
	t.Helper()
	for _, p := range updaterPromises(m) {
		t.Run("update: "+p.words, func(t *testing.T) {
			t.Parallel()
			report(t, func() error { return p.check(m, Options{}) })
		})
	}
}

// RunRefitter checks the promises of demand.Refitter.
func RunRefitter(t *testing.T, m demand.Refitter) {
	t.Helper()
	for _, p := range laterPromises(m.Refit, 1e-2) { // a search goes on where it stopped, which was near the top
		t.Run("refit: "+p.words, func(t *testing.T) {
			t.Parallel()
			report(t, func() error { return p.check(m, Options{}) })
		})
	}
}

func updaterPromises(m demand.Updater) []promise[demand.SeriesModel] {
	return append(laterPromises(m.Update, 1e-6), // parameters are kept as others than are searched
		promise[demand.SeriesModel]{"a fit of far fewer observations is not held", refusesFarLess(m.Update)})
}

func laterPromises(later carry, tolerance float64) []promise[demand.SeriesModel] {
	return []promise[demand.SeriesModel]{
		{"with nothing new it forecasts the same", sameWithNothingNew(later, tolerance)},
		{"it forecasts as well as a new fit, and better than the old one", forecastsAsWell(later)},
		{"a fit of another model is refused", refusesAnother(later)},
		{"no series makes it panic or write half a fan", carriesAnySeries(later)},
		{"neither the series nor the earlier fit is changed", carriesWithoutChange(later)},
	}
}

// wandering returns n days with a week, whose level wanders.
func wandering(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 31))
	y, level := make([]float64, n), 200.0
	for t := range y {
		e := 4 * rng.NormFloat64()
		y[t] = level + 20*math.Sin(2*math.Pi*float64(t)/7) + e
		level += 0.5 * e
	}
	return y
}

func days(y []float64) demand.Series {
	return demand.Series{Cal: demand.Calendar{Freq: demand.Daily}, Y: y}
}

func fanOf(fit demand.SeriesFitted, h int) (demand.Fan, error) {
	dst := demand.Fan{Levels: threeLevels, Mean: make([]float64, h), Q: make([]float64, h*len(threeLevels))}
	if err := fit.ForecastSeries(nil, dst); err != nil {
		return dst, err
	}
	return dst, dst.Check()
}

func sameWithNothingNew(later carry, tolerance float64) func(demand.SeriesModel, Options) error {
	return func(m demand.SeriesModel, _ Options) error {
		y := wandering(1, 300)
		y[40], y[41] = math.NaN(), math.NaN()
		fit, err := m.FitSeries(days(y))
		if err != nil {
			return err
		}
		again, err := later(fit, days(y))
		if err != nil {
			return err
		}
		a, errA := fanOf(fit, 14)
		b, errB := fanOf(again, 14)
		for i := range a.Q {
			if !(math.Abs(a.Q[i]-b.Q[i]) <= tolerance*math.Abs(a.Q[i])) {
				return fmt.Errorf("quantile %d is %v, and %v with nothing new", i, a.Q[i], b.Q[i])
			}
		}
		return errors.Join(errA, errB)
	}
}

// forecastsAsWell compares the errors of a week after 280, and 56 more, periods.
func forecastsAsWell(later carry) func(demand.SeriesModel, Options) error {
	return func(m demand.SeriesModel, _ Options) error {
		old, carried, fresh := 0.0, 0.0, 0.0
		for seed := range uint64(20) {
			y := wandering(seed, 343)
			first, err := m.FitSeries(days(y[:280]))
			if err != nil {
				return err
			}
			second, err := later(first, days(y[:336]))
			if err != nil {
				return err
			}
			third, err := m.FitSeries(days(y[:336]))
			if err != nil {
				return err
			}
			a, errA := fanOf(first, 63)
			b, errB := fanOf(second, 7)
			c, errC := fanOf(third, 7)
			if err := errors.Join(errA, errB, errC); err != nil {
				return err
			}
			for j, v := range y[336:] {
				old += math.Abs(v - a.Mean[56+j])
				carried += math.Abs(v - b.Mean[j])
				fresh += math.Abs(v - c.Mean[j])
			}
		}
		if carried > 1.2*fresh || carried > 0.9*old {
			return fmt.Errorf("the mean error of the old fits is %.3g, of those carried on %.3g, of new ones %.3g", old/140, carried/140, fresh/140)
		}
		return nil
	}
}

func refusesFarLess(later carry) func(demand.SeriesModel, Options) error {
	return func(m demand.SeriesModel, _ Options) error {
		y := wandering(1, 200)
		fit, err := m.FitSeries(days(y[:100]))
		if err != nil {
			return err
		}
		if _, err := later(fit, days(y)); err == nil {
			return errors.New("a fit of half of the observations is held")
		}
		return nil
	}
}

func refusesAnother(later carry) func(demand.SeriesModel, Options) error {
	return func(demand.SeriesModel, Options) error {
		if _, err := later(another{}, days(wandering(1, 100))); err == nil {
			return errors.New("no error for a fit of another model")
		}
		return nil
	}
}

// carriesAnySeries fits what comes before the last week of each hard series, and carries that on. What stops selling, or begins to
// sell at last, is among them.
func carriesAnySeries(later carry) func(demand.SeriesModel, Options) error {
	return func(m demand.SeriesModel, _ Options) error {
		var broken []error
		for _, h := range hardSeries() {
			for _, next := range [][]float64{nil, filled(7, 0), filled(7, math.NaN()), filled(7, 1e12)} {
				y := append(h.y[:len(h.y):len(h.y)], next...)
				from := max(len(y)-7, 0)
				err := guarded(func() error {
					fit, err := m.FitSeries(days(y[:from:from]))
					if err != nil {
						return nil // it may refuse
					}
					if fit, err = later(fit, days(y)); err != nil {
						return nil
					}
					_, err = fanOf(fit, horizon)
					return err
				})
				if err != nil {
					broken = append(broken, fmt.Errorf("series %q, then %v: %w", h.words, next, err))
				}
			}
		}
		return errors.Join(broken...)
	}
}

func carriesWithoutChange(later carry) func(demand.SeriesModel, Options) error {
	return func(m demand.SeriesModel, _ Options) error {
		y := wandering(3, 301)
		fit, err := m.FitSeries(days(y[:300:300]))
		if err != nil {
			return err
		}
		same, err := m.FitSeries(days(y[:300:300]))
		if err != nil {
			return err
		}
		kept := append([]float64(nil), y...)
		if _, err := later(fit, days(y)); err != nil {
			return err
		}
		if i := firstDifference(kept, y); i >= 0 {
			return fmt.Errorf("demand in cell %d was %v and is %v", i, kept[i], y[i])
		}
		return writtenAlike(same, fit)
	}
}

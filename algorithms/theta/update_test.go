package theta

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

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

func TestAnUpdateWithNothingNewForecastsTheSame(t *testing.T) {
	t.Parallel()
	y := wandering(1, 300)
	y[40], y[41] = math.NaN(), math.NaN()
	for _, m := range []demand.Updater{Model{}, Model{Variant: Optimised}, Model{Variant: DynamicOptimised}, Auto{}} {
		t.Run(m.Name(), func(t *testing.T) {
			fit, err := m.FitSeries(demand.Series{Cal: daily, Y: y[:300]})
			if err != nil {
				t.Fatal(err)
			}
			again, err := m.Update(fit, demand.Series{Cal: daily, Y: y[:300]})
			if err != nil {
				t.Fatal(err)
			}
			a, b := newFan(14, 0.1, 0.5, 0.9), newFan(14, 0.1, 0.5, 0.9)
			if err := errors.Join(fit.ForecastSeries(nil, a), again.ForecastSeries(nil, b)); err != nil {
				t.Fatal(err)
			}
			for i := range a.Q {
				if math.Abs(a.Q[i]-b.Q[i]) > 1e-6*math.Abs(a.Q[i]) { // parameters are kept as others than are searched
					t.Fatalf("quantile %d is %v, and %v after an update with nothing new", i, a.Q[i], b.Q[i])
				}
			}
		})
	}
}

// An update knows the new observations: its forecasts are as good as those of a new fit, and better than those of the old one.
func TestAnUpdateForecastsAsWellAsANewFit(t *testing.T) {
	t.Parallel()
	for _, m := range []demand.Updater{Model{}, Model{Variant: Optimised}, Model{Variant: DynamicOptimised}, Auto{}} {
		t.Run(m.Name(), func(t *testing.T) {
			old, updated, fresh := 0.0, 0.0, 0.0
			for seed := range uint64(20) {
				y := wandering(seed, 343)
				s := func(n int) demand.Series { return demand.Series{Cal: daily, Y: y[:n]} }
				first, err := m.FitSeries(s(280))
				if err != nil {
					t.Fatal(err)
				}
				second, err := m.Update(first, s(336))
				if err != nil {
					t.Fatal(err)
				}
				third, err := m.FitSeries(s(336))
				if err != nil {
					t.Fatal(err)
				}
				a, b, c := newFan(63, 0.5), newFan(7, 0.5), newFan(7, 0.5)
				if err := errors.Join(first.ForecastSeries(nil, a), second.ForecastSeries(nil, b), third.ForecastSeries(nil, c)); err != nil {
					t.Fatal(err)
				}
				for j := range 7 {
					old += math.Abs(y[336+j] - a.Mean[56+j])
					updated += math.Abs(y[336+j] - b.Mean[j])
					fresh += math.Abs(y[336+j] - c.Mean[j])
				}
			}
			if updated > 1.2*fresh || updated > 0.9*old {
				t.Errorf("mean errors: before %.3g, updated %.3g, fitted anew %.3g", old/140, updated/140, fresh/140)
			}
		})
	}
}

func TestAFitOfFarLessIsNotUpdated(t *testing.T) {
	t.Parallel()
	y := wandering(1, 300)
	for _, m := range []demand.Updater{Model{}, Model{Variant: Optimised}, Model{Variant: DynamicOptimised}, Auto{}} {
		fit, err := m.FitSeries(demand.Series{Cal: daily, Y: y[:100]})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Update(fit, demand.Series{Cal: daily, Y: y[:200]}); err == nil {
			t.Errorf("%s: a fit of half of the observations is held", m.Name())
		}
	}
}

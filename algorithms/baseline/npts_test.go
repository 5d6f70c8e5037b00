package baseline

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shelfcast/engine/demand"
)

func TestNPTSWeighsTheRecentPastMore(t *testing.T) {
	t.Parallel()
	// Rate ln 2: weights 1, ½, ¼ for 30, 20, 10. Mean (30 + 10 + 2.5)/1.75. Weight up to 10: 1/7, up to 20: 3/7.
	got := fan(t, NPTS{Rate: math.Ln2}, []float64{10, 20, 30}, 2, 0.1, 0.2, 0.45)
	wantAll(t, "mean", got.Mean, []float64{42.5 / 1.75, 42.5 / 1.75})
	wantAll(t, "quantile", got.Q, []float64{10, 20, 30, 10, 20, 30})
}

func TestTheUniformKernelWeighsAllAlike(t *testing.T) {
	t.Parallel()
	got := fan(t, NPTS{Kernel: Uniform}, []float64{4, math.NaN(), 1, 1, 2}, 1, 0.5, 0.51, 0.76)
	wantAll(t, "mean", got.Mean, []float64{2})
	wantAll(t, "quantile", got.Q, []float64{1, 2, 4})
}

func TestTheWindowOfNPTSEndsTheMemory(t *testing.T) {
	t.Parallel()
	got := fan(t, NPTS{Kernel: Uniform, Window: 2}, []float64{900, 900, 1, 3}, 1)
	wantAll(t, "mean", got.Mean, []float64{2})
}

func TestSeasonalNPTSDrawsFromTheSameWeekday(t *testing.T) {
	t.Parallel()
	y := []float64{1, 2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 8, 9, 5} // Monday to Monday, two weeks on
	got := fan(t, NPTS{Kernel: Uniform, Seasonal: true}, y, 8, 0.5)
	wantAll(t, "mean", got.Mean, []float64{3, 4, 5, 6, 7, 8, 3, 3}) // from Tuesday; Monday has 1, 3, 5
	wantAll(t, "median", got.Q, []float64{2, 3, 4, 5, 6, 7, 3, 2})
}

func TestAClassThatWasNeverSeenDrawsFromAll(t *testing.T) {
	t.Parallel()
	got := fan(t, NPTS{Kernel: Uniform, Seasonal: true}, []float64{1, 3}, 7, 0.9) // Monday and Tuesday
	wantAll(t, "mean", got.Mean, []float64{2, 2, 2, 2, 2, 1, 3})
	wantAll(t, "quantile", got.Q, []float64{3, 3, 3, 3, 3, 1, 3})
}

func TestAClassThatWasNeverSeenDrawsFromAllWhateverStandsBeforeIt(t *testing.T) {
	t.Parallel()
	// Monday has 9, 0, 0 and Tuesday 1, 5; the other days were never observed. All: 0, 0, 1, 5, 9.
	nan := math.NaN()
	y := []float64{9, 1, nan, nan, nan, nan, nan, 0, 5, nan, nan, nan, nan, nan, 0}
	got := fan(t, NPTS{Kernel: Uniform, Seasonal: true}, y, 7, 0.4, 0.6, 0.8)
	wantAll(t, "mean", got.Mean, []float64{3, 3, 3, 3, 3, 3, 3})
	wantAll(t, "quantile", got.Q[3:18], []float64{0, 1, 5, 0, 1, 5, 0, 1, 5, 0, 1, 5, 0, 1, 5})
}

func TestAMeanOfEqualValuesIsThatValue(t *testing.T) {
	t.Parallel()
	y := make([]float64, 60)
	for i := range y {
		y[i] = 0.1 // whose weighted mean rounds to a value above it
	}
	for _, m := range []NPTS{{}, {Seasonal: true}, {Kernel: Uniform}} {
		for _, v := range fan(t, m, y, 7).Mean {
			if v != 0.1 {
				t.Errorf("%s: %v, want 0.1", m.Name(), v)
			}
		}
	}
}

func TestNPTSKnowsTheSeasonOfEveryFrequency(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]int{"H": 24, "M": 12, "Q": 4, "15min": 4, "30min": 2} {
		freq, err := demand.ParseFreq(name)
		if err != nil {
			t.Fatal(err)
		}
		y := make([]float64, 5*m+1)
		for i := range y {
			y[i] = float64(i % m)
		}
		f := fanOf(t, NPTS{Seasonal: true}, demand.Series{Cal: demand.Calendar{Freq: freq}, Start: 1000, Y: y}, 2*m)
		for j, v := range f.Mean {
			if want := float64((5*m + 1 + j) % m); !near(v, want) {
				t.Errorf("%s: step %d is %g, want %g", name, j+1, v, want)
			}
		}
	}
}

func TestWeeksDrawFromTheSameDayOfTheMonth(t *testing.T) {
	t.Parallel()
	freq, err := demand.ParseFreq("W")
	if err != nil {
		t.Fatal(err)
	}
	cal := demand.Calendar{Freq: freq}
	// Weeks from Monday 2016-02-01 to 2017-04-24: the next Monday, 2017-05-01, has met its day of the month on
	// 2016-02-01 and 2016-08-01 only.
	start := cal.Period(time.Date(2016, 2, 1, 0, 0, 0, 0, time.UTC))
	y := make([]float64, 65)
	y[0], y[26] = 10, 30
	f := fanOf(t, NPTS{Kernel: Uniform, Seasonal: true}, demand.Series{Cal: cal, Start: start, Y: y}, 1)
	wantAll(t, "mean", f.Mean, []float64{20})
}

func TestNPTSAgreesWithItsFormulaWrittenPlainly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := NPTS{Seasonal: rapid.Bool().Draw(rt, "seasonal"), Rate: rapid.Float64Range(0.001, 0.2).Draw(rt, "rate")}
		n := rapid.IntRange(40, 120).Draw(rt, "n")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		y := make([]float64, n)
		for i := range y {
			y[i] = negativeBinomial(rng, 2, 3)
			if rng.IntN(11) == 0 {
				y[i] = math.NaN()
			}
		}
		y[n-1] = 3
		levels := []float64{0.07, 0.5, 0.93}
		got := fan(t, m, y, 14, levels...)
		for j, mean := range got.Mean {
			points := plainPast(y, n+j, m)
			sum, whole := 0.0, 0.0
			for _, x := range points {
				sum, whole = sum+x.v*x.w, whole+x.w
			}
			if !near(mean, sum/whole) {
				rt.Fatalf("the mean of step %d is %g, want %g", j+1, mean, sum/whole)
			}
			for l, level := range levels {
				if want := plainQuantile(points, level); got.At(j)[l] != want {
					rt.Fatalf("the quantile %g of step %d is %g, want %g", level, j+1, got.At(j)[l], want)
				}
			}
		}
	})
}

// plainPast returns the observed values that the forecast of day `at` may draw from, each with exp(−rate·age).
func plainPast(y []float64, at int, m NPTS) (points []weighted) {
	for t, v := range y {
		if !math.IsNaN(v) && (!m.Seasonal || t%7 == at%7) {
			points = append(points, weighted{v, math.Exp(-m.Rate * float64(len(y)-1-t))})
		}
	}
	return points
}

func TestNPTSForecastsNothingThatWasNotObserved(t *testing.T) {
	t.Parallel()
	seen := map[float64]bool{2: true, 5: true, 11: true}
	got := fan(t, NPTS{Seasonal: true}, []float64{2, 5, 11, 2, 2, 5, 5, 11, 2, 2, 5}, 20, 0.01, 0.3, 0.6, 0.99)
	for _, q := range got.Q {
		if !seen[q] {
			t.Errorf("%g was never observed", q)
		}
	}
	for _, v := range got.Mean {
		if v < 2 || v > 11 {
			t.Errorf("the mean %g lies outside what was observed", v)
		}
	}
}

func TestNPTSCoversDemandThatDoesNotChange(t *testing.T) {
	t.Parallel()
	// P(Y ≤ q) of the true distribution, at the forecast quantile, averaged over draws, is at least the level, and
	// at most one probability mass above it.
	const n = 300
	for _, level := range []float64{0.5, 0.9} {
		var reached, share float64
		for i := range n {
			rng := rand.New(rand.NewPCG(11, uint64(i)))
			y := make([]float64, 700)
			for t := range y {
				y[t] = negativeBinomial(rng, 20, 3)
			}
			f := fan(t, NPTS{Kernel: Uniform}, y, 1, level)
			if negativeBinomial(rng, 20, 3) <= f.Q[0] {
				reached++
			}
			share += level / n
		}
		// Three standard errors, and 0.05, the largest probability of one count of this distribution.
		tolerance := 3*math.Sqrt(level*(1-level)/n) + 0.05
		if math.Abs(reached/n-share) > tolerance {
			t.Errorf("level %g: %.3f lie below, want within %.3f", level, reached/n, tolerance)
		}
	}
}

func TestNPTSRefusesAWindowWithoutAnObservation(t *testing.T) {
	t.Parallel()
	_, err := NPTS{Window: 2}.FitSeries(demand.Series{Cal: daily, Start: monday, Y: []float64{1, math.NaN(), math.NaN()}})
	if !errors.Is(err, demand.ErrNoData) {
		t.Errorf("the error is %v", err)
	}
}

func TestAWeightThatHasFadedToNothingDrawsFromAll(t *testing.T) {
	t.Parallel()
	y := []float64{9, math.NaN(), math.NaN(), 4} // Monday's weight at a rate of 500 a day is 0
	got := fan(t, NPTS{Rate: 500, Seasonal: true}, y, 7, 0.5)
	wantAll(t, "mean", got.Mean, []float64{4, 4, 4, 4, 4, 4, 4})
}

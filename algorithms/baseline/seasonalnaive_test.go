package baseline

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

func TestNaiveForecastsTheLastObservedValue(t *testing.T) {
	t.Parallel()
	got := fan(t, Naive{}, []float64{3, 1, 4, 1, 5, math.NaN()}, 3)
	wantAll(t, "mean", got.Mean, []float64{5, 5, 5})
}

func TestSeasonalNaiveForecastsTheSamePositionOfTheLastSeason(t *testing.T) {
	t.Parallel()
	y := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	got := fan(t, SeasonalNaive{}, y, 9)
	wantAll(t, "mean", got.Mean, []float64{4, 5, 6, 7, 8, 9, 10, 4, 5})
}

func TestAGapInTheLastSeasonTakesTheSeasonBefore(t *testing.T) {
	t.Parallel()
	y := []float64{1, 2, 3, 10, 20, math.NaN(), 100, 200, math.NaN()}
	got := fan(t, SeasonalNaive{Season: 3}, y, 3)
	wantAll(t, "mean", got.Mean, []float64{100, 200, 3})
}

func TestAPositionThatWasNeverSeenTakesTheLastValue(t *testing.T) {
	t.Parallel()
	y := []float64{1, 2, math.NaN(), 10, 20, math.NaN()}
	got := fan(t, SeasonalNaive{Season: 3}, y, 3)
	wantAll(t, "mean", got.Mean, []float64{10, 20, 20})
}

func TestSeasonalNaiveWidensAsTheChangesDo(t *testing.T) {
	t.Parallel()
	// Changes over one period: +1 and −1 in turn, mean square 1; over four periods: 0. Nothing grows.
	flat := fan(t, Naive{}, []float64{5, 6, 5, 6, 5, 6, 5, 6, 5}, 3, 0.1, 0.9)
	wantAll(t, "quantile", flat.Q, []float64{4, 6, 4, 6, 4, 6})
	// Steps of +1 throughout: mean square over one period 1, over four 16: it grows by more than all of it, so
	// that nothing is noise, and the median change of +1 widens with √k.
	walk := fan(t, Naive{}, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 4, 0.5)
	wantAll(t, "median", walk.Q, []float64{10, 9 + math.Sqrt2, 9 + math.Sqrt(3), 11})
}

func TestTheNoiseShareSplitsTheMeanSquare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ near, far, want float64 }{
		{2, 5, 0.5},      // b = (5−2)/3 = 1, a = 2−1
		{1, 1, 1},        // no growth
		{1, 4, 0},        // a pure random walk
		{1, 100, 0},      // faster than a random walk: still no more than all
		{1, 0, 1},        // no far change was seen
		{0, 0, 1},        // constant
		{0, 3, 1},        // constant near, a step far: no share can be told
		{2, 2.75, 0.875}, // b = 1/4
	} {
		if got := noiseShare(c.near, c.far); !near(got, c.want) {
			t.Errorf("near %g, far %g: noise %g, want %g", c.near, c.far, got, c.want)
		}
	}
}

func TestSeasonalNaiveAgreesWithItsFormulaWrittenPlainly(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 7))
	y := make([]float64, 500)
	for i := range y {
		y[i] = negativeBinomial(rng, 3+2*math.Sin(float64(i)), 2.5)
		if i%41 == 5 {
			y[i] = math.NaN()
		}
	}
	levels := []float64{0.05, 0.5, 0.95}
	got := fan(t, SeasonalNaive{}, y, 30, levels...)
	mean, q := plainSeasonalNaive(y, 7, 30, levels)
	wantAll(t, "mean", got.Mean, mean)
	wantAll(t, "quantile", got.Q, q)
}

func plainSeasonalNaive(y []float64, m, h int, levels []float64) (mean, q []float64) {
	changes := func(lag int) (d []float64, square float64) {
		for t := max(lag, len(y)-364); t < len(y); t++ {
			if v := y[t] - y[t-lag]; !math.IsNaN(v) {
				d = append(d, v)
				square += v * v
			}
		}
		return d, square / float64(len(d))
	}
	d, one := changes(m)
	_, four := changes(4 * m)
	b := max(0, (four-one)/3)
	a := max(0, one-b)
	for j := range h {
		k := j/m + 1
		at := len(y) + j - k*m
		for math.IsNaN(y[at]) {
			at -= m
		}
		mean = append(mean, y[at])
		for _, level := range levels {
			s := math.Sqrt((a + b*float64(k)) / (a + b))
			q = append(q, max(0, y[at]+s*plainSpread(d, level)))
		}
	}
	return mean, q
}

func TestSeasonalNaiveRefusesWhatItCannotJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		y    []float64
		want error
	}{
		{nil, demand.ErrNoData},
		{[]float64{math.NaN(), math.NaN()}, demand.ErrNoData},
		{[]float64{1, 2, 3, 4, 5, 6, 7}, demand.ErrTooShort},
		{[]float64{1, 2, 3, 4, 5, 6, 7, math.NaN()}, demand.ErrTooShort},
	} {
		_, err := SeasonalNaive{}.FitSeries(demand.Series{Cal: daily, Start: monday, Y: c.y})
		if !errors.Is(err, c.want) {
			t.Errorf("%v: the error is %v, want %v", c.y, err, c.want)
		}
	}
}

func TestSeasonalNaiveCoversARandomWalkOfSeasons(t *testing.T) {
	t.Parallel()
	// y_t = y_{t−7} + N(0, 1) around 1000, where nothing is cut at zero: the 80 % band of every week must hold 80 %.
	const n, want = 3000, 0.8
	rng := rand.New(rand.NewPCG(3, 1))
	inside := [4]float64{}
	for range n {
		y := make([]float64, 7*60+28)
		for i := range y {
			y[i] = 1000
			if i >= 7 {
				y[i] = y[i-7] + rng.NormFloat64()
			}
		}
		f := fan(t, SeasonalNaive{}, y[:7*60], 28, 0.1, 0.9)
		for week := range inside {
			j := 7*week + rng.IntN(7) // one day a week, so that draws are independent
			if v := y[7*60+j]; v >= f.At(j)[0] && v <= f.At(j)[1] {
				inside[week]++
			}
		}
	}
	// Three standard errors of the share, and two points for a band learnt from 364 changes and a growth learnt from as many.
	tolerance := 3*math.Sqrt(want*(1-want)/n) + 0.02
	for week, k := range inside {
		if math.Abs(k/n-want) > tolerance {
			t.Errorf("week %d: coverage %.3f, want %.3f ± %.3f", week+1, k/n, want, tolerance)
		}
	}
}

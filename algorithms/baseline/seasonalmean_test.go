package baseline

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

func TestSeasonalMeanAveragesEachPosition(t *testing.T) {
	t.Parallel()
	y := []float64{100, 1, 2, 3, 3, 4, 5} // the first value is of the last position, and too old
	got := fan(t, SeasonalMean{Season: 3, Seasons: 2}, y, 4)
	wantAll(t, "mean", got.Mean, []float64{2, 3, 4, 2})
}

func TestSeasonalMeanPoolsWhatTheOtherSeasonsMiss(t *testing.T) {
	t.Parallel()
	// Position 1: 1 and 3, each misses the other by 2. Position 2: 10 and 10. Misses sorted: −2, 0, 0, 2.
	got := fan(t, SeasonalMean{Season: 2}, []float64{1, 10, 3, 10}, 2, 0.1, 0.5, 0.7, 0.9)
	wantAll(t, "quantile", got.Q, []float64{
		0, 2, 3, 4, // 0.7·5 = 3.5: halfway from 0 to 2
		8, 10, 11, 12,
	})
}

func TestAPositionWithoutAValueTakesTheMeanOfAll(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	got := fan(t, SeasonalMean{Season: 3}, []float64{2, nan, 6, 4, nan, 8}, 3)
	wantAll(t, "mean", got.Mean, []float64{3, 5, 7})
}

func TestSeasonalMeanAgreesWithItsFormulaWrittenPlainly(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 2))
	y := make([]float64, 120)
	for i := range y {
		y[i] = negativeBinomial(rng, 6, 2)
		if i%13 == 7 {
			y[i] = math.NaN()
		}
	}
	levels := []float64{0.05, 0.5, 0.95}
	got := fan(t, SeasonalMean{}, y, 20, levels...)
	mean, q := plainSeasonalMean(y, 7, 8, 20, levels)
	wantAll(t, "mean", got.Mean, mean)
	wantAll(t, "quantile", got.Q, q)
}

func plainSeasonalMean(y []float64, m, seasons, h int, levels []float64) (mean, q []float64) {
	groups := make([][]float64, m)
	for t := len(y) - 1; t >= 0; t-- {
		if j := (t - len(y)%m + m) % m; !math.IsNaN(y[t]) && len(groups[j]) < seasons {
			groups[j] = append(groups[j], y[t])
		}
	}
	average := func(v []float64) (s float64) {
		for _, x := range v {
			s += x / float64(len(v))
		}
		return s
	}
	var misses []float64
	for _, g := range groups {
		for i, v := range g {
			others := append(append([]float64(nil), g[:i]...), g[i+1:]...)
			misses = append(misses, v-average(others))
		}
	}
	for j := range h {
		mean = append(mean, average(groups[j%m]))
		for _, level := range levels {
			q = append(q, max(0, mean[j]+plainSpread(misses, level)))
		}
	}
	return mean, q
}

func TestSeasonalMeanRefusesWhatItCannotJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		y    []float64
		want error
	}{
		{nil, demand.ErrNoData},
		{[]float64{math.NaN()}, demand.ErrNoData},
		{[]float64{1, 2, 3}, demand.ErrTooShort},
	} {
		_, err := SeasonalMean{}.FitSeries(demand.Series{Cal: daily, Start: monday, Y: c.y})
		if !errors.Is(err, c.want) {
			t.Errorf("%v: the error is %v, want %v", c.y, err, c.want)
		}
	}
}

func TestSeasonalMeanCoversSteadyDemand(t *testing.T) {
	t.Parallel()
	// Normal demand of sd 3 around 100: of a mean of 8, the next value lies inside the 80 % band 80 % of the time.
	const n, want = 4000, 0.8
	rng := rand.New(rand.NewPCG(5, 5))
	inside := 0.0
	for range n {
		y := make([]float64, 57)
		for i := range y {
			y[i] = 100 + 3*rng.NormFloat64()
		}
		f := fan(t, SeasonalMean{}, y[:56], 1, 0.1, 0.9)
		if y[56] >= f.Q[0] && y[56] <= f.Q[1] {
			inside++
		}
	}
	// Three standard errors, and one point for pooling 56 misses that share their means.
	tolerance := 3*math.Sqrt(want*(1-want)/n) + 0.01
	if math.Abs(inside/n-want) > tolerance {
		t.Errorf("coverage %.3f, want %.3f ± %.3f", inside/n, want, tolerance)
	}
}

package theta

import (
	"math"
	"testing"

	"shelfcast/algorithms/modeltest"
	"shelfcast/algorithms/reference"
	"shelfcast/engine/demand"
)

func TestAFitIsCarriedOn(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		m := Model{Variant: v}
		t.Run(m.Name(), func(t *testing.T) {
			t.Parallel()
			modeltest.RunUpdater(t, m)
			modeltest.RunRefitter(t, m)
		})
	}
	t.Run("auto", func(t *testing.T) {
		t.Parallel()
		modeltest.RunUpdater(t, Auto{})
		modeltest.RunRefitter(t, Auto{})
	})
}

func TestTheSlopeIsThatOfTheSumOfSquares(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		x := walk(3, 60, 0.4)
		x[20], x[21], x[40] = math.NaN(), math.NaN(), math.NaN()
		p := newPath(x, v)
		for _, alpha := range []float64{0.15, 0.35, 0.9} {
			const d = 1e-5
			got, curvature := p.lean(p.at(alpha))
			want := (p.at(alpha+d).sse - p.at(alpha-d).sse) / (2 * d)
			if math.Abs(2*got-want) > 1e-5*max(1, math.Abs(want)) || !(curvature > 0) { // differences lose half of the digits
				t.Errorf("%s at %g: slope %.10g, by differences %.10g; curvature %g", names[v], alpha, 2*got, want, curvature)
			}
		}
	}
}

// refitted counts the series whose refit, after one more period, has the sum of squares of a cold fit with a season of the same
// kind, within 1 %.
func refitted(t *testing.T, m Model, series [][]float64) (good, all int) {
	t.Helper()
	for _, y := range series {
		last := len(y) - 1
		earlier, err := m.FitSeries(demand.Series{Cal: daily, Y: y[:last]})
		if err != nil {
			t.Fatal(err)
		}
		again, err := m.Refit(earlier, demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		f := again.(*Fit)
		x, season, ok := earlier.(*Fit).Season.anew(y, f.Observed)
		if !ok {
			t.Fatal("the season cannot be estimated anew")
		}
		if len(season.Index) != len(f.Season.Index) || season.Additive != f.Season.Additive {
			t.Fatal("the season is of another kind")
		}
		cold := newPath(x, m.Variant).search()
		sse := f.Sigma2 * float64(max(f.Observed-newPath(x, m.Variant).burn-newPath(x, m.Variant).parameters(), 1))
		all++
		if sse <= 1.01*cold.sse {
			good++
		} else {
			t.Logf("%s, %d values: sum of squares %.6g, cold %.6g", m.Name(), len(y), sse, cold.sse)
		}
	}
	return good, all
}

func TestARefitHasTheErrorsOfAColdFit(t *testing.T) {
	t.Parallel()
	var series [][]float64
	for seed := range uint64(100) {
		series = append(series, walk(seed, 30+3*int(seed), 0.3*float64(seed%3)))
	}
	for _, v := range variants {
		if good, all := refitted(t, Model{Variant: v}, series); float64(good) < 0.99*float64(all) {
			t.Errorf("%s: only %d of %d", names[v], good, all)
		}
	}
}

func TestARefitOfSalesHasTheErrorsOfAColdFit(t *testing.T) {
	t.Parallel()
	for _, set := range reference.Sets {
		var series [][]float64
		for _, s := range reference.All(t, set.Name, set.Season) {
			series = append(series, s.Train)
		}
		for _, v := range variants {
			good, all := refitted(t, Model{Variant: v, Season: set.Season}, series)
			t.Logf("%s, %s: %d of %d refits have the sum of squares of a cold fit, within 1 %%", set.Name, names[v], good, all)
			if float64(good) < 0.99*float64(all) {
				t.Errorf("%s, %s: only %d of %d", set.Name, names[v], good, all)
			}
		}
	}
}

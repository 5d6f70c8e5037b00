package ets

import (
	"math"
	"testing"

	"shelfcast/algorithms/modeltest"
	"shelfcast/algorithms/reference"
	"shelfcast/engine/demand"
)

func TestAFitIsCarriedOn(t *testing.T) {
	t.Parallel()
	for _, m := range []Model{{}, {Form: "ANA"}, {Form: "MAdM"}} {
		t.Run(m.Name(), func(t *testing.T) {
			t.Parallel()
			modeltest.RunUpdater(t, m)
			modeltest.RunRefitter(t, m)
		})
	}
}

// refitted counts the series whose refit, after one more period, has the likelihood of a cold fit of the same form, within 0.01.
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
		form := earlier.(*Fit).Form
		cold, err := Model{Form: form.String(), Season: m.Season}.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		a, b := again.(*Fit), cold.(*Fit)
		if a.Form != form || a.Observed != b.Observed {
			t.Fatalf("the refit of %s is %s, of %d observations, not %d", form, a.Form, a.Observed, b.Observed)
		}
		all++
		if a.LogLik >= b.LogLik-0.01 {
			good++
		} else {
			t.Logf("%s, %d values: log-likelihood %.4f, cold %.4f", form, len(y), a.LogLik, b.LogLik)
		}
	}
	return good, all
}

func TestARefitIsAsLikelyAsAColdFit(t *testing.T) {
	t.Parallel()
	var series [][]float64
	for seed := range uint64(50) {
		y := demandOf(seed, 120+10*int(seed), 7)
		y[30] = math.NaN()
		series = append(series, y)
	}
	for _, m := range []Model{{}, {Form: "ANN"}, {Form: "AAdA"}, {Form: "MNM"}} {
		if good, all := refitted(t, m, series); float64(good) < 0.99*float64(all) {
			t.Errorf("%s: only %d of %d", m.Name(), good, all)
		}
	}
}

func TestARefitOfSalesIsAsLikelyAsAColdFit(t *testing.T) {
	t.Parallel()
	for _, set := range reference.Sets {
		var series [][]float64
		for _, s := range reference.All(t, set.Name, set.Season) {
			series = append(series, s.Train)
		}
		good, all := refitted(t, Model{Season: set.Season}, series)
		t.Logf("%s: %d of %d refits are as likely as a cold fit, within 0.01", set.Name, good, all)
		if float64(good) < 0.99*float64(all) {
			t.Errorf("%s: only %d of %d", set.Name, good, all)
		}
	}
}

package ets

import (
	"fmt"
	"math"
	"testing"

	"shelfcast/algorithms/reference"
	"shelfcast/engine/demand"
)

// formOf returns the form of R's model and damped columns.
func formOf(r reference.Row) string {
	model := r.Text("model")
	if r.Text("damped") == "TRUE" {
		return model[:2] + "d" + model[2:]
	}
	return model
}

// R's optimiser stops early: a higher likelihood than its own is right. Two in a hundred may end on a lower hill.
func TestTheLikelihoodOfAFormIsAtLeastThatOfR(t *testing.T) {
	t.Parallel()
	good, rows := 0, 0
	for _, r := range reference.Table(t, "ets_fit_fixed_model") {
		s := reference.Find(t, r)
		fit, err := Model{Form: formOf(r), Season: s.Season}.FitSeries(demand.Series{Cal: daily, Y: s.Train})
		if err != nil {
			t.Fatalf("%s %s %s: %v", s.Set, s.ID, formOf(r), err)
		}
		rows++
		if fit.(*Fit).LogLik >= r.Float("loglik")-0.01 {
			good++
		}
	}
	t.Logf("%d of %d fits are as likely as R's or more, within 0.01", good, rows)
	if float64(good) < 0.98*float64(rows) {
		t.Errorf("only %d of %d", good, rows)
	}
}

// The fits of the reference are evaluated at R's own parameters, so that no optimiser is involved.
func TestAtTheParametersOfRItsLikelihoodAndForecastsComeOut(t *testing.T) {
	t.Parallel()
	for _, r := range reference.Table(t, "ets_fit_fixed_model") {
		s := reference.Find(t, r)
		form, err := ParseForm(formOf(r))
		if err != nil {
			t.Fatal(err)
		}
		p := parameters{alpha: r.Float("alpha"), phi: 1}
		init := r.Named("init")
		p.level = init["l"]
		if form.Trend != None {
			p.beta, p.slope = (r.Float("beta")-least)/(p.alpha-least), init["b"]
		}
		if form.Trend == Damped {
			p.phi = r.Float("phi")
		}
		if form.Season != None {
			p.gamma = (r.Float("gamma") - least) / (1 - p.alpha - least)
			p.season = make([]float64, s.Season)
			for k := range p.season { // R's s1 is the season before the first period, s2 that before it
				p.season[k] = init[fmt.Sprintf("s%d", s.Season-k)]
			}
		}
		search := newSearcher(s.Train, len(s.Train), s.Season, forms)
		out, value := search.value(form, p)
		c := found{form: form, at: p, path: out, value: value}
		// R writes 17 digits; a state of 1,000 periods keeps ten of them.
		if want := r.Float("loglik"); math.Abs(value-want) > 1e-6 {
			t.Errorf("%s %s %s: log-likelihood %.9f, R %.9f", s.Set, s.ID, form, value, want)
		}
		fit := search.fit(c, 1)
		if want := r.Float("sigma2"); math.Abs(fit.Sigma2/want-1) > 1e-7 {
			t.Errorf("%s %s %s: σ² %.12g, R %.12g", s.Set, s.ID, form, fit.Sigma2, want)
		}
		want := r.Floats("fc")
		fit.Ceiling = math.Inf(1)
		for j, m := range fit.Steps(len(want)).Mean {
			tolerance := 1e-7
			if form.Season == Multiplicative && j >= s.Season {
				tolerance = 2e-3 // R adds what level and season have in common beyond a season
			}
			if math.Abs(m-want[j]) > tolerance*max(1, math.Abs(want[j])) {
				t.Errorf("%s %s %s: step %d is %.12g, R %.12g", s.Set, s.ID, form, j+1, m, want[j])
				break
			}
		}
	}
}

func TestTheChoiceIsAtLeastAsGoodAsThatOfR(t *testing.T) {
	t.Parallel()
	good, rows := 0, 0
	for _, set := range reference.Sets {
		all := map[string]reference.Series{}
		for _, s := range reference.All(t, set.Name, set.Season) {
			all[s.ID] = s
		}
		for _, r := range reference.Table(t, fmt.Sprintf("auto_%s_s%d_ets", set.Name, set.Season)) {
			s := all[r.Text("uid")]
			fit, err := Model{Season: set.Season}.FitSeries(demand.Series{Cal: daily, Y: s.Train})
			if err != nil {
				t.Fatal(err)
			}
			rows++
			if fit.(*Fit).AICc <= r.Float("aicc")+0.1 {
				good++
			}
		}
	}
	t.Logf("%d of %d choices have the AICc of R's or less, within 0.1", good, rows)
	if float64(good) < 0.95*float64(rows) {
		t.Errorf("only %d of %d", good, rows)
	}
}

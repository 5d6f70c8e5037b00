package prophet

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/algorithms/regressors"
	"shelfcast/engine/demand"
)

// plain finds the optimum by coordinate descent on the columns themselves, σ² in turn.
func plain(h *history, scale, y []float64, o Model) (b []float64, lp float64) {
	k := h.size()
	var rows [][]float64
	var target []float64
	missing := map[int]bool{}
	for _, p := range h.missing {
		missing[p] = true
	}
	for t := range y {
		if missing[h.lo+t] {
			continue
		}
		row := make([]float64, k)
		h.row(h.lo+t, row)
		for i, x := range h.regressor {
			row[h.fixed()+len(h.waves)+i] = x[t]
		}
		rows, target = append(rows, row), append(target, y[t])
	}
	b = make([]float64, k)
	e := append([]float64(nil), target...)
	norms := make([]float64, k)
	for _, row := range rows {
		for i, v := range row {
			norms[i] += v * v
		}
	}
	sigma2, n := 0.01, float64(len(rows))
	for range 60000 {
		moved := 0.0
		for i := range k {
			g := 0.0
			for t, row := range rows {
				g += row[i] * e[t]
			}
			g += norms[i] * b[i]
			next := 0.0
			if i < h.smooth() {
				next = g / (norms[i] + sigma2/(scale[i]*scale[i]))
			} else if price := sigma2 / o.changeScale(); math.Abs(g) > price {
				next = (g - math.Copysign(price, g)) / norms[i]
			}
			if d := next - b[i]; d != 0 {
				for t, row := range rows {
					e[t] -= d * row[i]
				}
				b[i] = next
				moved = max(moved, math.Abs(d))
			}
		}
		squares := 0.0
		for _, v := range e {
			squares += v * v
		}
		sigma2 = (-n + math.Sqrt(n*n+16*squares)) / 8
		lp = -n/2*math.Log(sigma2) - squares/(2*sigma2) - 2*sigma2
		if moved < 1e-9 {
			break
		}
	}
	for i, v := range b {
		if i < h.smooth() {
			lp -= v * v / (2 * scale[i] * scale[i])
		} else {
			lp -= math.Abs(v) / o.changeScale()
		}
	}
	return b, lp
}

// TestTheOptimumIsThatOfTheColumnsThemselves has missing days, a price and events, and seasons short enough for a plain descent.
func TestTheOptimumIsThatOfTheColumnsThemselves(t *testing.T) {
	t.Parallel()
	m := Model{
		Regressors: regressors.Options{Covariates: true, Events: true}, Changes: 6, Scales: map[string]float64{"fair": 0.02},
		Seasons: []Seasonality{{Name: "weekly", Days: 7, Order: 2, Scale: 10}, {Name: "warm weeks", Days: 7, Order: 1, Scale: 0.03, When: "warm"}},
	}
	scale := []float64{5, 5, 10, 10, 10, 10, 0.03, 0.03, 10, 10, 0.02} // slope, offset, waves, those of warm weeks, price, warm, fair
	for seed, missing := range []float64{0, 0.4, 0.7} {
		m.MinMax = seed == 1
		s, _, _ := sold(rand.New(rand.NewPCG(uint64(seed), 1)), 200, 0, missing)
		s.Y[40], s.Y[130] = 85, 90 // days of the fair, which may be missing
		warm := make([]float64, 200)
		for i := range warm {
			if i%60 >= 25 {
				warm[i] = 1
				s.Y[i] += 6 * math.Sin(2*math.Pi*float64(i)/7)
			}
		}
		s.X = append(s.X, demand.Column{Name: "warm", V: warm})
		fitted, err := m.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		c := newCalendars(s.Cal, s.Start+200, m.steady()).of(s.Start)
		h, seasons := m.history(c, s.Y, int(s.Start-c.first))
		if err := m.columns(s, &Fit{Periods: 200}, h, seasons); err != nil {
			t.Fatal(err)
		}
		floor, top := 0.0, math.Inf(-1)
		if m.MinMax {
			floor = math.Inf(1)
		}
		for _, v := range s.Y {
			if v == v {
				floor, top = min(floor, v), max(top, v)
			}
		}
		y := make([]float64, 200)
		for i, v := range s.Y {
			if v == v {
				y[i] = (v - floor) / (top - floor)
			}
		}
		b, lp := plain(h, scale, y, m)
		if math.Abs(f.Posterior-lp) > 1e-6*math.Abs(lp) {
			t.Errorf("%g missing: log posterior %.9g, plain %.9g", missing, f.Posterior, lp)
		}
		got := []float64{f.K, f.M, f.Seasons[1].Beta[0], f.Regressors[0].Beta, f.Regressors[2].Beta}
		for i, want := range []float64{b[0], b[1], b[6], b[8], b[10]} {
			if math.Abs(got[i]-want) > 1e-4 {
				t.Errorf("%g missing: k, m, warm weeks, price, fair are %g; plain %g", missing, got, []float64{b[0], b[1], b[6], b[8], b[10]})
				break
			}
		}
	}
}

// TestARefitFindsTheSameOptimum refits after four more weeks.
func TestARefitFindsTheSameOptimum(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		s, _, _ := sold(rand.New(rand.NewPCG(seed, 6)), 800, 0, 0.1)
		cut := s
		cut.Y, cut.X = s.Y[:772], []demand.Column{{Name: "price", Role: demand.Price, V: s.X[0].V[:772]}}
		before, err := withEverything.FitSeries(cut)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := withEverything.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := withEverything.Refit(before, s)
		if err != nil {
			t.Fatal(err)
		}
		a, b := fresh.(*Fit), again.(*Fit)
		if len(a.Changes) != len(b.Changes) || math.Abs(a.Posterior-b.Posterior) > 1e-9*math.Abs(a.Posterior) || math.Abs(a.K-b.K) > 1e-7 {
			t.Errorf("seed %d: %d changes, log posterior %.12g, k %.9g; refitted %d, %.12g, %.9g", seed, len(a.Changes), a.Posterior, a.K, len(b.Changes), b.Posterior, b.K)
		}
	}
}

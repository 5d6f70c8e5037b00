package prophet

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"shelfcast/algorithms/modeltest"
	"shelfcast/algorithms/regressors"
	"shelfcast/engine/demand"
)

var withEverything = Model{
	Errors:     Empirical,
	Regressors: regressors.Options{Covariates: true, Events: true},
}

func TestItKeepsThePromisesOfAModel(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]Model{
		"as Prophet": {}, "flat": {Growth: Flat}, "with regressors": withEverything, "multiplicative": {Multiplicative: true, Seasons: []Seasonality{{Name: "weekly", Days: 7, Order: 3, Scale: 10}}},
		"counts": {Errors: Counts}, "by range": {MinMax: true, Multiplicative: true, Errors: Empirical, Seasons: []Seasonality{{Name: "weekly", Days: 7, Order: 3, Scale: 10}}},
		"logistic": {Growth: Logistic, Cap: 50, Seasons: []Seasonality{{Name: "weekly", Days: 7, Order: 3, Scale: 10}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			modeltest.RunSeries(t, m, m.Decode, modeltest.Options{})
			if m.Growth == Linear {
				modeltest.RunRefitter(t, m)
			}
		})
	}
}

// sold is n+h days of a trend that bends, a week, a year, a price and an event, of which a share is missing.
func sold(rng *rand.Rand, n, h int, missing float64) (demand.Series, []demand.Column, []float64) {
	start := daily.Period(time.Date(2021, 5, 13, 0, 0, 0, 0, time.UTC))
	y, price, truth, on := make([]float64, n), make([]float64, n+h), make([]float64, n+h), []demand.EventPeriod{}
	bend := float64(n) / 2
	for i := range n + h {
		day := float64(start) + float64(i)
		if price[i] = 3; rng.Float64() < 0.15 {
			price[i] = 2.4
		}
		truth[i] = 60 + 0.02*float64(i) + 0.03*max(float64(i)-bend, 0) + 8*math.Sin(2*math.Pi*day/7) + 12*math.Cos(2*math.Pi*day/365.25) - 90*math.Log(price[i]/3)
		if i%90 == 40 || i == n+5 {
			on = append(on, demand.EventPeriod{Period: start + demand.Period(i), Days: 1})
			truth[i] += 25
		}
		if i >= n {
			continue
		}
		if y[i] = truth[i] + 4*rng.NormFloat64(); rng.Float64() < missing && i > 0 && i < n-1 {
			y[i] = math.NaN()
		}
	}
	return demand.Series{
		Cal: daily, Start: start, Y: y, X: []demand.Column{{Name: "price", Role: demand.Price, V: price[:n]}},
		Events: &demand.EventCalendar{On: on}, EventNames: []string{"fair"},
	}, []demand.Column{{Name: "price", Role: demand.Price, V: price[n:]}}, truth[n:]
}

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

// TestEffectsAreRecovered has effects that are known.
func TestEffectsAreRecovered(t *testing.T) {
	t.Parallel()
	const series, h = 1000, 30
	m := Model{Regressors: regressors.Options{Covariates: true, Events: true}}
	known := map[string]float64{"price": -90, "fair": 25}
	sum, squares, inside := map[string]float64{}, map[string]float64{}, map[string]int{}
	covered, all := 0, 0
	for seed := range uint64(series) {
		s, ahead, truth := sold(rand.New(rand.NewPCG(seed, 2)), 800, h, 0.05)
		fitted, err := m.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		for _, e := range f.Regressors {
			v := e.Estimate - known[e.Name]
			sum[e.Name] += v
			squares[e.Name] += v * v
			if math.Abs(v) < 1.6448536269514722*e.StdError {
				inside[e.Name]++
			}
		}
		fan := demand.Fan{Levels: []float64{0.1, 0.9}, Mean: make([]float64, h), Q: make([]float64, 2*h)}
		if err := f.ForecastSeries(ahead, fan); err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(seed, 3))
		for j, v := range truth {
			v += 4 * rng.NormFloat64()
			if all++; v > fan.At(j)[0] && v < fan.At(j)[1] {
				covered++
			}
		}
	}
	for name := range known {
		mean := sum[name] / series
		se := math.Sqrt((squares[name]/series - mean*mean) / series)
		share := float64(inside[name]) / series
		t.Logf("%s: off by %.3f ± %.3f on average, 90 %% intervals hold %.3f", name, mean, se, share)
		if math.Abs(mean) > 2.6*se || share < 0.87 || share > 0.93 {
			t.Errorf("%s: off by %.3f ± %.3f on average, 90 %% intervals hold %.3f", name, mean, se, share)
		}
	}
	t.Logf("80 %% intervals of demand hold %.3f", float64(covered)/float64(all))
}

// TestTheLawOfBendsIsThatOfDraws draws change-points and errors.
func TestTheLawOfBendsIsThatOfDraws(t *testing.T) {
	t.Parallel()
	levels := []float64{0.02, 0.1, 0.3, 0.5, 0.9, 0.99}
	for _, c := range []struct{ rate, size, sigma, h float64 }{{25, 40, 2, 0.03}, {25, 2, 2, 0.03}, {25, 100, 2, 0.1}, {10, 30, 5, 1}} {
		b := bends{rate: c.rate, size: c.size}
		for j := range 4 {
			b.times, b.lift = append(b.times, c.h*float64(j+1)/4), append(b.lift, 1+0.2*float64(j))
		}
		rng := rand.New(rand.NewPCG(7, uint64(c.size)))
		const paths = 100000
		last, sums := make([]float64, paths), make([]float64, paths)
		for p := range paths {
			e := [4]float64{}
			for u := rng.ExpFloat64() / c.rate; u < c.h; u += rng.ExpFloat64() / c.rate {
				delta := c.size * rng.ExpFloat64()
				if rng.IntN(2) == 0 {
					delta = -delta
				}
				for j, t := range b.times {
					e[j] += delta * b.lift[j] * max(t-u, 0)
				}
			}
			for j := range e {
				e[j] += c.sigma * rng.NormFloat64()
				sums[p] += e[j]
			}
			last[p] = e[3]
		}
		check := func(what string, p profile, sigma float64, drawn []float64) {
			t.Helper()
			got := make([]float64, len(levels))
			const mean = 1e6
			b.write(p, sigma, mean, levels, got)
			sd := math.Sqrt(sigma*sigma + b.variance(p))
			for k, q := range got {
				below := 0.0
				for _, v := range drawn {
					if v < q-mean {
						below++
					}
				}
				if share, se := below/paths, math.Sqrt(levels[k]*(1-levels[k])/paths); math.Abs(share-levels[k]) > 4*se {
					t.Errorf("%+v: below the quantile %g of %s, %g, lie %.4f", c, levels[k], what, q-mean, share)
				}
			}
			squares := 0.0
			for _, v := range drawn {
				squares += v * v / paths
			}
			if math.Abs(math.Sqrt(squares)/sd-1) > 0.02 {
				t.Errorf("%+v: deviation of %s %g, drawn %g", c, what, sd, math.Sqrt(squares))
			}
		}
		check("the last step", b.step(3), c.sigma, last)
		check("the sum", b.sum(), 2*c.sigma, sums)
	}
}

// Of two days eight years apart, or a tenth of three thousand days, nothing is lost in the sums over the days between.
func TestFewDaysOfMany(t *testing.T) {
	t.Parallel()
	for _, every := range []int{10, 3000} {
		y := make([]float64, 3001)
		for i := range y {
			if y[i] = math.NaN(); i%every == 0 {
				y[i] = 5 + float64(i%4)
			}
		}
		y[3000] = 9
		s := demand.Series{Cal: daily, Start: 16000, Y: y}
		fitted, err := Model{}.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		fan := demand.Fan{Levels: []float64{0.1, 0.9}, Mean: make([]float64, 28), Q: make([]float64, 56)}
		if err := f.ForecastSeries(nil, fan); err != nil {
			t.Fatal(err)
		}
		if err := fan.Check(); err != nil {
			t.Errorf("one day in %d: %v", every, err)
		}
		if fan.Mean[0] > 100 {
			t.Errorf("one day in %d: %g after values of 5 to 9", every, fan.Mean[0])
		}
	}
}

// TestCompanyChangesNothing fits a series alone and among others that begin years before.
func TestCompanyChangesNothing(t *testing.T) {
	t.Parallel()
	s, _, _ := sold(rand.New(rand.NewPCG(1, 5)), 400, 0, 0.1)
	alone, err := Model{}.FitSeries(s)
	if err != nil {
		t.Fatal(err)
	}
	shared := newCalendars(daily, s.Start+400, Model{}.seasons())
	shared.of(s.Start - 3000)
	among, err := Model{shared: shared}.FitSeries(s)
	if err != nil {
		t.Fatal(err)
	}
	a, b := alone.(*Fit), among.(*Fit)
	if a.Posterior != b.Posterior || a.K != b.K || a.M != b.M || a.Sigma != b.Sigma {
		t.Errorf("%v and %v", a, b)
	}
}

// TestALogisticTrendSaturates has a curve that is known, and one whose cap lies below its data.
func TestALogisticTrendSaturates(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 1))
	const n, h = 400, 200
	y, truth := make([]float64, n), make([]float64, n+h)
	for i := range truth {
		truth[i] = 10 + 90/(1+math.Exp(-0.015*(float64(i)-250))) + 4*math.Sin(2*math.Pi*float64(i)/7)
		if i < n {
			y[i] = truth[i] + 2*rng.NormFloat64()
		}
	}
	m := Model{Growth: Logistic, Cap: 100, Floor: 10, Seasons: []Seasonality{{Name: "weekly", Days: 7, Order: 3, Scale: 10}}}
	fan := demand.Fan{Levels: []float64{0.1, 0.9}, Mean: make([]float64, h), Q: make([]float64, 2*h)}
	fit, err := m.FitSeries(demand.Series{Cal: daily, Start: 19000, Y: y})
	if err != nil {
		t.Fatal(err)
	}
	if err := fit.ForecastSeries(nil, fan); err != nil {
		t.Fatal(err)
	}
	for j, v := range fan.Mean {
		if math.Abs(v-truth[n+j]) > 5 {
			t.Errorf("day %d: %g, true %g", j+1, v, truth[n+j])
		}
	}
	m.Cap = 30
	low, err := m.FitSeries(demand.Series{Cal: daily, Start: 19000, Y: y})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := low.(*Fit).Components(nil, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range parts[0].Value {
		if !(v > 10 && v <= 30) {
			t.Fatalf("a trend capped at 30 is %g", v)
		}
	}
	m.Cap = 5
	if _, err := m.FitSeries(demand.Series{Cal: daily, Start: 19000, Y: y}); err == nil {
		t.Error("a cap below the floor is taken")
	}
}

// grown is n+h days whose week and price are shares of a trend that grows.
func grown(rng *rand.Rand, n, h int) (demand.Series, []demand.Column, []float64) {
	start := daily.Period(time.Date(2022, 2, 2, 0, 0, 0, 0, time.UTC))
	y, price, truth := make([]float64, n), make([]float64, n+h), make([]float64, n+h)
	for i := range n + h {
		day := float64(start) + float64(i)
		if price[i] = 3; rng.Float64() < 0.2 {
			price[i] = 2.4
		}
		truth[i] = (20 + 0.1*float64(i)) * (1 + 0.4*math.Sin(2*math.Pi*day/7) - 1.5*math.Log(price[i]/3))
		if i < n {
			y[i] = truth[i] + 3*rng.NormFloat64()
		}
	}
	s := demand.Series{Cal: daily, Start: start, Y: y, X: []demand.Column{{Name: "price", Role: demand.Price, V: price[:n]}}}
	return s, []demand.Column{{Name: "price", Role: demand.Price, V: price[n:]}}, truth[n:]
}

// TestSeasonsThatMultiplyAreAtTheTopOfTheirPosterior computes the slope of the log posterior by each coefficient from the columns
// themselves: 0 for those with a normal prior, and for a change of the slope at most the price of being other than 0.
func TestSeasonsThatMultiplyAreAtTheTopOfTheirPosterior(t *testing.T) {
	t.Parallel()
	m := Model{Multiplicative: true, Regressors: regressors.Options{Covariates: true}, Seasons: []Seasonality{{Name: "weekly", Days: 7, Order: 3, Scale: 10}}}
	for seed := range uint64(20) {
		s, ahead, truth := grown(rand.New(rand.NewPCG(seed, 8)), 500, 30)
		s.Y[7], s.Y[300] = math.NaN(), math.NaN()
		fitted, err := m.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		c := newCalendars(s.Cal, s.Start+500, m.steady()).of(s.Start)
		h, seasons := m.history(c, s.Y, int(s.Start-c.first))
		if err := m.columns(s, &Fit{Periods: 500}, h, seasons); err != nil {
			t.Fatal(err)
		}
		y := make([]float64, 500)
		for i, v := range s.Y {
			if v == v {
				y[i] = v / f.Scale
			}
		}
		b := append([]float64{f.K, f.M}, f.Seasons[0].Beta...)
		b = append(b, f.Regressors[0].Beta)
		b = append(b, make([]float64, 25)...)
		for _, change := range f.Changes {
			for j, at := range h.times {
				if at == change.T {
					b[h.smooth()+j] = change.Delta
				}
			}
		}
		columns, sigma2 := h.dense(), f.Sigma*f.Sigma
		slopes := make([]float64, len(b))
		for p, v := range y {
			trend, season := 0.0, 0.0
			for i, col := range columns {
				if i < 2 || i >= h.smooth() {
					trend += b[i] * col[p]
				} else {
					season += b[i] * col[p]
				}
			}
			e := v - trend*(1+season)
			for i, col := range columns {
				if i < 2 || i >= h.smooth() {
					slopes[i] += e * (1 + season) * col[p] / sigma2
				} else {
					slopes[i] += e * trend * col[p] / sigma2
				}
			}
		}
		for i, slope := range slopes {
			switch {
			case i < 2:
				slope -= b[i] / 25
			case i < h.smooth():
				slope -= b[i] / 100
			case b[i] != 0:
				slope -= math.Copysign(20, b[i])
			case math.Abs(slope) <= 20*(1+1e-6):
				slope = 0
			}
			if math.Abs(slope) > 0.05 { // where a step of a thousandth is worth thousandths
				t.Errorf("series %d: the slope by coefficient %d, %g, is %g", seed, i, b[i], slope)
			}
		}
		fan := demand.Fan{Levels: []float64{0.5}, Mean: make([]float64, 30), Q: make([]float64, 30)}
		if err := f.ForecastSeries(ahead, fan); err != nil {
			t.Fatal(err)
		}
		for j, want := range truth {
			if math.Abs(fan.Mean[j]/want-1) > 0.15 {
				t.Errorf("series %d, day %d: %g, true %g", seed, j+1, fan.Mean[j], want)
			}
		}
		if e := f.Regressors[0]; math.Abs(e.Estimate+1.5) > 0.2 {
			t.Errorf("series %d: the price is %+v", seed, e)
		}
	}
}

func TestComponentsAddUpToTheMean(t *testing.T) {
	t.Parallel()
	s, ahead, _ := sold(rand.New(rand.NewPCG(4, 5)), 900, 60, 0)
	multiplying := withEverything
	multiplying.Multiplicative = true
	for _, m := range []Model{withEverything, multiplying} {
		fair := addUp(t, m, s, ahead, "trend yearly weekly price fair ")[4].Value
		if math.Abs(fair[5]-25) > 10 || fair[6] != 0 { // a share of a trend that grew adds more
			t.Errorf("the fair adds %g on its day and %g on the next", fair[5], fair[6])
		}
	}
	m := multiplying
	m.MinMax, m.Errors = true, Counts
	m.Seasons = []Seasonality{{Name: "weekly", Days: 7, Order: 2, Scale: 10}, {Name: "sale weeks", Days: 7, Order: 1, Scale: 1, When: "price"}}
	addUp(t, m, s, ahead, "trend weekly sale weeks price fair ")
	if _, err := m.FitSeries(demand.Series{Cal: s.Cal, Start: s.Start, Y: s.Y, Events: s.Events, EventNames: s.EventNames}); err == nil {
		t.Error("a season whose condition is no covariate is fitted")
	}
}

// addUp returns the parts of 60 days.
func addUp(t *testing.T, m Model, s demand.Series, ahead []demand.Column, want string) []demand.Component {
	t.Helper()
	fitted, err := m.FitSeries(s)
	if err != nil {
		t.Fatal(err)
	}
	f := fitted.(*Fit)
	parts, err := f.Components(ahead, 60)
	if err != nil {
		t.Fatal(err)
	}
	fan := demand.Fan{Levels: []float64{0.5}, Mean: make([]float64, 60), Q: make([]float64, 60)}
	if err := f.ForecastSeries(ahead, fan); err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, c := range parts {
		names += c.Name + " "
	}
	if names != want {
		t.Errorf("the parts are %s, want %s", names, want)
	}
	for j, mean := range fan.Mean {
		sum := 0.0
		for _, c := range parts {
			sum += c.Value[j]
		}
		if math.Abs(sum-mean) > 1e-9*mean {
			t.Errorf("day %d: the parts add up to %v, the mean is %v", j+1, sum, mean)
		}
	}
	return parts
}

func FuzzNoSeriesBreaksTheFan(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, int8(0), uint16(30))
	f.Add([]byte{0, 0, 0, 255, 0, 0, 0, 0, 1}, int8(99), uint16(900))
	f.Fuzz(func(t *testing.T, raw []byte, power int8, repeat uint16) {
		var y []float64
		for len(raw) > 0 && len(y) <= int(repeat%1500) {
			for _, b := range raw {
				v := float64(b) * math.Pow(10, float64(power%100))
				if b == 255 {
					v = math.NaN()
				}
				y = append(y, v)
			}
		}
		for _, m := range []Model{{}, withEverything, {Errors: Counts, MinMax: true}, {Multiplicative: true, Growth: Logistic, Cap: 100, Seasons: []Seasonality{{Name: "weekly", Days: 7, Order: 2, Scale: 10}}}} {
			fit, err := m.FitSeries(demand.Series{Cal: daily, Start: 11000, Y: y, Events: &demand.EventCalendar{}})
			if err != nil {
				continue
			}
			levels := []float64{0.005, 0.1, 0.5, 0.9, 0.995}
			dst := demand.Fan{Levels: levels, Mean: make([]float64, 30), Q: make([]float64, 150)}
			if err := fit.ForecastSeries(nil, dst); err != nil {
				t.Fatal(err)
			}
			if err := dst.Check(); err != nil {
				t.Fatal(err)
			}
			total := demand.Fan{Levels: levels, Mean: make([]float64, 1), Q: make([]float64, 5)}
			if err := fit.(*Fit).ForecastSum(nil, 14, total); err != nil {
				t.Fatal(err)
			}
			if err := total.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

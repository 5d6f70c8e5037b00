package prophet

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"shelfcast/algorithms/regressors"
	"shelfcast/engine/demand"
)

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

package arima

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"shelfcast/algorithms/regressors"
	"shelfcast/engine/demand"
)

// shop is n+h days of a week, a year, a price of elasticity −2 and an event that doubles demand, with errors that hang together.
func shop(seed uint64, n, h int) (s demand.Series, ahead []demand.Column, truth []float64) {
	rng := rand.New(rand.NewPCG(seed, 99))
	start := daily.Period(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))
	price, on := make([]float64, n+h), []demand.EventPeriod{}
	y, e := make([]float64, n+h), 0.0
	for i := range y {
		if price[i] = 2.5; i%23 < 3 {
			price[i] = 2
		}
		day := float64(start) + float64(i)
		mean := 100 + 15*math.Sin(2*math.Pi*day/7) + 40*math.Cos(2*math.Pi*day/365.25) - 200*math.Log(price[i]/2.5)
		if i%97 == 60 || i == n+3 {
			on = append(on, demand.EventPeriod{Period: start + demand.Period(i), Days: 1})
			mean += 100
		}
		e = 0.6*e + 5*rng.NormFloat64()
		y[i] = mean + e
		truth = append(truth, mean)
	}
	s = demand.Series{
		Cal: daily, Start: start, Y: y[:n], X: []demand.Column{{Name: "price", Role: demand.Price, V: price[:n]}},
		Events: &demand.EventCalendar{On: on}, EventNames: []string{"fair"},
	}
	return s, []demand.Column{{Name: "price", Role: demand.Price, V: price[n:]}}, truth[n:]
}

var everything = Model{Regressors: regressors.Options{Covariates: true, Events: true, Waves: []regressors.Wave{{Days: 365.25, Order: 2}}}}

// Effects of prices and events are found, their standard errors are their spread, and they are forecast where they come again.
func TestEffectsAreFoundAndForecast(t *testing.T) {
	t.Parallel()
	const n, h, series = 900, 60, 40
	type effect struct{ sum, squares, claimed float64 }
	found := map[string]*effect{"price": {}, "fair": {}}
	known := map[string]float64{"price": -200, "fair": 100}
	off, eventOff := 0.0, 0.0
	for seed := range uint64(series) {
		s, ahead, truth := shop(seed, n, h)
		fitted, err := everything.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		for _, r := range f.Regressors {
			if e := found[r.Name]; e != nil {
				v := r.Estimate - known[r.Name]
				e.sum, e.squares, e.claimed = e.sum+v, e.squares+v*v, e.claimed+r.StdError
			}
		}
		fan := newFan(h, 0.5)
		if err := f.ForecastSeries(ahead, fan); err != nil {
			t.Fatal(err)
		}
		for j, want := range truth {
			off += math.Abs(fan.Mean[j]-want) / (h * series)
		}
		eventOff += math.Abs(fan.Mean[3]-truth[3]) / series
	}
	for name, e := range found {
		mean := e.sum / series
		sd := math.Sqrt(e.squares/series - mean*mean)
		if math.Abs(mean) > 3*sd/math.Sqrt(series) || e.claimed == 0 {
			t.Errorf("%s is off by %.2f on average, its deviation %.2f", name, mean, sd)
		}
		if c := e.claimed / series; c < 0.7*sd || c > 1.4*sd {
			t.Errorf("%s: a standard error of %.3g is claimed, the deviation is %.3g", name, c, sd)
		}
	}
	if off > 5 || eventOff > 6 { // the errors of a day deviate by 6.3
		t.Errorf("the forecasts are off the truth by %.2f, that of the event by %.2f", off, eventOff)
	}
}

// Waves that a series does not have are left out.
func TestWavesThatAreNotThereAreLeftOut(t *testing.T) {
	t.Parallel()
	with := 0
	for seed := range uint64(30) {
		y := draw(rand.New(rand.NewPCG(seed, 5)), Order{P: 1, M: 1}, Coefficients{AR: []float64{0.5}}, 900)
		for i := range y {
			y[i] += 30
		}
		fit, err := everything.FitSeries(demand.Series{Cal: daily, Y: y, Events: &demand.EventCalendar{}})
		if err != nil {
			t.Fatal(err)
		}
		if len(fit.(*Fit).Regressors) > 0 {
			with++
		}
	}
	if with > 2 {
		t.Errorf("%d of 30 series without a year got one", with)
	}
}

// Columns that repeat each other, or the season that is differenced away, are in the model once or not at all.
func TestColumnsThatSayNothingNewAreLeftOut(t *testing.T) {
	t.Parallel()
	s, ahead, _ := shop(3, 400, 30)
	double, weekly := make([]float64, 430), make([]float64, 430)
	for i := range double {
		if i < 400 {
			double[i] = 3*math.Log(s.X[0].V[i]) + 1
		} else {
			double[i] = 3*math.Log(ahead[0].V[i-400]) + 1
		}
		weekly[i] = float64(i % 7)
	}
	s.X = append(s.X, demand.Column{Name: "double", V: double[:400]}, demand.Column{Name: "weekly", V: weekly[:400]})
	ahead = append(ahead, demand.Column{Name: "double", V: double[400:]}, demand.Column{Name: "weekly", V: weekly[400:]})
	for _, m := range []Model{everything, {Regressors: everything.Regressors, Order: &Order{P: 1, SD: 1, SQ: 1, M: 7}}} {
		fitted, err := m.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		for _, r := range f.Regressors {
			if r.Name == "double" || r.Name == "weekly" && f.Order.SD == 1 || math.IsNaN(r.Estimate) || !(r.StdError > 0) {
				t.Errorf("%s: %+v", f.Order, r)
			}
		}
		fan := newFan(30, 0.5)
		if err := f.ForecastSeries(ahead, fan); err != nil {
			t.Fatal(err)
		}
		if err := fan.Check(); err != nil {
			t.Error(err)
		}
		after, err := m.Refit(f, s)
		if err != nil {
			t.Fatal(err)
		}
		if got := after.(*Fit); len(got.Regressors) != len(f.Regressors) || got.LogLik < f.LogLik-0.01 {
			t.Errorf("refitted: %d regressors and %.3f, before %d and %.3f", len(got.Regressors), got.LogLik, len(f.Regressors), f.LogLik)
		}
	}
}

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

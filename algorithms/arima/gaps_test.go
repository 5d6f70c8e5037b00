package arima

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

// wandering returns n days with a week, whose level wanders.
func wandering(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 31))
	y, level := make([]float64, n), 200.0
	for t := range y {
		e := 4 * rng.NormFloat64()
		y[t] = level + 20*math.Sin(2*math.Pi*float64(t)/7) + e
		level += 0.5 * e
	}
	return y
}

// Nothing is learnt from periods that are not observed: a series that ends with some is fitted and forecast as the one that ends
// before them.
func TestAGapAtTheEndIsMoreHorizon(t *testing.T) {
	t.Parallel()
	const gap, h = 6, 10
	levels := []float64{0.05, 0.5, 0.95}
	for _, o := range []Order{{P: 1, Q: 1, M: 1}, {P: 1, Q: 1, SD: 1, SQ: 1, M: 7}, {Q: 1, D: 1, M: 1}, {P: 2, SP: 1, M: 7}} {
		y := wandering(9, 200)
		m := Model{Order: &o}
		short, err := m.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		for range gap {
			y = append(y, math.NaN())
		}
		long, err := m.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		a, b := short.(*Fit), long.(*Fit)
		if math.Abs(a.LogLik-b.LogLik) > 1e-3 || a.Observed != b.Observed {
			t.Errorf("%s: log-likelihoods %.6f and, with the gap, %.6f", o, a.LogLik, b.LogLik)
		}
		x, z := newFan(gap+h, levels...), newFan(h, levels...)
		if err := short.ForecastSeries(nil, x); err != nil {
			t.Fatal(err)
		}
		if err := long.ForecastSeries(nil, z); err != nil {
			t.Fatal(err)
		}
		for j := range h {
			for k := range levels {
				if got, want := z.At(j)[k], x.At(gap + j)[k]; math.Abs(got-want) > 0.08*math.Sqrt(a.Sigma2) { // the shapes of the errors at the start differ
					t.Errorf("%s: the quantile %g of period %d is %g, and %g without the gap", o, levels[k], j+1, got, want)
				}
			}
		}
	}
}

// With a third missing, coefficients are still those of the series, and its standard errors their spread.
func TestCoefficientsOfASeriesWithGapsAreRecovered(t *testing.T) {
	t.Parallel()
	o := Order{P: 1, Q: 1, M: 1}
	truth := Coefficients{AR: []float64{0.8}, MA: []float64{-0.4}}
	const series = 60
	var sum, squares, claimed [2]float64
	for seed := range uint64(series) {
		rng := rand.New(rand.NewPCG(seed, 77))
		y := draw(rng, o, truth, 500)
		for i := range y {
			y[i] += 50
			if rng.Float64() < 0.33 {
				y[i] = math.NaN()
			}
		}
		fitted, err := Model{Order: &o}.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		for i, v := range []float64{f.Coefficients.AR[0] - 0.8, f.Coefficients.MA[0] + 0.4} {
			sum[i] += v
			squares[i] += v * v
		}
		claimed[0] += f.StdErrors.AR[0]
		claimed[1] += f.StdErrors.MA[0]
	}
	for i, name := range []string{"ar", "ma"} {
		mean := sum[i] / series
		sd := math.Sqrt(squares[i]/series - mean*mean)
		if math.Abs(mean) > 3*sd/math.Sqrt(series)+0.02 { // the bias of maximum likelihood is of order 1/n
			t.Errorf("%s is off by %.3g on average, its deviation %.3g", name, mean, sd)
		}
		if c := claimed[i] / series; c < 0.75*sd || c > 1.33*sd {
			t.Errorf("%s: a standard error of %.3g is claimed, the deviation is %.3g", name, c, sd)
		}
	}
}

// Eighty per cent intervals cover what is hidden after gaps of all sorts.
func TestIntervalsAfterGapsCover(t *testing.T) {
	t.Parallel()
	o := Order{P: 1, M: 1}
	inside, all := 0, 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 78))
		y := draw(rng, o, Coefficients{AR: []float64{0.9}}, 303)
		for i := range y {
			y[i] = 60 + 2*y[i]
		}
		train := append([]float64(nil), y[:300]...)
		for i := range train {
			if i >= 297 || rng.Float64() < 0.2 {
				train[i] = math.NaN()
			}
		}
		fit, err := Model{Order: &o}.FitSeries(demand.Series{Cal: daily, Y: train})
		if err != nil {
			t.Fatal(err)
		}
		fan := newFan(3, 0.1, 0.9)
		if err := fit.ForecastSeries(nil, fan); err != nil {
			t.Fatal(err)
		}
		for j := range 3 {
			all++
			if v := y[300+j]; v >= fan.At(j)[0] && v <= fan.At(j)[1] {
				inside++
			}
		}
	}
	share := float64(inside) / float64(all)
	if math.Abs(share-0.8) > 3*math.Sqrt(0.8*0.2/300) { // the three steps of one series count as one
		t.Errorf("%.3f of the values lie in intervals of 0.8", share)
	}
}

// A day of minutes is a season whose differences alone are taken, gaps or not: anything more would take hours.
func TestADayOfMinutesIsDifferencedAndNoMore(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	y := make([]float64, 4*1440+60)
	for i := range y {
		y[i] = 20 + 15*math.Sin(2*math.Pi*float64(i)/1440) + rng.NormFloat64()
		if rng.Float64() < 0.02 {
			y[i] = math.NaN()
		}
	}
	fitted, err := Model{}.FitSeries(demand.Series{Cal: demand.Calendar{Freq: demand.Freq{Unit: demand.Minute, N: 1}}, Y: y})
	if err != nil {
		t.Fatal(err)
	}
	f := fitted.(*Fit)
	if f.Order.SD != 1 || f.Order.SP+f.Order.SQ != 0 {
		t.Errorf("the order is %s", f.Order)
	}
	fan := newFan(120, 0.5)
	if err := f.ForecastSeries(nil, fan); err != nil {
		t.Fatal(err)
	}
	for j, v := range fan.Mean {
		if want := 20 + 15*math.Sin(2*math.Pi*float64(len(y)+j)/1440); math.Abs(v-want) > 8 {
			t.Errorf("minute %d: %g, want %g", j+1, v, want)
		}
	}
}

package arima

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"shelfcast/algorithms/modeltest"
	"shelfcast/algorithms/regressors"
	"shelfcast/engine/demand"
)

var daily = demand.Calendar{Freq: demand.Daily}

func TestItKeepsThePromisesOfAModel(t *testing.T) {
	t.Parallel()
	for _, m := range []Model{{}, {Regressors: regressors.Options{Covariates: true}}, {BoxCox: true, Season: 7}, {Order: &Order{P: 1, Q: 1, SQ: 1, SD: 1, M: 7}}} {
		t.Run(m.Name(), func(t *testing.T) {
			t.Parallel()
			modeltest.RunSeries(t, m, m.Decode, modeltest.Options{Constant: m.Order == nil})
		})
	}
}

// draw returns n values of a stationary series of the given orders, after a thousand that are forgotten.
func draw(rng *rand.Rand, o Order, c Coefficients, n int) []float64 {
	phi, theta := c.autoregression(o.M), c.movingAverage(o.M)
	const warm = 1000
	w, e := make([]float64, n+warm), make([]float64, n+warm)
	for t := range w {
		e[t] = rng.NormFloat64()
		w[t] = e[t]
		for i, a := range phi {
			if t > i {
				w[t] += a * w[t-1-i]
			}
		}
		for i, b := range theta {
			if t > i {
				w[t] += b * e[t-1-i]
			}
		}
	}
	return w[warm:]
}

// plain returns the exact log-likelihood, at the best σ² and coefficients of the regressors, from the whole covariance matrix of
// the series: Γ by the weights of 3,000 past errors, its Cholesky factor, and generalised least squares.
func plain(o Order, c Coefficients, data [][]float64) float64 {
	n := len(data[0])
	phi, theta := c.autoregression(o.M), c.movingAverage(o.M)
	const far = 3000
	psi := make([]float64, far+n)
	for j := range psi {
		if j == 0 {
			psi[j] = 1
		} else if j <= len(theta) {
			psi[j] = theta[j-1]
		}
		for i, a := range phi {
			if j > i {
				psi[j] += a * psi[j-1-i]
			}
		}
	}
	cov := mat.NewSymDense(n, nil)
	for lag := range n {
		g := 0.0
		for j := range far {
			g += psi[j] * psi[j+lag]
		}
		for t := range n - lag {
			cov.SetSym(t, t+lag, g)
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(cov) {
		return math.NaN()
	}
	columns := make([]*mat.VecDense, len(data))
	solved := make([]*mat.VecDense, len(data))
	for i, x := range data {
		columns[i], solved[i] = mat.NewVecDense(n, x), mat.NewVecDense(n, nil)
		if err := factor.SolveVecTo(solved[i], columns[i]); err != nil {
			return math.NaN()
		}
	}
	s := mat.Dot(columns[0], solved[0])
	if k := len(data) - 1; k > 0 {
		a, b := mat.NewDense(k, k, nil), mat.NewVecDense(k, nil)
		for i := range k {
			b.SetVec(i, mat.Dot(columns[i+1], solved[0]))
			for j := range k {
				a.Set(i, j, mat.Dot(columns[i+1], solved[j+1]))
			}
		}
		var beta mat.VecDense
		if err := beta.SolveVec(a, b); err != nil {
			return math.NaN()
		}
		s -= mat.Dot(&beta, b)
	}
	return -0.5 * (float64(n)*math.Log(2*math.Pi*s/float64(n)) + float64(n) + factor.LogDet())
}

func TestTheLikelihoodIsThatOfTheWholeCovarianceMatrix(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 3))
	for _, o := range []Order{
		{M: 1},
		{P: 1, M: 1},
		{Q: 1, M: 1},
		{P: 2, Q: 1, M: 1},
		{P: 1, Q: 3, M: 1},
		{P: 5, Q: 5, M: 1},
		{SP: 1, M: 4},
		{SQ: 1, M: 4},
		{P: 1, SQ: 1, M: 4},
		{Q: 1, SQ: 1, M: 7},
		{P: 2, Q: 2, SP: 1, SQ: 1, M: 4},
		{P: 1, SP: 2, SQ: 2, M: 3},
	} {
		for _, n := range []int{12, 60} {
			x := make([]float64, o.terms())
			for i := range x {
				x[i] = 1.6*rng.Float64() - 0.8
			}
			c := o.coefficients(x)
			y := draw(rng, o, c, n)
			price := make([]float64, n)
			for i := range price {
				price[i] = rng.NormFloat64()
			}
			for _, data := range [][][]float64{{y}, {y, steady(o, n)}, {y, price, steady(o, n)}} {
				got, want := newLikelihood(o.M, data).at(c).logLik, plain(o, c, data)
				if !(math.Abs(got-want) <= 1e-8*math.Abs(want)) {
					t.Errorf("%s, %d values, %d regressors, at %v: %.12g, by the covariance matrix %.12g", o, n, len(data)-1, x, got, want)
				}
			}
		}
	}
}

// TestKnownCoefficientsComeBack draws from known models and asks for their coefficients.
func TestKnownCoefficientsComeBack(t *testing.T) {
	t.Parallel()
	o := Order{P: 1, Q: 1, SP: 1, M: 7}
	c := Coefficients{AR: []float64{0.7}, MA: []float64{-0.3}, SAR: []float64{0.4}}
	sum, spread := [4]float64{}, [3]float64{}
	const runs = 60
	for k := range runs {
		rng := rand.New(rand.NewPCG(uint64(k), 8))
		w := draw(rng, o, c, 600)
		price := make([]float64, len(w))
		for i := range w {
			price[i] = rng.NormFloat64()
			w[i] += 100 - 2*price[i]
		}
		s := demand.Series{Cal: daily, Y: w, X: []demand.Column{{Name: "price", V: price}}}
		fit, err := Model{Order: &o, Regressors: regressors.Options{Covariates: true}}.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		f := fit.(*Fit)
		for i, v := range []float64{f.Coefficients.AR[0], f.Coefficients.MA[0], f.Coefficients.SAR[0], f.Regressors[0].Estimate} {
			sum[i] += v / runs
		}
		for i, v := range []float64{f.StdErrors.AR[0], f.StdErrors.MA[0], f.StdErrors.SAR[0]} {
			spread[i] += v / runs
		}
	}
	for i, want := range []float64{0.7, -0.3, 0.4, -2} {
		tolerance := 0.02
		if i < 3 {
			tolerance = 4 * spread[i] / math.Sqrt(runs) // four standard errors of a mean
		}
		if math.Abs(sum[i]-want) > tolerance {
			t.Errorf("coefficient %d is %.4f on average, want %g within %.3f", i, sum[i], want, tolerance)
		}
	}
}

// TestBandsCoverTheirShare draws from models, fits the same orders and counts.
func TestBandsCoverTheirShare(t *testing.T) {
	t.Parallel()
	const n, h, series = 364, 14, 1000
	for _, m := range []struct {
		o Order
		c Coefficients
	}{
		{Order{P: 1, Q: 1, M: 7}, Coefficients{AR: []float64{0.7}, MA: []float64{0.2}}},
		{Order{Q: 1, D: 1, SQ: 1, SD: 1, M: 7}, Coefficients{MA: []float64{-0.6}, SMA: []float64{-0.7}}},
	} {
		inside := [2]int{}
		for k := range series {
			rng := rand.New(rand.NewPCG(uint64(k), 21))
			y := draw(rng, m.o, m.c, n+h)
			for i := range y { // differencing undone, from 10,000 on
				for j, d := range m.o.differences() {
					if i > j {
						y[i] += d * y[i-1-j]
					}
				}
			}
			for i := range y {
				y[i] += 1e4
			}
			fit, err := Model{Order: &m.o}.FitSeries(demand.Series{Cal: daily, Y: y[:n]})
			if err != nil {
				t.Fatal(err)
			}
			dst := newFan(h, 0.025, 0.1, 0.9, 0.975)
			if err := fit.ForecastSeries(nil, dst); err != nil {
				t.Fatal(err)
			}
			q, last := dst.At(h-1), y[n+h-1]
			if q[1] <= last && last <= q[2] {
				inside[0]++
			}
			if q[0] <= last && last <= q[3] {
				inside[1]++
			}
		}
		for b, want := range []float64{0.8, 0.95} {
			got := float64(inside[b]) / series
			t.Logf("%s: the %g %% band of day %d covers %.1f %%", m.o, 100*want, h, 100*got)
			if se := math.Sqrt(want * (1 - want) / series); math.Abs(got-want) > 3*se {
				t.Errorf("%s: the %g %% band of day %d covers %.1f %%", m.o, 100*want, h, 100*got)
			}
		}
	}
}

func TestAKnownDriftAndAPlannedPriceAreForecast(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 2))
	const n, h = 300, 10
	y, price := make([]float64, n), make([]float64, n+h)
	for i := range price {
		price[i] = 2 + 0.5*float64(i%3)
	}
	for i := range y {
		y[i] = 1000 + 3*float64(i) - 40*price[i] + 0.1*rng.NormFloat64()
	}
	s := demand.Series{Cal: daily, Y: y, X: []demand.Column{{Name: "price", V: price[:n]}}}
	fit, err := Model{Regressors: regressors.Options{Covariates: true}}.FitSeries(s)
	if err != nil {
		t.Fatal(err)
	}
	dst := newFan(h, 0.5)
	ahead := []demand.Column{{Name: "price", V: price[n:]}}
	if err := fit.ForecastSeries(ahead, dst); err != nil {
		t.Fatal(err)
	}
	for j, got := range dst.Mean {
		if want := 1000 + 3*float64(n+j) - 40*price[n+j]; math.Abs(got-want) > 1 {
			t.Errorf("step %d: %g, want %g", j+1, got, want)
		}
	}
	if err := fit.ForecastSeries(nil, dst); err == nil {
		t.Error("a forecast without the price that was fitted is made")
	}
}

func TestTooLittleIsRefusedByName(t *testing.T) {
	t.Parallel()
	y := draw(rand.New(rand.NewPCG(1, 1)), Order{M: 1}, Coefficients{}, 30)
	for i := range y {
		y[i] += 50
	}
	for _, c := range []struct {
		m Model
		n int
	}{{Model{}, 7}, {Model{Order: &Order{SD: 1, SQ: 1, M: 7}}, 10}} {
		if _, err := c.m.FitSeries(demand.Series{Cal: daily, Y: y[:c.n]}); !errors.Is(err, demand.ErrTooShort) {
			t.Errorf("%s of %d values: %v", c.m.Name(), c.n, err)
		}
	}
}

func newFan(h int, levels ...float64) demand.Fan {
	return demand.Fan{Levels: levels, Mean: make([]float64, h), Q: make([]float64, h*len(levels))}
}

func FuzzNoSeriesBreaksTheFan(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, int8(0))
	f.Add([]byte{0, 0, 0, 255, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, int8(99))
	f.Fuzz(func(t *testing.T, raw []byte, power int8) {
		y := make([]float64, len(raw))
		for i, b := range raw {
			y[i] = float64(b) * math.Pow(10, float64(power%100))
			if b == 255 {
				y[i] = math.NaN()
			}
		}
		fit, err := Model{}.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			return
		}
		dst := newFan(30, 0.005, 0.1, 0.5, 0.9, 0.995)
		if err := fit.ForecastSeries(nil, dst); err != nil {
			t.Fatal(err)
		}
		if err := dst.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

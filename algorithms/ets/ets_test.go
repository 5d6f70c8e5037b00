package ets

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/optimize"

	"shelfcast/algorithms/modeltest"
	"shelfcast/engine/demand"
)

var daily = demand.Calendar{Freq: demand.Daily}

func TestItKeepsThePromisesOfAModel(t *testing.T) {
	t.Parallel()
	modeltest.RunSeries(t, Model{}, Model{}.Decode, modeltest.Options{Constant: true, Tolerance: 1e-6}) // the search ends within 1e-4 of log L
}

// plain follows the equations of the form as the taxonomy lists them (Hyndman et al. 2008, tables 2.2 and 2.3), with
// states by name and the whole season kept, and returns the log-likelihood.
func plain(f Form, y []float64, p parameters) float64 {
	n, m := len(y), len(p.season)
	l, b := make([]float64, n+1), make([]float64, n+1)
	s := make([]float64, n+m)
	l[0], b[0] = p.level, p.slope
	copy(s, p.season)
	alpha, beta, gamma := p.alpha, f.betaOf(p), p.gammaOf()
	squares, logs := 0.0, 0.0
	for t := 1; t <= n; t++ {
		trend := l[t-1] + p.phi*b[t-1]
		season := 0.0
		if m > 0 {
			season = s[t-1]
		}
		mu := trend
		switch f.Season {
		case Additive:
			mu = trend + season
		case Multiplicative:
			mu = trend * season
		}
		var e float64
		if f.Error == Additive {
			e = y[t-1] - mu
		} else {
			e = (y[t-1] - mu) / mu
			logs += math.Log(math.Abs(mu))
		}
		squares += e * e
		switch {
		case f.Error == Additive: // the season, where there is one, is added
			l[t], b[t] = trend+alpha*e, p.phi*b[t-1]+beta*e
			if m > 0 {
				s[t+m-1] = season + gamma*e
			}
		case f.Season == Multiplicative:
			l[t], b[t] = trend*(1+alpha*e), p.phi*b[t-1]+beta*trend*e
			s[t+m-1] = season * (1 + gamma*e)
		default:
			l[t], b[t] = trend+alpha*mu*e, p.phi*b[t-1]+beta*mu*e
			if m > 0 {
				s[t+m-1] = season + gamma*mu*e
			}
		}
	}
	return -0.5*float64(n)*math.Log(squares) - logs
}

func TestTheRecursionsAreThoseOfTheTaxonomy(t *testing.T) {
	t.Parallel()
	y := demandOf(3, 80, 4)
	for _, f := range forms {
		s := newSearcher(y, 80, 4, forms)
		p := s.guess(f)
		if f.Trend != None {
			p.slope = 0.2
		}
		_, got := s.value(f, p)
		if want := plain(f, y, p); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: log-likelihood %.12g, by the tables %.12g", f, got, want)
		}
	}
}

func TestNoSearchFindsAHigherLikelihood(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		y := demandOf(seed, 60, 4)
		for _, f := range forms {
			s := newSearcher(y, len(y), 4, forms)
			best := s.best(f, s.starts(f, nil))
			l := f.layout(4)
			objective := func(x []float64) float64 {
				p := best.at.clone()
				for i := range x {
					p = nudged(l, p, i, x[i])
				}
				for _, b := range l.bounds(p) {
					if b.now < b.low || b.now > b.high {
						return math.Inf(1)
					}
				}
				_, v := s.value(f, p)
				return -v
			}
			found, err := optimize.Minimize(optimize.Problem{Func: objective}, make([]float64, l.k), &optimize.Settings{FuncEvaluations: 4000}, &optimize.NelderMead{SimplexSize: 0.05})
			if err != nil && found == nil {
				t.Fatal(err)
			}
			if -found.F > best.value+0.005 {
				t.Errorf("%s, series %d: log-likelihood %.6f, the simplex finds %.6f", f, seed, best.value, -found.F)
			}
		}
	}
}

// draw returns n periods of the form itself.
func draw(f Form, rng *rand.Rand, n, m int, sigma float64) []float64 {
	level, slope := 500.0, 0.0
	season := make([]float64, m)
	for k := range season {
		wave := 0.2 * math.Sin(2*math.Pi*float64(k)/float64(m))
		season[k] = 100 * wave
		if f.Season == Multiplicative {
			season[k] = 1 + wave
		}
	}
	alpha, beta, gamma, phi := 0.3, 0.0, 0.1, 1.0
	if f.Trend != None {
		beta = 0.02
	}
	if f.Trend == Damped {
		phi = 0.9
	}
	y := make([]float64, n)
	for t := range y {
		q, k := level+phi*slope, t%m
		mean := q
		switch f.Season {
		case Additive:
			mean += season[k]
		case Multiplicative:
			mean *= season[k]
		}
		a := sigma * rng.NormFloat64()
		if f.Error == Multiplicative {
			a *= mean / 500
		}
		y[t] = mean + a
		u, w := a, a
		if f.Season == Multiplicative {
			u, w = a/season[k], a/q
		}
		level, slope = q+alpha*u, phi*slope+beta*u
		season[k] += gamma * w
	}
	return y
}

// TestBandsCoverTheirShare draws from forms, fits the same and counts.
func TestBandsCoverTheirShare(t *testing.T) {
	t.Parallel()
	const n, h, m, series = 364, 14, 7, 1000
	for _, name := range []string{"ANN", "AAdN", "ANA", "MNN", "MNM", "MAdM"} {
		f, err := ParseForm(name)
		if err != nil {
			t.Fatal(err)
		}
		inside := [2]int{}
		for k := range series {
			y := draw(f, rand.New(rand.NewPCG(uint64(k), 77)), n+h, m, 15)
			fit, err := Model{Form: name}.FitSeries(demand.Series{Cal: daily, Y: y[:n]})
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
			t.Logf("%s: the %g %% band of day %d covers %.1f %%", name, 100*want, h, 100*got)
			if se := math.Sqrt(want * (1 - want) / series); math.Abs(got-want) > 3*se {
				t.Errorf("%s: the %g %% band of day %d covers %.1f %%", name, 100*want, h, 100*got)
			}
		}
	}
}

// TestTheSpreadIsThatOfPaths compares the last step, and the sum of all, with draws from the fit.
func TestTheSpreadIsThatOfPaths(t *testing.T) {
	t.Parallel()
	const h, paths = 14, 100000
	for _, form := range forms {
		f := &Fit{
			Form: form, Period: 7, Alpha: 0.3, Phi: 1, Sigma2: 0.04, Ceiling: math.Inf(1), Observed: 100,
			Last: States{Level: 80},
		}
		if form.Error == Additive {
			f.Sigma2 = 16
		}
		if form.Trend != None {
			f.Beta, f.Last.Slope = 0.05, 0.5
		}
		if form.Trend == Damped {
			f.Phi = 0.9
		}
		switch form.Season {
		case Additive:
			f.Gamma, f.Last.Season = 0.1, []float64{-6, -4, -2, 0, 2, 4, 6}
		case Multiplicative:
			f.Gamma, f.Last.Season = 0.1, []float64{0.8, 0.9, 0.9, 1, 1.1, 1.1, 1.2}
		case None:
			f.Period = 1
		}
		var last, sum moments
		rng := rand.New(rand.NewPCG(1, 1))
		for range paths {
			y := f.path(rng, h)
			last.add(y[h-1])
			total := 0.0
			for _, v := range y {
				total += v
			}
			sum.add(total)
		}
		steps := f.Steps(h)
		// The mean of a product of correlated factors is not the product of their means, by a few parts in a thousand.
		mean, sd := last.of(paths)
		if math.Abs(steps.Mean[h-1]/mean-1) > 0.01 || math.Abs(steps.SD[h-1]/sd-1) > 0.02 {
			t.Errorf("%s: day %d has mean %g and deviation %g, paths %g and %g", form, h, steps.Mean[h-1], steps.SD[h-1], mean, sd)
		}
		dst := newFan(1, Φ1, 0.5, 1-Φ1)
		if err := f.ForecastSum(nil, h, dst); err != nil {
			t.Fatal(err)
		}
		mean, sd = sum.of(paths)
		if got := (dst.Q[2] - dst.Q[0]) / 2; math.Abs(dst.Mean[0]/mean-1) > 0.01 || math.Abs(got/sd-1) > 0.02 {
			t.Errorf("%s: %d days have mean %g and deviation %g, paths %g and %g", form, h, dst.Mean[0], got, mean, sd)
		}
	}
}

const Φ1 = 0.15865525393145707 // of the standard normal distribution, one deviation below its mean

type moments struct{ sum, squares float64 }

func (m *moments) add(v float64) { m.sum, m.squares = m.sum+v, m.squares+v*v }

func (m *moments) of(n float64) (mean, sd float64) {
	mean = m.sum / n
	return mean, math.Sqrt(m.squares/n - mean*mean)
}

// path draws h periods after the fit.
func (f *Fit) path(rng *rand.Rand, h int) []float64 {
	level, slope := f.Last.Level, f.Last.Slope
	season := append([]float64(nil), f.Last.Season...)
	y := make([]float64, h)
	for j := range y {
		q := level + f.Phi*slope
		s, mean := 0.0, q
		if f.Form.Season != None {
			s = season[j%f.Period]
			mean = q + s
		}
		if f.Form.Season == Multiplicative {
			mean = q * s
		}
		a := math.Sqrt(f.Sigma2) * rng.NormFloat64()
		if f.Form.Error == Multiplicative {
			a *= mean
		}
		y[j] = mean + a
		u, w := a, a
		if f.Form.Season == Multiplicative {
			u, w = a/s, a/q
		}
		level, slope = q+f.Alpha*u, f.Phi*slope+f.Beta*u
		if f.Form.Season != None {
			season[j%f.Period] += f.Gamma * w
		}
	}
	return y
}

func TestScaleDoesNotMatter(t *testing.T) {
	t.Parallel()
	y := demandOf(5, 200, 7)
	fit := func(scale float64) (*Fit, demand.Fan) {
		z := make([]float64, len(y))
		for i := range y {
			z[i] = y[i] * scale
		}
		f, err := Model{}.FitSeries(demand.Series{Cal: daily, Y: z})
		if err != nil {
			t.Fatal(err)
		}
		dst := newFan(7, 0.1, 0.9)
		if err := f.ForecastSeries(nil, dst); err != nil {
			t.Fatal(err)
		}
		return f.(*Fit), dst
	}
	one, fan := fit(1)
	for _, scale := range []float64{0x1p-40, 0x1p40} {
		f, scaled := fit(scale)
		if f.Form != one.Form || math.Abs(f.Alpha/one.Alpha-1) > 1e-9 {
			t.Errorf("scale %g: %s with α = %g, not %s with %g", scale, f.Form, f.Alpha, one.Form, one.Alpha)
		}
		if want := one.LogLik - 200*math.Log(scale); math.Abs(f.LogLik-want) > 1e-6*math.Abs(want) {
			t.Errorf("scale %g: log-likelihood %g, want %g", scale, f.LogLik, want)
		}
		for j, m := range scaled.Mean {
			if math.Abs(m/scale/fan.Mean[j]-1) > 1e-9 || math.Abs(scaled.Q[2*j]/scale/fan.Q[2*j]-1) > 1e-9 {
				t.Errorf("scale %g, step %d: %g and %g", scale, j+1, m/scale, fan.Mean[j])
			}
		}
	}
}

func TestAFormThatCannotBeFittedIsRefusedByName(t *testing.T) {
	t.Parallel()
	zeros := demandOf(1, 100, 7)
	zeros[50] = 0
	for _, c := range []struct {
		form  string
		y     []float64
		short bool
	}{
		{"MAM", zeros, false},
		{"AAdA", demandOf(1, 12, 7), true},
		{"ANN", []float64{1, 2, 3}, true},
		{"XYZ", zeros, false},
	} {
		_, err := Model{Form: c.form}.FitSeries(demand.Series{Cal: daily, Y: c.y})
		if err == nil || errors.Is(err, demand.ErrTooShort) != c.short {
			t.Errorf("%s of %d values: %v", c.form, len(c.y), err)
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
		sum := newFan(1, 0.005, 0.1, 0.5, 0.9, 0.995)
		if err := fit.(demand.Summing).ForecastSum(nil, 30, sum); err != nil {
			t.Fatal(err)
		}
		if err := sum.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

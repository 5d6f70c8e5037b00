package ets

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"shelfcast/engine/demand"
)

// natural returns the log-likelihood of a form at α, β, γ, φ, the first level and slope, and all seasonal states but the last.
func natural(f Form, y []float64, m int, x []float64) float64 {
	p := parameters{alpha: x[0], phi: 1}
	next := 1
	take := func() float64 { next++; return x[next-1] }
	if f.Trend != None {
		p.beta = (take() - least) / (p.alpha - least)
	}
	if f.Season != None {
		p.gamma = (take() - least) / (1 - p.alpha - least)
	}
	if f.Trend == Damped {
		p.phi = take()
	}
	p.level = take()
	if f.Trend != None {
		p.slope = take()
	}
	if f.Season != None {
		p.season = append(p.season, x[next:]...)
		last := 0.0
		if f.Season == Multiplicative {
			last = float64(m)
		}
		for _, v := range x[next:] {
			last -= v
		}
		p.season = append(p.season, last)
	}
	return plain(f, y, p)
}

// far lifts draws of a form that adds so that no level wanders below 0, where demand is cut off.
func far(f Form, y []float64) []float64 {
	if f.Error == Additive {
		for t := range y {
			y[t] += 5000
		}
	}
	return y
}

func TestStandardErrorsAreThoseOfAPlainHessian(t *testing.T) {
	t.Parallel()
	const m = 4
	checked := 0
	for k, f := range forms {
		n, sigma := 2000, 15.0
		if f.Error == Multiplicative {
			sigma = 3
		}
		if f.Trend == Additive { // whose level wanders off
			n = 400
		}
		y := far(f, draw(f, rand.New(rand.NewPCG(uint64(k), 3)), n, m, sigma))
		fit, err := Model{Form: f.String(), Season: m}.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		a := fit.(*Fit)
		x, steps := []float64{a.Alpha}, []float64{1e-3}
		want := []float64{a.StdErrors.Alpha}
		names := []string{"α"}
		add := func(on bool, name string, v, step, se float64) {
			if on {
				x, steps, want, names = append(x, v), append(steps, step), append(want, se), append(names, name)
			}
		}
		add(f.Trend != None, "β", a.Beta, 1e-3, a.StdErrors.Beta)
		add(f.Season != None, "γ", a.Gamma, 1e-3, a.StdErrors.Gamma)
		add(f.Trend == Damped, "φ", a.Phi, 1e-3, a.StdErrors.Phi)
		smoothing := len(x)
		x, steps = append(x, a.First.Level), append(steps, 1)
		if f.Trend != None {
			x, steps = append(x, a.First.Slope), append(steps, 0.1)
		}
		if f.Season != None {
			for _, v := range a.First.Season[:m-1] {
				step := 1.0
				if f.Season == Multiplicative {
					step = 1e-3
				}
				x, steps = append(x, v), append(steps, step)
			}
		}
		inside := true
		for i, v := range x[:smoothing] {
			at := v < 0.005 || names[i] == "φ" && (v > highPhi-0.005 || v < lowPhi+0.005)
			if inside = inside && !at; (want[i] == 0) && !at {
				t.Errorf("%s: %s is %g and has no standard error", f, names[i], v)
			}
		}
		if !inside {
			continue // the differences would leave the region
		}
		checked++
		k := len(x)
		h := mat.NewDense(k, k, nil)
		at := func(i, j int, di, dj float64) float64 {
			z := append([]float64(nil), x...)
			z[i] += di * steps[i]
			z[j] += dj * steps[j]
			return natural(f, y, m, z)
		}
		for i := range k {
			for j := range k {
				h.Set(i, j, -(at(i, j, 1, 1)-at(i, j, 1, -1)-at(i, j, -1, 1)+at(i, j, -1, -1))/(4*steps[i]*steps[j]))
			}
		}
		var inverse mat.Dense
		if err := inverse.Inverse(h); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for i, se := range want {
			plain := math.Sqrt(inverse.At(i, i))
			t.Logf("%s: %s = %.4f ± %.4f, by the plain Hessian %.4f", f, names[i], x[i], se, plain)
			tolerance := 0.25 // what is left out has the mean 0, and a spread of about a tenth here
			if names[i] == "φ" {
				tolerance = 0.5 // of which a small slope tells little
			}
			if !(math.Abs(se/plain-1) < tolerance) {
				t.Errorf("%s: the standard error of %s is %g, by the plain Hessian %g", f, names[i], se, plain)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d forms were checked", checked)
	}
}

func TestStandardErrorsAreTheSpreadOfEstimates(t *testing.T) {
	t.Parallel()
	const n, m, series = 2000, 4, 200
	for _, name := range []string{"ANN", "ANA", "MNM"} {
		f, err := ParseForm(name)
		if err != nil {
			t.Fatal(err)
		}
		var alpha, gamma moments
		var meanAlpha, meanGamma float64
		for k := range series {
			y := far(f, draw(f, rand.New(rand.NewPCG(uint64(k), 8)), n, m, 15))
			fit, err := Model{Form: name, Season: m}.FitSeries(demand.Series{Cal: daily, Y: y})
			if err != nil {
				t.Fatal(err)
			}
			a := fit.(*Fit)
			alpha.add(a.Alpha)
			gamma.add(a.Gamma)
			meanAlpha += a.StdErrors.Alpha / series
			meanGamma += a.StdErrors.Gamma / series
		}
		_, sd := alpha.of(series)
		_, sdGamma := gamma.of(series)
		t.Logf("%s: α spreads by %.4f, and its standard error is %.4f; γ by %.4f, and %.4f", name, sd, meanAlpha, sdGamma, meanGamma)
		// A deviation of 200 draws has a standard error of 5 %.
		if math.Abs(meanAlpha/sd-1) > 0.15 || f.Season != None && math.Abs(meanGamma/sdGamma-1) > 0.15 {
			t.Errorf("%s: α spreads by %.4f, and its standard error is %.4f; γ by %.4f, and %.4f", name, sd, meanAlpha, sdGamma, meanGamma)
		}
	}
}

func TestAnOlderFitIsReadAndForecastsTheSame(t *testing.T) {
	t.Parallel()
	fit, err := Model{Form: "ANA"}.FitSeries(demand.Series{Cal: daily, Y: demandOf(1, 200, 7)})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(fit)
	if err != nil {
		t.Fatal(err)
	}
	older, _, ok := strings.Cut(string(data), `,"spread"`)
	if !ok {
		t.Fatalf("the spread is not the first of what is new: %s", data)
	}
	back, err := Model{}.Decode([]byte(older + "}"))
	if err != nil {
		t.Fatal(err)
	}
	fit.(*Fit).Spread = 0 // σ, then
	a, b := newFan(14, 0.1, 0.9), newFan(14, 0.1, 0.9)
	if fit.ForecastSeries(nil, a) != nil || back.ForecastSeries(nil, b) != nil {
		t.Fatal("no forecast")
	}
	for i, q := range a.Q {
		if b.Q[i] != q {
			t.Fatalf("quantile %d is %v, and was %v", i, b.Q[i], q)
		}
	}
}

func TestErrorsOfAFitThatIsRightAreWhite(t *testing.T) {
	t.Parallel()
	f, _ := ParseForm("ANA")
	small := 0
	const series = 200
	for k := range series {
		y := draw(f, rand.New(rand.NewPCG(uint64(k), 5)), 400, 7, 15)
		right, err := Model{Form: "ANA"}.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		if right.(*Fit).Residuals.P < 0.05 {
			small++
		}
		wrong, err := Model{Form: "ANN"}.FitSeries(demand.Series{Cal: daily, Y: y})
		if err != nil {
			t.Fatal(err)
		}
		if d := wrong.(*Fit).Residuals; !(d.P < 1e-6) || len(d.ACF) != 14 {
			t.Errorf("series %d without its season: %d autocorrelations, P = %g", k, len(d.ACF), d.P)
		}
	}
	if small > 24 { // 10 expected, with a standard error of 3; the seasonal states take more degrees than their one parameter
		t.Errorf("%d of %d right fits have P below 0.05", small, series)
	}
}

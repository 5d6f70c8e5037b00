package arima

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"shelfcast/algorithms/reference"
)

// ordersOf reads R's order and seasonal columns.
func ordersOf(t *testing.T, r reference.Row) Order {
	t.Helper()
	var v [6]int
	for i, text := range strings.Split(r.Text("order")+","+r.Text("seasonal"), ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		v[i] = n
	}
	return Order{P: v[0], D: v[1], Q: v[2], SP: v[3], SD: v[4], SQ: v[5], M: r.Int("m")}
}

// coefficientsOf cuts R's vector of parameters.
func coefficientsOf(o Order, par []float64) (c Coefficients, rest []float64) {
	take := func(n int) []float64 {
		out := par[:n:n]
		par = par[n:]
		return out
	}
	c.AR, c.MA, c.SAR, c.SMA = take(o.P), take(o.Q), take(o.SP), take(o.SQ)
	return c, par
}

// At given parameters no optimiser is involved, and the likelihood, σ², forecasts and their deviations are those of R.
func TestAtTheParametersOfREverythingIsThatOfR(t *testing.T) {
	t.Parallel()
	exact, differenced, sums := 0, 0, 0
	worst := [3]float64{}
	for _, r := range reference.Table(t, "arima_eval_fixed") {
		s := reference.Find(t, r)
		o := ordersOf(t, r)
		c, rest := coefficientsOf(o, r.Floats("par"))
		mean := 0.0
		if len(rest) > 0 {
			mean = rest[0]
		}
		y := make([]float64, len(s.Train))
		for i, v := range s.Train {
			y[i] = v - mean
		}
		w, tail := o.differenced(y)
		near := func(what string, got, want, tolerance float64) {
			t.Helper()
			if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
				t.Errorf("%s %s %s %s: %s %.12g, R %.12g", s.Set, s.ID, o, r.Text("method"), what, got, want)
			}
		}
		if r.Text("method") == "CSS" {
			logLik, sigma2 := conditional(o, c, w)
			near("log-likelihood", logLik, r.Float("loglik"), 1e-8)
			near("σ²", sigma2, r.Float("sigma2"), 1e-8)
			sums++
			continue
		}
		l := newLikelihood(o.M, [][]float64{w})
		v := l.at(c)
		sigma2 := v.squares / float64(len(w))
		state := l.state(c, nil)
		state.Tail = tail
		forecast, weights, doubt := state.ahead(o, c, 5, nil)
		if o.lost() == 0 {
			exact++
			near("log-likelihood", v.logLik, r.Float("loglik"), 1e-8)
			near("σ²", sigma2, r.Float("sigma2"), 1e-8)
		} else {
			differenced++
			worst[0] = max(worst[0], math.Abs(v.logLik-r.Float("loglik")))
			if math.Abs(v.logLik-r.Float("loglik")) > 2e-3 {
				t.Errorf("%s %s %s: log-likelihood %.9g, R %.9g", s.Set, s.ID, o, v.logLik, r.Float("loglik"))
			}
		}
		for j, want := range r.Floats("fc1_5") {
			sum := 1 + doubt[j]
			for _, w := range weights[:j] {
				sum += w * w
			}
			se, wantSE := math.Sqrt(sigma2*sum), r.Floats("se1_5")[j]
			if o.lost() == 0 {
				near("forecast", forecast[j]+mean, want, 1e-8)
				near("deviation", se, wantSE, 1e-8)
			} else {
				worst[1] = max(worst[1], math.Abs(forecast[j]+mean-want)/max(1, math.Abs(want)))
				worst[2] = max(worst[2], math.Abs(se/wantSE-1))
			}
		}
	}
	t.Logf("%d undifferenced, %d differenced (log-likelihood within %.2g, forecasts %.2g, deviations %.2g), %d by conditional sums", exact, differenced, worst[0], worst[1], worst[2], sums)
}

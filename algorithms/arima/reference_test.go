package arima

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"shelfcast/algorithms/reference"
	"shelfcast/engine/demand"
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
		forecast, weights, doubt := state.ahead(o, c, 5)
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
			sum := 1 + added(doubt, j)
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

func TestTheLikelihoodOfAnOrderIsAtLeastThatOfR(t *testing.T) {
	t.Parallel()
	good, rows, evals := 0, 0, 0
	for _, r := range reference.Table(t, "arima_fit_fixed_order") {
		if r.Text("method") == "CSS" || !r.Has("loglik") {
			continue
		}
		s := reference.Find(t, r)
		o := ordersOf(t, r)
		w, _ := o.differenced(s.Train)
		data := [][]float64{w}
		if r.Text("mean") == "TRUE" && o.lost() == 0 {
			one := make([]float64, len(w))
			for i := range one {
				one[i] = 1
			}
			data = append(data, one)
		}
		sr := newSearcher(o.M, data)
		p := sr.best(o)
		rows++
		evals += sr.evals
		if p.logLik >= r.Float("loglik")-0.01 {
			good++
		} else {
			t.Logf("%s %s %s: %.4f, R %.4f %s; %v", s.Set, s.ID, o, p.logLik, r.Float("loglik"), r.Text("coef"), o.coefficients(p.x))
		}
	}
	t.Logf("%d of %d fits are as likely as R's or more, within 0.01; %d evaluations each", good, rows, evals/rows)
	if float64(good) < 0.99*float64(rows) {
		t.Errorf("only %d of %d", good, rows)
	}
}

// exactAICc returns the AICc of another program's model, by the exact likelihood at its own coefficients: what programs report
// themselves differs by how they start a differenced series, statsforecast's by up to half a unit of log-likelihood.
func exactAICc(t *testing.T, r reference.Row, y []float64, m int) float64 {
	t.Helper()
	o := Order{P: r.Int("p"), D: r.Int("d"), Q: r.Int("q"), SP: r.Int("P"), SD: r.Int("D"), SQ: r.Int("Q"), M: m}
	coef := r.Named("coef")
	take := func(name string, n int) []float64 {
		var out []float64
		for i := range n {
			out = append(out, coef[fmt.Sprintf("%s%d", name, i+1)])
		}
		return out
	}
	c := Coefficients{AR: take("ar", o.P), MA: take("ma", o.Q), SAR: take("sar", o.SP), SMA: take("sma", o.SQ)}
	w, _ := o.differenced(y)
	data := [][]float64{w}
	k := o.terms() + 1
	_, drift := coef["drift"]
	_, mean := coef["intercept"]
	if drift || mean {
		data = append(data, steady(o, len(w)))
		k++
	}
	v := newLikelihood(m, data).at(c)
	n, kk := float64(len(w)), float64(k)
	return -2*v.logLik + 2*kk + 2*kk*(kk+1)/(n-kk-1)
}

// TestTheChoiceIsAtLeastAsGoodAsThatOfOthers compares AICc with the better of R and statsforecast where these difference alike.
func TestTheChoiceIsAtLeastAsGoodAsThatOfOthers(t *testing.T) {
	t.Parallel()
	good, rows := 0, 0
	for _, set := range reference.Sets {
		others := map[string][]reference.Row{}
		for _, file := range []string{"arima", "nixtlaAutoARIMA"} {
			for _, r := range reference.Table(t, fmt.Sprintf("auto_%s_s%d_%s", set.Name, set.Season, file)) {
				others[r.Text("uid")] = append(others[r.Text("uid")], r)
			}
		}
		for _, s := range reference.All(t, set.Name, set.Season) {
			fit, err := Model{Season: set.Season}.FitSeries(demand.Series{Cal: demand.Calendar{Freq: demand.Daily}, Y: s.Train})
			if err != nil {
				t.Fatal(err)
			}
			f := fit.(*Fit)
			best, who := math.Inf(1), ""
			for _, r := range others[s.ID] {
				if r.Int("d") == f.Order.D && r.Int("D") == f.Order.SD {
					if v := exactAICc(t, r, s.Train, set.Season); v < best {
						best, who = v, fmt.Sprintf("(%s,%s,%s)(%s,%s,%s)", r.Text("p"), r.Text("d"), r.Text("q"), r.Text("P"), r.Text("D"), r.Text("Q"))
					}
				}
			}
			if math.IsInf(best, 1) {
				continue
			}
			rows++
			if f.AICc <= best+0.1 {
				good++
			} else {
				t.Logf("%s %s: %s has AICc %.2f, %s %.2f", set.Name, s.ID, f.Order, f.AICc, who, best)
			}
		}
	}
	t.Logf("%d of %d choices have the AICc of the better of R's and statsforecast's or less, within 0.1", good, rows)
	if float64(good) < 0.95*float64(rows) {
		t.Errorf("only %d of %d", good, rows)
	}
}

// added returns the variance over σ² that doubt adds to a period.
func added(doubt [][]float64, j int) float64 {
	sum := 0.0
	for _, d := range doubt {
		sum += d[j] * d[j]
	}
	return sum
}

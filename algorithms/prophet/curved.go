package prophet

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// curved is a posterior in which the coefficients do not enter linearly: seasons and regressors multiply the trend, or the trend
// saturates at a cap C.
//
//	y_t = g_t·(1 + s_t) + σ·e_t  or  g_t + s_t + σ·e_t,   s = X·β
//	g_t = z_t  or  C/(1 + exp(−z_t)),   z_t = k·(t − m) + Σ δ_j·(t − s_j)⁺
//
// (without a cap k·t + m). Around a point it is the problem of what is left of y on the derivatives. Steps to the solution of that (Gauss
// and Newton's) are halved until the posterior grows, and end where it no longer does.
type curved struct {
	h       *history
	y       []float64
	columns [][]float64
	tau     float64
	prior   []normal
	cap     float64 // scaled; 0 = none
	product bool
}

const mostBends = 60

// bendTo finds the most probable coefficients, from a first guess.
func (w curved) bendTo(b []float64) *problem {
	sigma2, lp := w.value(b)
	var p *problem
	for range mostBends {
		p = w.around(b)
		p.sigma2 = sigma2
		for j := w.h.smooth(); j < len(b); j++ {
			if b[j] != 0 {
				p.active, p.sign = append(p.active, j), append(p.sign, math.Copysign(1, b[j]))
			}
		}
		copy(p.b, b)
		p.coefficients()
		gain := 0.0
		for step := 1.0; step > 1e-6; step /= 2 {
			next := make([]float64, len(b))
			for i := range next {
				next[i] = b[i] + step*(p.b[i]-b[i])
			}
			if s, v := w.value(next); v > lp {
				gain, b, sigma2, lp = v-lp, next, s, v
				break
			}
		}
		if gain <= 1e-10*math.Abs(lp) {
			break
		}
	}
	p.settle(b, sigma2, lp)
	return p
}

// guess returns where the search begins: the mean, or the curve through the first value and the last (as Prophet does).
func (w curved) guess() []float64 {
	b := make([]float64, w.h.size())
	if w.cap == 0 {
		b[w.h.fixed()-1] = floats.Sum(w.y) / float64(w.h.n)
		return b
	}
	odds := func(y float64) float64 { return w.cap / min(max(y, 0.01*w.cap), 0.99*w.cap) }
	first, last := odds(w.y[0]), odds(w.y[len(w.y)-1])
	if math.Abs(first-last) <= 0.01 {
		first *= 1.05
	}
	l0, l1 := math.Log(max(first-1, 1e-6)), math.Log(max(last-1, 1e-6))
	b[0], b[1] = l0-l1, l0/(l0-l1)
	return b
}

// dense returns all columns by period, 0 where nothing was observed.
func (h *history) dense() [][]float64 {
	k, n := h.size(), h.hi-h.lo
	columns := make([][]float64, k)
	for i := range columns {
		columns[i] = make([]float64, n)
	}
	row := make([]float64, k)
	missing := h.missing
	for p := range n {
		if len(missing) > 0 && missing[0] == h.lo+p {
			missing = missing[1:]
			continue
		}
		h.row(h.lo+p, row)
		for i, v := range row {
			columns[i][p] = v
		}
	}
	for r, x := range h.regressor {
		copy(columns[h.fixed()+len(h.waves)+r], x)
	}
	return columns
}

// parts returns trend and seasons at b, and the derivative of the trend by z.
func (w curved) parts(b []float64) (trend, season, slope []float64) {
	n := len(w.y)
	trend, season, slope = make([]float64, n), make([]float64, n), make([]float64, n)
	for i, v := range b {
		switch {
		case v == 0:
		case i == 1 && w.cap > 0:
			floats.AddScaled(trend, -v*b[0], w.columns[i])
		case w.ofTrend(i):
			floats.AddScaled(trend, v, w.columns[i])
		default:
			floats.AddScaled(season, v, w.columns[i])
		}
	}
	for t, z := range trend {
		if slope[t] = 1; w.cap > 0 {
			share := 1 / (1 + math.Exp(-z))
			trend[t], slope[t] = w.cap*share, w.cap*share*(1-share)
		}
	}
	return trend, season, slope
}

func (w curved) ofTrend(i int) bool { return i < w.h.fixed() || i >= w.h.smooth() }

// fitted returns what the model says of each period.
func (w curved) fitted(trend, season []float64) []float64 {
	out := make([]float64, len(trend))
	for t, g := range trend {
		if out[t] = g + season[t]; w.product {
			out[t] = g * (1 + season[t])
		}
	}
	for _, p := range w.h.missing {
		out[p-w.h.lo] = 0
	}
	return out
}

// value returns the best σ² at b, and the log posterior with it.
func (w curved) value(b []float64) (sigma2, lp float64) {
	trend, season, _ := w.parts(b)
	squares := 0.0
	for t, v := range w.fitted(trend, season) {
		squares += (w.y[t] - v) * (w.y[t] - v)
	}
	n := float64(w.h.n)
	sigma2 = bestSigma2(n, squares)
	lp = -n*math.Log(sigma2)/2 - squares/(2*sigma2) - sigma2/(2*sigmaPrior*sigmaPrior)
	for i, v := range b {
		if i < len(w.prior) {
			lp += w.prior[i].log(v)
		} else {
			lp -= math.Abs(v) / w.tau
		}
	}
	return sigma2, lp
}

// around returns the problem that is linear around b.
func (w curved) around(b []float64) *problem {
	trend, season, slope := w.parts(b)
	k, n := len(w.columns), len(w.y)
	target, moved := make([]float64, n), make([][]float64, k)
	for t, v := range w.fitted(trend, season) {
		target[t] = w.y[t] - v
	}
	for i, col := range w.columns {
		moved[i] = make([]float64, n)
		for t, v := range col {
			if v == 0 {
				continue
			}
			if w.cap > 0 && i < w.h.fixed() { // ∂z/∂k = t − m, ∂z/∂m = −k
				if v = -b[0]; i == 0 {
					v = col[t] - b[1]
				}
			}
			switch {
			case w.ofTrend(i) && w.product:
				v *= slope[t] * (1 + season[t])
			case w.ofTrend(i):
				v *= slope[t]
			case w.product:
				v *= trend[t]
			}
			moved[i][t] = v
		}
		floats.AddScaled(target, b[i], moved[i])
	}
	gram, side := make([]float64, k*k), make([]float64, k)
	for i := range k {
		side[i] = floats.Dot(moved[i], target)
		for j := range i + 1 {
			gram[i*k+j] = floats.Dot(moved[i], moved[j])
		}
	}
	return newProblem(w.h.n, floats.Dot(target, target), gram, side, w.prior, w.tau)
}

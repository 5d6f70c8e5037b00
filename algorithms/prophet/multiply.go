package prophet

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// multiply finds the most probable coefficients where seasons and regressors multiply the trend:
//
//	y_t = g_t·(1 + s_t) + σ·e_t,   g = T·b,  s = X·β
//
// Around a point it is the problem of y + g·s on the columns (1 + s)·T and g·X. Steps to the solution of that (Gauss and Newton's) are
// halved until the posterior grows, and end where it no longer does.
func (m Model) multiply(h *history, y []float64) *problem {
	columns := h.dense()
	n, k, smooth, f := float64(h.n), h.size(), h.smooth(), h.fixed()
	scales := m.scales(h)
	work := multiplied{h: h, y: y, columns: columns, tau: m.changeScale(), scales: scales}
	b := make([]float64, k)
	b[f-1] = floats.Sum(y) / n
	sigma2, lp := work.value(b)
	var p *problem
	for range mostBends {
		p = work.around(b)
		p.sigma2 = sigma2
		for j := smooth; j < k; j++ {
			if b[j] != 0 {
				p.active, p.sign = append(p.active, j), append(p.sign, math.Copysign(1, b[j]))
			}
		}
		copy(p.b, b)
		p.coefficients()
		gain := 0.0
		for step := 1.0; step > 1e-6; step /= 2 {
			next := make([]float64, k)
			for i := range next {
				next[i] = b[i] + step*(p.b[i]-b[i])
			}
			if s, v := work.value(next); v > lp {
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

const mostBends = 60

// multiplied holds what multiply works on.
type multiplied struct {
	h       *history
	y       []float64
	columns [][]float64
	tau     float64
	scales  []float64
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

// parts returns trend and seasons at b.
func (w multiplied) parts(b []float64) (trend, season []float64) {
	trend, season = make([]float64, len(w.y)), make([]float64, len(w.y))
	for i, v := range b {
		switch {
		case v == 0:
		case i < w.h.fixed() || i >= w.h.smooth():
			floats.AddScaled(trend, v, w.columns[i])
		default:
			floats.AddScaled(season, v, w.columns[i])
		}
	}
	return trend, season
}

// value returns the best σ² at b, and the log posterior with it.
func (w multiplied) value(b []float64) (sigma2, lp float64) {
	trend, season := w.parts(b)
	squares := 0.0
	for t, v := range w.y {
		e := v - trend[t]*(1+season[t])
		squares += e * e
	}
	n := float64(w.h.n)
	sigma2 = bestSigma2(n, squares)
	lp = -n*math.Log(sigma2)/2 - squares/(2*sigma2) - sigma2/(2*sigmaPrior*sigmaPrior)
	for i, v := range b {
		if i < len(w.scales) {
			lp -= v * v / (2 * w.scales[i] * w.scales[i])
		} else {
			lp -= math.Abs(v) / w.tau
		}
	}
	return sigma2, lp
}

// around returns the problem that is linear around b.
func (w multiplied) around(b []float64) *problem {
	trend, season := w.parts(b)
	k, n := len(w.columns), len(w.y)
	target, moved := make([]float64, n), make([][]float64, k)
	for t, v := range w.y {
		target[t] = v + trend[t]*season[t]
	}
	for i, col := range w.columns {
		moved[i] = make([]float64, n)
		own := i < w.h.fixed() || i >= w.h.smooth()
		for t, v := range col {
			if own {
				moved[i][t] = v * (1 + season[t])
			} else {
				moved[i][t] = v * trend[t]
			}
		}
	}
	gram, side := make([]float64, k*k), make([]float64, k)
	for i := range k {
		side[i] = floats.Dot(moved[i], target)
		for j := range i + 1 {
			gram[i*k+j] = floats.Dot(moved[i], moved[j])
		}
	}
	return newProblem(w.h.n, floats.Dot(target, target), gram, side, w.scales, w.tau)
}

package arima

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/cholesky"
)

// State is what the past adds to the periods after the last one, which with the coefficients is all that a forecast needs.
type State struct {
	// Ahead is a_j, what is expected to be added to the differenced series j periods ahead, besides what passes through the
	// forecasts of the periods before.
	Ahead []float64 `json:"ahead,omitempty"`
	// Doubt are the columns of a factor of the covariance of Ahead over σ², and of Tail after it where observations are missing;
	// empty where nothing is in doubt.
	Doubt [][]float64 `json:"doubt,omitempty"`
	// Tail are the last values of the series that differencing used, the last one first.
	Tail []float64 `json:"tail,omitempty"`
}

// forgotten is the deviation of Ahead, in σ, below which it counts as known.
const forgotten = 1e-9

// state returns the state after the last period. The likelihood must have been evaluated at c last.
func (l *likelihood) state(c Coefficients, beta []float64) State {
	n, r := len(l.z), l.r
	if r == 0 {
		return State{}
	}
	phi, theta := c.autoregression(l.m), c.movingAverage(l.m)
	w, e := append([]float64(nil), l.data[0]...), make([]float64, n)
	for k, b := range beta {
		floats.AddScaled(w, -b, l.data[k+1])
	}
	first := l.errors(beta, e)
	// back holds the columns of L·R⁻ᵀ, R the factor of I + LᵀGL: their products are the covariance over σ² of the first values.
	back := l.back(r)
	out := State{Ahead: make([]float64, r)}
	passed := make([][]float64, r) // passed[j][k]: what a unit of first_k adds j periods ahead
	for j := range r {
		passed[j] = make([]float64, r)
		for i := j + 1; i <= r; i++ {
			at := n + j - i
			if at < 0 {
				continue
			}
			if i <= len(phi) {
				out.Ahead[j] += phi[i-1] * w[at]
			}
			if i <= len(theta) {
				out.Ahead[j] += theta[i-1] * e[at]
				for k := range min(r, at+1) {
					passed[j][k] -= theta[i-1] * l.z[at-k]
				}
			}
		}
		if n+j < r {
			out.Ahead[j] += first[n+j]
			passed[j][n+j]++
		}
	}
	for _, column := range back {
		doubt, size := make([]float64, r), 0.0
		for j := range r {
			for k, v := range column {
				doubt[j] += passed[j][k] * v
			}
			size = max(size, math.Abs(doubt[j]))
		}
		if size > forgotten {
			out.Doubt = append(out.Doubt, doubt)
		}
	}
	return out
}

// errors writes to e the errors given all of the series, and returns what the past added to the first periods.
func (l *likelihood) errors(beta, e []float64) (first []float64) {
	n, r := len(l.z), l.r
	copy(e, l.e[0])
	for k, b := range beta {
		floats.AddScaled(e, -b, l.e[k+1])
	}
	if r == 0 {
		return nil
	}
	side := append([]float64(nil), l.side[0][:r]...)
	for k, b := range beta {
		floats.AddScaled(side, -b, l.side[k+1][:r])
	}
	cholesky.SolveUpper(l.middle[:r*r], side)
	first = make([]float64, r)
	for j := range r {
		first[j] = floats.Dot(l.l[j*r:(j+1)*r], side)
		if j < n {
			floats.AddScaled(e[j:], -first[j], l.z[:n-j])
		}
	}
	return first
}

// back returns the columns of L·R⁻ᵀ: column i solves R·x = L_jᵀ for each row j of L.
func (l *likelihood) back(r int) [][]float64 {
	columns := make([][]float64, r)
	for i := range columns {
		columns[i] = make([]float64, r)
	}
	row := make([]float64, r)
	for j := range r {
		copy(row, l.l[j*r:(j+1)*r])
		for i := range r { // R·x = row
			v := row[i]
			for k := range i {
				v -= l.middle[i*r+k] * row[k]
			}
			row[i] = v / l.middle[i*r+i]
			columns[i][j] = row[i]
		}
	}
	return columns
}

// ahead returns the forecasts of h periods of the series, whose differences δ(B) are those of o, the weights of an error in the
// forecasts after it, and what each column of doubt adds to each period.
func (s State) ahead(o Order, c Coefficients, h int) (mean, weights []float64, doubt [][]float64) {
	phi, theta := c.autoregression(o.M), c.movingAverage(o.M)
	delta := o.differences()
	mean = path(phi, delta, s.Ahead, s.Tail, h)
	for _, d := range s.Doubt {
		tail := make([]float64, len(s.Tail))
		copy(tail, d[len(s.Ahead):])
		doubt = append(doubt, path(phi, delta, d[:len(s.Ahead)], tail, h))
	}
	full := negated(expand(negated(phi), negated(delta), 1))
	unit := make([]float64, h+1)
	for j := range unit {
		unit[j] = passOn(full, unit, j)
		if j == 0 {
			unit[j] = 1
		} else if j <= len(theta) {
			unit[j] += theta[j-1]
		}
	}
	return mean, unit[1:], doubt
}

// path returns h periods of a series to whose differences is added what lies ahead, after its last values.
func path(phi, delta, ahead, tail []float64, h int) []float64 {
	out := make([]float64, h)
	for j := range out {
		v := 0.0
		if j < len(ahead) {
			v = ahead[j]
		}
		out[j] = v + passOn(phi, out, j)
	}
	for j := range out {
		for i, d := range delta {
			if at := j - i - 1; at >= 0 {
				out[j] += d * out[at]
			} else {
				out[j] += d * tail[-at-1]
			}
		}
	}
	return out
}

// passOn returns Σ a_i·x_{j−i} over the x before j.
func passOn(a, x []float64, j int) float64 {
	v := 0.0
	for i := 0; i < len(a) && i < j; i++ {
		v += a[i] * x[j-1-i]
	}
	return v
}

// differences returns δ of (1−B)^d·(1−B^m)^D = 1 − Σ δ_i·B^i.
func (o Order) differences() []float64 {
	poly := []float64{}
	for range o.D {
		poly = expand(poly, []float64{-1}, 1)
	}
	for range o.SD {
		poly = expand(poly, []float64{-1}, o.M)
	}
	return negated(poly)
}

// differenced returns (1−B)^d·(1−B^m)^D·y, shorter by what that takes, and the tail of y that it needs ahead.
func (o Order) differenced(y []float64) (w, tail []float64) {
	w = append([]float64(nil), y...)
	for range o.D {
		for t := len(w) - 1; t >= 1; t-- {
			w[t] -= w[t-1]
		}
		w = w[1:]
	}
	for range o.SD {
		for t := len(w) - 1; t >= o.M; t-- {
			w[t] -= w[t-o.M]
		}
		w = w[o.M:]
	}
	for i := range o.lost() {
		tail = append(tail, y[len(y)-1-i])
	}
	return w, tail
}

package arima

import "fmt"

// Order is that of a seasonal ARIMA model.
type Order struct {
	P  int `json:"p"`  // autoregressive terms
	D  int `json:"d"`  // differences
	Q  int `json:"q"`  // moving-average terms
	SP int `json:"sp"` // the same for the season
	SD int `json:"sd"`
	SQ int `json:"sq"`
	M  int `json:"m"` // periods in a season; 1 without one
}

// String writes the order as (1,0,1)(0,1,1)[7].
func (o Order) String() string {
	if o.M < 2 || o.SP+o.SD+o.SQ == 0 {
		return fmt.Sprintf("(%d,%d,%d)", o.P, o.D, o.Q)
	}
	return fmt.Sprintf("(%d,%d,%d)(%d,%d,%d)[%d]", o.P, o.D, o.Q, o.SP, o.SD, o.SQ, o.M)
}

// terms returns how many coefficients the polynomials have.
func (o Order) terms() int { return o.P + o.Q + o.SP + o.SQ }

// The largest orders that are searched, as in R's auto.arima.
const (
	maxP  = 5 // and q
	maxSP = 2 // and Q
)

// mostSeasonal returns the largest P and Q that are searched for a season: 1 where it is long, since the cost of a likelihood grows with
// the square of the longest lag and a day of quarters of an hour tells little of the one before the last; and none where it has more than
// two hundred periods, whose cube is too much, so that a difference is all there is of it.
func mostSeasonal(m int) int {
	switch {
	case m > 200:
		return 0
	case m > 60:
		return 1
	}
	return maxSP
}

// lost returns how many observations differencing takes.
func (o Order) lost() int { return o.D + o.SD*o.M }

// Coefficients are those of the four polynomials, in the signs of R:
//
//	(1 − Σ AR_i·B^i)(1 − Σ SAR_i·B^{m·i})·w_t = (1 + Σ MA_i·B^i)(1 + Σ SMA_i·B^{m·i})·e_t
type Coefficients struct {
	AR  []float64 `json:"ar,omitempty"`
	MA  []float64 `json:"ma,omitempty"`
	SAR []float64 `json:"sar,omitempty"`
	SMA []float64 `json:"sma,omitempty"`
}

// split returns v, which has a value for each coefficient, by polynomial.
func (o Order) split(v []float64) Coefficients {
	take := func(n int) []float64 {
		if n == 0 {
			return nil
		}
		out := v[:n:n]
		v = v[n:]
		return out
	}
	return Coefficients{AR: take(o.P), MA: take(o.Q), SAR: take(o.SP), SMA: take(o.SQ)}
}

// expand returns the coefficients of the product of 1 + Σ a_i·x^i and 1 + Σ b_i·x^{m·i}, without the first.
func expand(a, b []float64, m int) []float64 {
	out := make([]float64, len(a)+m*len(b))
	copy(out, a)
	for j, c := range b {
		at := m * (j + 1)
		out[at-1] += c
		for i, d := range a {
			out[at+i] += c * d
		}
	}
	return out
}

// negated returns −a.
func negated(a []float64) []float64 {
	out := make([]float64, len(a))
	for i, v := range a {
		out[i] = -v
	}
	return out
}

// autoregression returns φ of 1 − Σ φ_i·B^i, both factors multiplied.
func (c Coefficients) autoregression(m int) []float64 {
	return negated(expand(negated(c.AR), negated(c.SAR), m))
}

// movingAverage returns θ of 1 + Σ θ_i·B^i, both factors multiplied.
func (c Coefficients) movingAverage(m int) []float64 { return expand(c.MA, c.SMA, m) }

// fromPartial writes to a the coefficients of the stationary polynomial 1 − Σ a_i·x^i whose partial autocorrelations are r,
// each inside −1 and 1 (Barndorff-Nielsen and Schou 1973, by Durbin's recursion).
func fromPartial(r, a []float64) {
	for k, v := range r {
		a[k] = v
		for i, j := 0, k-1; i < j; i, j = i+1, j-1 {
			a[i], a[j] = a[i]-v*a[j], a[j]-v*a[i]
		}
		if k%2 == 1 {
			a[k/2] *= 1 - v
		}
	}
}

// toPartial writes to r the partial autocorrelations of 1 − Σ a_i·x^i. It reports false where one of them is not inside −1
// and 1: the polynomial has a root inside the unit circle or on it.
func toPartial(a, r []float64) bool {
	work := append(make([]float64, 0, 8), a...)
	for k := len(a) - 1; k >= 0; k-- {
		v := work[k]
		r[k] = v
		if !(v > -1 && v < 1) {
			return false
		}
		for i, j := 0, k-1; i <= j; i, j = i+1, j-1 {
			x, y := work[i], work[j]
			work[i], work[j] = (x+v*y)/(1-v*v), (y+v*x)/(1-v*v)
		}
	}
	return true
}

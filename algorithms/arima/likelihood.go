package arima

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/cholesky"
)

// likelihood evaluates the exact Gaussian likelihood of a stationary series with regressors, whose coefficients take their
// best values. It holds the room for it.
//
// Filtered as if everything before the first period were 0, a series gives errors e⁰. What the past really adds is a vector
// a of r = max(p, q) values, with covariance σ²·P: a_j reaches period j and, through the inverse of the moving average,
// those after it, so that e = e⁰ − Z·a with Z_tj = z_{t−j}, z the coefficients of 1/θ(B). Then
//
//	−2·log L = n·log(2π·S/n) + n + log|I + LᵀGL|,   P = LLᵀ,  G = ZᵀZ
//	S = e⁰ᵀe⁰ − cᵀ·P(I + GP)⁻¹·c,                       c = Zᵀe⁰
//
// at the best σ² = S/n. Since Z is made of one sequence, G and c take r products each, and the whole two filters of the
// series. Regressors are filtered in the same way, and least squares in the product that S is made of gives their
// coefficients. The covariance follows from Φ·w = a + Θ·e over the first r periods, P = Φ·Γ·Φᵀ − Θ·Θᵀ.
//
// The augmentation is that of Box and Jenkins (1976, chapter A7.4), the state that of Pearlman, Biometrika 67(1), 1980.
type likelihood struct {
	m    int
	data [][]float64 // the series and its regressors, differenced

	e       [][]float64 // each filtered
	z       []float64
	gamma   []float64
	p, l, g []float64 // r×r
	middle  []float64 // I + LᵀGL, then its factor
	side    [][]float64
	cross   []float64
	beta    []float64
	tmp     []float64
	work    covarianceWork
	r       int
}

func newLikelihood(m int, data [][]float64) *likelihood {
	n := len(data[0])
	l := &likelihood{m: m, data: data, z: make([]float64, n), tmp: make([]float64, n)}
	for range data {
		l.e = append(l.e, make([]float64, n))
		l.side = append(l.side, nil)
	}
	return l
}

// value is what the likelihood says of coefficients.
type value struct {
	logLik  float64
	squares float64 // S
	beta    []float64
}

var impossible = value{logLik: math.Inf(-1)}

// at evaluates c. The returned coefficients of the regressors are valid until the next call.
func (l *likelihood) at(c Coefficients) value {
	n := len(l.data[0])
	for k, x := range l.data {
		l.filter(x, l.e[k], c)
	}
	phi, theta := c.autoregression(l.m), c.movingAverage(l.m)
	logDet := 0.0
	l.r = max(len(phi), len(theta))
	if l.r > 0 {
		if !l.start(phi, theta) {
			return impossible
		}
		l.impulse(c)
		logDet = l.project()
	}
	return l.solve(float64(n), logDet)
}

// filter writes φ(B)/θ(B)·x to e, taking what comes before x as 0.
func (l *likelihood) filter(x, e []float64, c Coefficients) {
	copy(e, x)
	if len(c.SAR) > 0 {
		copy(l.tmp, e)
		lagged(e, l.tmp, c.SAR, l.m)
	}
	if len(c.AR) > 0 {
		copy(l.tmp, e)
		lagged(e, l.tmp, c.AR, 1)
	}
	recur(e, c.MA)
	recurSeason(e, c.SMA, l.m)
}

// lagged subtracts Σ a_i·B^{m·i}·x from e.
func lagged(e, x, a []float64, m int) {
	n := len(e)
	for i, v := range a {
		if at := m * (i + 1); at < n {
			floats.AddScaled(e[at:], -v, x[:n-at])
		}
	}
}

// recur divides e by 1 + Σ b_i·B^i.
func recur(e, b []float64) {
	switch len(b) {
	case 0:
	case 1:
		b1, e1 := b[0], 0.0
		for t, v := range e {
			e1 = v - b1*e1
			e[t] = e1
		}
	case 2:
		b1, b2, e1, e2 := b[0], b[1], 0.0, 0.0
		for t, v := range e {
			v -= b2 * e2
			e2 = e1
			e1 = v - b1*e1
			e[t] = e1
		}
	case 3:
		b1, b2, b3 := b[0], b[1], b[2]
		e1, e2, e3 := 0.0, 0.0, 0.0
		for t, v := range e {
			v -= b3*e3 + b2*e2
			e3, e2 = e2, e1
			e1 = v - b1*e1
			e[t] = e1
		}
	default:
		var past [maxP]float64
		for t, v := range e {
			for i := len(b) - 1; i > 0; i-- {
				v -= b[i] * past[i]
				past[i] = past[i-1]
			}
			v -= b[0] * past[0]
			past[0] = v
			e[t] = v
		}
	}
}

// recurSeason divides e by 1 + Σ b_i·B^{m·i}.
func recurSeason(e, b []float64, m int) {
	switch len(b) {
	case 0:
	case 1:
		for t := m; t < len(e); t++ {
			e[t] -= b[0] * e[t-m]
		}
	default:
		for t := m; t < len(e); t++ {
			v := e[t]
			for i, c := range b {
				if at := t - m*(i+1); at >= 0 {
					v -= c * e[at]
				}
			}
			e[t] = v
		}
	}
}

// impulse writes the coefficients of 1/θ(B) to z.
func (l *likelihood) impulse(c Coefficients) {
	clear(l.z)
	l.z[0] = 1
	recur(l.z, c.MA)
	recurSeason(l.z, c.SMA, l.m)
}

// start computes L, the factor of the covariance of what the past adds.
func (l *likelihood) start(phi, theta []float64) bool {
	r := l.r
	p := grow(&l.p, r*r)
	if len(phi) == 0 { // a_j = Σ_{i≥j} θ_i·e_{j−i}: L is written down, with row j and the column of e_{−k}
		clear(p)
		for j := range r {
			for k := 0; j+k < len(theta); k++ {
				p[j*r+k] = theta[j+k]
			}
		}
		l.l = p
		return true
	}
	gamma := grow(&l.gamma, r)
	if !autocovariances(phi, theta, gamma, &l.work) {
		return false
	}
	// P = ΦΓΦᵀ − ΘΘᵀ, with Φ and Θ lower triangular and constant along diagonals, so that the entries down a diagonal differ by
	// one product: ΦΓΦᵀ is filtered twice, ΘΘᵀ adds one term a step.
	f := grow(&l.middle, r*r)
	for i := range r { // F = ΦΓ
		for j := range r {
			v := gamma[abs(i-j)]
			for k := 0; k < len(phi) && k < i; k++ {
				if a := phi[k]; a != 0 {
					v -= a * gamma[abs(i-1-k-j)]
				}
			}
			f[i*r+j] = v
		}
	}
	for i := range r {
		row := f[i*r : (i+1)*r]
		for j := range i + 1 {
			v := row[j]
			for k := 0; k < len(phi) && k < j; k++ {
				if a := phi[k]; a != 0 {
					v -= a * row[j-1-k]
				}
			}
			both := 0.0 // (ΘΘᵀ)_ij = Σ_k θ_{i−k}·θ_{j−k}
			for k := 0; k <= j; k++ {
				if a, b := at(theta, i-k), at(theta, j-k); a != 0 && b != 0 {
					both += a * b
				}
			}
			p[i*r+j] = v - both
			p[j*r+i] = p[i*r+j]
		}
	}
	cholesky.Root(p, r)
	l.l = p
	return true
}

// at returns θ_i with θ_0 = 1, and 0 beyond the last.
func at(theta []float64, i int) float64 {
	if i > len(theta) {
		return 0
	}
	return coefficient(theta, i)
}

func abs(i int) int {
	if i < 0 {
		return -i
	}
	return i
}

// project computes the factor of I + LᵀGL and, for each filtered series, the solution of it with LᵀZᵀe⁰. It returns the
// logarithm of the determinant.
func (l *likelihood) project() float64 {
	r, n := l.r, len(l.z)
	g := grow(&l.g, r*r)
	for j := range min(r, n) {
		g[j] = floats.Dot(l.z[:n-j], l.z[j:])
	}
	for i := 1; i < r; i++ { // a step down a diagonal leaves the last product out
		for j := i; j < r; j++ {
			v := 0.0
			if j < n {
				v = g[(i-1)*r+j-1] - l.z[n-i]*l.z[n-j]
			}
			g[i*r+j] = v
		}
	}
	for i := range r {
		for j := range i {
			g[i*r+j] = g[j*r+i]
		}
	}
	middle := grow(&l.middle, r*r)
	half := grow(&l.work.orders, r*r) // GL
	for i := range r {
		row := half[i*r : (i+1)*r]
		clear(row)
		for k := range r {
			if v := g[i*r+k]; v != 0 {
				floats.AddScaled(row, v, l.l[k*r:(k+1)*r])
			}
		}
	}
	clear(middle)
	for k := range r {
		for i := range r {
			if v := l.l[k*r+i]; v != 0 {
				floats.AddScaled(middle[i*r:i*r+i+1], v, half[k*r:k*r+i+1])
			}
		}
	}
	for i := range r {
		middle[i*r+i]++
	}
	cholesky.Factor(middle, r)
	logDet := 0.0
	for i := range r {
		logDet += 2 * math.Log(middle[i*r+i])
	}
	for k, e := range l.e {
		side := grow(&l.side[k], r)
		clear(side)
		for j := range min(r, n) {
			c := floats.Dot(l.z[:n-j], e[j:])
			floats.AddScaled(side, c, l.l[j*r:(j+1)*r])
		}
		cholesky.SolveLower(middle, side)
	}
	return logDet
}

// product returns the product of two filtered series that S is made of.
func (l *likelihood) product(i, j int) float64 {
	v := floats.Dot(l.e[i], l.e[j])
	if l.r > 0 {
		v -= floats.Dot(l.side[i][:l.r], l.side[j][:l.r])
	}
	return v
}

// solve finds the coefficients of the regressors and the value.
func (l *likelihood) solve(n, logDet float64) value {
	k := len(l.data) - 1
	s := l.product(0, 0)
	l.beta = grow(&l.beta, k)
	if k > 0 {
		a := grow(&l.cross, k*k)
		for i := range k {
			l.beta[i] = l.product(0, i+1)
			for j := range i + 1 {
				a[i*k+j] = l.product(i+1, j+1)
			}
		}
		cholesky.Factor(a, k)
		cholesky.SolveLower(a, l.beta)
		s -= floats.Dot(l.beta, l.beta)
		cholesky.SolveUpper(a, l.beta)
	}
	if !(s > 0) {
		s = math.SmallestNonzeroFloat64
	}
	return value{logLik: -0.5 * (n*math.Log(2*math.Pi*s/n) + n + logDet), squares: s, beta: l.beta}
}

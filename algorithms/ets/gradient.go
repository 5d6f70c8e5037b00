package ets

// columns are the derivatives of the mean of each period by each parameter that is searched, parameter by parameter, and
// divided by the mean where errors are multiplied.
//
// The order is α, then β, γ and φ where the form has them, ℓ_0, b_0, and the first m−1 seasonal states; the last of these is
// what makes their sum 0, or m.
type columns struct {
	n, k      int
	d         []float64 // k×n
	level     []float64 // k: derivatives of the state, carried along
	slope     []float64
	season    []float64 // m×k
	none      []float64 // k: the season of a form without one
	weights   []float64 // n: what the errors weigh in the gradient
	gram      []float64 // k×k
	direction []float64
}

// layout says which column a parameter has; −1 = none.
type layout struct{ alpha, beta, gamma, phi, level, slope, season, k int }

func (f Form) layout(m int) layout {
	l := layout{alpha: 0, beta: -1, gamma: -1, phi: -1, slope: -1, season: -1}
	next := 1
	take := func(on bool, size int) int {
		if !on {
			return -1
		}
		at := next
		next += size
		return at
	}
	l.beta = take(f.Trend != None, 1)
	l.gamma = take(f.Season != None, 1)
	l.phi = take(f.Trend == Damped, 1)
	l.level = take(true, 1)
	l.slope = take(f.Trend != None, 1)
	l.season = take(f.Season != None, m-1)
	l.k = next
	return l
}

func newColumns(n, m, k int) *columns {
	return &columns{
		n: n, k: k, d: make([]float64, n*k), level: make([]float64, k), slope: make([]float64, k), season: make([]float64, m*k),
		none: make([]float64, k), weights: make([]float64, n), gram: make([]float64, k*k), direction: make([]float64, k),
	}
}

// fill computes the columns at p, and the weights r_t for which the gradient of the log-likelihood by a parameter is
// n/Σe²·Σ_t r_t·column_t: the error itself, or e·(1+e) − Σe²/n where errors are multiplied. The recursions at p must succeed.
func (c *columns) fill(f Form, l layout, y []float64, p parameters, ring []float64, observed int, squares float64) {
	c.k = l.k
	c.start(l, len(ring))
	copy(ring, p.season)
	switch {
	case f.Error == Additive && f.Season == None:
		c.fillPlain(f, l, y, p)
	case f.Error == Additive && f.Season == Additive:
		c.fillAdded(f, l, y, p, ring)
	default:
		c.fillAny(f, l, y, p, ring, squares/float64(observed))
	}
}

// fillPlain is fill without a season, with errors that are added.
func (c *columns) fillPlain(f Form, l layout, y []float64, p parameters) {
	alpha, beta, phi := p.alpha, f.betaOf(p), p.phi
	n, k := c.n, l.k
	level, slope := p.level, p.slope
	dLevel, dSlope := c.level[:k], c.slope[:k]
	for t, v := range y {
		q := level + phi*slope
		a := v - q
		d := c.d[t:]
		if l.phi >= 0 { // what the trend adds depends on φ too
			dLevel[l.phi] += slope
		}
		if a != a {
			c.weights[t] = 0
			for i := range dLevel {
				d[i*n] = 0
				dLevel[i] += phi * dSlope[i]
				dSlope[i] *= phi
			}
			a = 0
		} else {
			c.weights[t] = a
			for i := range dLevel {
				b := dLevel[i] + phi*dSlope[i]
				d[i*n] = b
				dLevel[i] = b - alpha*b
				dSlope[i] = phi*dSlope[i] - beta*b
			}
			dLevel[l.alpha] += a
			if l.beta >= 0 {
				dSlope[l.alpha] += p.beta * a
				dSlope[l.beta] += (alpha - least) * a
			}
		}
		if l.phi >= 0 {
			dSlope[l.phi] += slope
		}
		level = q + alpha*a
		slope = phi*slope + beta*a
	}
}

// fillAdded is fill with a season and errors that are added.
func (c *columns) fillAdded(f Form, l layout, y []float64, p parameters, ring []float64) {
	alpha, beta, gamma, phi := p.alpha, f.betaOf(p), p.gammaOf(), p.phi
	n, k, m := c.n, l.k, len(ring)
	level, slope := p.level, p.slope
	dLevel, dSlope := c.level[:k], c.slope[:k]
	at := 0
	for t, v := range y {
		q := level + phi*slope
		s := ring[at]
		a := v - q - s
		d := c.d[t:]
		dSeason := c.season[at*k:][:k]
		if l.phi >= 0 { // what the trend adds depends on φ too
			dLevel[l.phi] += slope
		}
		switch {
		case a != a:
			c.weights[t] = 0
			for i := range dLevel {
				d[i*n] = 0
				dLevel[i] += phi * dSlope[i]
				dSlope[i] *= phi
			}
			a = 0
		case l.beta < 0:
			c.weights[t] = a
			for i, b := range dLevel {
				ds := dSeason[i]
				dm := b + ds
				d[i*n] = dm
				dLevel[i] = b - alpha*dm
				dSeason[i] = ds - gamma*dm
			}
		default:
			c.weights[t] = a
			for i := range dLevel {
				b, ds := dLevel[i]+phi*dSlope[i], dSeason[i]
				dm := b + ds
				d[i*n] = dm
				dLevel[i] = b - alpha*dm
				dSlope[i] = phi*dSlope[i] - beta*dm
				dSeason[i] = ds - gamma*dm
			}
			dSlope[l.alpha] += p.beta * a
			dSlope[l.beta] += (alpha - least) * a
		}
		dLevel[l.alpha] += a
		dSeason[l.alpha] -= p.gamma * a
		dSeason[l.gamma] += (1 - alpha - least) * a
		if l.phi >= 0 {
			dSlope[l.phi] += slope
		}
		level = q + alpha*a
		slope = phi*slope + beta*a
		ring[at] = s + gamma*a
		if at++; at == m {
			at = 0
		}
	}
}

// fillAny is fill for any form; each is the mean of Σe².
func (c *columns) fillAny(f Form, l layout, y []float64, p parameters, ring []float64, each float64) {
	alpha, beta, gamma, phi := p.alpha, f.betaOf(p), p.gammaOf(), p.phi
	n, k, m := c.n, l.k, len(ring)
	level, slope := p.level, p.slope
	dLevel, dSlope := c.level[:k], c.slope[:k]
	none := c.none[:k]
	at := 0
	for t, v := range y {
		q := level + phi*slope
		s, dSeason := 0.0, none
		mean, byBase, bySeason, overS, overQ := q, 1.0, 1.0, 1.0, 1.0
		if f.Season != None {
			s = ring[at]
			dSeason = c.season[at*k:][:k]
			mean += s
		}
		if f.Season == Multiplicative {
			mean, byBase, bySeason, overS, overQ = q*s, s, q, 1/s, 1/q
		}
		a := v - mean
		if l.phi >= 0 {
			dLevel[l.phi] += slope
		}
		d := c.d[t:]
		u, w := 0.0, 0.0
		if a != a {
			c.weights[t] = 0
			for i := range dLevel {
				d[i*n] = 0
				dLevel[i] += phi * dSlope[i]
				dSlope[i] *= phi
			}
		} else {
			u, w = a*overS, a*overQ
			scale := 1.0
			c.weights[t] = a
			if f.Error == Multiplicative {
				scale = 1 / mean
				e := a * scale
				c.weights[t] = e*(1+e) - each
			}
			uS, wQ := 0.0, 0.0 // how u and w depend on what they are divided by
			if f.Season == Multiplicative {
				uS, wQ = u, w
			}
			for i := range dLevel {
				b, ds := dLevel[i]+phi*dSlope[i], dSeason[i]
				dm := byBase*b + bySeason*ds
				d[i*n] = dm * scale
				du := (dm + uS*ds) * overS
				dLevel[i] = b - alpha*du
				dSlope[i] = phi*dSlope[i] - beta*du
				dSeason[i] = ds - gamma*(dm+wQ*b)*overQ
			}
			dLevel[l.alpha] += u
			if l.beta >= 0 {
				dSlope[l.alpha] += p.beta * u
				dSlope[l.beta] += (alpha - least) * u
			}
			if l.gamma >= 0 {
				dSeason[l.alpha] -= p.gamma * w
				dSeason[l.gamma] += (1 - alpha - least) * w
			} else {
				clear(none)
			}
		}
		if l.phi >= 0 {
			dSlope[l.phi] += slope
		}
		level = q + alpha*u
		slope = phi*slope + beta*u
		if f.Season != None {
			ring[at] = s + gamma*w
			if at++; at == m {
				at = 0
			}
		}
	}
}

// start sets the derivatives of the first states.
func (c *columns) start(l layout, m int) {
	clear(c.level)
	clear(c.slope)
	clear(c.season)
	c.level[l.level] = 1
	if l.slope >= 0 {
		c.slope[l.slope] = 1
	}
	if l.season >= 0 {
		for j := range m - 1 {
			c.season[j*l.k+l.season+j] = 1
			c.season[(m-1)*l.k+l.season+j] = -1
		}
	}
}

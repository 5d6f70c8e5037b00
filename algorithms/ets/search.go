package ets

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// The bounds of the smoothing parameters: the usual region of R's ets.
const (
	lowAlpha, highAlpha = 1e-4, 0.9999
	highShare           = 0.9999 // of β in what α leaves it, and of γ in what 1 − α does
	lowPhi, highPhi     = 0.8, 0.98
)

const (
	worthAStep = 1e-4 // log-likelihood that a step must promise
	raceSteps  = 4
	mostSteps  = 60
)

// searcher finds the parameters of greatest likelihood of the forms for one series. It holds the room for it.
type searcher struct {
	y        []float64
	observed int
	m        int
	ring     []float64
	cols     *columns
	damped   []float64
	side     []float64
	move     []float64
	held     []bool
	steps    int // taken since it was made, for benchmarks and tests
}

func newSearcher(y []float64, observed, m int) *searcher {
	most := Form{Additive, Damped, Additive}.layout(m).k
	return &searcher{
		y: y, observed: observed, m: m, ring: make([]float64, m), cols: newColumns(len(y), m, most), damped: make([]float64, most*most),
		side: make([]float64, most), move: make([]float64, most), held: make([]bool, most),
	}
}

// found is a model with its parameters and what they are worth.
type found struct {
	form  Form
	at    parameters
	path  path
	value float64 // the log-likelihood
	leads float64 // the mean absolute error over some periods
}

func (s *searcher) value(f Form, p parameters) (path, float64) {
	out, ok := f.run(s.y, p, s.ringOf(f), nil)
	if !ok || !(out.squares >= 0) || math.IsInf(out.squares, 0) {
		return out, math.Inf(-1)
	}
	return out, out.logLikelihood(s.observed)
}

// climber is a search under way.
type climber struct {
	found
	damping float64
	done    bool
}

// best climbs from every start for a few steps, and from where the highest of them stands to the top.
func (s *searcher) best(f Form, starts []parameters) found {
	race := make([]climber, 0, len(starts))
	for _, p := range starts {
		c := climber{found: found{form: f, at: p}, damping: 1e-3}
		c.path, c.value = s.value(f, p)
		if math.IsInf(c.value, -1) {
			continue
		}
		if len(starts) > 1 {
			s.climb(&c, raceSteps)
		}
		race = append(race, c)
	}
	if len(race) == 0 {
		return found{form: f, value: math.Inf(-1)}
	}
	top := 0
	for i, c := range race {
		if c.value > race[top].value {
			top = i
		}
	}
	s.climb(&race[top], mostSteps)
	return race[top].found
}

// climb goes uphill by damped Gauss-Newton steps (Levenberg 1944, Marquardt 1963) within the bounds: the matrix is that of
// the products of the columns, which for multiplied errors is the expected information but for a factor.
func (s *searcher) climb(c *climber, most int) {
	if c.done {
		return
	}
	l := c.form.layout(s.m)
	ring := s.ringOf(c.form)
	fresh := false
	for range most {
		if c.path.squares == 0 {
			c.done = true
			return
		}
		if !fresh {
			s.cols.fill(c.form, l, s.y, c.at, ring, s.observed, c.path.squares)
			s.products(l.k)
			fresh = true
			s.steps++
		}
		next, promise := s.step(c.form, l, c.at, c.path.squares, c.damping)
		if !(promise > worthAStep) {
			c.done = true // also where a step is so damped that it leads nowhere
			return
		}
		there, value := s.value(c.form, next)
		if value > c.value {
			gain := (value - c.value) / promise
			c.at, c.path, c.value, fresh = next, there, value, false
			if gain > 0.5 {
				c.damping = max(c.damping/10, 1e-9)
			}
			continue
		}
		if c.damping *= 10; c.damping > 1e8 {
			c.done = true
			return
		}
	}
}

// ringOf returns the room for the seasonal states, nil where the form has none.
func (s *searcher) ringOf(f Form) []float64 {
	if f.Season == None {
		return nil
	}
	return s.ring
}

// products computes the matrix and the gradient of the columns.
func (s *searcher) products(k int) {
	c := s.cols
	n := c.n
	for i := range k {
		a := c.d[i*n : (i+1)*n]
		for j := range i + 1 {
			v := floats.Dot(a, c.d[j*n:(j+1)*n])
			c.gram[i*k+j], c.gram[j*k+i] = v, v
		}
		c.direction[i] = floats.Dot(a, c.weights)
	}
}

// bound is a parameter that has bounds, and where it stands.
type bound struct {
	at             int
	now, low, high float64
}

func (l layout) bounds(p parameters) []bound {
	all := make([]bound, 0, 4)
	add := func(at int, now, low, high float64) {
		if at >= 0 {
			all = append(all, bound{at, now, low, high})
		}
	}
	add(l.alpha, p.alpha, lowAlpha, highAlpha)
	add(l.beta, p.beta, 0, highShare)
	add(l.gamma, p.gamma, 0, highShare)
	add(l.phi, p.phi, lowPhi, highPhi)
	return all
}

// step returns p after one damped step, and how much log-likelihood it promises. A parameter that the step would carry
// beyond a bound stops there, and the others step as is best then; where that promises nothing, the whole step ends at the
// first bound that it meets.
func (s *searcher) step(f Form, l layout, p parameters, squares, damping float64) (next parameters, promise float64) {
	k := l.k
	curvature := 1.0
	if f.Error == Multiplicative {
		curvature += 2 * squares / float64(s.observed)
	}
	bounds := l.bounds(p)
	held, move := s.held[:k], s.move[:k]
	s.hold(bounds, held, move)
	clipped := false
	for range len(bounds) + 1 {
		s.solve(k, held, move, curvature, damping)
		stopped := false
		for _, b := range bounds {
			if to := b.now + move[b.at]; !held[b.at] && (to < b.low || to > b.high) {
				held[b.at], move[b.at], stopped = true, min(max(to, b.low), b.high)-b.now, true
			}
		}
		if !stopped {
			break
		}
		clipped = true
	}
	promise = s.promise(k, move, curvature, squares)
	if !(promise > worthAStep) && clipped {
		s.hold(bounds, held, move)
		s.shorten(k, bounds, held, move, curvature, damping)
		promise = s.promise(k, move, curvature, squares)
	}
	return l.moved(p, move), promise
}

// hold holds the parameters at a bound that the gradient points beyond.
func (s *searcher) hold(bounds []bound, held []bool, move []float64) {
	clear(held)
	clear(move)
	for _, b := range bounds {
		if g := s.cols.direction[b.at]; b.now <= b.low && g <= 0 || b.now >= b.high && g >= 0 {
			held[b.at] = true
		}
	}
}

// shorten makes the step as long as every bound allows, holding those that allow nothing.
func (s *searcher) shorten(k int, bounds []bound, held []bool, move []float64, curvature, damping float64) {
	for range len(bounds) + 1 {
		s.solve(k, held, move, curvature, damping)
		share, first := 1.0, -1
		for _, b := range bounds {
			d := move[b.at]
			room := b.high - b.now
			if d < 0 {
				room = b.low - b.now
			}
			if !held[b.at] && d != 0 && room/d < share {
				share, first = room/d, b.at
			}
		}
		if share > 1e-9 {
			for i := range move {
				move[i] *= share
			}
			return
		}
		held[first], move[first] = true, 0
	}
}

// promise returns how much log-likelihood a step wins by the quadratic model of it.
func (s *searcher) promise(k int, move []float64, curvature, squares float64) float64 {
	linear, bent := 0.0, 0.0
	for i := range k {
		linear += move[i] * s.cols.direction[i]
		for j := range k {
			bent += move[i] * s.cols.gram[i*k+j] * move[j]
		}
	}
	return float64(s.observed) / squares * (linear - curvature*bent/2)
}

// moved returns p after a step.
func (l layout) moved(p parameters, move []float64) parameters {
	p = p.clone()
	p.alpha += move[l.alpha]
	if l.beta >= 0 {
		p.beta += move[l.beta]
	}
	if l.gamma >= 0 {
		p.gamma += move[l.gamma]
	}
	if l.phi >= 0 {
		p.phi += move[l.phi]
	}
	p.level += move[l.level]
	if l.slope >= 0 {
		p.slope += move[l.slope]
	}
	if l.season >= 0 {
		last := len(p.season) - 1
		for j := range last {
			p.season[j] += move[l.season+j]
			p.season[last] -= move[l.season+j]
		}
	}
	for _, b := range l.bounds(p) { // a rounding may lead beyond, or stop short
		v := min(max(b.now, b.low), b.high)
		if v-b.low < 1e-12 {
			v = b.low
		}
		switch b.at {
		case l.alpha:
			p.alpha = v
		case l.beta:
			p.beta = v
		case l.gamma:
			p.gamma = v
		case l.phi:
			p.phi = v
		}
	}
	return p
}

// solve writes the damped step of the parameters that are not held, given the moves of those that are, to move: by the
// Cholesky factor of the matrix.
func (s *searcher) solve(k int, held []bool, move []float64, curvature, damping float64) {
	a, x, gram := s.damped[:k*k], s.side[:k], s.cols.gram
	for i := range k {
		row := a[i*k : (i+1)*k]
		x[i] = 0
		for j := range i + 1 {
			row[j] = 0
			if !held[i] && !held[j] {
				row[j] = curvature * gram[i*k+j]
			}
		}
		if held[i] || row[i] == 0 {
			row[i] = 1
			continue
		}
		row[i] *= 1 + damping + 1e-12
		x[i] = s.cols.direction[i]
		for j := range k {
			if held[j] {
				x[i] -= curvature * gram[i*k+j] * move[j]
			}
		}
	}
	for i := range k {
		row := a[i*k : (i+1)*k]
		for j := range i + 1 {
			other := a[j*k : (j+1)*k]
			v := row[j]
			for q := range j {
				v -= row[q] * other[q]
			}
			if i == j {
				row[i] = math.Sqrt(max(v, 1e-14*row[i]))
			} else {
				row[j] = v / other[j]
			}
		}
	}
	for i := range k {
		for j := range i {
			x[i] -= a[i*k+j] * x[j]
		}
		x[i] /= a[i*k+i]
	}
	for i := k - 1; i >= 0; i-- {
		for j := i + 1; j < k; j++ {
			x[i] -= a[j*k+i] * x[j]
		}
		x[i] /= a[i*k+i]
		if !held[i] {
			move[i] = x[i]
		}
	}
}

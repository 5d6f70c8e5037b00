package ets

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/optim"
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
	box      *optim.Box
	steps    int // taken since it was made, for benchmarks and tests
}

// newSearcher returns one for those forms.
func newSearcher(y []float64, observed, m int, forms []Form) *searcher {
	most := 0
	for _, f := range forms {
		most = max(most, f.layout(m).k)
	}
	return &searcher{
		y: y, observed: observed, m: m, ring: make([]float64, m), cols: newColumns(len(y), m, most), box: optim.NewBox(most),
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

// step returns p after one damped step, and how much log-likelihood it promises.
func (s *searcher) step(f Form, l layout, p parameters, squares, damping float64) (next parameters, promise float64) {
	worth, curvature := float64(s.observed)/squares, s.curvature(f, squares)
	box := s.box
	box.Resize(l.k)
	for i, g := range s.cols.direction[:l.k] {
		box.Gradient[i] = worth * g
	}
	for i, g := range s.cols.gram[:l.k*l.k] {
		box.Curvature[i] = curvature * g
	}
	for _, b := range l.bounds(p) {
		box.Low[b.at], box.High[b.at] = b.low-b.now, b.high-b.now
	}
	promise = box.Step(damping, worthAStep)
	return l.moved(p, box.Move), promise
}

// curvature returns what the products of the columns are multiplied by: n/Σe², and 2 more where errors are multiplied.
func (s *searcher) curvature(f Form, squares float64) float64 {
	c := float64(s.observed) / squares
	if f.Error == Multiplicative {
		c += 2
	}
	return c
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

package ets

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/cholesky"
)

// StdErrors are the standard errors of the smoothing parameters: 0 where the form has none, or where it stands at a bound, of which a
// likelihood tells no error. That of φ is rough: the likelihood is no parabola along it.
type StdErrors struct {
	Alpha float64 `json:"alpha"`
	Beta  float64 `json:"beta"`
	Gamma float64 `json:"gamma"`
	Phi   float64 `json:"phi"`
}

// deviations returns the standard errors at c, from the curvature of the log-likelihood by all parameters and first states at once,
// less the part of it whose mean is 0: n/Σe² times the products of the derivatives of the errors. Parameters at a bound are held.
func (s *searcher) deviations(c found) StdErrors {
	if !(c.path.squares > 0) {
		return StdErrors{}
	}
	l := c.form.layout(s.m)
	s.cols.fill(c.form, l, s.y, c.at, s.ringOf(c.form), s.observed, c.path.squares)
	s.products(l.k)
	h := s.cols.gram[:l.k*l.k]
	floats.Scale(s.curvature(c.form, c.path.squares), h)
	held := make([]bool, l.k)
	for _, b := range l.bounds(c.at) {
		if b.now-b.low < 1e-9 || b.high-b.now < 1e-9 {
			held[b.at] = true
			for i := range l.k {
				h[b.at*l.k+i], h[i*l.k+b.at] = 0, 0
			}
			h[b.at*l.k+b.at] = 1
		}
	}
	cholesky.Factor(h, l.k)
	se := StdErrors{Alpha: deviation(h, held, weight{l.alpha, 1})}
	if l.beta >= 0 {
		se.Beta = deviation(h, held, weight{l.alpha, c.at.beta}, weight{l.beta, c.at.alpha - least})
	}
	if l.gamma >= 0 {
		se.Gamma = deviation(h, held, weight{l.alpha, -c.at.gamma}, weight{l.gamma, 1 - c.at.alpha - least})
	}
	if l.phi >= 0 {
		se.Phi = deviation(h, held, weight{l.phi, 1})
	}
	return se
}

// weight is what a parameter counts in a sum.
type weight struct {
	at int
	by float64
}

// deviation returns that of a sum of parameters, by the factor of the inverse of their covariance; 0 where one of them is held.
func deviation(factor []float64, held []bool, sum ...weight) float64 {
	u := make([]float64, len(held))
	for _, w := range sum {
		if held[w.at] {
			return 0
		}
		u[w.at] = w.by
	}
	cholesky.SolveLower(factor, u)
	if v := floats.Dot(u, u); v < math.MaxFloat64 {
		return math.Sqrt(v)
	}
	return 0
}

package ets

import (
	"math"
	"math/rand/v2"
	"testing"
)

// demandOf returns seasonal demand with noise, positive throughout.
func demandOf(seed uint64, n, m int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 5))
	y, level := make([]float64, n), 40.0
	for t := range y {
		season := 1 + 0.3*math.Sin(2*math.Pi*float64(t%m)/float64(m))
		e := rng.NormFloat64()
		y[t] = max(level*season+3*e, 1)
		level += 0.05 + 0.6*e
		level = max(level, 10)
	}
	return y
}

// nudged returns p with one parameter moved by d.
func nudged(l layout, p parameters, at int, d float64) parameters {
	p = p.clone()
	switch {
	case at == l.alpha:
		p.alpha += d
	case at == l.beta:
		p.beta += d
	case at == l.gamma:
		p.gamma += d
	case at == l.phi:
		p.phi += d
	case at == l.level:
		p.level += d
	case at == l.slope:
		p.slope += d
	default:
		p.season[at-l.season] += d
		p.season[len(p.season)-1] -= d
	}
	return p
}

// TestTheColumnsAreTheSlopesOfTheErrors compares the gradient with differences of the likelihood.
func TestTheColumnsAreTheSlopesOfTheErrors(t *testing.T) {
	t.Parallel()
	y := demandOf(1, 60, 4)
	y[17], y[33], y[34] = math.NaN(), math.NaN(), math.NaN()
	for _, f := range forms {
		s := newSearcher(y, 57, 4, forms)
		p := s.guess(f)
		if f.Trend == Damped {
			p.phi = 0.9
		}
		p.slope = map[bool]float64{true: 0.1}[f.Trend != None]
		l := f.layout(4)
		here, value := s.value(f, p)
		ring := s.ring
		if f.Season == None {
			ring = nil
		}
		s.cols.fill(f, l, y, p, ring, 57, here.squares)
		s.products(l.k)
		for at := range l.k {
			const d = 1e-6
			_, up := s.value(f, nudged(l, p, at, d))
			_, down := s.value(f, nudged(l, p, at, -d))
			want := (up - down) / (2 * d)
			got := 57 / here.squares * s.cols.direction[at]
			if math.Abs(got-want) > 1e-4*max(1, math.Abs(want)) { // differences carry the rounding of log L, 1e-13, over 1e-6
				t.Errorf("%s: parameter %d of %+v: slope %.8g, by differences %.8g (log-likelihood %g)", f, at, l, got, want, value)
			}
		}
	}
}

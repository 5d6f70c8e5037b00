package ets

import "math"

// parameters are those of a model, as they are searched: β and γ as shares of what they may be at most,
// so that each has bounds of its own.
//
//	β = 0.0001 + (α − 0.0001)·beta,   γ = 0.0001 + (1 − α − 0.0001)·gamma
type parameters struct {
	alpha, beta, gamma, phi float64
	level, slope            float64   // ℓ_0 and b_0
	season                  []float64 // s_{1−m}, …, s_0, of the first period first; nil = none
}

func (p parameters) clone() parameters {
	p.season = append([]float64(nil), p.season...)
	return p
}

// least is the smallest β and γ, as in R's ets: a slope and a season that never move do not count as smoothed.
const least = 1e-4

func (p parameters) betaOf() float64  { return least + (p.alpha-least)*p.beta }
func (p parameters) gammaOf() float64 { return least + (1-p.alpha-least)*p.gamma }

// betaOf returns β, 0 where the form has no trend.
func (f Form) betaOf(p parameters) float64 {
	if f.Trend == None {
		return 0
	}
	return p.betaOf()
}

// path is where the recursions of a model lead: the errors, what they are worth and the states after the last period.
//
//	μ_t = q_t + s_{t−m}  or  q_t·s_{t−m},   q_t = ℓ_{t−1} + φ·b_{t−1}
//	ℓ_t = q_t + α·u_t,  b_t = φ·b_{t−1} + β·u_t,  s_t = s_{t−m} + γ·v_t
//
// with a_t = y_t − μ_t, and u = v = a where the season is added, u = a/s_{t−m} and v = a/q where it is multiplied. The
// error e is a, or a/μ where errors are multiplied; the recursions are the same for both. A period that was not observed
// has a = 0.
type path struct {
	squares float64 // Σ e²
	logs    float64 // Σ log|μ|, where errors are multiplied
	raw     float64 // Σ a², units²
	level   float64
	slope   float64
	season  []float64 // of the next period first
}

// run follows the recursions. It fills errors, which may be nil, with e, NaN where nothing was observed. It reports false
// where a mean that must be positive is not.
func (f Form) run(y []float64, p parameters, ring, errors []float64) (path, bool) {
	switch {
	case f.Season == None && f.Error == Additive:
		return f.runPlain(y, p, errors)
	case f.Season == Additive && f.Error == Additive:
		return f.runAdded(y, p, ring, errors)
	}
	return f.runAny(y, p, ring, errors)
}

func (f Form) runPlain(y []float64, p parameters, errors []float64) (path, bool) {
	alpha, beta, phi := p.alpha, f.betaOf(p), p.phi
	level, slope := p.level, p.slope
	squares := 0.0
	for t, v := range y {
		q := level + phi*slope
		a := v - q
		if errors != nil {
			errors[t] = a
		}
		if a != a {
			a = 0
		}
		squares += a * a
		level = q + alpha*a
		slope = phi*slope + beta*a
	}
	return path{squares: squares, raw: squares, level: level, slope: slope}, true
}

func (f Form) runAdded(y []float64, p parameters, ring, errors []float64) (path, bool) {
	alpha, beta, gamma, phi := p.alpha, f.betaOf(p), p.gammaOf(), p.phi
	level, slope := p.level, p.slope
	copy(ring, p.season)
	squares, k := 0.0, 0
	for t, v := range y {
		q := level + phi*slope
		s := ring[k]
		a := v - q - s
		if errors != nil {
			errors[t] = a
		}
		if a != a {
			a = 0
		}
		squares += a * a
		level = q + alpha*a
		slope = phi*slope + beta*a
		ring[k] = s + gamma*a
		if k++; k == len(ring) {
			k = 0
		}
	}
	return path{squares: squares, raw: squares, level: level, slope: slope, season: turned(ring, k)}, true
}

func (f Form) runAny(y []float64, p parameters, ring, errors []float64) (path, bool) {
	alpha, beta, gamma, phi := p.alpha, f.betaOf(p), p.gammaOf(), p.phi
	level, slope := p.level, p.slope
	copy(ring, p.season)
	var out path
	k, product := 0, 1.0
	for t, v := range y {
		q := level + phi*slope
		s, mean := 0.0, q
		switch f.Season {
		case Additive:
			s = ring[k]
			mean = q + s
		case Multiplicative:
			s = ring[k]
			mean = q * s
			if !(q > 0) || !(s > 0) {
				return path{}, false
			}
		}
		if f.Error == Multiplicative && !(mean > 0) {
			return path{}, false
		}
		a := v - mean
		e := a
		if f.Error == Multiplicative {
			e = a / mean
		}
		if errors != nil {
			errors[t] = e
		}
		if a != a {
			a, e = 0, 0
		} else if f.Error == Multiplicative {
			if product *= mean; product > 1e100 || product < 1e-100 {
				out.logs += math.Log(product)
				product = 1
			}
		}
		out.squares += e * e
		out.raw += a * a
		u, w := a, a
		if f.Season == Multiplicative {
			u, w = a/s, a/q
		}
		level = q + alpha*u
		slope = phi*slope + beta*u
		if f.Season != None {
			ring[k] = s + gamma*w
			if k++; k == len(ring) {
				k = 0
			}
		}
	}
	out.logs += math.Log(product)
	out.level, out.slope = level, slope
	if f.Season != None {
		out.season = turned(ring, k)
	}
	return out, true
}

// turned returns a ring with its next cell first.
func turned(ring []float64, next int) []float64 {
	return append(append(make([]float64, 0, len(ring)), ring[next:]...), ring[:next]...)
}

// logLikelihood returns −½·(n·log Σe² + 2·Σ log|μ|), the Gaussian log-likelihood with σ² at its best value but for what
// does not depend on the parameters, as R's ets has it. Errors of nothing count as 1e-300, so that it is finite.
func (p path) logLikelihood(n int) float64 {
	return -0.5*float64(n)*math.Log(max(p.squares, 1e-300)) - p.logs
}

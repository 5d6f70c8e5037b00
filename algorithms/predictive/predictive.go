// Package predictive turns the mean and the errors of a forecast into a fan that demand can have.
package predictive

import (
	"math"

	"shelfcast/engine/demand"
)

// Steps is what a model says of each step of the horizon.
//
//	q_j(τ) = max(0, μ_j + sd_j·(r_j·S(τ) + (1 − r_j)·Φ⁻¹(τ)))
//
// S is the shape of the errors. The last error enters as it is; those before it add up, and what adds up tends to the
// normal distribution: r_j is the last one's share of the variance.
//
// With a transformation, q_j is From of what stands in the brackets, and so is the mean.
//
// Demand is never negative, so what lies below 0 counts as 0. The mean is that of the distribution after this: it is μ_j
// where nothing lies below 0, and positive where μ_j is not.
type Steps struct {
	Mean  []float64 // μ_j, units a period
	SD    []float64 // sd_j, units a period
	Share []float64 // r_j
	Shape Shape     // S
	Back  *BoxCox   // of which μ and sd are; nil where they are those of demand
}

// Write writes the fan.
func (s Steps) Write(dst demand.Fan) {
	for k, level := range dst.Levels {
		normal, shaped := Normal(level), s.Shape.Quantile(level)
		for j, m := range s.Mean {
			q := s.demand(m + s.SD[j]*(normal+s.Share[j]*(shaped-normal)))
			if k > 0 { // by a rounding where the errors are next to nothing
				q = max(q, dst.Q[j*len(dst.Levels)+k-1])
			}
			dst.Q[j*len(dst.Levels)+k] = q
		}
	}
	for j, m := range s.Mean {
		dst.Mean[j] = s.mean(m, s.SD[j], s.Share[j])
	}
}

// demand returns the demand of a value.
func (s Steps) demand(v float64) float64 {
	if s.Back != nil {
		return s.Back.From(v)
	}
	return max(0, v)
}

// mean returns the mean demand of m + sd·Z.
func (s Steps) mean(m, sd, share float64) float64 {
	if s.Back == nil {
		return s.Shape.positivePart(m, sd, share)
	}
	sum, weights := 0.0, 0.0
	for k := -60; k <= 60; k++ { // the trapezoidal rule over the normal quantile
		z := float64(k) / 10
		weight := math.Exp(-z * z / 2)
		sum += weight * s.Back.From(m+sd*(z+share*(s.Shape.at(z)-z)))
		weights += weight
	}
	return sum / weights
}

// Linear is the forecast of a model whose forecasts are linear in its errors.
//
//	y_{T+j} = μ_j + s_j·(e_{T+j} + Σ_{i<j} w_i·e_{T+j−i} + Σ_k d_kj·e_k)
//	sd_j    = σ·s_j·√(1 + Σ_{i<j} w_i² + Σ_k d_kj²)
//
// The last sum is over what is not known of the past.
type Linear struct {
	Mean    []float64   // μ_j, units a period
	Weights []float64   // w_i, of an error in the forecast i steps after it, from i = 1
	Doubt   [][]float64 // d_k, by step; nil where the past is known
	Scale   []float64   // s_j; nil = 1
	Sigma   float64     // σ, units a period
	Shape   Shape       // of the errors
	Back    *BoxCox     // as in Steps
}

// Steps returns the mean and spread of each step.
func (l Linear) Steps() Steps {
	h := len(l.Mean)
	s := Steps{Mean: l.Mean, SD: make([]float64, h), Share: make([]float64, h), Shape: l.Shape, Back: l.Back}
	sum := 1.0
	for j := range h {
		all := sum
		for _, d := range l.Doubt {
			all += d[j] * d[j]
		}
		s.SD[j], s.Share[j] = l.Sigma*math.Sqrt(all), 1/all
		if l.Scale != nil {
			s.SD[j] *= math.Abs(l.Scale[j])
		}
		sum += l.Weights[j] * l.Weights[j]
	}
	return s
}

// WriteTotal writes the fan of the sum of all steps, which dst has as its one step.
func (l Linear) WriteTotal(dst demand.Fan) {
	if l.Back != nil {
		l.drawTotal(dst)
		return
	}
	l.Total().Write(dst)
}

// Total returns the sum of all steps, as one step, where there is no transformation.
//
//	sd = σ·√(Σ_j (Σ_{i≥0} s_{j+i}·w_i)² + Σ_k (Σ_j s_j·d_kj)²),   w_0 = 1
//
// where j runs over the errors of the horizon, each of which enters its own step and those after it, and k over what is not known of
// the past.
func (l Linear) Total() Steps {
	h := len(l.Mean)
	parts := make([]float64, h)
	for j := range h {
		for i := j; i < h; i++ {
			w := 1.0
			if i > j {
				w = l.Weights[i-j-1]
			}
			if l.Scale != nil {
				w *= l.Scale[i]
			}
			parts[j] += w
		}
		parts[j] *= l.Sigma
	}
	for _, d := range l.Doubt {
		sum := 0.0
		for j, v := range d {
			if l.Scale != nil {
				v *= l.Scale[j]
			}
			sum += v
		}
		parts = append(parts, l.Sigma*sum)
	}
	return l.Steps().Total(parts)
}

// Total returns the sum of all steps, as one step, where parts are the deviations that each source of error alone gives the sum. The
// mean that Write writes is the sum of those that it writes for the steps, what lies below 0 in one of them not making up for
// another. The deviation is at most that of steps that move as one. A sum of errors is taken as normal but for the largest share
// that one of them has.
func (s Steps) Total(parts []float64) Steps {
	mean, together, variance, largest := 0.0, 0.0, 0.0, 0.0
	for j, m := range s.Mean {
		mean += m
		together += s.SD[j]
	}
	for _, part := range parts {
		variance += part * part
		largest = max(largest, part*part)
	}
	share := 1.0
	if variance > 0 {
		share = largest / variance
	}
	sd := min(math.Sqrt(variance), together)
	return Steps{Mean: []float64{s.raised(mean, sd, share)}, SD: []float64{sd}, Share: []float64{share}, Shape: s.Shape}
}

// raised returns the mean at which a step of that deviation has the means of all steps together as its own, once what lies below 0 is
// cut off: mean itself where nothing is.
func (s Steps) raised(mean, sd, share float64) float64 {
	want := 0.0
	for j, m := range s.Mean {
		want += s.Shape.positivePart(m, s.SD[j], s.Share[j])
	}
	if math.Abs(s.Shape.positivePart(mean, sd, share)-want) <= 1e-12*want {
		return mean
	}
	low, high := mean-8*sd, want
	for range 60 { // bisection
		if middle := low + (high-low)/2; s.Shape.positivePart(middle, sd, share) < want {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// positivePart returns the mean of max(0, m + sd·Z), Z as in Steps.
func (s Shape) positivePart(m, sd, share float64) float64 {
	at := func(k int) float64 {
		z := normals[k]
		if s != nil {
			z += share * (s[k] - normals[k])
		}
		return m + sd*z
	}
	if at(0) >= 0 {
		return max(m, 0)
	}
	// The mean of what is cut off, by the trapezoidal rule over the levels of Grid.
	cut, before, beforeLevel := 0.0, at(0), 0.0
	for k, level := range Grid {
		here := at(k)
		if here >= 0 {
			cut += before / 2 * (level - beforeLevel) * before / (before - here)
			return max(m-cut, 0)
		}
		cut += (before + here) / 2 * (level - beforeLevel)
		before, beforeLevel = here, level
	}
	return 0
}

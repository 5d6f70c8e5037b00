// Package predictive turns the mean and the errors of a forecast into a fan that demand can have.
package predictive

import (
	"math"

	"shelfcast/engine/demand"
)

// Linear is the forecast of a model whose forecasts are linear in its errors.
//
//	y_{T+j} = μ_j + s_j·(e_{T+j} + Σ_{i<j} w_i·e_{T+j−i})
//	sd_j    = σ·s_j·√(1 + Σ_{i<j} w_i²)
//	q_j(τ)  = max(0, μ_j + sd_j·(r_j·S(τ) + (1 − r_j)·Φ⁻¹(τ))),   r_j = 1/(1 + Σ_{i<j} w_i²)
//
// S is the shape of the errors. The last error enters as it is; the others add up, and what adds up tends to the normal
// distribution: r_j is the last one's share of the variance.
//
// Demand is never negative, so what lies below 0 counts as 0. The mean is that of the distribution after this: it is μ_j
// where nothing lies below 0, and positive where μ_j is not.
type Linear struct {
	Mean    []float64 // μ_j, units a period
	Weights []float64 // w_i, of an error in the forecast i steps after it, from i = 1
	Scale   []float64 // s_j; nil = 1
	Sigma   float64   // σ, units a period
	Shape   Shape     // S
}

// Deviations returns the standard deviation of each step, and the last error's share of its square.
func (l Linear) Deviations() (sd, share []float64) {
	sd, share = make([]float64, len(l.Mean)), make([]float64, len(l.Mean))
	sum := 1.0
	for j := range sd {
		sd[j], share[j] = l.Sigma*math.Sqrt(sum), 1/sum
		if l.Scale != nil {
			sd[j] *= math.Abs(l.Scale[j])
		}
		sum += l.Weights[j] * l.Weights[j]
	}
	return sd, share
}

// Write writes the fan.
func (l Linear) Write(dst demand.Fan) error {
	sd, share := l.Deviations()
	for k, level := range dst.Levels {
		z, s := Normal(level), l.Shape.Quantile(level)
		for j, m := range l.Mean {
			dst.Q[j*len(dst.Levels)+k] = max(0, m+sd[j]*(z+share[j]*(s-z)))
		}
	}
	for j, m := range l.Mean {
		dst.Mean[j] = l.Shape.positivePart(m, sd[j], share[j])
	}
	return nil
}

// positivePart returns the mean of max(0, m + sd·Z), Z as in Linear.
func (s Shape) positivePart(m, sd, share float64) float64 {
	if sd == 0 {
		return max(0, m)
	}
	lowest := normals[0]
	if s != nil {
		lowest += share * (s[0] - normals[0])
	}
	if m+sd*lowest >= 0 {
		return m
	}
	// The mean of what is cut off, by the trapezoidal rule over the levels of Grid.
	cut, before, beforeLevel := 0.0, m+sd*lowest, 0.0
	for k, level := range Grid {
		z := normals[k]
		if s != nil {
			z += share * (s[k] - normals[k])
		}
		here := m + sd*z
		if here >= 0 {
			// the part of the cell below 0
			cut += before / 2 * (level - beforeLevel) * before / (before - here)
			return max(m-cut, 0)
		}
		cut += (before + here) / 2 * (level - beforeLevel)
		before, beforeLevel = here, level
	}
	return max(0, -before*1e-3)
}

package ets

import (
	"math"

	"shelfcast/algorithms/predictive"
	"shelfcast/engine/demand"
)

// ForecastSeries writes the fan.
func (f *Fit) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	f.Steps(len(dst.Mean)).Write(dst)
	return nil
}

// Steps returns the mean and spread of each of h steps.
func (f *Fit) Steps(h int) predictive.Steps {
	if f.Form.Error == Additive {
		return f.added(h).Steps()
	}
	steps, _ := f.multiplied(h)
	return steps
}

// ForecastSum writes the fan of the sum of h periods.
func (f *Fit) ForecastSum(_ []demand.Column, h int, dst demand.Fan) error {
	if f.Form.Error == Additive {
		f.added(h).Total().Write(dst)
		return nil
	}
	steps, parts := f.multiplied(h)
	steps.Total(parts).Write(dst)
	return nil
}

// added returns the forecast of a form with added errors.
func (f *Fit) added(h int) predictive.Linear {
	mean, season := f.ahead(h)
	for j := range season {
		mean[j] += season[j]
	}
	return predictive.Linear{Mean: mean, Weights: f.weights(h), Sigma: f.sigma(), Shape: f.Shape}
}

// ahead returns the level with its trend, and the season, nil without one, of h steps.
func (f *Fit) ahead(h int) (base, season []float64) {
	base = make([]float64, h)
	level, slope := f.Last.Level, f.Last.Slope
	for j := range base {
		slope *= f.Phi
		level += slope
		base[j] = level
	}
	if f.Form.Season == None {
		return base, nil
	}
	season = make([]float64, h)
	for j := range season {
		season[j] = f.Last.Season[j%f.Period]
	}
	return base, season
}

// weights returns c_j, what an error adds to the forecast j steps after it: α + β·(φ + … + φ^j), and γ a whole number of
// seasons after it where the season is added.
func (f *Fit) weights(h int) []float64 {
	w := make([]float64, h)
	sum, power := 0.0, 1.0
	for j := range w {
		power *= f.Phi
		sum += power
		w[j] = f.Alpha + f.Beta*sum
		if f.Form.Season == Additive && (j+1)%f.Period == 0 {
			w[j] += f.Gamma
		}
	}
	return w
}

// multiplied returns the steps of a form with multiplied errors, by the recursions of classes 2 and 3 of Hyndman et al.
// (2008), section 6.3:
//
//	θ_j = μ_j² + σ²·Σ_{i<j} c_i²·θ_{j−i},   v_j = (1 + σ²)·θ_j − μ_j²
//
// with, where the season is multiplied, μ and θ those without it, v_j times the square of the season, and (1 + σ²) times
// (1 + γ²σ²)^k, k the whole seasons before j, which is nearly exact. No mean leaves twice what was seen, and no deviation its
// half: what explodes is not believed.
//
// What the error of a step adds to it, with the deviation σ·√θ_j, goes on by c_i, and the errors are not correlated: parts are the
// deviations that they give the sum of all steps.
func (f *Fit) multiplied(h int) (s predictive.Steps, parts []float64) {
	inner, season := f.ahead(h)
	sigma2 := f.sigma() * f.sigma()
	weights := f.weights(h)
	s = predictive.Steps{Mean: make([]float64, h), SD: make([]float64, h), Share: make([]float64, h), Shape: f.Shape}
	theta := make([]float64, h)
	factor := make([]float64, h)
	for j := range factor {
		factor[j] = 1
		switch f.Form.Season {
		case Additive:
			inner[j] += season[j]
		case Multiplicative:
			factor[j] = season[j]
		}
	}
	for j, m := range inner {
		theta[j] = m * m
		for i := 1; i <= j; i++ {
			theta[j] += sigma2 * weights[i-1] * weights[i-1] * theta[j-i]
		}
		theta[j] = min(theta[j], 1e200) // so that no sum of them is infinite
		grown := 1.0
		if f.Form.Season == Multiplicative {
			grown = math.Pow(1+f.Gamma*f.Gamma*sigma2, float64(j/f.Period))
		}
		variance := (1+sigma2)*grown*theta[j] - m*m
		s.Mean[j] = min(m*factor[j], 2*f.Ceiling)
		s.SD[j] = min(factor[j]*math.Sqrt(max(variance, 0)), f.Ceiling)
		s.Share[j] = 1
		if share := sigma2 * theta[j] / variance; variance > 0 && share < 1 {
			s.Share[j] = share
		}
	}
	parts = make([]float64, h)
	for j := range parts {
		reach := factor[j]
		for i := j + 1; i < h; i++ {
			w := weights[i-j-1]
			if f.Form.Season == Multiplicative && (i-j)%f.Period == 0 { // the season that the error changed, to first order
				w += f.Gamma * inner[i] / inner[j]
			}
			reach += factor[i] * w
		}
		parts[j] = reach * math.Sqrt(sigma2*theta[j])
	}
	return s, parts
}

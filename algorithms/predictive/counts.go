package predictive

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Counts is the law of counts that vary more than those of Poisson's law: the negative binomial law with
//
//	variance = mean + Dispersion·mean²
//
// which is Poisson's where Dispersion is 0.
type Counts struct{ Dispersion float64 }

// CountsOf returns the law by what the errors of a fit, e = y − mean, tell of it, the recent ones more, as in Recent:
//
//	Dispersion = Σ w·(e² − mean) / Σ w·mean²,  w = 2^(−k/56) of the last error but k
//
// and 0 where counts vary less than those of Poisson's law.
func CountsOf(errors, means []float64) Counts {
	keep := math.Exp2(-1. / halfLife)
	excess, squares, w := 0.0, 0.0, 1.0
	for t := len(errors) - 1; t >= 0; t-- {
		m := max(means[t], 0)
		excess += w * (errors[t]*errors[t] - m)
		squares += w * m * m
		w *= keep
	}
	if !(squares > 0) {
		return Counts{}
	}
	return Counts{max(excess/squares, 0)}
}

// Variance returns that of a count of the given mean.
func (c Counts) Variance(mean float64) float64 { return mean + c.Dispersion*mean*mean }

// mostTerms is up to which mean and deviation probabilities are summed one by one.
const mostTerms = 400

// Write writes the quantiles of a count with that mean, and that variance where it is more than Poisson's: whole numbers. Where counts are
// large, the law is taken as a gamma law of the same mean and variance.
func (c Counts) Write(mean, variance float64, levels, dst []float64) {
	variance = max(variance, mean)
	switch {
	case !(mean > 0):
		clear(dst)
	case mean+math.Sqrt(variance) > mostTerms:
		shape := mean * mean / variance
		for k, level := range levels {
			if dst[k] = mean + Normal(level)*math.Sqrt(variance); shape < 1e4 {
				dst[k] = variance / mean * mathext.GammaIncRegInv(shape, level)
			}
			dst[k] = max(dst[k], 0)
			if k > 0 {
				dst[k] = max(dst[k], dst[k-1])
			}
		}
	default:
		quantiles(mean, variance, levels, dst)
	}
}

// quantiles adds up probabilities, each from the one before it:
//
//	p_0 = (1 + α·m)^(−1/α),  p_{n+1} = p_n·(m + n·α·m)/((n+1)·(1 + α·m))
func quantiles(m, variance float64, levels, dst []float64) {
	alpha := (variance - m) / (m * m)
	logZero := -m
	if am := alpha * m; am > 1e-9 {
		logZero = -math.Log1p(am) / alpha
	}
	p, sum, n := math.Exp(logZero), 0.0, 0.0
	sum = p
	for k, level := range levels {
		for sum < level && n < 100*mostTerms && (p > 0 || n < m) {
			p *= (m + n*alpha*m) / ((n + 1) * (1 + alpha*m))
			n++
			sum += p
		}
		dst[k] = n
	}
}

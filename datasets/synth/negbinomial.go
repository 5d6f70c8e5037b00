package synth

import "math"

// NegBinomial is the negative binomial distribution of counts with mean μ and size r, Var = μ + μ²/r:
//
//	P(k) = Γ(k+r) / (k!·Γ(r)) · (r/(r+μ))^r · (μ/(r+μ))^k
type NegBinomial struct {
	Mean float64 // μ, above 0
	Size float64 // r, above 0
}

// Quantile returns the smallest count whose cumulative probability is at least u, for u in [0, 1). With u uniform it
// draws from the distribution.
func (d NegBinomial) Quantile(u float64) float64 {
	var q [1]float64
	d.Quantiles(q[:], []float64{u})
	return q[0]
}

// Quantiles writes the quantiles at ascending levels to dst, which has as many elements.
//
// It adds up probabilities by P(k+1) = P(k)·(k+r)/(k+1)·μ/(r+μ). P(0) is above the smallest float64 for all μ and r that
// a retail series has: r·ln(1+μ/r) < 700.
func (d NegBinomial) Quantiles(dst, levels []float64) {
	const negligible = 0x1p-60 // below it a term no longer moves a sum near 1
	odds := d.Mean / (d.Size + d.Mean)
	k, p := 0.0, d.Zero()
	sum := p
	for l, level := range levels {
		for sum < level && (k < d.Mean || p > negligible) {
			p *= (k + d.Size) / (k + 1) * odds
			sum += p
			k++
		}
		dst[l] = k
	}
}

// Zero returns the probability of no demand.
func (d NegBinomial) Zero() float64 { return math.Exp(-d.Size * math.Log1p(d.Mean/d.Size)) }

// Class is a demand class of Syntetos, Boylan and Croston, Journal of the Operational Research Society 56(5), 2005.
type Class uint8

// The classes.
const (
	Smooth Class = iota
	Erratic
	Intermittent
	Lumpy
)

var classNames = [4]string{"smooth", "erratic", "intermittent", "lumpy"}

// String returns the class's name: smooth, erratic, intermittent or lumpy.
func (c Class) String() string { return classNames[c] }

// The cut-offs of the four classes, by Syntetos, Boylan and Croston (2005).
const (
	cutInterval = 1.32
	cutSpread   = 0.49
)

// Classify returns the class of negative binomial demand with the given mean and size. With P₀ the probability of no
// demand and E, V mean and variance of the demands that are not 0,
//
//	ADI = 1/(1−P₀), CV² = V/E² = (1−P₀)·(1/μ + 1 + 1/r) − 1
func Classify(mean, size float64) Class {
	sells := 1 - NegBinomial{Mean: mean, Size: size}.Zero()
	spread := sells*(1/mean+1+1/size) - 1
	switch {
	case 1/sells < cutInterval && spread < cutSpread:
		return Smooth
	case 1/sells < cutInterval:
		return Erratic
	case spread < cutSpread:
		return Intermittent
	}
	return Lumpy
}

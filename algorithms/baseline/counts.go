package baseline

import "math"

// countQuantiles writes the quantiles of the negative binomial with the given mean and variance ratio·mean, ratio > 1:
// the number of failures before the r-th success of probability 1/ratio, r = mean/(ratio−1).
//
//	P(0) = ratio^(−r),   P(k+1) = P(k)·(k+r)/(k+1)·(1 − 1/ratio)
func countQuantiles(dst, levels []float64, mean, ratio float64) {
	r := mean / (ratio - 1)
	fail := (ratio - 1) / ratio
	p := math.Exp(-r * math.Log1p(ratio-1))
	upto, k := p, 0.0
	for l, level := range levels {
		for upto < level-tie && (p > 0 || k < mean) {
			p *= (k + r) / (k + 1) * fail
			k++
			upto += p
		}
		dst[l] = k
	}
}

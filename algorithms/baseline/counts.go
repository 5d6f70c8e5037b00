package baseline

import "math"

// countQuantiles writes the quantiles of the negative binomial with the given mean and variance ratio·mean, ratio > 1:
// the number of failures before the r-th success of probability 1/ratio, r = mean/(ratio−1).
//
//	P(0) = ratio^(−r),   P(k+1) = P(k)·(k+r)/(k+1)·(1 − 1/ratio)
func countQuantiles(dst, levels []float64, mean, ratio float64) {
	d := negBinomial{size: mean / (ratio - 1), fail: (ratio - 1) / ratio}
	k, p := d.first()
	upto := p
	for l, level := range levels {
		for upto < level-tie && p > 0 {
			p *= d.step(k)
			k++
			upto += p
		}
		dst[l] = k
	}
}

// negBinomial is the distribution of the number of failures, each of probability fail, before success number size.
type negBinomial struct{ size, fail float64 }

// step returns P(k+1)/P(k).
func (d negBinomial) step(k float64) float64 { return (k + d.size) / (k + 1) * d.fail }

const (
	leastFirst = 1e-290 // the first probability keeps its digits above this: below 1e-308 they get lost one by one
	negligible = 1e-25  // of the largest probability: all that is smaller, together, is far below tie
)

// first returns the smallest count that matters and its probability: 0 and P(0), where P(0) is a float64. Else it goes
// down from the most likely count, of weight 1, to one of negligible weight, and divides that by the sum of all weights.
func (d negBinomial) first() (k, p float64) {
	if p = math.Exp(d.size * math.Log1p(-d.fail)); p > leastFirst {
		return 0, p
	}
	k, p = math.Floor((d.size-1)*d.fail/(1-d.fail)), 1
	for ; k > 0 && p > negligible; k-- {
		p /= d.step(k - 1)
	}
	sum, w := p, p
	for at := k; w > negligible || d.step(at) > 1; at++ {
		w *= d.step(at)
		sum += w
	}
	return k, p / sum
}

package arima

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

const origins = 60 // inside the series, to forecast several periods from

// leads returns the mean absolute error of forecasts of up to two seasons, at least eight periods, from origins spread over the
// last three quarters of the series, with the coefficients as they are: whether a model that is good at one step is any good at
// several. Models that are differenced otherwise can be compared by it, which they cannot be by their likelihoods.
func (b *built) leads() float64 {
	t, l := b.trial, b.search.l
	o := t.order
	c := o.coefficients(t.point.x)
	beta := slices.Clone(l.at(c).beta)
	e := make([]float64, b.n)
	l.errors(beta, e)
	eta := b.without(beta)
	full := negated(expand(negated(c.autoregression(o.M)), negated(o.differences()), 1))
	theta := c.movingAverage(o.M)

	h := max(8, 2*o.M)
	n, lost := len(eta), o.lost()
	from := max(n/4, lost+len(full), lost+len(theta))
	every := max((n-h-from)/origins, 1)
	path := make([]float64, h)
	sum, count := 0.0, 0
	for at := from; at+h <= n; at += every { // at periods are known
		for j := range path {
			v := 0.0
			for i, a := range full {
				if a == 0 {
					continue
				}
				if back := j - 1 - i; back >= 0 {
					v += a * path[back]
				} else {
					v += a * eta[at+back]
				}
			}
			for i := j; i < len(theta); i++ {
				v += theta[i] * e[at-lost+j-1-i]
			}
			path[j] = v
			sum += math.Abs(eta[at+j] - v)
			count++
		}
	}
	return sum / float64(max(count, 1))
}

// without returns the series without what the regressors and the constant add.
func (b *built) without(beta []float64) []float64 {
	eta := slices.Clone(b.y)
	for i, col := range b.x {
		floats.AddScaled(eta, -beta[i]/b.scales[i], col.V)
	}
	if b.trial.constant {
		last := beta[len(beta)-1]
		for i := range eta {
			if b.trial.order.D+b.trial.order.SD > 0 {
				eta[i] -= last * float64(i+1)
			} else {
				eta[i] -= last
			}
		}
	}
	return eta
}

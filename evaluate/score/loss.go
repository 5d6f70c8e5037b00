package score

import "math"

// Pinball returns the quantile loss of the forecast quantile q at level tau for
// the outcome y, in the units of y.
//
//	QL_τ(y, q) = τ·max(y − q, 0) + (1 − τ)·max(q − y, 0)
//
// It is NaN when y or q is. Koenker and Bassett, Econometrica 46(1), 1978.
func Pinball(y, q, tau float64) float64 {
	d := y - q
	if d >= 0 {
		return float64(tau * d)
	}
	return float64((tau - 1) * d)
}

// Interval returns the interval score of [lower, upper], the central interval
// of nominal coverage 1 − alpha, for the outcome y; in the units of y.
//
//	(u − l) + (2/α)·(l − y)·1{y < l} + (2/α)·(y − u)·1{y > u}
//
// It equals (2/α)·(QL_{α/2}(y, l) + QL_{1−α/2}(y, u)).
// Winkler, JASA 67(337), 1972; Gneiting and Raftery, JASA 102(477), 2007, eq. 43.
func Interval(y, lower, upper, alpha float64) float64 {
	width := upper - lower
	switch {
	case y < lower:
		return width + float64(2/alpha*(lower-y))
	case y > upper:
		return width + float64(2/alpha*(y-upper))
	}
	return width
}

// Cost returns what it costs to propose a quantity when demand turns out to be
// y: overCost a unit left over, underCost a unit short. Its expectation over y
// is the expected cost of the proposal.
//
//	c_o·max(F − y, 0) + c_u·max(y − F, 0)
//
// It equals (c_u + c_o)·QL_τ*(y, F) with τ* = CriticalLevel(c_o, c_u): waste
// money and pinball loss are one number in two units.
func Cost(y, proposed, overCost, underCost float64) float64 {
	if proposed >= y {
		return overCost * (proposed - y)
	}
	return underCost * (y - proposed)
}

// CriticalLevel returns the quantile level whose quantile has the least
// expected Cost: τ* = c_u/(c_u + c_o), the newsvendor's critical ratio (Arrow,
// Harris and Marschak, Econometrica 19(3), 1951). It is NaN when both are zero.
func CriticalLevel(overCost, underCost float64) float64 {
	return underCost / (underCost + overCost)
}

// finiteOrNaN turns infinities into NaN: a forecast that is not a number is
// missing, whatever form it has.
func finiteOrNaN(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}

// running is a compensated sum in the order of its additions: Knuth's TwoSum,
// with the rounding errors kept beside the sum (Ogita, Rump and Oishi, SIAM J.
// Sci. Comput. 26(6), 2005, algorithm Sum2).
type running struct{ sum, lost float64 }

func (r *running) add(x float64) {
	sum := r.sum + x
	part := sum - r.sum
	r.lost += (r.sum - (sum - part)) + (x - part)
	r.sum = sum
}

// value is the plain sum when that is not finite: the errors are NaN then.
func (r *running) value() float64 {
	if math.IsInf(r.sum, 0) {
		return r.sum
	}
	return r.sum + r.lost
}

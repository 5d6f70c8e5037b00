// Package optim minimises the smooth functions of few variables that the classical models leave to a search.
package optim

import "math"

const golden = 0.3819660112501051 // (3−√5)/2

// Scalar returns a local minimum of f inside [lo, hi], and its value. It begins at x, which must lie inside, and stops
// when the minimum is known to within tol, in units of x.
//
// It is Brent's method: parabolas through three points, golden sections where they do not help (Brent, Algorithms for
// Minimization without Derivatives, 1973, chapter 5). On a smooth f it calls f eight to twelve times for tol = 1e-8 of
// the interval.
func Scalar(f func(float64) float64, lo, x, hi, tol float64) (at, value float64) {
	fx := f(x)
	second, third, fSecond, fThird := x, x, fx, fx
	step, last := 0.0, hi-lo
	for range 100 {
		middle := (lo + hi) / 2
		t := tol + 1e-15*math.Abs(x)
		if math.Abs(x-middle) <= 2*t-(hi-lo)/2 {
			break
		}
		p, ok := parabola(x, second, third, fx, fSecond, fThird)
		if ok && math.Abs(p) < math.Abs(last)/2 && x+p > lo && x+p < hi {
			last, step = step, p
			if u := x + p; u-lo < 2*t || hi-u < 2*t {
				step = math.Copysign(t, middle-x)
			}
		} else {
			last = hi - x
			if x >= middle {
				last = lo - x
			}
			step = golden * last
		}
		u := x + step
		if math.Abs(step) < t {
			u = x + math.Copysign(t, step)
		}
		fu := f(u)
		if fu <= fx {
			if u >= x {
				lo = x
			} else {
				hi = x
			}
			third, second, x = second, x, u
			fThird, fSecond, fx = fSecond, fx, fu
			continue
		}
		if u < x {
			lo = u
		} else {
			hi = u
		}
		switch {
		case fu <= fSecond || second == x:
			third, second = second, u
			fThird, fSecond = fSecond, fu
		case fu <= fThird || third == x || third == second:
			third, fThird = u, fu
		}
	}
	return x, fx
}

// parabola returns the step from x to the minimum of the parabola through three points.
func parabola(x, w, v, fx, fw, fv float64) (step float64, ok bool) {
	r := (x - w) * (fx - fv)
	q := (x - v) * (fx - fw)
	p := (x-v)*q - (x-w)*r
	q = 2 * (q - r)
	if q == 0 || p != p || q != q {
		return 0, false
	}
	return -p / q, true
}

package demand

import "math"

// Largest is the largest demand that counts as observed: squares and sums of such values are finite.
const Largest = 1e100

// Observed returns the values of s that a model learns from, NaN where there is none, and how many there are: so that what
// is learnt from is cleaned alike for all. A value that a stock-out cut short is set aside, unless there is no other; a
// negative value, which is a net return, counts as no demand; a value that is not a number, infinite or beyond Largest
// counts as not observed.
//
// The slice is s.Y itself where nothing needs cleaning, and must not be written to.
func (s Series) Observed() (y []float64, n int) {
	if s.Censored != nil {
		if y, n = clean(s.Y, s.Censored); n > 0 {
			return y, n
		}
	}
	for _, v := range s.Y {
		if v >= 0 && v <= Largest {
			n++
		} else if v == v {
			return clean(s.Y, nil)
		}
	}
	return s.Y, n
}

func clean(y []float64, censored []bool) (out []float64, n int) {
	out = make([]float64, len(y))
	for t, v := range y {
		if !(math.Abs(v) <= Largest) || censored != nil && censored[t] {
			out[t] = math.NaN()
			continue
		}
		out[t] = max(v, 0)
		n++
	}
	return out, n
}

// Scaled returns y over a power of two that brings its largest value to between ½ and 1, and the power: it changes no digit, and keeps
// squares finite and apart from 0. It returns y itself, and 1, where its largest value is of ordinary size.
func Scaled(y []float64) (scaled []float64, scale float64) {
	largest := 0.0
	for _, v := range y {
		if v = math.Abs(v); v > largest {
			largest = v
		}
	}
	if largest == 0 || largest > 1e-3 && largest < 1e6 {
		return y, 1
	}
	_, power := math.Frexp(largest)
	scale = math.Ldexp(1, power)
	scaled = make([]float64, len(y))
	for t, v := range y {
		scaled[t] = v / scale
	}
	return scaled, scale
}

// HoldsFor reports whether what was estimated from so many earlier observations may be held for so many now: not where there
// are twice as many.
func HoldsFor(earlier, now int) bool { return now < 2*earlier }

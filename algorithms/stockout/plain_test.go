package stockout

import (
	"math"
	"testing"
)

// plainChance is P, written from the formulas of the package: one loop over the surroundings for each quantity.
func plainChance(y []float64, taken []bool, season, lo, hi int) float64 {
	reach := max(8*season, 28)
	over := func(from, to, class int) (n, sum, squares float64) {
		for t := max(from, 0); t < min(to, len(y)); t++ {
			if !math.IsNaN(y[t]) && !taken[t] && (class < 0 || t%season == class) {
				n, sum, squares = n+1, sum+y[t], squares+y[t]*y[t]
			}
		}
		return
	}
	around := func(class int) (n, sum, squares float64) {
		n0, s0, q0 := over(lo-reach, lo, class)
		n1, s1, q1 := over(hi+1, hi+1+reach, class)
		return n0 + n1, s0 + s1, q0 + q1
	}
	nBefore, sumBefore, _ := over(lo-reach, lo, -1)
	nAfter, sumAfter, _ := over(hi+1, hi+1+reach, -1)
	if nBefore < float64(max(2*season, 14)) {
		return 1
	}
	if sumBefore/nBefore*float64(min(hi-lo+1, max(season, 7))) < 3 {
		return 1
	}
	n, sum, _ := around(-1)
	mean := sum / n
	within, classes := 0.0, 0.0
	for c := range season {
		if n, sum, squares := around(c); n > 0 {
			within += squares - sum*sum/n
			classes++
		}
	}
	d := within / max(n-classes, 1) / mean
	old := sumBefore / nBefore
	level := min(old, (sumAfter+old)/(nAfter+1))
	p, left := 1.0, max(season, 7)
	for t := lo; t <= hi && left > 0; t++ {
		if math.IsNaN(y[t]) {
			continue
		}
		n, sum, _ := around(t % season)
		kappa := max(d, 1) * 7 / float64(season)
		mu := level * (sum + kappa) / (n*mean + kappa)
		if r := mean / (d - 1); d > 1 {
			p *= math.Pow(1+mu/r, -r)
		} else {
			p *= math.Exp(-mu)
		}
		left--
	}
	return p
}

func TestProbabilityIsThatOfThePlainFormula(t *testing.T) {
	t.Parallel()
	const tol = 1e-9 // sums are taken in another order
	compared := 0
	for seed := range uint64(40) {
		freq := []string{"D", "D", "W", "M"}[seed%4]
		y := sales(150, 2, seed, steady(0.5+float64(seed)/8))
		for t := int(seed); t < len(y); t += 17 {
			y[t] = math.NaN()
		}
		s := series(t, freq, empty(y, 70, 70+int(seed%9)))
		d := newSearch(s, nil)
		for range searches {
			d.survey()
			for _, c := range d.candidates() {
				want := plainChance(d.y, d.taken, d.classes, c.lo, c.hi)
				if got := d.chance(c.lo, c.hi); math.Abs(got-want) > tol*max(want, 1e-3) {
					t.Fatalf("seed %d, run %d to %d: P %v, want %v", seed, c.lo, c.hi, got, want)
				}
				compared++
			}
			d.pass()
		}
	}
	if compared < 500 {
		t.Errorf("%d runs compared", compared)
	}
}

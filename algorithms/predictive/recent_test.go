package predictive

import (
	"math"
	"math/rand/v2"
	"testing"
)

func noise(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 3))
	e := make([]float64, n)
	for t := range e {
		e[t] = rng.NormFloat64()
	}
	return e
}

func TestTheSpreadOfEvenErrorsIsSigma(t *testing.T) {
	t.Parallel()
	mean := 0.0
	const series = 200
	for k := range series {
		spread, shape := Recent(noise(uint64(k), 1000), 1.1) // as if 1.1² had fewer degrees of freedom than errors
		mean += spread / series
		if math.Abs(spread/1.1-1) > 0.25 { // a deviation of some 160 errors has a standard error of 6 %
			t.Errorf("series %d: %g", k, spread)
		}
		if q := shape.Quantile(0.9); math.Abs(q-1.2816/1.1) > 0.35 {
			t.Errorf("series %d: the shape has %g at 0.9", k, q)
		}
	}
	if math.Abs(mean/1.1-1) > 0.01 {
		t.Errorf("the mean spread is %g, not 1.1", mean)
	}
}

func TestTheSpreadIsThatOfThePlainSum(t *testing.T) {
	t.Parallel()
	e := noise(1, 150)
	above, below, all := 0.0, 0.0, 0.0
	for t, v := range e {
		w := math.Pow(0.5, float64(len(e)-1-t)/56)
		above += w * v * v
		below += w
		all += v * v / float64(len(e))
	}
	want := 3 * math.Sqrt(above/below/all)
	if got, _ := Recent(e, 3); math.Abs(got/want-1) > 1e-12 {
		t.Errorf("%v, plainly %v", got, want)
	}
}

func TestTheSpreadFollowsWhatSellsLess(t *testing.T) {
	t.Parallel()
	e := noise(2, 1000)
	for t := range e[600:] {
		e[600+t] /= 10
	}
	sigma := math.Sqrt(meanSquare(e))
	spread, shape := Recent(e, sigma)
	if spread < 0.08 || spread > 0.16 { // what is 400 periods old weighs 1/141
		t.Errorf("errors of a tenth have a spread of %g; that of all is %g", spread, sigma)
	}
	if q := shape.Quantile(0.9) * spread; q > 0.25 {
		t.Errorf("the quantile 0.9 of the errors ahead is %g", q)
	}
}

func TestNoErrorsLeaveSigma(t *testing.T) {
	t.Parallel()
	for _, e := range [][]float64{nil, {0, 0, 0}, make([]float64, 500)} {
		if spread, shape := Recent(e, 2); spread != 2 || shape != nil {
			t.Errorf("%d errors of nothing: %g, %v", len(e), spread, shape)
		}
	}
	for _, scale := range []float64{1e-12, 1e99} {
		e := noise(3, 100)
		for t := range e {
			e[t] *= scale
		}
		if spread, _ := Recent(e, scale); !(spread > 0.5*scale && spread < 2*scale) {
			t.Errorf("errors of %g have a spread of %g", scale, spread)
		}
	}
}

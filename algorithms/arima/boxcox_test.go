package arima

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

// growing returns n days whose level grows twentyfold and whose errors are a third of it.
func growing(rng *rand.Rand, n int) []float64 {
	y, e := make([]float64, n), 0.0
	for t := range y {
		e = 0.5*e + 0.3*rng.NormFloat64()
		y[t] = 20 * math.Exp(3*float64(t)/float64(n)+e)
	}
	return y
}

// Of a series whose errors grow with its level, λ is near 0, its intervals cover, and its mean is the mean.
func TestErrorsInProportionToTheLevelAreTransformed(t *testing.T) {
	t.Parallel()
	inside, all, lambda, ratio := 0, 0, 0.0, 0.0
	const series = 150
	for seed := range uint64(series) {
		rng := rand.New(rand.NewPCG(seed, 64))
		y := growing(rng, 307)
		fitted, err := Model{BoxCox: true}.FitSeries(demand.Series{Cal: daily, Y: y[:300]})
		if err != nil {
			t.Fatal(err)
		}
		f := fitted.(*Fit)
		lambda += float64(*f.BoxCox) / series
		fan := newFan(7, 0.1, 0.9)
		if err := f.ForecastSeries(nil, fan); err != nil {
			t.Fatal(err)
		}
		for j := range 7 {
			all++
			if v := y[300+j]; v >= fan.At(j)[0] && v <= fan.At(j)[1] {
				inside++
			}
			ratio += y[300+j] / fan.Mean[j]
		}
	}
	if lambda > 0.15 {
		t.Errorf("λ is %.3f on average", lambda)
	}
	if share := float64(inside) / float64(all); math.Abs(share-0.8) > 0.07 { // 150 series, whose steps hang together
		t.Errorf("%.3f of the values lie in intervals of 0.8", share)
	}
	if r := ratio / float64(all); math.Abs(r-1) > 0.06 {
		t.Errorf("demand is %.3f of its mean forecast on average", r)
	}
}

// The sum lies between what its steps could be at most and at least, and is as skewed as they are; its law is tested in predictive.
func TestTheSumOfATransformedSeries(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 64))
	y := growing(rng, 400)
	fit, err := Model{BoxCox: true}.FitSeries(demand.Series{Cal: daily, Y: y})
	if err != nil {
		t.Fatal(err)
	}
	steps, total := newFan(14, 0.1, 0.5, 0.9), newFan(1, 0.1, 0.5, 0.9)
	if err := fit.ForecastSeries(nil, steps); err != nil {
		t.Fatal(err)
	}
	if err := fit.(*Fit).ForecastSum(nil, 14, total); err != nil {
		t.Fatal(err)
	}
	low, high := 0.0, 0.0
	for j := range 14 {
		low += steps.At(j)[0]
		high += steps.At(j)[2]
	}
	q := total.At(0)
	if q[0] < low || q[2] > high || q[0] > q[1] || q[1] > q[2] {
		t.Errorf("the quantiles of the sum are %v, those of the steps add up to %g and %g", q, low, high)
	}
	if q[1] > total.Mean[0] {
		t.Errorf("the median of a sum of skewed steps is %g, above its mean %g", q[1], total.Mean[0])
	}
}

func TestAPeriodWithoutSalesEndsALogarithm(t *testing.T) {
	t.Parallel()
	y := growing(rand.New(rand.NewPCG(6, 64)), 300)
	m := Model{BoxCox: true}
	fit, err := m.FitSeries(demand.Series{Cal: daily, Y: y})
	if err != nil {
		t.Fatal(err)
	}
	if b := *fit.(*Fit).BoxCox; b >= withZeros {
		t.Fatalf("λ is %v", b)
	}
	y = append(y, 0)
	if _, err := m.Update(fit, demand.Series{Cal: daily, Y: y}); err == nil {
		t.Error("the transformation is held")
	}
	again, err := m.FitSeries(demand.Series{Cal: daily, Y: y})
	if err != nil {
		t.Fatal(err)
	}
	if b := *again.(*Fit).BoxCox; b < withZeros {
		t.Errorf("with a zero λ is %v", b)
	}
}

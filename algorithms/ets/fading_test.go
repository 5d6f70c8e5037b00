package ets

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

// fading returns n days of demand in whole numbers, with a week, that falls from about 100 a day to about 4 over 500 days and stays
// there.
func fading(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 21))
	y := make([]float64, n)
	for t := range y {
		level := 4 + 96*max(0, 1-float64(t)/500)
		mean := level * (1 + 0.3*math.Sin(2*math.Pi*float64(t)/7))
		y[t] = math.Round(max(0, mean*(1+0.5*rng.NormFloat64())))
	}
	return y
}

// The spread of all errors is that of a hundred a day: with it, half of the fan would lie below 0, and the mean of the rest far above
// what sells.
func TestTheFanOfWhatSellsATwentiethIsNotThatOfTheWhole(t *testing.T) {
	t.Parallel()
	mean, inside, days := 0.0, 0.0, 0.0
	for seed := range uint64(40) {
		y := fading(seed, 728+28)
		fit, err := Model{}.FitSeries(demand.Series{Cal: daily, Y: y[:728]})
		if err != nil {
			t.Fatal(err)
		}
		dst := newFan(28, 0.05, 0.95)
		if err := fit.ForecastSeries(nil, dst); err != nil {
			t.Fatal(err)
		}
		for j, v := range y[728:] {
			days++
			mean += dst.Mean[j]
			if q := dst.At(j); q[0] <= v && v <= q[1] {
				inside++
			}
			if q := dst.At(j)[1]; q > 30 {
				t.Errorf("series %d, day %d: the quantile 0.95 is %g, where 4 are sold", seed, j+1, q)
			}
		}
	}
	t.Logf("mean %.2f, 90 %% band covers %.1f %%", mean/days, 100*inside/days)
	if mean/days > 5.5 || inside/days < 0.85 {
		t.Errorf("the mean forecast is %.2f, where 4 are sold, and the 90 %% band covers %.1f %%", mean/days, 100*inside/days)
	}
}

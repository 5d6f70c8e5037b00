package baseline

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"shelfcast/engine/demand"
)

var (
	daily  = demand.Calendar{Freq: demand.Daily}
	monday = daily.Period(time.Date(2016, 2, 1, 0, 0, 0, 0, time.UTC)) // a Monday, and the first of a month
)

func newFan(h int, levels ...float64) demand.Fan {
	return demand.Fan{Levels: levels, Mean: make([]float64, h), Q: make([]float64, h*len(levels))}
}

// fan fits m on y, whose first day is a Monday, and forecasts h days.
func fan(t *testing.T, m demand.SeriesModel, y []float64, h int, levels ...float64) demand.Fan {
	t.Helper()
	return fanOf(t, m, demand.Series{Key: demand.Key{Item: "milk"}, Cal: daily, Start: monday, Y: y}, h, levels...)
}

func fanOf(t *testing.T, m demand.SeriesModel, s demand.Series, h int, levels ...float64) demand.Fan {
	t.Helper()
	fit, err := m.FitSeries(s)
	if err != nil {
		t.Fatalf("fit %s: %v", m.Name(), err)
	}
	dst := newFan(h, levels...)
	if err := fit.ForecastSeries(nil, dst); err != nil {
		t.Fatalf("forecast %s: %v", m.Name(), err)
	}
	if err := dst.Check(); err != nil {
		t.Fatalf("forecast %s: %v", m.Name(), err)
	}
	return dst
}

// near reports whether a and b agree but for roundings: sums of a few thousand terms lose at most three of the sixteen
// digits of a float64.
func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b), 1)
}

// wantAll compares but for roundings.
func wantAll(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !near(got[i], want[i]) {
			t.Errorf("%s %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// negativeBinomial draws with the given mean and variance ratio·mean, by inversion of the distribution function.
func negativeBinomial(rng *rand.Rand, mean, ratio float64) float64 {
	r := mean / (ratio - 1)
	p := math.Pow(ratio, -r)
	k, upto, u := 0.0, p, rng.Float64()
	for upto < u && k < 1e4 {
		p *= (k + r) / (k + 1) * (1 - 1/ratio)
		k++
		upto += p
	}
	return k
}

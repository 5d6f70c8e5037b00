package baseline

import (
	"math"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

func poolOf(values ...float64) Pool {
	var points []weighted
	for _, v := range values {
		points = append(points, weighted{v, 1})
	}
	return newPool(points)
}

func TestAPoolHoldsEachValueOnceAndInOrder(t *testing.T) {
	t.Parallel()
	p := newPool([]weighted{{3, 1}, {0, 2}, {-1, 0.5}, {3, 0.25}, {0, 1}, {-4, 1}})
	wantAll(t, "value", p.Values, []float64{-4, -1, 0, 3})
	wantAll(t, "weight up to", p.Upto, []float64{1, 1.5, 4.5, 5.75})
}

func TestZerosFindTheirPlaceAmongAnySigns(t *testing.T) {
	t.Parallel()
	wantAll(t, "zeros only", poolOf(0, 0).Values, []float64{0})
	wantAll(t, "zeros and more", poolOf(2, 0).Values, []float64{0, 2})
	wantAll(t, "zeros and less", poolOf(0, -2).Values, []float64{-2, 0})
	if p := newPool(nil); len(p.Values) != 0 {
		t.Errorf("a pool of nothing holds %v", p.Values)
	}
}

func TestAQuantileIsReachedAtATie(t *testing.T) {
	t.Parallel()
	p := poolOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	for level, want := range map[float64]float64{
		0.05: 1, 0.1: 1, 0.1000001: 2, 0.3: 3, 0.5: 5, 0.7: 7, 0.9: 9, 0.95: 10, 0.999: 10, // x_(⌈τ·10⌉), by hand
	} {
		if got := p.Quantile(level); got != want {
			t.Errorf("quantile %g is %g, want %g", level, got, want)
		}
	}
}

func TestTheSpreadOfFiveValuesIsDefinition6(t *testing.T) {
	t.Parallel()
	p := poolOf(1, 2, 4, 4, 10)
	for level, want := range map[float64]float64{
		0.1:  1,   // τ·6 = 0.6, kept at the first
		0.25: 1.5, // τ·6 = 1.5: halfway from 1 to 2
		0.4:  2.8, // τ·6 = 2.4
		0.5:  4,   // τ·6 = 3
		0.7:  5.2, // τ·6 = 4.2: a fifth of the way from 4 to 10
		0.9:  10,  // τ·6 = 5.4, kept at the last
	} {
		if got := p.Spread(level); !near(got, want) {
			t.Errorf("spread %g is %g, want %g", level, got, want)
		}
	}
}

func TestAPoolAgreesWithItsDefinitionWrittenPlainly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		points := make([]weighted, n)
		for i := range points {
			points[i].v = float64(rapid.IntRange(-3, 6).Draw(t, "v"))
			points[i].w = float64(rapid.IntRange(1, 8).Draw(t, "w")) / 8 // eighths add without rounding
		}
		level := rapid.Float64Range(0.001, 0.999).Draw(t, "level")
		want := plainQuantile(points, level)
		if got := newPool(slices.Clone(points)).Quantile(level); got != want {
			t.Fatalf("quantile %g of %v is %g, want %g", level, points, got, want)
		}
	})
}

// plainQuantile is min{ v : Σ w{values ≤ v} ≥ τ·W }, tried value by value.
func plainQuantile(points []weighted, level float64) float64 {
	best, whole := math.Inf(1), 0.0
	for _, x := range points {
		whole += x.w
	}
	for _, x := range points {
		upto := 0.0
		for _, other := range points {
			if other.v <= x.v {
				upto += other.w
			}
		}
		if upto >= (level-1e-12)*whole {
			best = min(best, x.v)
		}
	}
	return best
}

// plainSpread is definition 6 of Hyndman and Fan over a sorted copy.
func plainSpread(values []float64, level float64) float64 {
	x := slices.Clone(values)
	sort.Float64s(x)
	r := level * float64(len(x)+1)
	switch {
	case r <= 1:
		return x[0]
	case r >= float64(len(x)):
		return x[len(x)-1]
	}
	k := int(r)
	return x[k-1] + (r-float64(k))*(x[k]-x[k-1])
}

func TestSpreadAgreesWithDefinition6OverAnySample(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-50, 50), 1, 30).Draw(t, "values")
		level := rapid.Float64Range(0.001, 0.999).Draw(t, "level")
		if got, want := poolOf(values...).Spread(level), plainSpread(values, level); !near(got, want) {
			t.Fatalf("spread %g of %v is %g, want %g", level, values, got, want)
		}
	})
}

func TestABrokenPoolIsRefused(t *testing.T) {
	t.Parallel()
	for words, p := range map[string]Pool{
		"empty":              {},
		"unequal lengths":    {Values: []float64{1, 2}, Upto: []float64{1}},
		"values descend":     {Values: []float64{2, 1}, Upto: []float64{1, 2}},
		"weights descend":    {Values: []float64{1, 2}, Upto: []float64{2, 1}},
		"weight is nothing":  {Values: []float64{1}, Upto: []float64{0}},
		"weight is negative": {Values: []float64{1}, Upto: []float64{-1}},
	} {
		if p.check() == nil {
			t.Errorf("a pool whose %s passes", words)
		}
	}
}

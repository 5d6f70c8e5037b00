package predictive

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// draw returns a count: Poisson's, of a mean that is itself drawn from a gamma law.
func draw(rng *rand.Rand, mean, dispersion float64) float64 {
	if dispersion > 0 {
		mean = distuv.Gamma{Alpha: 1 / dispersion, Beta: 1 / (dispersion * mean), Src: rng}.Rand()
	}
	return distuv.Poisson{Lambda: max(mean, 1e-300), Src: rng}.Rand()
}

func TestQuantilesOfCountsAreThoseOfDraws(t *testing.T) {
	t.Parallel()
	levels := []float64{0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99}
	for _, c := range []struct{ mean, dispersion float64 }{{0.02, 0}, {0.3, 2}, {1, 0}, {4, 0.5}, {30, 0}, {30, 0.2}, {150, 1}, {350, 0.001}, {900, 0.3}, {50000, 0.1}} {
		rng := rand.New(rand.NewPCG(3, math.Float64bits(c.mean)))
		counts := Counts{c.dispersion}
		got := make([]float64, len(levels))
		counts.Write(c.mean, counts.Variance(c.mean), levels, got)
		const n = 100000
		drawn := make([]float64, n)
		for i := range drawn {
			drawn[i] = draw(rng, c.mean, c.dispersion)
		}
		slices.Sort(drawn)
		for k, level := range levels {
			// The share of draws at most q holds the level, and that below q does not exceed it, but for chance.
			slack := 4*math.Sqrt(level*(1-level)/n) + 0.002
			at, _ := slices.BinarySearch(drawn, math.Nextafter(got[k], math.Inf(1)))
			below, _ := slices.BinarySearch(drawn, got[k])
			if float64(at)/n < level-slack || float64(below)/n > level+slack {
				t.Errorf("mean %g, dispersion %g: the quantile %g is %g, of draws at most it %.4f, below it %.4f", c.mean, c.dispersion, level, got[k], float64(at)/n, float64(below)/n)
			}
		}
	}
}

func TestTheDispersionOfCountsIsRecovered(t *testing.T) {
	t.Parallel()
	for _, want := range []float64{0, 0.2, 1} {
		sum := 0.0
		for seed := range uint64(100) {
			rng := rand.New(rand.NewPCG(seed, 4))
			errors, means := make([]float64, 400), make([]float64, 400)
			for i := range errors {
				means[i] = 2 + 3*math.Abs(math.Sin(float64(i)/20))
				errors[i] = draw(rng, means[i], want) - means[i]
			}
			sum += CountsOf(errors, means).Dispersion / 100
		}
		if math.Abs(sum-want) > 0.03+0.05*want {
			t.Errorf("the dispersion is %.3f on average, want %g", sum, want)
		}
	}
	if c := CountsOf([]float64{-1, 1}, []float64{0, -1}); c.Dispersion != 0 {
		t.Errorf("without a mean the dispersion is %g", c.Dispersion)
	}
}

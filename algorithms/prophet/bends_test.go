package prophet

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestTheLawOfBendsIsThatOfDraws draws change-points and errors.
func TestTheLawOfBendsIsThatOfDraws(t *testing.T) {
	t.Parallel()
	levels := []float64{0.02, 0.1, 0.3, 0.5, 0.9, 0.99}
	for _, c := range []struct{ rate, size, sigma, h float64 }{{25, 40, 2, 0.03}, {25, 2, 2, 0.03}, {25, 100, 2, 0.1}, {10, 30, 5, 1}} {
		b := bends{rate: c.rate, size: c.size}
		for j := range 4 {
			b.times, b.lift = append(b.times, c.h*float64(j+1)/4), append(b.lift, 1+0.2*float64(j))
		}
		rng := rand.New(rand.NewPCG(7, uint64(c.size)))
		const paths = 100000
		last, sums := make([]float64, paths), make([]float64, paths)
		for p := range paths {
			e := [4]float64{}
			for u := rng.ExpFloat64() / c.rate; u < c.h; u += rng.ExpFloat64() / c.rate {
				delta := c.size * rng.ExpFloat64()
				if rng.IntN(2) == 0 {
					delta = -delta
				}
				for j, t := range b.times {
					e[j] += delta * b.lift[j] * max(t-u, 0)
				}
			}
			for j := range e {
				e[j] += c.sigma * rng.NormFloat64()
				sums[p] += e[j]
			}
			last[p] = e[3]
		}
		check := func(what string, p profile, sigma float64, drawn []float64) {
			t.Helper()
			got := make([]float64, len(levels))
			const mean = 1e6
			b.write(p, sigma, mean, levels, got)
			sd := math.Sqrt(sigma*sigma + b.variance(p))
			for k, q := range got {
				below := 0.0
				for _, v := range drawn {
					if v < q-mean {
						below++
					}
				}
				if share, se := below/paths, math.Sqrt(levels[k]*(1-levels[k])/paths); math.Abs(share-levels[k]) > 4*se {
					t.Errorf("%+v: below the quantile %g of %s, %g, lie %.4f", c, levels[k], what, q-mean, share)
				}
			}
			squares := 0.0
			for _, v := range drawn {
				squares += v * v / paths
			}
			if math.Abs(math.Sqrt(squares)/sd-1) > 0.02 {
				t.Errorf("%+v: deviation of %s %g, drawn %g", c, what, sd, math.Sqrt(squares))
			}
		}
		check("the last step", b.step(3), c.sigma, last)
		check("the sum", b.sum(), 2*c.sigma, sums)
	}
}

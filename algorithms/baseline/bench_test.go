package baseline

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

// benchSeries are two years of daily Poisson sales, slow and fast.
func benchSeries() []demand.Series {
	var all []demand.Series
	for i, mean := range []float64{0.2, 0.8, 1.5, 4, 12} {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		y := make([]float64, 730)
		for t := range y {
			y[t] = negativeBinomial(rng, mean*(1+0.4*math.Sin(2*math.Pi*float64(t)/7)), 2)
		}
		all = append(all, demand.Series{Cal: daily, Start: 16000, Y: y})
	}
	return all
}

func BenchmarkFitAndForecast730Days28Ahead3Levels(b *testing.B) {
	for _, m := range []demand.SeriesModel{
		LevelProfile{},
		Naive{},
		SeasonalNaive{},
		SeasonalMean{},
		NPTS{},
		NPTS{Seasonal: true},
		NPTS{Kernel: Uniform},
		NPTS{Kernel: Uniform, Seasonal: true},
	} {
		b.Run(m.Name(), func(b *testing.B) {
			series := benchSeries()
			dst := newFan(28, 0.1, 0.5, 0.9)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				fit, err := m.FitSeries(series[n%len(series)])
				if err != nil {
					b.Fatal(err)
				}
				if err := fit.ForecastSeries(nil, dst); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "series/s")
		})
	}
}

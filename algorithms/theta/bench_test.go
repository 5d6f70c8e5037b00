package theta

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

func BenchmarkFitAndForecast1000Days28Ahead3Levels(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	y, level := make([]float64, 1000), 20.0
	for t := range y {
		e := 4 * rng.NormFloat64()
		y[t] = math.Round(max(0, level*(1+0.3*math.Sin(2*math.Pi*float64(t)/7))+e))
		level += 0.1 * e
	}
	s := demand.Series{Cal: daily, Y: y}
	for _, m := range []demand.SeriesModel{Model{}, Model{Variant: Optimised}, Model{Variant: Dynamic}, Model{Variant: DynamicOptimised}, Auto{}} {
		b.Run(m.Name(), func(b *testing.B) {
			dst := newFan(28, 0.1, 0.5, 0.9)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				fit, err := m.FitSeries(s)
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

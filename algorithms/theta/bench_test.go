package theta

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

// benchSeries are 1,000 days of whole-number sales with a week.
func benchSeries() demand.Series {
	rng := rand.New(rand.NewPCG(1, 2))
	y, level := make([]float64, 1000), 20.0
	for t := range y {
		e := 4 * rng.NormFloat64()
		y[t] = math.Round(max(0, level*(1+0.3*math.Sin(2*math.Pi*float64(t)/7))+e))
		level += 0.1 * e
	}
	return demand.Series{Cal: daily, Y: y}
}

func BenchmarkFitAndForecast1000Days28Ahead3Levels(b *testing.B) {
	s := benchSeries()
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

// BenchmarkRefit takes one day more than the earlier fit, as a night does.
func BenchmarkRefit(b *testing.B) {
	s := benchSeries()
	before := s
	before.Y = s.Y[:999]
	for _, m := range []demand.Refitter{Model{}, Model{Variant: Optimised}, Model{Variant: Dynamic}, Model{Variant: DynamicOptimised}, Auto{}} {
		b.Run(m.Name(), func(b *testing.B) {
			earlier, err := m.FitSeries(before)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if _, err := m.Refit(earlier, s); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "series/s")
		})
	}
}

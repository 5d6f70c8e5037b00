package prophet

import (
	"math/rand/v2"
	"testing"

	"shelfcast/algorithms/regressors"
	"shelfcast/engine/demand"
)

func BenchmarkFitAndForecast28Ahead3Levels(b *testing.B) {
	for _, c := range []struct {
		name string
		n    int
		m    Model
	}{
		{"1000Days", 1000, Model{}},
		{"1941Days", 1941, Model{}},
		{"1941DaysPriceAndEvents", 1941, Model{Regressors: regressors.Options{Covariates: true, Events: true}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var series []demand.Series
			var ahead [][]demand.Column
			for i := range uint64(20) {
				s, x, _ := sold(rand.New(rand.NewPCG(i, 9)), c.n, 28, 0)
				series, ahead = append(series, s), append(ahead, x)
			}
			m := c.m
			m.shared = newCalendars(daily, series[0].Start+demand.Period(c.n), m.steady())
			m.shared.of(series[0].Start)
			dst := demand.Fan{Levels: []float64{0.1, 0.5, 0.9}, Mean: make([]float64, 28), Q: make([]float64, 3*28)}
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				fit, err := m.FitSeries(series[n%20])
				if err != nil {
					b.Fatal(err)
				}
				if err := fit.ForecastSeries(ahead[n%20], dst); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "series/s")
		})
	}
}

package ets

import (
	"math"
	"testing"

	"shelfcast/engine/demand"
)

// benchSeries are 1,000 days of whole-number sales, some of them 0, and as many of positive demand.
func benchSeries() (y, positive []float64) {
	y = demandOf(1, 1000, 7)
	for t := range y {
		y[t] = math.Round(y[t] / 4)
		if t%50 == 3 {
			y[t] = 0
		}
	}
	return y, demandOf(2, 1000, 7)
}

func BenchmarkFitAndForecast1000Days28Ahead3Levels(b *testing.B) {
	y, positive := benchSeries()
	dst := demand.Fan{Levels: []float64{0.1, 0.5, 0.9}, Mean: make([]float64, 28), Q: make([]float64, 3*28)}
	for _, c := range []struct {
		name string
		m    Model
		y    []float64
	}{{"ANN", Model{Form: "ANN"}, y}, {"ANA", Model{Form: "ANA"}, y}, {"AAdA", Model{Form: "AAdA"}, y}, {"MAM", Model{Form: "MAM"}, positive}, {"six forms", Model{}, y}, {"fifteen forms", Model{}, positive}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				fit, err := c.m.FitSeries(demand.Series{Cal: daily, Y: c.y})
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
	y, positive := benchSeries()
	for _, c := range []struct {
		name string
		m    Model
		y    []float64
	}{{"ANA", Model{Form: "ANA"}, y}, {"AAdA", Model{Form: "AAdA"}, y}, {"MAM", Model{Form: "MAM"}, positive}, {"of six forms", Model{}, y}, {"of fifteen forms", Model{}, positive}} {
		b.Run(c.name, func(b *testing.B) {
			earlier, err := c.m.FitSeries(demand.Series{Cal: daily, Y: c.y[:999]})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if _, err := c.m.Refit(earlier, demand.Series{Cal: daily, Y: c.y}); err != nil {
					b.Fatal(err)
				}
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "series/s")
		})
	}
}

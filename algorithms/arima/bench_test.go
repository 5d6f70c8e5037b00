package arima

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

// benchSeries are 1,000 days of whole-number sales with a week.
func benchSeries() []demand.Series {
	var all []demand.Series
	for i := range 8 {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		y, level := make([]float64, 1000), 6+4*float64(i)
		for t := range y {
			e := math.Sqrt(level) * rng.NormFloat64()
			y[t] = math.Round(max(0, level*(1+0.3*math.Sin(2*math.Pi*float64(t)/7))+e))
			level = max(level+0.1*e, 1)
		}
		all = append(all, demand.Series{Cal: demand.Calendar{Freq: demand.Daily}, Y: y})
	}
	return all
}

func BenchmarkFitAndForecast1000Days28Ahead3Levels(b *testing.B) {
	series := benchSeries()
	for _, c := range []struct {
		name string
		m    Model
	}{{"auto", Model{}}, {"airline", Model{Order: &Order{P: 1, Q: 1, SD: 1, SQ: 1, M: 7}}}} {
		b.Run(c.name, func(b *testing.B) {
			dst := demand.Fan{Levels: []float64{0.1, 0.5, 0.9}, Mean: make([]float64, 28), Q: make([]float64, 3*28)}
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				fit, err := c.m.FitSeries(series[n%len(series)])
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

func BenchmarkExactLikelihoodOf1000Days(b *testing.B) {
	y := benchSeries()[3].Y
	for _, o := range []Order{{P: 2, Q: 2, M: 7}, {P: 2, Q: 2, SP: 1, SQ: 1, M: 7}, {P: 1, Q: 1, SP: 1, SQ: 1, M: 52}} {
		b.Run(o.String(), func(b *testing.B) {
			l := newLikelihood(o.M, [][]float64{y, steady(o, len(y))})
			c := o.coefficients(o.starts()[1])
			for b.Loop() {
				l.at(c)
			}
		})
	}
}

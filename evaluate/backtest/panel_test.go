package backtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

var (
	nan    = math.NaN()
	levels = []float64{0.1, 0.5, 0.9}
)

// newPanel returns a daily panel whose series end together and begin where their lengths say; all series start at
// period 0 or later, and the panel ends before period 60.
func newPanel(t testing.TB, series ...[]float64) *demand.Panel {
	t.Helper()
	p := &demand.Panel{Cal: demand.Calendar{Freq: demand.Daily}, End: 60, Off: []int{0}}
	for i, y := range series {
		p.Keys = append(p.Keys, demand.Key{Item: fmt.Sprintf("item-%04d", i)})
		p.Start = append(p.Start, p.End-demand.Period(len(y)))
		p.Y = append(p.Y, y...)
		p.Off = append(p.Off, len(p.Y))
	}
	price := make([]float64, len(p.Y))
	for i := range price {
		price[i] = 2 + float64(i%5)
	}
	p.X = []demand.Column{{Name: "price", Role: demand.Price, V: price}}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// randomPanel returns n series of intermittent weekly demand, some short, some with gaps, filled and censored cells.
func randomPanel(t testing.TB, n int) *demand.Panel {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	var series [][]float64
	for i := range n {
		y := make([]float64, 5+rng.IntN(56))
		for j := range y {
			y[j] = math.Floor(math.Exp(float64(i%9)) * (2 + math.Sin(float64(j))) * rng.ExpFloat64())
			if rng.IntN(20) == 0 {
				y[j] = nan
			}
		}
		series = append(series, y)
	}
	p := newPanel(t, series...)
	p.Filled, p.Censored = make([]bool, len(p.Y)), make([]bool, len(p.Y))
	for i := range p.Y {
		p.Filled[i], p.Censored[i] = rng.IntN(60) == 0, rng.IntN(30) == 0
	}
	return p
}

// lastWeek forecasts the mean of the last seven observations, and quantiles as multiples of it.
type lastWeek struct{ name string }

func (m lastWeek) Name() string { return m.name }

func (m lastWeek) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	sum, n := 0.0, 0
	for t := len(s.Y) - 1; t >= 0 && n < 7; t-- {
		if !math.IsNaN(s.Y[t]) {
			sum, n = sum+s.Y[t], n+1
		}
	}
	if n == 0 {
		return nil, demand.ErrNoData
	}
	return level(sum / float64(n)), nil
}

// level is the fan of a constant demand.
type level float64

func (l level) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	for j := range dst.Mean {
		dst.Mean[j] = float64(l)
		for k, tau := range dst.Levels {
			dst.At(j)[k] = float64(l) * 2 * tau
		}
	}
	return nil
}

// zero is a floor that can forecast any series.
type zero struct{}

func (zero) Name() string                                         { return "zero" }
func (zero) FitSeries(demand.Series) (demand.SeriesFitted, error) { return level(0), nil }

func floorModel() demand.Model { return demand.Each(zero{}, zero{}) }

func naive() demand.Model { return demand.Each(lastWeek{"naive"}, zero{}) }

// broken is a model of the whole panel, with one fault.
type broken struct {
	fit, forecast error
	panics        bool
	write         func(i int, fan demand.Fan) // nil leaves the NaN of NewForecast
}

func (broken) Name() string { return "broken" }

func (b broken) Fit(context.Context, *demand.Panel) (demand.Fitted, error) {
	if b.panics {
		panic("a fault")
	}
	return b, b.fit
}

func (b broken) Forecast(_ context.Context, _ *demand.Future, dst *demand.Forecast) error {
	for i := range dst.Keys {
		dst.By[i] = "broken"
		if b.write != nil {
			b.write(i, dst.Fan(i))
		}
	}
	return b.forecast
}

// watcher remembers everything that a model is given and hashes it into its forecast, so that any cell that leaks
// changes the scores.
type watcher struct{ seen *[]demand.Panel }

func (watcher) Name() string { return "watcher" }

func (w watcher) Fit(_ context.Context, train *demand.Panel) (demand.Fitted, error) {
	*w.seen = append(*w.seen, *train)
	hash := 0.0
	for _, y := range train.Y[:cap(train.Y)] {
		if !math.IsNaN(y) {
			hash = math.Mod(hash*31+y, 1009)
		}
	}
	for _, col := range train.X {
		for _, v := range col.V[:cap(col.V)] {
			hash = math.Mod(hash*31+v, 1009)
		}
	}
	return watched(hash), nil
}

type watched float64

func (w watched) Forecast(_ context.Context, _ *demand.Future, dst *demand.Forecast) error {
	for i := range dst.Keys {
		dst.By[i] = "watcher"
		if err := level(w).ForecastSeries(nil, dst.Fan(i)); err != nil {
			return err
		}
	}
	return nil
}

var errNoLuck = errors.New("no luck")

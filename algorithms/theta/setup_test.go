package theta

import (
	"testing"

	"shelfcast/engine/demand"
)

var daily = demand.Calendar{Freq: demand.Daily}

func mustFit(t *testing.T, m Model, y []float64) *Fit {
	t.Helper()
	fit, err := m.FitSeries(demand.Series{Cal: daily, Y: y})
	if err != nil {
		t.Fatal(err)
	}
	return fit.(*Fit)
}

func newFan(h int, levels ...float64) demand.Fan {
	return demand.Fan{Levels: levels, Mean: make([]float64, h), Q: make([]float64, h*len(levels))}
}

func fanOf(t *testing.T, f demand.SeriesFitted, h int, levels ...float64) demand.Fan {
	t.Helper()
	dst := newFan(h, levels...)
	if err := f.ForecastSeries(nil, dst); err != nil {
		t.Fatal(err)
	}
	if err := dst.Check(); err != nil {
		t.Fatal(err)
	}
	return dst
}

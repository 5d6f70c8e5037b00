package modeltest

import (
	"math"
	"testing"

	"shelfcast/engine/demand"
)

// summing is last with a sum of its steps, and a fault.
type summing struct{ fault string }

type summingFit struct {
	lastFit
	fault string
}

func (m summing) Name() string { return "summing" }

func (m summing) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	f, err := last{}.FitSeries(s)
	if err != nil {
		return nil, err
	}
	return &summingFit{*f.(*lastFit), m.fault}, nil
}

func (f *summingFit) ForecastSum(_ []demand.Column, h int, dst demand.Fan) error {
	dst.Mean[0] = float64(h) * f.Value
	for l := range dst.Levels {
		dst.Q[l] = dst.Mean[0]
	}
	switch f.fault {
	case "adds one step too few":
		dst.Mean[0] -= f.Value
	case "crosses":
		dst.Q[0]++
	case "is not a number":
		dst.Mean[0] = math.NaN()
	case "is negative":
		dst.Q[0] = -1
	case "is wider than its one step":
		dst.Q[len(dst.Q)-1] *= 2
	}
	return nil
}

func TestASumThatIsNotThatOfItsStepsIsSeen(t *testing.T) {
	t.Parallel()
	if err := sumsOfSteps(summing{}, Options{}); err != nil {
		t.Error(err)
	}
	for _, fault := range []string{"adds one step too few", "crosses", "is not a number", "is negative", "is wider than its one step"} {
		if sumsOfSteps(summing{fault}, Options{}) == nil {
			t.Errorf("a sum that %s passes", fault)
		}
	}
}

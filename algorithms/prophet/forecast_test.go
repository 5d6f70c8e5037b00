package prophet

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/engine/demand"
)

func TestComponentsAddUpToTheMean(t *testing.T) {
	t.Parallel()
	s, ahead, _ := sold(rand.New(rand.NewPCG(4, 5)), 900, 60, 0)
	multiplying := withEverything
	multiplying.Multiplicative = true
	for _, m := range []Model{withEverything, multiplying} {
		fair := addUp(t, m, s, ahead, "trend yearly weekly price fair ")[4].Value
		if math.Abs(fair[5]-25) > 10 || fair[6] != 0 { // a share of a trend that grew adds more
			t.Errorf("the fair adds %g on its day and %g on the next", fair[5], fair[6])
		}
	}
	m := multiplying
	m.MinMax, m.Errors = true, Counts
	m.Seasons = []Seasonality{{Name: "weekly", Days: 7, Order: 2, Scale: 10}, {Name: "sale weeks", Days: 7, Order: 1, Scale: 1, When: "price"}}
	addUp(t, m, s, ahead, "trend weekly sale weeks price fair ")
	if _, err := m.FitSeries(demand.Series{Cal: s.Cal, Start: s.Start, Y: s.Y, Events: s.Events, EventNames: s.EventNames}); err == nil {
		t.Error("a season whose condition is no covariate is fitted")
	}
}

// addUp returns the parts of 60 days.
func addUp(t *testing.T, m Model, s demand.Series, ahead []demand.Column, want string) []demand.Component {
	t.Helper()
	fitted, err := m.FitSeries(s)
	if err != nil {
		t.Fatal(err)
	}
	f := fitted.(*Fit)
	parts, err := f.Components(ahead, 60)
	if err != nil {
		t.Fatal(err)
	}
	fan := demand.Fan{Levels: []float64{0.5}, Mean: make([]float64, 60), Q: make([]float64, 60)}
	if err := f.ForecastSeries(ahead, fan); err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, c := range parts {
		names += c.Name + " "
	}
	if names != want {
		t.Errorf("the parts are %s, want %s", names, want)
	}
	for j, mean := range fan.Mean {
		sum := 0.0
		for _, c := range parts {
			sum += c.Value[j]
		}
		if math.Abs(sum-mean) > 1e-9*mean {
			t.Errorf("day %d: the parts add up to %v, the mean is %v", j+1, sum, mean)
		}
	}
	return parts
}

func TestAMeanThatIsNoNumberIsRefused(t *testing.T) {
	t.Parallel()
	s, ahead, _ := sold(rand.New(rand.NewPCG(1, 1)), 400, 7, 0)
	m := withEverything
	for _, m.Errors = range []Errors{Normal, Empirical, Counts} {
		fit, err := m.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		fit.(*Fit).K = math.NaN()
		dst := demand.Fan{Levels: []float64{0.5}, Mean: make([]float64, 7), Q: make([]float64, 7)}
		if err := fit.ForecastSeries(ahead, dst); !errors.Is(err, demand.ErrNotUsable) {
			t.Errorf("errors %d: the error is %v and the mean %v", m.Errors, err, dst.Mean)
		}
	}
}

package modeltest

import (
	"errors"
	"testing"

	"shelfcast/engine/demand"
)

// carrying is last, carried on, and a fault.
type carrying struct {
	last
	fault string
}

func (m carrying) Update(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	f, ok := earlier.(*lastFit)
	if !ok && m.fault != "takes any fit" {
		return nil, errors.New("another model")
	}
	if len(s.Y) == 200 && m.fault != "holds a fit of far less" {
		return nil, errors.New("far less")
	}
	switch m.fault {
	case "changes the earlier fit":
		f.Value++
	case "changes the series":
		s.Y[0]++
	case "ignores what is new":
		return f, nil
	case "is not whole":
		return &lastFit{fault: "not a number"}, nil
	case "is another with nothing new":
		return &lastFit{Value: s.Y[len(s.Y)-1] * 1.1}, nil
	}
	return m.FitSeries(s)
}

func TestAFitThatIsCarriedOnBadlyIsSeen(t *testing.T) {
	t.Parallel()
	RunUpdater(t, carrying{})
	for fault, words := range map[string]string{
		"changes the earlier fit":     "neither the series nor the earlier fit is changed",
		"changes the series":          "neither the series nor the earlier fit is changed",
		"ignores what is new":         "it forecasts as well as a new fit, and better than the old one",
		"is not whole":                "no series makes it panic or write half a fan",
		"is another with nothing new": "with nothing new it forecasts the same",
		"takes any fit":               "a fit of another model is refused",
		"holds a fit of far less":     "a fit of far fewer observations is not held",
	} {
		m := carrying{fault: fault}
		broken := map[string]error{}
		for _, p := range updaterPromises(m) {
			if err := guarded(func() error { return p.check(m, Options{}) }); err != nil {
				broken[p.words] = err
			}
		}
		if broken[words] == nil {
			t.Errorf("an update that %s breaks only %v", fault, broken)
		}
	}
}

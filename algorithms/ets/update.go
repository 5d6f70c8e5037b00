package ets

import (
	"errors"
	"fmt"

	"shelfcast/engine/demand"
)

var _ demand.Updater = Model{}

// Update carries the states on to the end of s, with form, parameters and first states held.
func (m Model) Update(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	f, ok := earlier.(*Fit)
	if !ok {
		return nil, fmt.Errorf("update %s: the fit is of another model: %T", m.Name(), earlier)
	}
	y, n := s.Observed()
	if !demand.HoldsFor(f.Observed, n) {
		return nil, errors.New("there are too many new observations to hold the parameters")
	}
	p := parameters{alpha: f.Alpha, phi: f.Phi, level: f.First.Level, slope: f.First.Slope, season: f.First.Season}
	if room := f.Alpha - least; f.Form.Trend != None && room > 0 {
		p.beta = (f.Beta - least) / room
	}
	if room := 1 - f.Alpha - least; f.Form.Season != None && room > 0 {
		p.gamma = (f.Gamma - least) / room
	}
	search := &searcher{y: y, observed: n, m: f.Period, ring: make([]float64, f.Period)}
	found := found{form: f.Form, at: p}
	if found.path, ok = f.Form.run(y, p, search.ringOf(f.Form), nil); !ok {
		return nil, errors.New("the new observations do not fit the form")
	}
	found.value = found.path.logLikelihood(n)
	return search.fit(found, 1), nil
}

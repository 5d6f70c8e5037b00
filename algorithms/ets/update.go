package ets

import (
	"errors"
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

var (
	_ demand.Updater  = Model{}
	_ demand.Refitter = Model{}
)

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
	period := m.period(f, s)
	search := &searcher{y: y, observed: n, m: period, ring: make([]float64, period)}
	found := found{form: f.Form, at: f.parameters(1)}
	if found.path, ok = f.Form.run(y, found.at, search.ringOf(f.Form), nil); !ok {
		return nil, errors.New("the new observations do not fit the form")
	}
	found.value = found.path.logLikelihood(n)
	out := search.fit(found, 1)
	out.StdErrors = f.StdErrors
	return out, nil
}

// period returns the season of an earlier fit, or that of the series where the form has none.
func (m Model) period(f *Fit, s demand.Series) int {
	if f.Form.Season != None {
		return f.Period
	}
	return max(m.season(s), 1)
}

// Refit searches the parameters and first states of the form of earlier, from where they were.
func (m Model) Refit(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	f, ok := earlier.(*Fit)
	if !ok || m.Form != "" && m.Form != f.Form.String() {
		return nil, fmt.Errorf("refit %s: the fit is of another model: %T", m.Name(), earlier)
	}
	y, n := s.Observed()
	if n == 0 {
		return nil, demand.ErrNoData
	}
	y, scale := demand.Scaled(y)
	period := m.period(f, s)
	form, err := Model{Form: f.Form.String()}.candidates(y, n, period)
	if err != nil {
		return nil, err
	}
	search := newSearcher(y, n, period, form)
	best := search.best(f.Form, []parameters{f.parameters(scale)})
	if math.IsInf(best.value, -1) {
		return nil, fmt.Errorf("refit %s: the parameters of earlier give %s no likelihood; fit it anew", m.Name(), f.Form)
	}
	out := search.fit(best, scale)
	out.StdErrors = search.deviations(best)
	return out, nil
}

// parameters returns those of the fit of a series that is divided by scale.
func (f *Fit) parameters(scale float64) parameters {
	p := parameters{alpha: f.Alpha, phi: f.Phi, level: f.First.Level / scale, slope: f.First.Slope / scale}
	p.season = append(p.season, f.First.Season...)
	if f.Form.Season == Additive {
		for k := range p.season {
			p.season[k] /= scale
		}
	}
	if room := f.Alpha - least; f.Form.Trend != None && room > 0 {
		p.beta = (f.Beta - least) / room
	}
	if room := 1 - f.Alpha - least; f.Form.Season != None && room > 0 {
		p.gamma = (f.Gamma - least) / room
	}
	return p
}

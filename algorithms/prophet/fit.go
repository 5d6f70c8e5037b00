package prophet

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/predictive"
	"shelfcast/algorithms/regressors"
	"shelfcast/algorithms/residuals"
	"shelfcast/engine/demand"
)

// Fit is the fit of Model.
type Fit struct {
	Observed int             `json:"observed"`
	Periods  int             `json:"periods"` // from the first observation to the end of the history
	Calendar demand.Calendar `json:"calendar"`
	Next     demand.Period   `json:"next"`      // the first period to forecast
	FirstDay float64         `json:"first_day"` // days from 1970-01-01 to t = 0
	SpanDays float64         `json:"span_days"` // and from there to t = 1
	Scale    float64         `json:"scale"`     // units of demand in one of the scaled series
	Level    float64         `json:"level"`     // mean of the scaled series

	Cap   float64 `json:"cap,omitempty"`   // of a logistic trend, scaled units above the floor; 0 = none
	Floor float64 `json:"floor,omitempty"` // units

	K              float64             `json:"k"`           // slope at first, scaled units over the span
	M              float64             `json:"m"`           // offset at t = 0; of a logistic trend the t at which it is half its cap
	Changes        []Change            `json:"changes"`     // of the slope, those that are not 0
	ChangeSize     float64             `json:"change_size"` // mean |δ| of all change-points
	ChangeRate     float64             `json:"change_rate"` // change-points over the span
	Seasons        []SeasonFit         `json:"seasons,omitempty"`
	Regressors     []Effect            `json:"regressors,omitempty"`
	Columns        regressors.Set      `json:"columns,omitzero"` // that the regressors are the coefficients of
	Sigma          float64             `json:"sigma"`            // deviation of the errors, scaled
	Posterior      float64             `json:"log_posterior"`    // up to the constants that Prophet leaves out too
	Multiplicative bool                `json:"multiplicative,omitempty"`
	Errors         Errors              `json:"errors,omitempty"`
	Spread         float64             `json:"spread,omitempty"`     // the deviation of recent errors, units
	Dispersion     float64             `json:"dispersion,omitempty"` // of counts: their variance is mean + Dispersion·mean²
	Shape          predictive.Shape    `json:"shape,omitempty"`
	Residuals      residuals.Diagnosis `json:"residuals"`
}

// Change is a change of the slope.
type Change struct {
	T     float64 `json:"t"`
	Delta float64 `json:"delta"`
}

// SeasonFit is a season with the coefficients of its waves: sine and cosine of each order in turn, scaled units.
type SeasonFit struct {
	Seasonality
	Beta []float64 `json:"beta"`
}

// Effect is what one column adds to demand.
type Effect struct {
	Name     string  `json:"name"`
	Beta     float64 `json:"beta"` // of the standardised column, scaled units
	Mean     float64 `json:"mean"` // by which it was standardised; 0 and 1 where it was not
	SD       float64 `json:"sd"`
	Estimate float64 `json:"estimate"` // units of demand a period, or the share of the trend, for one unit of the column
	StdError float64 `json:"std_error"`
}

// take keeps what was found.
func (f *Fit) take(p *problem, h *history) {
	b := p.b
	if h.trend {
		f.K = b[0]
		b = b[1:]
	}
	f.M = b[0]
	b = b[1:]
	for i := range f.Seasons {
		s := &f.Seasons[i]
		s.Beta = append([]float64(nil), b[:2*s.Order]...)
		b = b[2*s.Order:]
	}
	errors := p.deviations(len(f.Regressors))
	for i := range f.Regressors {
		e := &f.Regressors[i]
		e.Beta = b[i]
		unit := f.Scale / e.SD
		if f.Multiplicative {
			unit = 1 / e.SD
		}
		e.Estimate, e.StdError = b[i]*unit, errors[i]*unit
	}
	for j, d := range b[len(f.Regressors):] {
		if d != 0 {
			f.Changes = append(f.Changes, Change{h.times[j], d})
			f.ChangeSize += math.Abs(d) / float64(len(h.changes))
		}
	}
	f.ChangeRate = float64(len(h.changes))
	f.Sigma, f.Posterior = math.Sqrt(p.sigma2), p.lp
}

// errors keeps what the errors of the fit look like.
func (f *Fit) errors(p *problem, h *history, y []float64, m Model, prior []normal) {
	e := append([]float64(nil), y...)
	if f.curved() {
		w := m.curved(f, h, y, prior)
		trend, season, _ := w.parts(p.b)
		for t, v := range w.fitted(trend, season) {
			e[t] -= v
		}
	} else {
		h.subtract(p.b, e)
	}
	seen, means, missing := e[:0], []float64(nil), h.missing
	for t, v := range e {
		if len(missing) > 0 && missing[0] == h.lo+t {
			missing = missing[1:]
			continue
		}
		if f.Errors == Counts {
			means = append(means, f.Floor+(y[t]-v)*f.Scale)
		}
		seen = append(seen, v)
	}
	f.Residuals = residuals.Diagnose(seen, max(f.Calendar.Season(), 1), 0)
	if f.Errors == Normal {
		return
	}
	f.Spread, f.Shape = predictive.Recent(seen, f.Sigma)
	f.Spread *= f.Scale
	if f.Errors == Counts {
		floats.Scale(f.Scale, seen)
		f.Dispersion = predictive.CountsOf(seen, means).Dispersion
	}
}

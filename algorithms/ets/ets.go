// Package ets holds exponential smoothing as state space models: level, trend and season, each smoothed, with errors that
// are added or multiplied.
package ets

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"shelfcast/algorithms/predictive"
	"shelfcast/algorithms/residuals"
	"shelfcast/engine/demand"
)

// Model is exponential smoothing of one form, or of the form that Akaike's criterion prefers.
//
//	y_t = μ_t + e_t  or  μ_t·(1 + e_t),   e_t Gaussian with variance σ²
//	AICc = −2·log L + 2k + 2k(k+1)/(n−k−1)
//
// The parameters are those of greatest likelihood, the first states among them, inside the usual region: α, β and γ at least
// 0.0001, α at most 0.9999, β below α, γ below 1 − α, φ from 0.8 to 0.98. k counts them and σ. A missing value is taken as
// forecast. Forms that multiply are considered where every observation is positive, and seasons up to 24 periods where two
// were observed.
//
// The fan is that of predictive.Linear, or of the recursions of the form where errors are multiplied, with the deviation and the shape
// of recent errors.
//
// A form that is far from the best in units, or over several periods, is not chosen, and neither is a trend that does not
// forecast better over several periods than none.
//
// Hyndman, Koehler, Snyder and Grose, International Journal of Forecasting 18(3), 2002; Hyndman, Koehler, Ord and Snyder,
// Forecasting with Exponential Smoothing, 2008.
//
// The error is demand.ErrNoData without an observation, and demand.ErrTooShort where there are too few for any form.
type Model struct {
	Form   string // such as AAdA; the best one when empty
	Season int    // periods in a season; Calendar.Season() when 0
}

var _ demand.SeriesModel = Model{}

// Fit is the fit of Model.
type Fit struct {
	Form     Form             `json:"form"`
	Period   int              `json:"period"` // m, 1 without a season
	Alpha    float64          `json:"alpha"`
	Beta     float64          `json:"beta"`
	Gamma    float64          `json:"gamma"`
	Phi      float64          `json:"phi"`
	First    States           `json:"first"` // before the first period
	Last     States           `json:"last"`  // after the last
	Observed int              `json:"observed"`
	Sigma2   float64          `json:"sigma2"` // units², or relative where errors are multiplied
	LogLik   float64          `json:"loglik"` // as R's ets states it, without what does not depend on the parameters
	AIC      float64          `json:"aic"`
	AICc     float64          `json:"aicc"`
	BIC      float64          `json:"bic"`
	Ceiling  float64          `json:"ceiling"` // the largest mean forecast that is believed, units a period
	Shape    predictive.Shape `json:"shape,omitempty"`

	Spread    float64             `json:"spread,omitempty"` // the deviation of recent errors, in the units of σ; σ when 0
	StdErrors StdErrors           `json:"std_errors"`
	Residuals residuals.Diagnosis `json:"residuals"` // of the errors, relative where they are multiplied; what was not observed left out
}

var _ demand.Summing = (*Fit)(nil)

// States are level, slope and season at one time.
type States struct {
	Level  float64   `json:"level"`
	Slope  float64   `json:"slope"`
	Season []float64 `json:"season,omitempty"` // of the next period first
}

const longestSeason = 24

// What keeps a form out although its AICc is the smallest: see decisions/0021.
const (
	farBetter    = 30   // AICc by which a form without a trend must lead for its like with one not to be tried
	worseInUnits = 1.75 // sum of squares in units, of a form that multiplies, over that of the best that adds
	longEnough   = 200  // observations from which errors over several periods are compared
	nearly       = 1.1  // such an error over the smallest of all forms
	pays         = 0.98 // such an error of a form with a trend over that of the same without one
)

// Name returns "auto-ets", or "ets-" and the form.
func (m Model) Name() string {
	if m.Form == "" {
		return "auto-ets"
	}
	return "ets-" + strings.ToLower(m.Form)
}

// FitSeries searches the parameters of each form, and keeps the form with the smallest AICc.
func (m Model) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	y, n := s.Observed()
	if n == 0 {
		return nil, demand.ErrNoData
	}
	y, scale := demand.Scaled(y)
	season := m.season(s)
	candidates, err := m.candidates(y, n, season)
	if err != nil {
		return nil, err
	}
	search := newSearcher(y, n, max(season, 1), candidates)
	best := search.choose(candidates)
	if math.IsInf(best.value, -1) {
		return nil, fmt.Errorf("no parameters of %v give a finite likelihood", candidates)
	}
	f := search.fit(best, scale)
	f.StdErrors = search.deviations(best)
	return f, nil
}

func (m Model) season(s demand.Series) int {
	if m.Season != 0 {
		return m.Season
	}
	return s.Cal.Season()
}

// candidates returns the forms to fit.
func (m Model) candidates(y []float64, n, season int) ([]Form, error) {
	list := forms
	if m.Form != "" {
		f, err := ParseForm(m.Form)
		if err != nil {
			return nil, err
		}
		list = []Form{f}
	}
	positive := !slices.ContainsFunc(y, func(v float64) bool { return v <= 0 })
	var usable []Form
	var why error
	for _, f := range list {
		switch {
		case n < f.parameters(season)+2:
			why = fmt.Errorf("%w: %d, and %s needs %d", demand.ErrTooShort, n, f, f.parameters(season)+2)
		case f.Season != None && (season < 2 || season > longestSeason):
			why = fmt.Errorf("%s needs a season of 2 to %d periods, and it has %d", f, longestSeason, season)
		case f.Season != None && n < 2*season:
			why = fmt.Errorf("%w: %d, and %s needs two seasons of %d", demand.ErrTooShort, n, f, season)
		case !positive && (f.Error == Multiplicative || f.Season == Multiplicative):
			why = fmt.Errorf("%s needs positive demand, and some is 0; use a form that adds", f)
		default:
			usable = append(usable, f)
		}
	}
	if len(usable) == 0 {
		return nil, why
	}
	return usable, nil
}

// choose returns the candidate with the smallest AICc among those that are to be trusted.
func (s *searcher) choose(candidates []Form) found {
	done := map[Form]found{}
	least, leastAdded := math.Inf(1), math.Inf(1)
	for _, f := range candidates {
		if s.hopeless(f, done) {
			continue
		}
		top := s.best(f, s.starts(f, done))
		if math.IsInf(top.value, -1) {
			continue
		}
		if s.observed >= longEnough {
			top.leads = s.leads(top)
			least = min(least, top.leads)
		}
		done[f] = top
		if f.Error == Additive {
			leastAdded = min(leastAdded, top.path.raw)
		}
	}
	best, bestAICc := found{value: math.Inf(-1)}, math.Inf(1)
	for _, f := range candidates {
		c, ok := done[f]
		if !ok || c.leads > nearly*least || c.path.raw > worseInUnits*leastAdded {
			continue
		}
		if flat, ok := done[Form{f.Error, None, f.Season}]; ok && f.Trend != None && s.observed >= longEnough && c.leads > pays*flat.leads {
			continue
		}
		if _, aicc, _ := s.criteria(c); aicc < bestAICc {
			best, bestAICc = c, aicc
		}
	}
	return best
}

// hopeless reports whether a form with a trend need not be tried, since of the same forms without one that with a season, or
// that without, is far better: a trend does not make up for a season.
func (s *searcher) hopeless(f Form, done map[Form]found) bool {
	if f.Trend == None {
		return false
	}
	own, ok := done[Form{f.Error, None, f.Season}]
	if !ok {
		return false
	}
	_, least, _ := s.criteria(own)
	for _, season := range []Component{None, Additive, Multiplicative} {
		if other, ok := done[Form{f.Error, None, season}]; ok {
			if _, aicc, _ := s.criteria(other); aicc < least-farBetter {
				return true
			}
		}
	}
	return false
}

// criteria returns AIC, AICc and BIC.
func (s *searcher) criteria(c found) (aic, aicc, bic float64) {
	n, k := float64(s.observed), float64(c.form.parameters(s.m))
	aic = -2*c.value + 2*k
	return aic, aic + 2*k*(k+1)/(n-k-1), aic + k*(math.Log(n)-2)
}

// fit returns what is kept of a model, in the units of the series.
func (s *searcher) fit(c found, scale float64) *Fit {
	f := &Fit{
		Form: c.form, Period: 1, Alpha: c.at.alpha, Phi: c.at.phi, Observed: s.observed,
		First: States{Level: c.at.level * scale, Slope: c.at.slope * scale, Season: slices.Clone(c.at.season)},
		Last:  States{Level: c.path.level * scale, Slope: c.path.slope * scale, Season: c.path.season},
	}
	if f.Form.Trend != None {
		f.Beta = c.at.betaOf()
	}
	if f.Form.Season != None {
		f.Period, f.Gamma = s.m, c.at.gammaOf()
	}
	unit := scale
	if f.Form.Error == Multiplicative {
		unit = 1
	}
	if f.Form.Season == Additive && scale != 1 {
		for k := range f.Last.Season {
			f.First.Season[k] *= scale
			f.Last.Season[k] *= scale
		}
	}
	n, k := float64(s.observed), float64(c.form.parameters(s.m))
	f.Sigma2 = c.path.squares / max(n-k+1, 1)
	errors := make([]float64, len(s.y))
	c.form.run(s.y, c.at, s.ringOf(c.form), errors)
	errors = slices.DeleteFunc(errors, func(e float64) bool { return e != e })
	f.Residuals = residuals.Diagnose(errors, s.m, f.Form.smoothed())
	f.Spread, f.Shape = predictive.Recent(errors, math.Sqrt(f.Sigma2))
	f.Spread *= unit
	f.Sigma2 *= unit * unit
	f.LogLik = c.value - n*math.Log(scale)
	f.AIC, f.AICc, f.BIC = s.criteria(c)
	shift := 2 * n * math.Log(scale)
	f.AIC, f.AICc, f.BIC = f.AIC+shift, f.AICc+shift, f.BIC+shift
	for _, v := range s.y {
		if v*scale > f.Ceiling {
			f.Ceiling = v * scale
		}
	}
	return f
}

// sigma returns the deviation of the errors ahead.
func (f *Fit) sigma() float64 {
	if f.Spread > 0 {
		return f.Spread
	}
	return math.Sqrt(f.Sigma2)
}

// Check reports what makes the fit unusable.
func (f *Fit) Check() error {
	switch {
	case !slices.Contains(forms, f.Form):
		return errors.New("it has no form")
	case f.Form.Season != None && (f.Period < 2 || len(f.Last.Season) != f.Period):
		return fmt.Errorf("a season of %d periods has %d states", f.Period, len(f.Last.Season))
	case !(f.Alpha > 0 && f.Alpha < 1) || !(f.Sigma2 >= 0):
		return fmt.Errorf("α of %g and σ² of %g are not usable", f.Alpha, f.Sigma2)
	}
	return nil
}

// Decode reads a Fit that encoding/json wrote.
func (m Model) Decode(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[Fit](m.Name(), data)
}

// Package prophet holds a model of trend, seasons, events and regressors whose parts can be read one by one, with the objective of
// Prophet (Taylor and Letham, The American Statistician 72(1), 2018) and its exact optimum.
package prophet

import (
	"fmt"
	"math"

	"shelfcast/algorithms/predictive"
	"shelfcast/algorithms/regressors"
	"shelfcast/algorithms/residuals"
	"shelfcast/engine/demand"
)

// Growth is the shape of the trend.
type Growth uint8

// The shapes of a trend.
const (
	Linear Growth = iota // straight between change-points
	Flat                 // a level
)

// Model is a sum of a trend that bends at change-points, seasons, events and regressors.
//
//	y_t/scale = k·t + m + Σ_j δ_j·(t − s_j)⁺ + Σ β_i·x_it + σ·e_t
//
// t runs from 0 at the first observation to 1 at the last, and scale is the largest |y|. The coefficients are those of greatest
// posterior probability where k and m are normal with deviation 5, δ is Laplace's with scale 0.05, β is normal with deviation 10, and
// σ half-normal with deviation 0.5. The zero value has the defaults of Prophet.
//
// The error is demand.ErrNoData without an observation, and demand.ErrTooShort with fewer than two.
type Model struct {
	Growth Growth
	// Changes are how many change-points lie, at equal numbers of observations, in the first ChangeRange of the history; 25 and 0.8
	// where 0. ChangeScale is the scale of δ; 0.05 where 0. The larger it is, the more the trend bends.
	Changes     int
	ChangeRange float64
	ChangeScale float64
	// Seasons are what repeats. Where nil: the year, of order 10, where two years were observed; the week, of order 3, for periods
	// shorter than that where two weeks were; and the day, of order 4, for periods shorter than it where two days were.
	Seasons []Seasonality
	// Regressors are what else there is. Those that are not 0 and 1 alone are standardised. RegressorScale is the deviation of their
	// coefficients; 10 where 0.
	Regressors     regressors.Options
	RegressorScale float64
	// Multiplicative makes seasons and regressors shares of the trend: y_t/scale = trend_t·(1 + Σ β_i·x_it) + σ·e_t.
	Multiplicative bool
	// Empirical takes the distribution of the errors from those of the fit, instead of the normal one.
	Empirical bool

	shared *calendars // by Share; those of the series alone where nil
}

const (
	trendScale  = 5
	seasonScale = 10
)

func (m Model) changes() int {
	if m.Changes == 0 {
		return 25
	}
	return m.Changes
}

func (m Model) changeRange() float64 {
	if m.ChangeRange == 0 {
		return 0.8
	}
	return m.ChangeRange
}

func (m Model) changeScale() float64 {
	if m.ChangeScale == 0 {
		return 0.05
	}
	return m.ChangeScale
}

func (m Model) regressorScale() float64 {
	if m.RegressorScale == 0 {
		return 10
	}
	return m.RegressorScale
}

// automatic are the seasons where none are named, with the days of history that each takes and the length of a period below which it
// is there.
var automatic = []struct {
	Seasonality
	history, below float64
}{
	{Seasonality{"yearly", 365.25, 10, seasonScale}, 730, math.Inf(1)},
	{Seasonality{"weekly", 7, 3, seasonScale}, 14, 7},
	{Seasonality{"daily", 1, 4, seasonScale}, 2, 1},
}

// seasons returns those that are there in a history of so many days, by their numbers among all.
func (m Model) seasons() []Seasonality {
	if m.Seasons != nil {
		return m.Seasons
	}
	var all []Seasonality
	for _, a := range automatic {
		all = append(all, a.Seasonality)
	}
	return all
}

func (m Model) has(season int, days, period float64) bool {
	return m.Seasons != nil || days >= automatic[season].history && period < automatic[season].below
}

var (
	_ demand.SeriesModel  = Model{}
	_ demand.SharingModel = Model{}
	_ demand.Summing      = (*Fit)(nil)
)

// Name returns "prophet".
func (m Model) Name() string { return "prophet" }

// Share returns the model with calendars that all series of a panel are fitted by.
func (m Model) Share(train *demand.Panel) demand.SeriesModel {
	m.shared = newCalendars(train.Cal, train.End, m.seasons())
	return m
}

// Fit is the fit of Model.
type Fit struct {
	Observed int             `json:"observed"`
	Periods  int             `json:"periods"` // from the first observation to the end of the history
	Calendar demand.Calendar `json:"calendar"`
	Next     demand.Period   `json:"next"`      // the first period to forecast
	FirstDay float64         `json:"first_day"` // days from 1970-01-01 to t = 0
	SpanDays float64         `json:"span_days"` // and from there to t = 1
	Scale    float64         `json:"scale"`     // units of demand in one of the scaled series

	K              float64             `json:"k"`           // slope at first, scaled units over the span
	M              float64             `json:"m"`           // offset at t = 0
	Changes        []Change            `json:"changes"`     // of the slope, those that are not 0
	ChangeSize     float64             `json:"change_size"` // mean |δ| of all change-points
	ChangeRate     float64             `json:"change_rate"` // change-points over the span
	Seasons        []SeasonFit         `json:"seasons,omitempty"`
	Regressors     []Effect            `json:"regressors,omitempty"`
	Columns        regressors.Set      `json:"columns,omitzero"` // that the regressors are the coefficients of
	Sigma          float64             `json:"sigma"`            // deviation of the errors, scaled
	Posterior      float64             `json:"log_posterior"`    // up to the constants that Prophet leaves out too
	Multiplicative bool                `json:"multiplicative,omitempty"`
	Empirical      bool                `json:"empirical,omitempty"`
	Spread         float64             `json:"spread,omitempty"` // the deviation of recent errors, units
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

// FitSeries finds the most probable coefficients.
func (m Model) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	observed, n := s.Observed()
	if n == 0 {
		return nil, demand.ErrNoData
	}
	if n < 2 {
		return nil, fmt.Errorf("%w: 1, and %s needs 2", demand.ErrTooShort, m.Name())
	}
	lo, hi := 0, len(observed)
	for observed[lo] != observed[lo] {
		lo++
	}
	for observed[hi-1] != observed[hi-1] {
		hi--
	}
	first, end := s.Start+demand.Period(lo), s.Start+demand.Period(len(observed))
	f := &Fit{
		Observed: n, Periods: len(observed) - lo, Calendar: s.Cal, Next: end, FirstDay: dayOf(s.Cal, first),
		Scale: largest(observed[lo:hi]), Multiplicative: m.Multiplicative, Empirical: m.Empirical,
	}
	if f.Scale == 0 {
		f.Scale = 1
	}
	shared := m.shared
	if shared == nil || shared.cal != s.Cal || shared.end != end {
		shared = newCalendars(s.Cal, end, m.seasons())
	}
	c := shared.of(first)
	at := int(first - c.first)
	h, seasons := m.history(c, observed[lo:hi], at)
	f.SpanDays = h.scale
	if same(observed[lo:hi]) {
		f.M = observed[lo] / f.Scale
		f.Residuals = residuals.Diagnose(nil, 1, 0)
		return f, nil
	}
	y := make([]float64, hi-lo)
	squares := 0.0
	for t, v := range observed[lo:hi] {
		if v == v {
			y[t] = v / f.Scale
			squares += y[t] * y[t]
		}
	}
	columns, err := m.columns(s, f, h, hi, lo)
	if err != nil {
		return nil, err
	}
	var p *problem
	if m.Multiplicative {
		p = m.multiply(h, y)
	} else {
		p = m.problem(h, y, squares)
		p.maximise(squares / float64(n) / 10)
	}
	f.take(p, h, seasons, columns)
	f.errors(p, h, y, m)
	return f, nil
}

// history returns what of the calendar was observed, with the numbers of the seasons that are there.
func (m Model) history(c *calendar, y []float64, at int) (h *history, seasons []int) {
	length := c.days[at+len(y)-1] - c.days[at]
	period := c.days[at+1] - c.days[at]
	var waves []int
	column := 0
	for i, s := range c.waves {
		if m.has(i, length, period) {
			seasons = append(seasons, i)
			for j := range 2 * s.Order {
				waves = append(waves, column+j)
			}
		}
		column += 2 * s.Order
	}
	return newHistory(c, y, at, waves, m), seasons
}

// columns adds the regressors to the history and to the fit, and returns their standardised values by period.
func (m Model) columns(s demand.Series, f *Fit, h *history, hi, lo int) ([][]float64, error) {
	set := regressors.Of(s, f.Periods, m.Regressors)
	all, err := set.Columns(s.X, f.Periods)
	if err != nil {
		return nil, err
	}
	seen := make([]bool, hi-lo)
	for t := range seen {
		seen[t] = true
	}
	for _, p := range h.missing {
		seen[p-h.lo] = false
	}
	var kept []regressors.Term
	var values [][]float64
	for i, col := range all {
		e, ok := standardised(col, seen)
		if !ok {
			continue
		}
		x := make([]float64, hi-lo)
		for t := range x {
			if seen[t] {
				x[t] = (col.V[t] - e.Mean) / e.SD
			}
		}
		kept, values, f.Regressors = append(kept, set.Terms[i]), append(values, x), append(f.Regressors, e)
	}
	if len(kept) > 0 {
		set.Terms = kept
		f.Columns = set
	}
	h.regressor = values
	return values, nil
}

// standardised returns the mean and deviation of a column where something was observed, 0 and 1 where it holds nothing but zeros and
// ones; and false where it does not vary there.
func standardised(col demand.Column, seen []bool) (Effect, bool) {
	n, sum, squares, binary := 0.0, 0.0, 0.0, true
	for t, ok := range seen {
		if ok {
			n++
			sum += col.V[t]
			binary = binary && (col.V[t] == 0 || col.V[t] == 1)
		}
	}
	mean := sum / n
	for t, ok := range seen {
		if ok {
			squares += (col.V[t] - mean) * (col.V[t] - mean)
		}
	}
	sd := math.Sqrt(squares / max(n-1, 1))
	if !(sd > 1e-12*math.Abs(mean)) {
		return Effect{}, false
	}
	if binary {
		return Effect{Name: col.Name, SD: 1}, true
	}
	return Effect{Name: col.Name, Mean: mean, SD: sd}, true
}

func (m Model) problem(h *history, y []float64, squares float64) *problem {
	k := h.size()
	gram, side := make([]float64, k*k), make([]float64, k)
	h.gram(gram)
	h.side(y, side)
	return newProblem(h.n, squares, gram, side, m.scales(h), m.changeScale())
}

// scales returns the deviations of the priors of the smooth coefficients.
func (m Model) scales(h *history) []float64 {
	scales := make([]float64, h.smooth())
	at := 0
	for range h.fixed() {
		scales[at] = trendScale
		at++
	}
	for _, w := range h.waves {
		scales[at] = h.c.scale(w)
		at++
	}
	for range h.regressor {
		scales[at] = m.regressorScale()
		at++
	}
	return scales
}

// take keeps what was found.
func (f *Fit) take(p *problem, h *history, seasons []int, columns [][]float64) {
	b := p.b
	if h.trend {
		f.K = b[0]
		b = b[1:]
	}
	f.M = b[0]
	b = b[1:]
	for _, i := range seasons {
		s := h.c.waves[i]
		f.Seasons = append(f.Seasons, SeasonFit{s, append([]float64(nil), b[:2*s.Order]...)})
		b = b[2*s.Order:]
	}
	errors := p.deviations(len(columns))
	for i := range columns {
		e := &f.Regressors[i]
		e.Beta = b[i]
		unit := f.Scale / e.SD
		if f.Multiplicative {
			unit = 1 / e.SD
		}
		e.Estimate, e.StdError = b[i]*unit, errors[i]*unit
	}
	for j, d := range b[len(columns):] {
		if d != 0 {
			f.Changes = append(f.Changes, Change{h.times[j], d})
			f.ChangeSize += math.Abs(d) / float64(len(h.changes))
		}
	}
	f.ChangeRate = float64(len(h.changes))
	f.Sigma, f.Posterior = math.Sqrt(p.sigma2), p.lp
}

// errors keeps what the errors of the fit look like.
func (f *Fit) errors(p *problem, h *history, y []float64, m Model) {
	e := append([]float64(nil), y...)
	if m.Multiplicative {
		trend, season := multiplied{h: h, y: y, columns: h.dense()}.parts(p.b)
		for t := range e {
			e[t] -= trend[t] * (1 + season[t])
		}
	} else {
		h.subtract(p.b, e)
	}
	seen, missing := e[:0], h.missing
	for t, v := range e {
		if len(missing) > 0 && missing[0] == h.lo+t {
			missing = missing[1:]
			continue
		}
		seen = append(seen, v)
	}
	f.Residuals = residuals.Diagnose(seen, max(f.Calendar.Season(), 1), 0)
	if m.Empirical {
		f.Spread, f.Shape = predictive.Recent(seen, f.Sigma)
		f.Spread *= f.Scale
	}
}

func largest(y []float64) float64 {
	v := 0.0
	for _, a := range y {
		if a = math.Abs(a); a > v {
			v = a
		}
	}
	return v
}

// same reports whether all that was observed is equal.
func same(y []float64) bool {
	for _, v := range y {
		if v == v && v != y[0] {
			return false
		}
	}
	return true
}

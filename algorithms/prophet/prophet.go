// Package prophet holds a model of trend, seasons, events and regressors whose parts can be read one by one, with the objective of
// Prophet (Taylor and Letham, The American Statistician 72(1), 2018) and its exact optimum.
package prophet

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"shelfcast/algorithms/regressors"
	"shelfcast/algorithms/residuals"
	"shelfcast/engine/demand"
)

// Growth is the shape of the trend.
type Growth uint8

// The shapes of a trend.
const (
	Linear   Growth = iota // straight between change-points
	Flat                   // a level
	Logistic               // as Linear, up to Cap and down to Floor
)

// Errors is a law of errors.
type Errors uint8

// The laws of errors.
const (
	Normal    Errors = iota // as Prophet
	Empirical               // the distribution of the errors of the fit, those of recent periods weighing more
	Counts                  // negative binomial where all that was observed are whole numbers of 0 or more, and Empirical elsewhere
)

// Model is a sum of a trend that bends at change-points, seasons, events and regressors.
//
//	y_t/scale = k·t + m + Σ_j δ_j·(t − s_j)⁺ + Σ β_i·x_it + σ·e_t
//
// t runs from 0 at the first observation to 1 at the last, and scale is the largest |y|. The coefficients are those of greatest
// posterior probability where k and m are normal with deviation 5, δ is Laplace's with scale 0.05, β is normal with deviation 10, and
// σ half-normal with deviation 0.5. The zero value has the defaults of Prophet.
//
// The error is demand.ErrNoData without an observation, and demand.ErrTooShort with fewer than two; a logistic trend whose cap does not
// lie above its floor is refused.
type Model struct {
	Growth Growth
	// Cap is what a logistic trend cannot exceed, and Floor what it cannot fall below, units a period.
	Cap, Floor float64
	// Changes are how many change-points lie, at equal numbers of observations, in the first ChangeRange of the history; 25 and 0.8
	// where 0, and none where Changes is negative. ChangeScale is the scale of δ; 0.05 where 0. The larger it is, the more the trend bends.
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
	// Scales are the deviations of the coefficients of some covariates and events, by name, instead of RegressorScale.
	Scales map[string]float64
	// MinMax scales what lies above the least value observed by the range of y, instead of y by the largest |y|. A logistic trend has a floor of
	// its own, and is scaled by the largest distance from it all the same.
	MinMax bool
	// Multiplicative makes seasons and regressors shares of the trend: y_t/scale = trend_t·(1 + Σ β_i·x_it) + σ·e_t.
	Multiplicative bool
	// Errors is the law of what the model does not say.
	Errors Errors

	shared *calendars // by Share; those of the series alone where nil
	pool   pool       // what was learned from other series; nil = nothing
}

const (
	trendScale = 5
	// SeasonScale is the deviation of the coefficients of a season where nothing else is said.
	SeasonScale = 10
)

func (m Model) changes() int            { return cmp.Or(m.Changes, 25) }
func (m Model) changeRange() float64    { return cmp.Or(m.ChangeRange, 0.8) }
func (m Model) changeScale() float64    { return cmp.Or(m.ChangeScale, 0.05) }
func (m Model) regressorScale() float64 { return cmp.Or(m.RegressorScale, 10) }

// automatic are the seasons where none are named, with the days of history that each takes and the length of a period below which it
// is there.
var automatic = []struct {
	Seasonality
	history, below float64
}{
	{Seasonality{Name: "yearly", Days: 365.25, Order: 10, Scale: SeasonScale}, 730, math.Inf(1)},
	{Seasonality{Name: "weekly", Days: 7, Order: 3, Scale: SeasonScale}, 14, 7},
	{Seasonality{Name: "daily", Days: 1, Order: 4, Scale: SeasonScale}, 2, 1},
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

// steady returns the seasons that have no condition, and conditional those that have one.
func (m Model) steady() []Seasonality {
	return slices.DeleteFunc(slices.Clone(m.seasons()), func(s Seasonality) bool { return s.When != "" })
}

func (m Model) conditional() []Seasonality {
	return slices.DeleteFunc(slices.Clone(m.seasons()), func(s Seasonality) bool { return s.When == "" })
}

func (m Model) has(season int, days, period float64) bool {
	return m.Seasons != nil || days >= automatic[season].history && period < automatic[season].below
}

var (
	_ demand.SeriesModel  = Model{}
	_ demand.SharingModel = Model{}
	_ demand.Refitter     = Model{}
	_ demand.Summing      = (*Fit)(nil)
)

// Name returns "prophet", or "prophet-multiplicative".
func (m Model) Name() string {
	if m.Multiplicative {
		return "prophet-multiplicative"
	}
	return "prophet"
}

// Share returns the model with calendars that all series of a panel are fitted by.
func (m Model) Share(train *demand.Panel) demand.SeriesModel {
	m.shared = newCalendars(train.Cal, train.End, m.steady())
	return m
}

// FitSeries finds the most probable coefficients.
func (m Model) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	f, _, err := m.fit(s, nil)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Refit finds the same coefficients as FitSeries, from the changes and the errors of the earlier fit where nothing multiplies the trend.
func (m Model) Refit(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	before, ok := earlier.(*Fit)
	if !ok {
		return nil, fmt.Errorf("refit %s: the fit is of another model: %T", m.Name(), earlier)
	}
	f, _, err := m.fit(s, before)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// fit returns the problem beside its fit; nil where there was none to solve. It begins at an earlier fit, where there is one.
func (m Model) fit(s demand.Series, before *Fit) (*Fit, *problem, error) {
	observed, n := s.Observed()
	if n == 0 {
		return nil, nil, demand.ErrNoData
	}
	if m.Growth == Logistic && !(m.Cap > m.Floor) {
		return nil, nil, fmt.Errorf("a logistic trend needs a cap above its floor, and has %v and %v", m.Cap, m.Floor)
	}
	if n < 2 {
		return nil, nil, fmt.Errorf("%w: 1, and %s needs 2", demand.ErrTooShort, m.Name())
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
		Multiplicative: m.Multiplicative, Errors: m.Errors,
	}
	if f.Floor, f.Scale = m.scaling(observed[lo:hi]); f.Scale == 0 {
		f.Scale = 1
	}
	if m.Errors == Counts && !counted(observed[lo:hi]) {
		f.Errors = Empirical
	}
	if m.Growth == Logistic {
		f.Cap = (m.Cap - m.Floor) / f.Scale
	}
	shared := m.shared
	if shared == nil || shared.cal != s.Cal || shared.end != end {
		shared = newCalendars(s.Cal, end, m.steady())
	}
	c := shared.of(first)
	h, seasons := m.history(c, observed[lo:hi], int(first-c.first))
	f.SpanDays = h.scale
	if same(observed[lo:hi]) {
		f.M, f.Cap = (observed[lo]-f.Floor)/f.Scale, 0
		f.Residuals = residuals.Diagnose(nil, 1, 0)
		return f, nil, nil
	}
	y := make([]float64, hi-lo)
	squares := 0.0
	for t, v := range observed[lo:hi] {
		if v == v {
			y[t] = (v - f.Floor) / f.Scale
			f.Level += v / f.Scale / float64(n)
			squares += y[t] * y[t]
		}
	}
	if err := m.columns(s, f, h, seasons); err != nil {
		return nil, nil, err
	}
	var p *problem
	prior := m.prior(f, h)
	if f.curved() {
		w := m.curved(f, h, y, prior)
		p = w.bendTo(w.guess())
	} else {
		p = m.problem(h, y, squares, prior)
		sigma2 := squares / float64(n) / 10
		if before != nil && before.Sigma > 0 {
			sigma2 = before.Sigma * before.Scale / f.Scale
			sigma2 *= sigma2
			p.begin(before, f, h)
		}
		p.maximise(sigma2)
	}
	f.take(p, h)
	f.errors(p, h, y, m, prior)
	return f, p, nil
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

// columns adds to the history and to the fit the seasons that are there, and beside the calendar those with a condition and the
// regressors, standardised.
func (m Model) columns(s demand.Series, f *Fit, h *history, seasons []int) error {
	for _, i := range seasons {
		f.Seasons = append(f.Seasons, SeasonFit{Seasonality: h.c.waves[i]})
	}
	seen := make([]bool, h.hi-h.lo)
	for t := range seen {
		seen[t] = true
	}
	for _, p := range h.missing {
		seen[p-h.lo] = false
	}
	for _, season := range m.conditional() {
		condition, err := valuesOf(s.X, season)
		if err != nil {
			return err
		}
		condition = condition[len(condition)-f.Periods:][:len(seen)]
		for _, wave := range waveColumns([]Seasonality{season}, h.c.days[h.lo:h.hi]) {
			for t, ok := range seen {
				if wave[t] *= condition[t]; !ok {
					wave[t] = 0
				}
			}
			h.regressor = append(h.regressor, wave)
		}
		f.Seasons = append(f.Seasons, SeasonFit{Seasonality: season})
	}
	set := regressors.Of(s, f.Periods, m.Regressors)
	all, err := set.Columns(s.X, f.Periods)
	if err != nil {
		return err
	}
	var kept []regressors.Term
	for i, col := range all {
		e, ok := standardised(col, seen)
		if !ok {
			continue
		}
		x := make([]float64, len(seen))
		for t := range x {
			if seen[t] {
				x[t] = (col.V[t] - e.Mean) / e.SD
			}
		}
		kept, h.regressor, f.Regressors = append(kept, set.Terms[i]), append(h.regressor, x), append(f.Regressors, e)
	}
	if len(kept) > 0 {
		set.Terms = kept
		f.Columns = set
	}
	return nil
}

// valuesOf returns the covariate that is the condition of a season.
func valuesOf(x []demand.Column, s Seasonality) ([]float64, error) {
	i := slices.IndexFunc(x, func(c demand.Column) bool { return c.Name == s.When })
	if i < 0 {
		return nil, fmt.Errorf("season %s holds when %s is not 0, which is no covariate of the series; add it to the features", s.Name, s.When)
	}
	for _, v := range x[i].V {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("season %s holds when %s is not 0, which is not known of all periods; fill it", s.Name, s.When)
		}
	}
	return x[i].V, nil
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

func (m Model) problem(h *history, y []float64, squares float64, prior []normal) *problem {
	k := h.size()
	gram, side := make([]float64, k*k), make([]float64, k)
	h.gram(gram)
	h.side(y, side)
	return newProblem(h.n, squares, gram, side, prior, m.changeScale())
}

// scaling returns what of y is 0 in the scaled series, and what more is 1.
func (m Model) scaling(y []float64) (floor, scale float64) {
	switch {
	case m.Growth == Logistic:
		return m.Floor, largest(y, m.Floor)
	case m.MinMax:
		floor = math.Inf(1)
		for _, v := range y {
			if v < floor {
				floor = v
			}
		}
		return floor, largest(y, floor)
	}
	return 0, largest(y, 0)
}

func (f *Fit) curved() bool { return f.Multiplicative || f.Cap > 0 }

func (m Model) curved(f *Fit, h *history, y []float64, prior []normal) curved {
	return curved{h: h, y: y, columns: h.dense(), tau: m.changeScale(), prior: prior, cap: f.Cap, product: m.Multiplicative}
}

// largest returns the largest distance from the floor.
func largest(y []float64, floor float64) float64 {
	v := 0.0
	for _, a := range y {
		if a = math.Abs(a - floor); a > v {
			v = a
		}
	}
	return v
}

// counted reports whether all that was observed are whole numbers of 0 or more.
func counted(y []float64) bool {
	for _, v := range y {
		if v == v && (v < 0 || v != math.Trunc(v)) {
			return false
		}
	}
	return true
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

// Package arima holds seasonal ARIMA models with regressors, by exact likelihood, with orders chosen automatically or given.
package arima

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/predictive"
	"shelfcast/algorithms/regressors"
	"shelfcast/algorithms/residuals"
	"shelfcast/engine/demand"
)

// Model is a seasonal ARIMA model, of the order that Akaike's criterion prefers or of a given one.
//
//	y_t = c + Σ β_k·x_kt + η_t,   φ(B)Φ(B^m)(1−B)^d(1−B^m)^D·η_t = θ(B)Θ(B^m)·e_t,   e_t Gaussian with variance σ²
//
// c is a mean where nothing is differenced, a drift times t where it is differenced once, and absent where more often. Chosen
// automatically, D is 1 where the season is strong and d what the test of Kwiatkowski, Phillips, Schmidt and Shin asks for; p, q up
// to 5 and P, Q up to 2 (1 where the season has more than 60 periods) minimise AICc in a search along neighbours.
//
// Hyndman and Khandakar, Journal of Statistical Software 27(3), 2008.
//
// The error is demand.ErrNoData without an observation, and demand.ErrTooShort with too few for any order.
type Model struct {
	Order  *Order // chosen when nil
	Season int    // periods in a season; Calendar.Season() when 0
	// Regressors are what x holds. Waves are left out again where the criterion of Schwarz (BIC) is smaller without them.
	Regressors regressors.Options
	BoxCox     bool // whether y is transformed first; what is said of the fit is then said of the transformed series
}

var (
	_ demand.SeriesModel = Model{}
	_ demand.Summing     = (*Fit)(nil)
)

// Fit is the fit of Model.
type Fit struct {
	Order        Order          `json:"order"`
	Coefficients Coefficients   `json:"coefficients"`
	Constant     *Regressor     `json:"constant,omitempty"` // mean, or drift a period
	Regressors   []Regressor    `json:"regressors,omitempty"`
	Columns      regressors.Set `json:"columns,omitzero"` // that the regressors are the coefficients of
	StdErrors    Coefficients   `json:"std_errors"`

	Observed  int                 `json:"observed"`
	Periods   int                 `json:"periods"`
	Sigma2    float64             `json:"sigma2"`           // units²
	Spread    float64             `json:"spread,omitempty"` // the deviation of recent errors, in units; σ when 0
	LogLik    float64             `json:"loglik"`
	AIC       float64             `json:"aic"`
	AICc      float64             `json:"aicc"`
	BIC       float64             `json:"bic"`
	BoxCox    *predictive.BoxCox  `json:"box_cox,omitempty"` // λ
	State     State               `json:"state"`
	Shape     predictive.Shape    `json:"shape,omitempty"`
	Residuals residuals.Diagnosis `json:"residuals"`
}

// Regressor is what one column adds to demand.
type Regressor struct {
	Name     string  `json:"name"`
	Estimate float64 `json:"estimate"` // units a period, for one unit of the column
	StdError float64 `json:"std_error"`
}

const (
	leastObservations = 8
)

// Name returns "auto-arima", "auto-arimax" with regressors, "auto-arima-box-cox" with a transformation, or "arima" for a given order.
func (m Model) Name() string {
	switch {
	case m.Order != nil:
		return "arima"
	case m.regresses():
		return "auto-arimax"
	case m.BoxCox:
		return "auto-arima-box-cox"
	}
	return "auto-arima"
}

// FitSeries chooses the differences, searches the order, and refines the coefficients of the best.
func (m Model) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	y, n := s.Observed()
	if n == 0 {
		return nil, demand.ErrNoData
	}
	if n < leastObservations {
		return nil, fmt.Errorf("%w: %d, and %s needs %d", demand.ErrTooShort, n, m.Name(), leastObservations)
	}
	season := m.Season
	if season == 0 {
		season = s.Cal.Season()
	}
	if m.Order != nil {
		season = max(m.Order.M, 1)
	}
	raw := trimmed(y)
	y = whole(raw, season)
	if m.Order == nil && constant(y) {
		return &Fit{
			Order: Order{M: 1}, Constant: &Regressor{Name: "mean", Estimate: y[0]}, Observed: n, Periods: len(y),
			Residuals: residuals.Diagnose(nil, 1, 0),
		}, nil
	}
	var back *predictive.BoxCox
	if m.BoxCox {
		back, raw = transform(raw, y, season)
	}
	raw, scale := demand.Scaled(raw)
	y = whole(raw, season)
	if m.Order == nil && (n < 3*season || season < 2) {
		season = 1
	}
	set := regressors.Of(s, len(y), m.Regressors)
	x, err := set.Columns(s.X, len(y))
	if err != nil {
		return nil, err
	}
	b, err := m.choose(y, x, set.Waves(), season)
	if err != nil {
		return nil, err
	}
	if n < len(raw) {
		if err := b.observedOnly(raw, true); err != nil {
			return nil, err
		}
	}
	f := b.fit(n, scale)
	f.BoxCox, f.Columns = back, b.only(set)
	return f, nil
}

func (m Model) regresses() bool {
	r := m.Regressors
	return r.Covariates || r.Events || len(r.Waves) > 0
}

// only returns the columns of the set that are in the model.
func (b *built) only(set regressors.Set) regressors.Set {
	terms := slices.DeleteFunc(slices.Clone(set.Terms), func(t regressors.Term) bool {
		return !slices.ContainsFunc(b.x, func(c demand.Column) bool { return c.Name == t.Name })
	})
	if len(terms) == 0 {
		return regressors.Set{}
	}
	set.Terms = terms
	return set
}

// Check reports what makes the fit unusable.
func (f *Fit) Check() error {
	c, o := f.Coefficients, f.Order
	switch {
	case o.M < 1 || len(c.AR) != o.P || len(c.MA) != o.Q || len(c.SAR) != o.SP || len(c.SMA) != o.SQ:
		return fmt.Errorf("the coefficients are not those of %s", o)
	case o.SP+o.SD+o.SQ > 0 && o.M > f.Periods:
		return fmt.Errorf("%s has a season of more periods than the history, %d", o, f.Periods)
	case len(f.State.Tail) != o.lost() || !(f.Sigma2 >= 0):
		return errors.New("the state is not that of the order")
	}
	if len(f.Columns.Terms) != len(f.Regressors) {
		return errors.New("the regressors have other columns")
	}
	if err := f.Columns.Check(); err != nil {
		return err
	}
	for _, d := range f.State.Doubt {
		if n := len(d) - len(f.State.Ahead); n != 0 && n != len(f.State.Tail) {
			return errors.New("what is in doubt is not that of the order")
		}
	}
	return nil
}

// Decode reads a Fit that encoding/json wrote.
func (m Model) Decode(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[Fit](m.Name(), data)
}

// ForecastSeries writes the fan. With regressors, x must hold the columns that were fitted.
func (f *Fit) ForecastSeries(x []demand.Column, dst demand.Fan) error {
	l, err := f.linear(x, len(dst.Mean))
	if err != nil {
		return err
	}
	l.Steps().Write(dst)
	return nil
}

// ForecastSum writes the fan of the sum of the next h periods.
func (f *Fit) ForecastSum(x []demand.Column, h int, dst demand.Fan) error {
	l, err := f.linear(x, h)
	if err != nil {
		return err
	}
	l.WriteTotal(dst)
	return nil
}

// linear returns the forecast of h steps.
func (f *Fit) linear(x []demand.Column, h int) (predictive.Linear, error) {
	mean, weights, doubt := f.State.ahead(f.Order, f.Coefficients, h)
	for j := range mean {
		if f.Constant != nil {
			v := f.Constant.Estimate
			if f.Order.D+f.Order.SD > 0 {
				v *= float64(f.Periods + j + 1)
			}
			mean[j] += v
		}
	}
	columns, err := f.Columns.Ahead(x, h)
	if err != nil {
		return predictive.Linear{}, err
	}
	for k, r := range f.Regressors {
		floats.AddScaled(mean, r.Estimate, columns[k].V)
	}
	return predictive.Linear{Mean: mean, Weights: weights, Doubt: doubt, Sigma: f.spread(), Shape: f.Shape, Back: f.BoxCox}, nil
}

// spread returns the deviation of the errors ahead.
func (f *Fit) spread() float64 {
	if f.Spread > 0 {
		return f.Spread
	}
	return math.Sqrt(f.Sigma2)
}

// trimmed returns y from its first observation on.
func trimmed(y []float64) []float64 {
	for y[0] != y[0] {
		y = y[1:]
	}
	return y
}

// whole returns y, of which the orders are compared, with what was not observed filled by the mean of the nearest values of the same
// position of the season on either side, or of the nearest values.
func whole(y []float64, season int) []float64 {
	if !floats.HasNaN(y) {
		return y
	}
	out := append([]float64(nil), y...)
	for t, v := range y {
		if v == v {
			continue
		}
		sum, n := around(y, t, max(season, 1))
		if n == 0 {
			sum, n = around(y, t, 1)
		}
		out[t] = sum / n
	}
	return out
}

func around(y []float64, t, step int) (sum, n float64) {
	for at := t - step; at >= 0; at -= step {
		if y[at] == y[at] {
			sum, n = sum+y[at], n+1
			break
		}
	}
	for at := t + step; at < len(y); at += step {
		if y[at] == y[at] {
			sum, n = sum+y[at], n+1
			break
		}
	}
	return sum, n
}

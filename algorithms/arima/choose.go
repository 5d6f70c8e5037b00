package arima

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/cholesky"
	"shelfcast/algorithms/predictive"
	"shelfcast/algorithms/residuals"
	"shelfcast/engine/demand"
)

// built is a model that has been fitted to a series, with all that it was fitted on.
type built struct {
	y      []float64
	x      []demand.Column
	scales []float64 // of the columns
	trial  *trial
	search *searcher
	n      int // differenced observations
}

// choose fits the given order, or the best one. The last columns of x are those of waves.
func (m Model) choose(y []float64, x []demand.Column, waves, season int) (*built, error) {
	if m.Order != nil {
		o := *m.Order
		o.M = season
		b, s, err := prepare(y, x, o)
		if err != nil {
			return nil, err
		}
		t := &trial{order: o, constant: s.with != nil}
		t.point = s.searcher(t.constant).best(o)
		return b.of(s, t)
	}
	base := Order{M: season}
	base.D, base.SD = differencing(without(y, x), season)
	b, err := chosen(y, x, base)
	if errors.Is(err, demand.ErrTooShort) && len(x) > 0 {
		return chosen(y, nil, base)
	}
	if waves == 0 {
		return b, err
	}
	calm, calmErr := chosen(y, x[:len(x)-waves], base)
	if calmErr == nil && (err != nil || !b.better(calm)) {
		return calm, nil
	}
	return b, err
}

// better reports whether b is better than another model of the same series: by BIC, or by its forecasts of several periods where
// the two are differenced otherwise.
func (b *built) better(other *built) bool {
	if o, p := b.trial.order, other.trial.order; o.D != p.D || o.SD != p.SD {
		return b.leads() < other.leads()
	}
	return b.bic() < other.bic()
}

func (b *built) bic() float64 {
	k := b.trial.order.terms() + len(b.x)
	if b.trial.constant {
		k++
	}
	return -2*b.trial.point.logLik + math.Log(float64(b.n))*float64(k)
}

// chosen returns the best model among those that are differenced as base.
func chosen(y []float64, x []demand.Column, base Order) (*built, error) {
	b, s, err := prepare(y, x, base)
	if err != nil {
		return nil, err
	}
	if b, err = b.of(s, s.search()); err != nil {
		return nil, err
	}
	if len(y) >= longEnough {
		b = b.rivals(s)
	}
	b.search.again(b.trial.order, &b.trial.point)
	return b, nil
}

// without returns y less what least squares say that x and a constant add.
func without(y []float64, x []demand.Column) []float64 {
	if len(x) == 0 {
		return y
	}
	columns := [][]float64{y, slices.Repeat([]float64{1}, len(y))}
	for _, col := range x {
		columns = append(columns, col.V)
	}
	return residual(columns)
}

const (
	longEnough = 200  // observations from which errors over several periods are compared
	clearly    = 0.99 // such an error of a rival over that of the best by AICc, for the rival to be taken
)

// rivals returns the model, or one of a few others that forecasts several periods clearly better: the same with a drift or without
// the one it has, and the airline model and its like, which every series with a season is held against whatever it is differenced.
func (b *built) rivals(s *selection) *built {
	own := b.leads()
	best, least := b, own
	consider := func(s *selection, o Order, constant bool, share float64) {
		if o.terms() == 0 || constant && s.with == nil {
			return
		}
		t := &trial{order: o, constant: constant}
		search := s.searcher(constant)
		t.point = search.enter(o, s.begin(o, nil))
		search.approach(o, &t.point, roughly, math.Inf(-1))
		search.refine(o, &t.point)
		base, _, err := prepare(b.y, b.x, o)
		if err != nil || !t.sound() {
			return
		}
		r, err := base.of(s, t)
		if err != nil {
			return
		}
		if e := r.leads(); e < least && e < share*own {
			best, least = r, e
		}
	}
	if b.trial.order.lost() > 0 { // a mean stays, which regressors would otherwise stand in for
		share := clearly
		if b.trial.constant {
			share = 1 // a drift that wins nothing is left out
		}
		consider(s, b.trial.order, !b.trial.constant, share)
	}
	if m := b.trial.order.M; m > 1 && mostSeasonal(m) > 0 {
		o := Order{P: 1, Q: 1, SD: 1, SQ: 1, M: m}
		if _, airline, err := prepare(b.y, b.x, o); err == nil {
			consider(airline, o, false, clearly)
		}
	}
	return best
}

// leastSpare is how many more observations than coefficients a model needs: AICc divides by that less three.
const leastSpare = 5

// prepare differences a series and its regressors as an order asks, for a search among the orders that are differenced alike.
func prepare(y []float64, x []demand.Column, o Order) (*built, *selection, error) {
	b := &built{y: y, x: x, n: len(y) - o.lost()}
	if b.n < o.terms()+len(x)+leastSpare {
		return nil, nil, fmt.Errorf("%w: %d are left after differencing, and %s needs %d", demand.ErrTooShort, max(b.n, 0), o, o.terms()+len(x)+leastSpare)
	}
	w, _ := o.differenced(y)
	data := [][]float64{w}
	basis := [][]float64{}
	base := Order{D: o.D, SD: o.SD, M: o.M}
	constant := o.D+o.SD <= 1
	if constant {
		basis = span(basis, steady(base, b.n))
	}
	b.x = nil
	for _, col := range x {
		d, _ := o.differenced(col.V)
		wider := span(basis, d)
		if len(wider) == len(basis) {
			continue
		}
		basis = wider
		scale := math.Sqrt(variance(d))
		floats.Scale(1/scale, d)
		b.x, b.scales = append(b.x, col), append(b.scales, scale)
		data = append(data, d)
	}
	s := &selection{without: newSearcher(o.M, data), n: b.n, regressors: len(b.x), base: base, tried: map[trialKey]*trial{}}
	s.plain = s.without
	if len(b.x) > 0 {
		s.plain = newSearcher(o.M, [][]float64{residual(data)})
	}
	rest := s.plain.l.data[0]
	s.near, s.far = autocorrelation(rest, 1), autocorrelation(rest, o.M)
	if constant {
		with := append(slices.Clone(data), steady(base, b.n))
		s.with = newSearcher(o.M, with)
		s.centred = newSearcher(o.M, [][]float64{residual(with)})
	}
	return b, s, nil
}

// nothingNew is the share of a column's squares below which what others leave of it is nothing but roundings, or as good as that.
const nothingNew = 1e-8

// span returns an orthonormal basis with what a column adds to it, if it adds anything.
func span(basis [][]float64, column []float64) [][]float64 {
	rest := slices.Clone(column)
	whole := floats.Dot(rest, rest)
	for range 2 { // the second time takes away what roundings left
		for _, q := range basis {
			floats.AddScaled(rest, -floats.Dot(rest, q), q)
		}
	}
	left := floats.Dot(rest, rest)
	if !(left > nothingNew*whole) {
		return basis
	}
	floats.Scale(1/math.Sqrt(left), rest)
	return append(basis, rest)
}

// residual returns the first column less what least squares say that the others add.
func residual(columns [][]float64) []float64 {
	var basis [][]float64
	for _, c := range columns[1:] {
		basis = span(basis, c)
	}
	rest := slices.Clone(columns[0])
	for _, q := range basis {
		floats.AddScaled(rest, -floats.Dot(rest, q), q)
	}
	return rest
}

// of returns b with the model that was found.
func (b *built) of(s *selection, t *trial) (*built, error) {
	if t == nil || math.IsInf(t.point.logLik, 0) {
		return nil, fmt.Errorf("no coefficients of %s give a finite likelihood", s.base)
	}
	out := *b
	out.trial, out.search = t, s.searcher(t.constant)
	return &out, nil
}

func autocorrelation(w []float64, lag int) float64 {
	n := len(w)
	if lag >= n {
		return 0
	}
	mean := floats.Sum(w) / float64(n)
	above, below := 0.0, 0.0
	for t, v := range w {
		below += (v - mean) * (v - mean)
		if t >= lag {
			above += (v - mean) * (w[t-lag] - mean)
		}
	}
	if below == 0 {
		return 0
	}
	return above / below
}

// steady returns the differenced column of a constant: 1, or what a drift of one unit a period adds.
func steady(o Order, n int) []float64 {
	v := make([]float64, n)
	for t := range v {
		v[t] = 1
		if o.SD == 1 {
			v[t] = float64(o.M)
		}
	}
	return v
}

// fit returns what is kept of the model, in the units of the series.
func (b *built) fit(observed int, scale float64) *Fit {
	t := b.trial
	o := t.order
	v := b.evidence()
	beta := v.value.beta
	n := float64(v.n)
	k := float64(o.terms() + len(beta) + 1)
	f := &Fit{
		Order: o, Coefficients: o.coefficients(t.point.x), StdErrors: v.std, Observed: observed, Periods: len(b.y),
		Sigma2: v.value.squares / max(n-k+1, 1), LogLik: v.value.logLik, State: v.state,
	}
	sigma := math.Sqrt(f.Sigma2)
	f.Residuals = residuals.Diagnose(v.errors, o.M, o.terms())
	f.Spread, f.Shape = predictive.Recent(v.errors, sigma)
	f.Spread *= scale

	for i, col := range b.x {
		r := Regressor{col.Name, beta[i] / b.scales[i] * scale, sigma * v.deviations[i] / b.scales[i] * scale}
		f.Regressors = append(f.Regressors, r)
	}
	if t.constant {
		last := len(beta) - 1
		name := "mean"
		if o.lost() > 0 {
			name = "drift"
		}
		f.Constant = &Regressor{name, beta[last] * scale, sigma * v.deviations[last] * scale}
	}
	floats.Scale(scale, f.State.Tail)
	floats.Scale(scale, f.State.Ahead)
	f.Sigma2 *= scale * scale
	f.LogLik -= n * math.Log(scale)
	f.AIC = -2*f.LogLik + 2*k
	f.AICc = f.AIC + 2*k*(k+1)/(n-k-1)
	f.BIC = f.AIC + k*(math.Log(n)-2)
	return f
}

// deviations returns the standard errors of the coefficients of the regressors over σ.
func (l *likelihood) deviations() []float64 { return cholesky.InverseRoots(l.cross, len(l.data)-1) }

// deviations returns the standard errors of the coefficients, from the products of the derivatives of the errors. The likelihood must
// have been evaluated at p last.
func (s *searcher) deviations(o Order, p *point) Coefficients {
	k := o.terms()
	if k == 0 {
		return Coefficients{}
	}
	s.products(o, p)
	cholesky.Factor(s.gram, k)
	return o.split(cholesky.InverseRoots(s.gram, k))
}

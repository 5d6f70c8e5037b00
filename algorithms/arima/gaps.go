package arima

import (
	"fmt"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/cholesky"
	"shelfcast/algorithms/kalman"
	"shelfcast/engine/demand"
)

// gaps is the exact likelihood of a series of which some observations are missing.
//
// Orders are compared on the series whose gaps are filled, which costs a fraction; the coefficients of the one that is chosen, what is
// said of them and what is forecast come from what was observed alone.
type gaps struct {
	filter *kalman.Filter
	m      int
	value  kalman.Value
}

// The work of one evaluation is its periods times the square of the values of its state; a nanosecond or two each. The coefficients
// are searched again up to searchedWork, and those of the filled series are kept beyond. Beyond evaluatedWork, which takes a season of
// two hundred periods, the filled series stands in for the observed one.
const (
	searchedWork  = 5e6
	evaluatedWork = 1e8
)

// observedOnly turns to what was observed: raw is the series before it was filled. It searches the coefficients again where search is
// set.
func (b *built) observedOnly(raw []float64, search bool) error {
	o, s := b.trial.order, b.search
	data := [][]float64{raw}
	for i, col := range b.x {
		x := append([]float64(nil), col.V...)
		floats.Scale(1/b.scales[i], x)
		data = append(data, x)
	}
	if b.trial.constant {
		data = append(data, o.constant(len(raw)))
	}
	delta := o.differences()
	c := o.coefficients(b.trial.point.x)
	size := float64(max(len(c.autoregression(o.M)), len(c.movingAverage(o.M)), 1) + len(delta))
	work := float64(len(raw)) * size * size
	if work > evaluatedWork {
		return nil
	}
	s.gaps = &gaps{filter: kalman.New(delta, data), m: o.M}
	b.trial.point.take(s.at(o, b.trial.point.x))
	if s.gaps.value.Free <= o.terms()+len(data) {
		return fmt.Errorf("%w: %d observations are left after differencing and between the gaps, and %s has %d coefficients",
			demand.ErrTooShort, s.gaps.value.Free, o, o.terms()+len(data))
	}
	if search && work <= searchedWork {
		s.refine(o, &b.trial.point)
		b.trial.point.take(s.at(o, b.trial.point.x))
	}
	return nil
}

// constant returns the column whose coefficient the constant is: 1, or the period's number where it is a drift.
func (o Order) constant(n int) []float64 {
	v := make([]float64, n)
	for t := range v {
		v[t] = 1
		if o.lost() > 0 {
			v[t] = float64(t + 1)
		}
	}
	return v
}

// at evaluates c. L gives the covariance of what the past adds.
func (g *gaps) at(l *likelihood, c Coefficients) value {
	phi, theta := c.autoregression(g.m), c.movingAverage(g.m)
	l.r = max(len(phi), len(theta))
	if l.r > 0 && !l.start(phi, theta) {
		return impossible
	}
	v, ok := g.filter.At(phi, theta, l.l)
	g.value = v
	if !ok {
		return impossible
	}
	return value{logLik: v.LogLik, squares: v.Squares, beta: v.Beta}
}

// evidence is what a model says of the series that it was fitted to, with the coefficients as they are.
type evidence struct {
	value      value
	n          int // observations less those that differencing takes
	errors     []float64
	state      State
	deviations []float64 // of the regressors, over σ
	std        Coefficients
}

// evidence evaluates the model.
func (b *built) evidence() evidence {
	o, s := b.trial.order, b.search
	v := s.at(o, b.trial.point.x)
	v.beta = append([]float64(nil), v.beta...)
	if g := s.gaps; g != nil {
		out := evidence{value: v, n: g.value.Free, errors: g.filter.Errors(v.beta), deviations: g.filter.Deviations()}
		out.std = s.spread(o, b.trial.point.x, out.errors, v)
		out.errors = out.errors[len(out.errors)-out.n:] // the first ones went into the values before the first period
		mean, doubt := g.filter.State()
		r := len(mean) - o.lost()
		out.state = State{Ahead: mean[:r:r], Doubt: lasting(doubt), Tail: mean[r:]}
		return out
	}
	out := evidence{value: v, n: b.n, errors: make([]float64, b.n), deviations: s.l.deviations()}
	c := o.coefficients(b.trial.point.x)
	out.state = s.l.state(c, v.beta)
	_, out.state.Tail = o.differenced(b.without(v.beta))
	s.l.errors(v.beta, out.errors)
	out.std = s.deviations(o, &b.trial.point)
	return out
}

// lasting returns the columns that are not forgotten.
func lasting(columns [][]float64) [][]float64 {
	var out [][]float64
	for _, d := range columns {
		if floats.Norm(d, 2) > forgotten {
			out = append(out, d)
		}
	}
	return out
}

// spread returns the standard errors of the coefficients where observations are missing, from the products of the derivatives of the
// errors, by differences.
func (s *searcher) spread(o Order, x, errors []float64, v value) Coefficients {
	k := o.terms()
	gram, slopes := make([]float64, k*k), make([][]float64, k)
	for i := range k {
		c := o.coefficients(x)
		at := i
		for _, a := range [][]float64{c.AR, c.MA, c.SAR, c.SMA} {
			if at >= 0 && at < len(a) {
				a[at] -= nudge
			}
			at -= len(a)
		}
		moved := s.gaps.at(s.l, c)
		slopes[i] = s.gaps.filter.Errors(moved.beta)
		floats.Sub(slopes[i], errors)
		floats.Scale(1/nudge, slopes[i])
	}
	s.gaps.at(s.l, o.coefficients(x))
	sigma2 := v.squares / float64(max(s.gaps.value.Free, 1))
	for i := range k {
		for j := range i + 1 {
			gram[i*k+j] = floats.Dot(slopes[i], slopes[j]) / sigma2
		}
	}
	cholesky.Factor(gram, k)
	return o.split(cholesky.InverseRoots(gram, k))
}

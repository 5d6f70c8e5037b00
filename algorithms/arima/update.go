package arima

import (
	"errors"
	"fmt"
	"slices"

	"shelfcast/algorithms/regressors"
	"shelfcast/engine/demand"
)

var (
	_ demand.Updater  = Model{}
	_ demand.Refitter = Model{}
)

// Update carries the state on to the end of s, with order and coefficients held; what regressors and the constant add is the best
// for these.
func (m Model) Update(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	return m.carry("update", earlier, s, false)
}

// Refit keeps the order and searches the coefficients from those of earlier.
func (m Model) Refit(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	return m.carry("refit", earlier, s, true)
}

func (m Model) carry(doing string, earlier demand.SeriesFitted, s demand.Series, search bool) (demand.SeriesFitted, error) {
	f, ok := earlier.(*Fit)
	if !ok {
		return nil, fmt.Errorf("%s %s: the fit is of another model: %T", doing, m.Name(), earlier)
	}
	y, n := s.Observed()
	if !demand.HoldsFor(f.Observed, n) || f.Sigma2 == 0 {
		return nil, errors.New("there are too many new observations to hold what was chosen")
	}
	o := f.Order
	raw := trimmed(y)
	if f.BoxCox != nil {
		if raw = transformed(raw, *f.BoxCox); *f.BoxCox < withZeros && slices.Min(y) <= 0 {
			return nil, errors.New("a period without sales is new to the transformation")
		}
	}
	raw, scale := demand.Scaled(raw)
	y = whole(raw, o.M)
	set := regressors.Of(s, len(y), m.Regressors)
	set.Terms = slices.DeleteFunc(set.Terms, func(t regressors.Term) bool {
		return !slices.ContainsFunc(f.Regressors, func(r Regressor) bool { return r.Name == t.Name })
	})
	x, err := set.Columns(s.X, len(y))
	if err != nil {
		return nil, err
	}
	at := point{}
	if at.x, ok = o.partials(f.Coefficients); !ok {
		return nil, errors.New("the coefficients lie on the unit circle")
	}
	b, selection, err := prepare(y, x, o)
	if err != nil {
		return nil, err
	}
	if len(b.x) != len(f.Regressors) {
		return nil, errors.New("the regressors are others")
	}
	t := &trial{order: o, constant: f.Constant != nil, point: at}
	if t.constant && selection.with == nil {
		return nil, errors.New("the constant is not one of the order")
	}
	if b, err = b.of(selection, t); err != nil {
		return nil, err
	}
	if n < len(raw) {
		err = b.observedOnly(raw, search)
	} else {
		t.point.take(b.search.at(o, t.point.x))
		if search {
			b.search.cautious = m.Order == nil
			b.search.refine(o, &t.point)
			b.search.again(o, &t.point)
		}
	}
	if err != nil {
		return nil, err
	}
	out := b.fit(n, scale)
	out.BoxCox, out.Columns = f.BoxCox, b.only(set)
	return out, nil
}

// partials returns the partial autocorrelations of the polynomials, and false where one has a root inside the unit circle or on it.
func (o Order) partials(c Coefficients) (x []float64, ok bool) {
	x = make([]float64, o.terms())
	rest := x
	for _, a := range [][]float64{c.AR, negated(c.MA), c.SAR, negated(c.SMA)} {
		if !toPartial(a, rest[:len(a)]) {
			return nil, false
		}
		rest = rest[len(a):]
	}
	return x, true
}

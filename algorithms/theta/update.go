package theta

import (
	"errors"
	"fmt"

	"gonum.org/v1/gonum/floats"

	"shelfcast/engine/demand"
)

var (
	_ demand.Updater = Model{}
	_ demand.Updater = Auto{}
)

// Update carries the recursions on to the end of s, with α, θ, the first level and the season held.
func (m Model) Update(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	f, ok := earlier.(*Fit)
	if !ok || f.Variant != m.Variant {
		return nil, fmt.Errorf("update %s: the fit is of another model: %T", m.Name(), earlier)
	}
	y, n := s.Observed()
	if !demand.HoldsFor(f.Observed, n) {
		return nil, errors.New("there are too many new observations to hold the parameters")
	}
	x, season := f.Season.carry(y, f.N)
	p := newPath(x, f.Variant)
	held := point{alpha: f.Alpha, first: f.First, share: f.share()}
	_, _, _, errs := p.end(held)
	held.sse = floats.Dot(errs, errs)
	return p.fit(held, n, seasonOf(s, m.Season), season), nil
}

// carry takes the season out of a longer series than the one of n periods that it was found in, and returns it as it stands at the
// end of that.
func (a Adjustment) carry(y []float64, n int) ([]float64, Adjustment) {
	if a.Index == nil {
		return y, a
	}
	m := len(a.Index)
	at := func(t int) float64 { return a.Index[((t-n)%m+m)%m] }
	x := make([]float64, len(y))
	for t, v := range y {
		if a.Additive {
			x[t] = v - at(t)
		} else {
			x[t] = v / at(t)
		}
	}
	out := Adjustment{Index: make([]float64, m), Additive: a.Additive}
	for j := range out.Index {
		out.Index[j] = at(len(y) + j)
	}
	return x, out
}

// Update carries both members on.
func (m Auto) Update(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	f, ok := earlier.(*AutoFit)
	if !ok {
		return nil, fmt.Errorf("update %s: the fit is of another model: %T", m.Name(), earlier)
	}
	out := &AutoFit{}
	for _, member := range f.Members {
		fit, err := Model{Variant: member.Variant, Season: m.Season}.Update(member, s)
		if err != nil {
			return nil, err
		}
		out.Members = append(out.Members, fit.(*Fit))
	}
	return out, nil
}

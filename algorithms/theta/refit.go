package theta

import (
	"errors"
	"fmt"

	"shelfcast/engine/demand"
)

var (
	_ demand.Refitter = Model{}
	_ demand.Refitter = Auto{}
)

// worthAStep is the share of the sum of squares that a step of α must promise.
const worthAStep = 1e-6

// Refit estimates α, θ, the first level and the season, if the earlier fit has one and of the kind that it has. α steps from where
// it was.
func (m Model) Refit(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	f, ok := earlier.(*Fit)
	if !ok || f.Variant != m.Variant {
		return nil, fmt.Errorf("refit %s: the fit is of another model: %T", m.Name(), earlier)
	}
	y, n := s.Observed()
	if err := m.enough(n); err != nil {
		return nil, err
	}
	x, season, ok := f.Season.anew(y, n)
	if !ok {
		return nil, errNoSeason
	}
	p := newPath(x, f.Variant)
	return p.fit(p.descend(f.Alpha), n, seasonOf(s, m.Season), season), nil
}

// Refit refits the members of the earlier fit.
func (m Auto) Refit(earlier demand.SeriesFitted, s demand.Series) (demand.SeriesFitted, error) {
	f, ok := earlier.(*AutoFit)
	if !ok {
		return nil, fmt.Errorf("refit %s: the fit is of another model: %T", m.Name(), earlier)
	}
	y, n := s.Observed()
	out := &AutoFit{}
	var x []float64
	var season Adjustment
	for k, member := range f.Members {
		if err := (Model{Variant: member.Variant}).enough(n); err != nil {
			return nil, err
		}
		if before := member.Season; k == 0 || before.Additive != season.Additive || len(before.Index) != len(season.Index) {
			if x, season, ok = before.anew(y, n); !ok {
				return nil, errNoSeason
			}
		}
		p := newPath(x, member.Variant)
		out.Members = append(out.Members, p.fit(p.descend(member.Alpha), n, seasonOf(s, m.Season), season))
	}
	return out, nil
}

var errNoSeason = errors.New("the new observations have no season of the kind of the earlier ones; fit the series anew")

// anew takes a season of the same kind out of a longer series.
func (a Adjustment) anew(y []float64, observed int) (x []float64, season Adjustment, ok bool) {
	m := len(a.Index)
	if m == 0 {
		return y, a, true
	}
	index := decompose(y, m, a.Additive)
	if observed <= 2*m || !usable(index, a.Additive) {
		return nil, a, false
	}
	x, season = take(y, index, a.Additive)
	return x, season, true
}

// descend returns the best point downhill from alpha, by Gauss-Newton steps of α with the best ℓ_0 and share for each (variable
// projection: Golub and Pereyra, SIAM Journal on Numerical Analysis 10(2), 1973).
func (p *path) descend(alpha float64) point {
	low, high := p.bounds()
	best := p.at(min(max(alpha, low), high))
	for range 20 {
		slope, curvature := p.lean(best)
		if !(curvature > 0) {
			break
		}
		next := min(max(best.alpha-slope/curvature, low), high)
		for shorter := 0; ; shorter++ {
			move := next - best.alpha
			if promise := -move * (2*slope + curvature*move); !(promise > worthAStep*best.sse) || shorter == 10 {
				return best
			}
			if there := p.at(next); there.sse < best.sse {
				best = there
				break
			}
			next = best.alpha + move/4
		}
	}
	return best
}

// lean returns Σ e·e' and Σ e'², e' the derivative of an error by α less what ℓ_0 and the share, where it is estimated, make up
// for: half of the derivative of the sum of squares and half of its curvature, but for what has the mean 0.
func (p *path) lean(at point) (gradient, curvature float64) {
	estimate := (p.variant == Optimised || p.variant == DynamicOptimised) && at.share > 0 && at.share < 1
	alpha, keep := at.alpha, 1-at.alpha
	level, dLevel := at.first, 0.0
	w, dW, g := 1.0, 0.0, 0.0 // of at, and the derivative of w
	var ee, dd, ww, wd, ew, ed float64
	for t, y := range p.x {
		d, dD := 0.0, 0.0
		if p.variant != Standard {
			k := min(t, len(p.start)-1)
			behind := (1 - w*keep) / alpha
			d = p.start[k]*w + p.slope[k]*behind
			dD = p.start[k]*dW + p.slope[k]*(w-dW*keep-behind)/alpha
		}
		if y != y {
			if p.variant != Standard {
				g += alpha * d
				dLevel += at.share * (d + alpha*dD)
				level += alpha * at.share * d
			}
			continue
		}
		e := y - level - at.share*d
		de := -dLevel - at.share*dD
		if t >= p.burn {
			d += g
			gradient += e * de
			ee += de * de
			ww += w * w
			ew += de * w
			if estimate {
				dd += d * d
				wd += w * d
				ed += de * d
			}
		}
		dLevel = y - level + keep*dLevel
		level = alpha*y + keep*level
		dW = keep*dW - w
		w *= keep
		g *= keep
	}
	curvature = ee
	if det := ww*dd - wd*wd; estimate && det > 1e-12*ww*dd {
		curvature -= (ew*ew*dd - 2*ew*ed*wd + ed*ed*ww) / det
	} else if ww > 0 {
		curvature -= ew * ew / ww
	}
	return gradient, max(curvature, 0)
}

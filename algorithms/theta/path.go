package theta

import (
	"math"

	"shelfcast/algorithms/optim"
)

// path is the adjusted series with the lines that its forecasts lean on.
type path struct {
	x            []float64 // NaN = not observed
	variant      Variant
	start, slope []float64 // A and B before each period; one value each where the line does not move, none for Standard
	whole        line
	burn         int // first periods whose errors do not count
}

// point is the best fit for one α.
type point struct {
	alpha float64
	first float64 // ℓ_0
	share float64 // 1 − 1/θ
	sse   float64
}

func (p point) theta() float64 {
	if p.share >= 1 {
		return 0
	}
	return 1 / (1 - p.share)
}

// The bounds of α: those of R's ets for Standard, those of its authors for the others, whose first three errors do not
// count, since a line needs values to be one.
const (
	lowStandard, highStandard = 1e-4, 0.9999
	lowLine, highLine         = 0.1, 0.99
	burnLine                  = 3
)

// worthFollowing is how far above the best point of the grid another minimum of it may lie and still win.
const worthFollowing = 1.01

func newPath(x []float64, v Variant) *path {
	p := &path{x: x, variant: v}
	if v != Standard {
		p.burn = burnLine
	}
	moving := v == Dynamic || v == DynamicOptimised
	if moving {
		p.start, p.slope = make([]float64, len(x)), make([]float64, len(x))
	}
	for t, y := range x {
		if moving && p.whole.N > 0 {
			p.start[t], p.slope[t] = p.whole.both()
		}
		if y == y {
			p.whole.add(y)
		} else {
			p.whole.skip()
		}
	}
	if v == Optimised {
		start, slope := p.whole.both()
		p.start, p.slope = []float64{start}, []float64{slope}
	}
	return p
}

// bounds returns those of α.
func (p *path) bounds() (low, high float64) {
	if p.variant == Standard {
		return lowStandard, highStandard
	}
	return lowLine, highLine
}

// search returns the best point. The errors as a function of α may have several minima, most of them near 0: so a grid
// that is denser there goes first, and every minimum on it that may hold the best is followed.
func (p *path) search() point {
	low, high := p.bounds()
	const cells = 12
	var on [cells + 1]point
	best := point{sse: math.Inf(1)}
	for k := range on {
		share := float64(k) / cells
		on[k] = p.at(low + (high-low)*share*share*share)
		if on[k].sse < best.sse {
			best = on[k]
		}
	}
	found := best
	for k, here := range on {
		left, right := on[max(k-1, 0)], on[min(k+1, cells)]
		if here.sse > left.sse || here.sse > right.sse || here.sse > worthFollowing*best.sse {
			continue
		}
		alpha, _ := optim.Scalar(func(alpha float64) float64 { return p.at(alpha).sse }, left.alpha, here.alpha, right.alpha, 1e-9)
		if refined := p.at(alpha); refined.sse < found.sse {
			found = refined
		}
	}
	return found
}

// at returns the best fit for one α. The forecasts are linear in ℓ_0 and in the share of the line,
//
//	x̂_t = a_t + ℓ_0·w_t + share·(g_t + D_t)
//
// where a smooths the values from 0, w decays, D is the line as far as the level lags behind it and g what periods without a
// value take over of it. So both are the solution of the normal equations of the errors of a.
func (p *path) at(alpha float64) point {
	if p.variant == Standard {
		return p.levelOnly(alpha)
	}
	keep, inverse := 1-alpha, 1/alpha
	a, w, g := 0.0, 1.0, 0.0
	var rr, rw, rd, ww, wd, dd float64
	still := len(p.start) == 1
	for t, y := range p.x {
		k := t
		if still {
			k = 0
		}
		d := p.start[k]*w + p.slope[k]*(1-w*keep)*inverse
		if y != y {
			g += alpha * d
			continue
		}
		if t >= p.burn {
			r, d := y-a, g+d
			rr += r * r
			rw += r * w
			rd += r * d
			ww += w * w
			wd += w * d
			dd += d * d
		}
		a = alpha*y + keep*a
		w *= keep
		g *= keep
	}
	return solve(alpha, p.variant != Dynamic, rr, rw, rd, ww, wd, dd)
}

// levelOnly is at without a line.
func (p *path) levelOnly(alpha float64) point {
	keep := 1 - alpha
	a, w := 0.0, 1.0
	var rr, rw, ww float64
	for _, y := range p.x {
		if y != y {
			continue
		}
		r := y - a
		rr += r * r
		rw += r * w
		ww += w * w
		a += alpha * r
		w *= keep
	}
	first := rw / ww
	return point{alpha: alpha, first: first, share: 0.5, sse: max(rr-first*rw, 0)}
}

// solve finds ℓ_0 and the share of the line, which stays within 0 and 1, from the normal equations.
func solve(alpha float64, estimate bool, rr, rw, rd, ww, wd, dd float64) point {
	p := point{alpha: alpha, share: 0.5}
	if estimate {
		if det := ww*dd - wd*wd; det > 1e-12*ww*dd {
			p.share = min(max((ww*rd-wd*rw)/det, 0), 1)
		}
	}
	if ww > 0 {
		p.first = (rw - p.share*wd) / ww
	}
	p.sse = rr - 2*p.first*rw - 2*p.share*rd + p.first*p.first*ww + 2*p.first*p.share*wd + p.share*p.share*dd
	p.sse = max(p.sse, 0)
	return p
}

// end runs the recursions of the best point and returns ℓ_n, (1−α)^n, the line of all values, and the errors that count.
func (p *path) end(best point) (level, decay float64, whole line, errors []float64) {
	keep := 1 - best.alpha
	level, decay = best.first, 1.0
	errors = make([]float64, 0, len(p.x))
	for t, y := range p.x {
		lean := 0.0
		if p.variant != Standard {
			k := min(t, len(p.start)-1)
			lean = best.share * (p.start[k]*decay + p.slope[k]*(1-decay*keep)/best.alpha)
		}
		if y != y {
			level += best.alpha * lean
			continue
		}
		if t >= p.burn {
			errors = append(errors, y-level-lean)
		}
		level = best.alpha*y + keep*level
		decay *= keep
	}
	if decay < 1e-300 {
		decay = 0 // a subnormal number is slow, and written with few digits
	}
	return level, decay, p.whole, errors
}

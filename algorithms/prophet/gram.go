package prophet

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// history is what of a calendar one series was observed in.
type history struct {
	c         *calendar
	lo, hi    int   // periods of the calendar, from the first that was observed to after the last
	missing   []int // periods between that were not
	n         int   // observations
	scale     float64
	changes   []int       // periods of the change-points
	times     []float64   // t of the change-points
	trend     bool        // whether there is a slope
	waves     []int       // columns of the calendar
	regressor [][]float64 // by period, 0 where nothing was observed
}

// t returns the time of a period, 0 at the first observation and 1 at the last.
func (h *history) t(p int) float64 { return (h.c.days[p] - h.c.days[h.lo]) / h.scale }

// newHistory looks at y, which begins at period lo of c and at its first observation, and ends with its last one.
func newHistory(c *calendar, y []float64, lo int, waves []int, m Model) *history {
	h := &history{c: c, lo: lo, hi: lo + len(y), waves: waves, trend: m.Growth != Flat}
	var seen []int
	for p, v := range y {
		if v == v {
			seen = append(seen, lo+p)
		} else {
			h.missing = append(h.missing, lo+p)
		}
	}
	h.n = len(seen)
	if h.scale = c.days[h.hi-1] - c.days[lo]; h.scale == 0 {
		h.scale = 1
	}
	if !h.trend {
		return h
	}
	size := int(math.Floor(float64(h.n) * m.changeRange()))
	count := min(m.changes(), size-1)
	for i := 1; i <= count; i++ {
		at := int(math.RoundToEven(float64(i) * float64(size-1) / float64(count)))
		h.changes = append(h.changes, seen[at])
		h.times = append(h.times, h.t(seen[at]))
	}
	return h
}

// The coefficients are, in this order, the slope k and the offset m, the waves, the regressors, and the changes δ of the slope: what
// has a normal prior before what has Laplace's. Without a trend there is no k and no δ.

// fixed returns how many of the first coefficients are the trend's.
func (h *history) fixed() int {
	if h.trend {
		return 2
	}
	return 1
}

func (h *history) smooth() int { return h.fixed() + len(h.waves) + len(h.regressor) }

func (h *history) size() int { return h.smooth() + len(h.changes) }

// gram writes the products of all columns to g, of size×size, lower triangle: those of all periods by the running sums, less those of
// the missing ones; or, where these are the most, those of the others one by one, since little would be left of a difference.
func (h *history) gram(g []float64) {
	if len(h.missing) <= h.n {
		h.whole(g)
		h.add(g, h.missing, -1)
	} else {
		clear(g)
		h.add(g, h.observed(), 1)
	}
	h.border(g)
}

// observed returns the periods that were.
func (h *history) observed() []int {
	out, missing := make([]int, 0, h.n), h.missing
	for p := h.lo; p < h.hi; p++ {
		if len(missing) > 0 && missing[0] == p {
			missing = missing[1:]
			continue
		}
		out = append(out, p)
	}
	return out
}

// add adds so many times the products of the columns, but for the regressors, in each of the periods.
func (h *history) add(g []float64, periods []int, times float64) {
	k := h.size()
	row := make([]float64, k)
	for _, p := range periods {
		h.row(p, row)
		for i, v := range row {
			if v != 0 {
				floats.AddScaled(g[i*k:i*k+i+1], times*v, row[:i+1])
			}
		}
	}
}

// whole writes the products of the columns, but for the regressors, over all periods.
func (h *history) whole(g []float64) {
	k, c := h.size(), h.c
	at := func(i, j int) *float64 { return &g[max(i, j)*k+min(i, j)] }
	clear(g)
	q, f, s := len(h.waves), h.fixed(), h.smooth()
	slope, offset := 0, f-1

	// t − t_a of the periods from a on, as a polynomial of days.
	sums := func(a int) (s0, s1, s2 float64) { // of t − t(a)
		d := c.since(a)
		m0 := float64(h.hi - a)
		m1 := c.sum1[h.hi] - c.sum1[a]
		m2 := c.sum2[h.hi] - c.sum2[a]
		return m0, (m1 - m0*d) / h.scale, (m2 - 2*d*m1 + m0*d*d) / (h.scale * h.scale)
	}
	n, t1, t2 := sums(h.lo)
	*at(offset, offset) = n
	if h.trend {
		*at(slope, slope), *at(slope, offset) = t2, t1
	}
	lean := func(i, a int) float64 { // the i-th wave times t − t(a) from a on
		i = h.waves[i]
		return (c.lean[i][h.hi] - c.lean[i][a] - c.since(a)*(c.wave[i][h.hi]-c.wave[i][a])) / h.scale
	}
	for i, w := range h.waves {
		*at(f+i, offset) = c.wave[w][h.hi] - c.wave[w][h.lo]
		if h.trend {
			*at(f+i, slope) = lean(i, h.lo)
		}
		for j := range i + 1 {
			p := c.pair[w*(w+1)/2+h.waves[j]]
			*at(f+i, f+j) = p[h.hi] - p[h.lo]
		}
	}
	for j, a := range h.changes {
		_, s1, s2 := sums(a)
		*at(s+j, offset) = s1
		*at(s+j, slope) = s2 + h.times[j]*s1
		for i := range q {
			*at(s+j, f+i) = lean(i, a)
		}
		for l := range j + 1 { // (t−t_l) = (t−t_j) + (t_j−t_l), and t_l ≤ t_j
			*at(s+j, s+l) = s2 + (h.times[j]-h.times[l])*s1
		}
	}
}

// row writes the columns of period p without the regressors.
func (h *history) row(p int, dst []float64) {
	clear(dst)
	f := h.fixed()
	if h.trend {
		dst[0] = h.t(p)
	}
	dst[f-1] = 1
	for i, w := range h.waves {
		dst[f+i] = h.c.columns[w][p]
	}
	s := h.smooth()
	for j, a := range h.changes {
		if p < a {
			break
		}
		dst[s+j] = h.t(p) - h.times[j]
	}
}

// border writes the products of the regressors, which are 0 in periods that were not observed.
func (h *history) border(g []float64) {
	k, f, q, s := h.size(), h.fixed(), len(h.waves), h.smooth()
	for r, x := range h.regressor {
		at := f + q + r
		side := g[at*k : at*k+at+1]
		if h.trend {
			side[0] = h.dotT(x)
		}
		side[f-1] = floats.Sum(x)
		for i, w := range h.waves {
			side[f+i] = floats.Dot(h.c.columns[w][h.lo:h.hi], x)
		}
		for l := range r + 1 {
			side[f+q+l] = floats.Dot(h.regressor[l], x)
		}
		h.tails(x, func(j int, v float64) { g[(s+j)*k+at] = v })
	}
}

// dotT returns Σ t·x over the periods of the history.
func (h *history) dotT(x []float64) float64 {
	sum := 0.0
	for p, v := range x {
		sum += v * h.t(h.lo+p)
	}
	return sum
}

// tails calls put with the product of x and the column of each change, Σ_{t≥t_j} (t−t_j)·x_t, from the last to the first.
func (h *history) tails(x []float64, put func(j int, v float64)) {
	whole, lean, p := 0.0, 0.0, h.hi
	for j := len(h.changes) - 1; j >= 0; j-- {
		for ; p > h.changes[j]; p-- {
			v := x[p-1-h.lo]
			whole += v
			lean += v * h.t(p-1)
		}
		put(j, lean-h.times[j]*whole)
	}
}

// side writes the products of all columns and y, which is 0 where it was not observed.
func (h *history) side(y, dst []float64) {
	f, q, s := h.fixed(), len(h.waves), h.smooth()
	if h.trend {
		dst[0] = h.dotT(y)
	}
	dst[f-1] = floats.Sum(y)
	for i, w := range h.waves {
		dst[f+i] = floats.Dot(h.c.columns[w][h.lo:h.hi], y)
	}
	for r, x := range h.regressor {
		dst[f+q+r] = floats.Dot(x, y)
	}
	h.tails(y, func(j int, v float64) { dst[s+j] = v })
}

// subtract takes from y, by period, what the coefficients say.
func (h *history) subtract(b, y []float64) {
	f, s := h.fixed(), h.smooth()
	slope, level, next := 0.0, b[f-1], 0
	if h.trend {
		slope = b[0]
	}
	for p := range y {
		for next < len(h.changes) && h.changes[next] <= h.lo+p {
			slope += b[s+next]
			level -= b[s+next] * h.times[next]
			next++
		}
		y[p] -= slope*h.t(h.lo+p) + level
	}
	for i, w := range h.waves {
		floats.AddScaled(y, -b[f+i], h.c.columns[w][h.lo:h.hi])
	}
	for r, x := range h.regressor {
		floats.AddScaled(y, -b[f+len(h.waves)+r], x)
	}
}

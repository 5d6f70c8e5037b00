// Package score turns forecasts and outcomes into numbers: quantile loss, wQL, WAPE, MAPE, RMSE, MASE, RMSSE, bias,
// coverage and interval scores, for one series, for many, and averaged over backtest windows.
//
// It knows slices and numbers. It does not know panels, models, calendars or files, and it imports the standard library
// only. Point metrics are taken of the mean and quantile metrics of the quantiles; an error is forecast minus outcome,
// so a positive bias is an over-forecast.
//
// A Scorer makes a Series of one Case; a Tally adds up Series exactly, so that its metrics have the same bits for any
// order and any sharding; Average takes the mean over windows.
package score

import (
	"fmt"
	"math"
)

// Case is one series in one backtest window: what was known before the window, what happened in it, and what was said
// of it. H is len(Y).
type Case struct {
	Train []float64 // the training part, units a period; NaN = not observed
	M     int       // season of the MASE scale, in periods; below 1 counts as 1
	Scale *Scale    // nil, or ScaleOf(Train, M) taken beforehand; then Train and M are not read

	Y        []float64 // observed units, H values; NaN = not observed, and then not scored
	Skip     []bool    // nil, or true where the point is not scored (its outcome was filled)
	Censored []bool    // nil, or true where stock ran out: demand was at least Y

	Mean []float64 // forecast mean, units a period; H values
	Q    []float64 // forecast quantiles, H×len(levels), row-major by step
}

// Scorer scores cases at fixed quantile levels. It holds scratch: use one for each goroutine.
type Scorer struct {
	shape    *shape
	point    pointSums
	pinball  []running
	interval []running
}

// shape is what the metrics of one set of quantile levels have in common.
type shape struct {
	levels []float64
	pairs  []pair
}

// pair is a central interval between two of the levels.
type pair struct {
	lower, upper int     // indexes of the levels
	alpha        float64 // share of outcomes that should fall outside
	coverage     float64 // 1 − alpha, rounded so that 1 − 2·0.35 reads 0.3
}

// NewScorer returns a scorer for quantile levels, which must ascend strictly inside (0, 1). There may be none: then only
// the mean is scored.
func NewScorer(levels []float64) (*Scorer, error) {
	sh, err := newShape(levels)
	if err != nil {
		return nil, err
	}
	return &Scorer{shape: sh, pinball: make([]running, len(levels)), interval: make([]running, len(sh.pairs))}, nil
}

func newShape(levels []float64) (*shape, error) {
	for k, tau := range levels {
		if !(tau > 0 && tau < 1) {
			return nil, fmt.Errorf("score quantiles: level %g is outside (0, 1); use levels such as 0.1, 0.5 and 0.9", tau)
		}
		if k > 0 && tau <= levels[k-1] {
			return nil, fmt.Errorf("score quantiles: level %g follows %g; list each level once, ascending", tau, levels[k-1])
		}
	}
	return &shape{levels: append([]float64{}, levels...), pairs: centralPairs(levels)}, nil
}

// centralPairs lists the pairs of levels τ and 1 − τ, widest first.
func centralPairs(levels []float64) []pair {
	const near = 1e-9 // levels are decimals of few digits; 1 − τ is not exact in binary
	var pairs []pair
	for lower, upper := 0, len(levels)-1; lower < upper; {
		switch gap := levels[lower] + levels[upper] - 1; {
		case gap > near:
			upper--
		case gap < -near:
			lower++
		default:
			pairs = append(pairs, pair{
				lower: lower, upper: upper, alpha: 2 * levels[lower],
				coverage: math.Round((1-2*levels[lower])*1e9) / 1e9,
			})
			lower, upper = lower+1, upper-1
		}
	}
	return pairs
}

// Score writes the scores of c into dst, whose slices it reuses: the caller owns dst, and a loop over series with one
// dst does not allocate. A point counts when its outcome is observed and not skipped.
//
// A censored point, where demand was at least Y, is left out of the point metrics and of coverage. In the quantile loss
// and the interval score it is one-sided: the least loss that any demand from Y upward could have given. A quantile
// below Y is charged; one above is not.
//
// A forecast value that is not finite makes every metric that needs it NaN, and is counted in dst.Missing.
// Score panics when the lengths in c do not belong together.
func (sc *Scorer) Score(dst *Series, c *Case) {
	sc.checkLengths(c)
	sc.reset(dst, c)
	for t, y := range c.Y {
		switch {
		case math.IsNaN(y):
			dst.Unobserved++
		case c.Skip != nil && c.Skip[t]:
			dst.Skipped++
		default:
			sc.scorePoint(dst, c, t, y)
		}
	}
	sc.finish(dst)
}

func (sc *Scorer) checkLengths(c *Case) {
	h := len(c.Y)
	if len(c.Mean) != h || len(c.Q) != h*len(sc.shape.levels) ||
		c.Skip != nil && len(c.Skip) != h || c.Censored != nil && len(c.Censored) != h {
		panic(fmt.Sprintf("score: %d outcomes, %d means, %d quantiles of %d levels, %d skips and %d censorings do not belong together",
			h, len(c.Mean), len(c.Q), len(sc.shape.levels), len(c.Skip), len(c.Censored)))
	}
}

func (sc *Scorer) reset(dst *Series, c *Case) {
	pinball, covered, interval := dst.Pinball, dst.Covered, dst.Interval
	*dst = Series{shape: sc.shape}
	dst.Points = len(c.Y)
	dst.Pinball = resized(pinball, len(sc.shape.levels))
	dst.Covered = resized(covered, len(sc.shape.levels))
	dst.Interval = resized(interval, len(sc.shape.pairs))
	if c.Scale != nil {
		dst.Scale = *c.Scale
	} else {
		dst.Scale = ScaleOf(c.Train, c.M)
	}
	sc.point = pointSums{}
	clear(sc.pinball)
	clear(sc.interval)
}

// resized returns n zeros, in the memory of s when it is large enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func (sc *Scorer) scorePoint(dst *Series, c *Case, t int, y float64) {
	k := len(sc.shape.levels)
	q := c.Q[t*k : (t+1)*k]
	mean := finiteOrNaN(c.Mean[t])
	dst.Scored++
	if math.IsNaN(mean) || !allFinite(q) {
		dst.Missing++
	}
	sc.point.absYScored.add(math.Abs(y))
	if c.Censored != nil && c.Censored[t] {
		dst.CensoredPoints++
		sc.scoreQuantilesFrom(y, q)
		return
	}
	sc.point.add(y, mean)
	if y != 0 {
		dst.PercentPoints++
	}
	sc.scoreQuantiles(dst, y, q)
}

func allFinite(q []float64) bool {
	for _, v := range q {
		if math.IsNaN(v - v) { // infinities and NaN
			return false
		}
	}
	return true
}

func (sc *Scorer) scoreQuantiles(dst *Series, y float64, q []float64) {
	for k, tau := range sc.shape.levels {
		sc.pinball[k].add(Pinball(y, finiteOrNaN(q[k]), tau))
		if y <= q[k] {
			dst.Covered[k]++
		}
	}
	for i, p := range sc.shape.pairs {
		sc.interval[i].add(Interval(y, finiteOrNaN(q[p.lower]), finiteOrNaN(q[p.upper]), p.alpha))
	}
}

// scoreQuantilesFrom scores the quantiles of a censored point, which says only that demand was at least y.
func (sc *Scorer) scoreQuantilesFrom(y float64, q []float64) {
	for k, tau := range sc.shape.levels {
		v := finiteOrNaN(q[k])
		sc.pinball[k].add(Pinball(math.Max(y, v), v, tau))
	}
	for i, p := range sc.shape.pairs {
		lower, upper := finiteOrNaN(q[p.lower]), finiteOrNaN(q[p.upper])
		sc.interval[i].add(Interval(math.Max(y, lower), lower, upper, p.alpha))
	}
}

func (sc *Scorer) finish(dst *Series) {
	sc.point.write(&dst.Totals)
	for k := range sc.pinball {
		dst.Pinball[k] = sc.pinball[k].value()
	}
	for i := range sc.interval {
		dst.Interval[i] = sc.interval[i].value()
	}
}

package baseline

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
)

// Pool is a weighted empirical distribution.
type Pool struct {
	Values []float64 `json:"values"` // distinct, ascending
	Upto   []float64 `json:"upto"`   // weight of all values up to and with this one; the last is the whole weight
}

// weighted is one observation with its weight.
type weighted struct{ v, w float64 }

// tie is how near to a level, relative to the whole weight, the weight up to a value counts as reaching it: sums of a few
// thousand weights carry less error than this.
const tie = 1e-12

// newPool returns the distribution of points, which it reorders.
func newPool(points []weighted) Pool {
	positive, zero := splitZeros(points)
	slices.SortFunc(positive, func(a, b weighted) int { return cmp.Compare(a.v, b.v) })
	p := Pool{}
	if n := distinct(positive); n > 0 || zero > 0 {
		both := make([]float64, 2*(n+1))
		p.Values, p.Upto = both[:0:n+1], both[n+1:n+1]
	}
	sum := 0.0
	for i, x := range positive {
		if zero > 0 && x.v > 0 && (i == 0 || positive[i-1].v < 0) {
			sum += zero
			p.Values, p.Upto = append(p.Values, 0), append(p.Upto, sum)
		}
		sum += x.w
		if k := len(p.Values) - 1; k >= 0 && p.Values[k] == x.v {
			p.Upto[k] = sum
			continue
		}
		p.Values, p.Upto = append(p.Values, x.v), append(p.Upto, sum)
	}
	if zero > 0 && (len(positive) == 0 || positive[len(positive)-1].v < 0) {
		p.Values, p.Upto = append(p.Values, 0), append(p.Upto, sum+zero)
	}
	return p
}

// splitZeros moves the points that are not 0 to the front and returns them with the weight of the rest. Most sales of
// most items are 0, and what is known to be equal need not be sorted.
func splitZeros(points []weighted) (rest []weighted, zero float64) {
	n := 0
	for _, x := range points {
		if x.v == 0 {
			zero += x.w
			continue
		}
		points[n] = x
		n++
	}
	return points[:n], zero
}

func distinct(sorted []weighted) int {
	n := 0
	for i, x := range sorted {
		if i == 0 || x.v != sorted[i-1].v {
			n++
		}
	}
	return n
}

// Quantile returns the smallest value with at least the share level of the weight at or below it:
//
//	Q(τ) = min{ v : W(v) ≥ τ·W },   W(v) = Σ weights of values ≤ v
//
// the inverse of the empirical distribution function, definition 1 of Hyndman and Fan, The American Statistician 50(4),
// 1996. A weight within 1e-12 of τ·W counts as reaching it. The pool must not be empty.
func (p Pool) Quantile(level float64) float64 {
	whole := p.Upto[len(p.Upto)-1]
	k := sort.SearchFloat64s(p.Upto, (level-tie)*whole)
	return p.Values[min(k, len(p.Values)-1)]
}

// Spread returns the quantile of a further draw from the population of which the pool is a sample with weight 1 each:
//
//	Q(τ) = x_(⌊r⌋) + (r − ⌊r⌋)·(x_(⌊r⌋+1) − x_(⌊r⌋)),   r = τ·(n+1), kept within 1 and n
//
// where x_(i) is the i-th smallest of n: definition 6 of Hyndman and Fan (1996). A further draw lies below x_(i) with
// probability i/(n+1), so that small samples do not give bands that are too narrow. The pool must not be empty.
func (p Pool) Spread(level float64) float64 {
	n := p.Upto[len(p.Upto)-1]
	r := min(max(level*(n+1), 1), n)
	whole := math.Floor(r)
	low := p.rank(whole)
	if r == whole {
		return low
	}
	return low + (r-whole)*(p.rank(whole+1)-low)
}

// rank returns the i-th smallest draw, counted from 1.
func (p Pool) rank(i float64) float64 {
	return p.Values[min(sort.SearchFloat64s(p.Upto, i), len(p.Values)-1)]
}

func (p Pool) check() error {
	if len(p.Values) == 0 || len(p.Values) != len(p.Upto) {
		return fmt.Errorf("a pool has %d values and %d weights", len(p.Values), len(p.Upto))
	}
	if !(p.Upto[0] > 0) || !slices.IsSorted(p.Values) || !slices.IsSorted(p.Upto) {
		return errors.New("the values or weights of a pool do not ascend")
	}
	return nil
}

package gbt

import (
	"math"
	"slices"
	"sort"
)

// mostBins is the most bins of a column: those of its values, and the first of what is missing.
const mostBins = 255

// column is one feature in bins. Bin 0 is what is missing; bin b holds the values up to and with edges[b−1], and above edges[b−2].
type column struct {
	edges   []float64
	missing bool // whether anything is
	bin     []uint8
}

func (c *column) bins() int { return len(c.edges) + 1 }

// newColumn puts values in bins of about equal numbers, or of one value each where there are few.
func newColumn(v []float64) column {
	edges := edgesOf(v)
	c := column{edges: edges, bin: make([]uint8, len(v))}
	for i, x := range v {
		if math.IsNaN(x) {
			c.missing = true
			continue
		}
		c.bin[i] = uint8(1 + min(sort.SearchFloat64s(edges, x), len(edges)-1))
	}
	return c
}

// sampled is from how many values, at equal distances, the edges of a column are taken.
const sampled = 200_000

// edgesOf returns the upper ends of the bins, ascending; the last is infinite.
func edgesOf(v []float64) []float64 {
	stride := max(1, len(v)/sampled)
	var sorted []float64
	for i := 0; i < len(v); i += stride {
		if !math.IsNaN(v[i]) {
			sorted = append(sorted, v[i])
		}
	}
	slices.Sort(sorted)
	distinct := slices.Compact(slices.Clone(sorted))
	var edges []float64
	between := func(a, b float64) float64 { // a ≤ it < b
		if mid := a + (b-a)/2; mid < b {
			return mid
		}
		return a
	}
	if len(distinct) < mostBins {
		for i := 1; i < len(distinct); i++ {
			edges = append(edges, between(distinct[i-1], distinct[i]))
		}
		return append(edges, math.Inf(1))
	}
	left, bins := len(sorted), mostBins-1 // values and bins that are still to give out
	at := 0
	for at < len(sorted) && bins > 1 {
		want := max(1, left/bins)
		next := min(at+want, len(sorted)-1)
		for next < len(sorted) && sorted[next] == sorted[next-1] {
			next++
		}
		if next >= len(sorted) {
			break
		}
		edges = append(edges, between(sorted[next-1], sorted[next]))
		left, bins, at = left-(next-at), bins-1, next
	}
	return append(edges, math.Inf(1))
}

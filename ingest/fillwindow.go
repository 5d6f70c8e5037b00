package ingest

import (
	"math"
	"slices"
)

// fillWindow is how many values before a gap its statistics are taken over.
const fillWindow = 64

// recent is the most recent values of a series, fillWindow at most, as a ring.
type recent struct {
	values [fillWindow]float64
	n      int // values so far

	// The last statistic: all cells of a gap ask for the same.
	known     Fill
	knownAt   int // n when it was taken
	statistic float64
}

func (r *recent) add(v float64) {
	r.values[r.n%fillWindow] = v
	r.n++
}

// fill returns what a gap that begins here is filled with. Without a value before it a statistic is not known: NaN.
func (r *recent) fill(f Fill) float64 {
	switch f.rule {
	case fillZero:
		return 0
	case fillValue:
		return f.value
	case fillMedian, fillMean, fillMin, fillMax:
		if r.n == 0 {
			break
		}
		if r.known != f || r.knownAt != r.n {
			r.known, r.knownAt, r.statistic = f, r.n, statistic(f.rule, r.values[:min(r.n, fillWindow)])
		}
		return r.statistic
	}
	return math.NaN()
}

// statistic returns the median, mean, min or max of values, which are in no order.
func statistic(rule fillRule, values []float64) float64 {
	var room [fillWindow]float64
	sorted := room[:copy(room[:], values)]
	slices.Sort(sorted)
	n := len(sorted)
	switch rule {
	case fillMin:
		return sorted[0]
	case fillMax:
		return sorted[n-1]
	case fillMedian:
		return sorted[(n-1)/2]/2 + sorted[n/2]/2
	}
	sum := 0.0
	for _, v := range sorted { // ascending, so that the sum does not depend on where the ring begins
		sum += v
	}
	return sum / float64(n)
}

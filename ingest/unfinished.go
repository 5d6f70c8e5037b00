package ingest

import (
	"math"
	"slices"

	"shelfcast/engine/demand"
)

const (
	comparedPeriods = 8  // that have rows, next to the first or the last
	lookedAtPeriods = 64 // to find them in
)

// bounds are the first and the last period of the target to use.
type bounds struct {
	first, last demand.Period
	later       Reason // of rows after the last
}

func everything() bounds { return bounds{math.MinInt32, math.MaxInt32, AfterAsOf} }

// within narrows b to the periods that a feed holds whole: a week of two days would count as a week of low demand. Where rows
// are finer than the period, the last row of each of the eight periods before the last says when a period is over. The last
// one is not where its last row comes earlier than all of those, by more than they differ:
//
//	latest_0 < min_k latest_k − (max_k latest_k − min_k latest_k),   k = 1 … 8
//
// In the same way the first period is not whole where its first row comes later than that of the eight after it. Without eight
// such periods there is no telling. A last period that was asked for is whole: whoever names it says so.
func (b bounds) within(shapers []*targetShaper) bounds {
	first, last := demand.Period(math.MaxInt32), demand.Period(math.MinInt32)
	all, finer := newByPeriod(), false
	for _, s := range shapers {
		for _, sp := range s.spans {
			first, last = min(first, sp.first), max(last, sp.last)
		}
		all.merge(&s.seen)
		finer = finer || s.finer
	}
	if !finer {
		return b
	}
	if isPart(&all, first, 1, func(s *seen) int32 { return -s.earliest }) {
		b.first = first + 1
	}
	if b.last == math.MaxInt32 && isPart(&all, last, -1, func(s *seen) int32 { return s.latest }) {
		b.last, b.later = last-1, UnfinishedPeriod
	}
	return b
}

// isPart reports whether a row at the end of a period stays behind those of its neighbours, which lie in the direction given.
func isPart(all *byPeriod, p demand.Period, direction demand.Period, end func(*seen) int32) bool {
	var next []int32
	for i := demand.Period(1); i < lookedAtPeriods && len(next) < comparedPeriods; i++ {
		if s := all.of(p + i*direction); s.rows > 0 {
			next = append(next, end(s))
		}
	}
	if len(next) < comparedPeriods {
		return false
	}
	least, spread := slices.Min(next), slices.Max(next)-slices.Min(next)
	return end(all.of(p)) < least-spread
}

package ingest

import (
	"math"
	"slices"

	"shelfcast/engine/demand"
)

const (
	comparedPeriods = 8  // before the last, that have rows
	lookedAtPeriods = 64 // to find them in
)

// unfinished returns the last period, and whether the feed ended before it was over: a week of two days would count as a
// week of low demand. Where rows are finer than the period, the last row of each of the eight periods before it says when
// a period is over. The last one is not where its last row comes earlier than all of those, by more than they differ:
//
//	latest_0 < min_k latest_k − (max_k latest_k − min_k latest_k),   k = 1 … 8
//
// Without eight such periods there is no telling.
func unfinished(shapers []*targetShaper) (last demand.Period, yes bool) {
	last = demand.Period(math.MinInt32)
	all, finer := newByPeriod(), false
	for _, s := range shapers {
		for _, sp := range s.spans {
			last = max(last, sp.last)
		}
		all.merge(&s.seen)
		finer = finer || s.finer
	}
	if !finer {
		return last, false
	}
	latest := latestSeconds(&all, last)
	before := slices.DeleteFunc(latest[1:], func(sec int32) bool { return sec < 0 })
	if len(before) < comparedPeriods {
		return last, false
	}
	before = before[:comparedPeriods]
	first, spread := slices.Min(before), slices.Max(before)-slices.Min(before)
	return last, latest[0] < first-spread
}

// latestSeconds returns, for the last period and those before it, how many seconds into it the last row of any series
// lies, and −1 where there is none.
func latestSeconds(all *byPeriod, last demand.Period) []int32 {
	latest := slices.Repeat([]int32{-1}, lookedAtPeriods)
	for age := range latest {
		if s := all.of(last - demand.Period(age)); s.rows > 0 {
			latest[age] = s.latest
		}
	}
	return latest
}

package stockout

import (
	"cmp"
	"math"
	"slices"
	"time"

	"shelfcast/engine/demand"
)

// search is the search of one series. Periods are indices of y.
type search struct {
	y       []float64 // sales in units; NaN = not observed, or of no use
	classes int       // of the season, counted from y[0]
	longest int       // periods in a run
	around  int       // periods before a run, and after it, that are its surroundings
	least   int       // periods observed before a run; the longest run at the end of the series
	tests   int       // N

	taken    []bool // periods in runs that were found
	found    []candidate
	sum, num strided   // of sales, and of periods, that are surroundings
	totals   []class   // prefix sums of both, over all classes
	squares  []float64 // prefix sums of the squares of the same sales
	of       []class   // scratch: the surroundings of one run
}

// candidate is a run of periods without sales, from lo to hi, both observed.
type candidate struct {
	lo, hi int
	p      float64
}

// newSearch returns nil where nothing was ever sold. Periods in which the store was shut are of no use;
// shut may be nil.
func newSearch(s demand.Series, shut []bool) *search {
	unit := unitOf(s.Y)
	if unit == 0 {
		return nil
	}
	d := &search{y: make([]float64, len(s.Y)), taken: make([]bool, len(s.Y)), tests: 1}
	d.totals, d.squares = make([]class, len(s.Y)+1), make([]float64, len(s.Y)+1)
	d.classes, d.least = s.Cal.Season(), leastSeasons
	if s.Cal.Freq.Unit < demand.Day {
		// A week of hours has so many classes that only many weeks tell in which of them the shop is shut.
		d.classes, d.least = 7*d.classes, seasonsAround
	}
	d.least = max(d.least*d.classes, leastPeriods)
	d.longest = int(s.Cal.Period(time.Unix(0, 0).AddDate(0, 0, longestDays)) - s.Cal.Period(time.Unix(0, 0)))
	d.around = max(seasonsAround*d.classes, 2*leastPeriods)
	d.sum, d.num = newStrided(len(d.y), d.classes), newStrided(len(d.y), d.classes)
	d.of = make([]class, d.classes)
	for t, v := range s.Y {
		if s.Censored != nil && s.Censored[t] || shut != nil && shut[t] {
			v = math.NaN()
		}
		d.y[t] = max(v, 0) / unit // NaN stays NaN
		if v > 0 {
			d.tests++
		}
	}
	return d
}

// unitOf returns what one unit is: 1 where all sales are whole numbers, otherwise the smallest sale, and 0 where there is
// none.
func unitOf(y []float64) float64 {
	smallest, whole := math.Inf(1), true
	for _, v := range y {
		if v > 0 {
			smallest = min(smallest, v)
			whole = whole && v == math.Trunc(v)
		}
	}
	switch {
	case math.IsInf(smallest, 1):
		return 0
	case whole:
		return 1
	}
	return smallest
}

// pass judges the runs that have not been found together with those that have, and reports whether it found any.
func (d *search) pass() bool {
	d.survey()
	all := d.found
	for _, c := range d.candidates() {
		if c.p = d.chance(c.lo, c.hi); c.p <= falseShare {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.p, b.p), cmp.Compare(a.lo, b.lo)) })
	n := 0
	for i, c := range all {
		if c.p <= falseShare*float64(i+1)/float64(d.tests) {
			n = i + 1
		}
	}
	more := n > len(d.found)
	d.found = all[:n]
	for _, c := range d.found {
		for t := c.lo; t <= c.hi; t++ {
			d.taken[t] = true
		}
	}
	return more
}

// survey adds up the periods that are surroundings.
func (d *search) survey() {
	for t, v := range d.y {
		num := 1.0
		if v != v || d.taken[t] {
			v, num = 0, 0
		}
		d.sum.put(t, v)
		d.num.put(t, num)
		d.totals[t+1] = d.totals[t]
		d.totals[t+1].add(num, v)
		d.squares[t+1] = d.squares[t] + v*v
	}
}

// candidates returns the runs that may be proposed and were not found yet, without their P.
func (d *search) candidates() []candidate {
	var out []candidate
	for lo := 0; lo < len(d.y); lo++ {
		if d.y[lo] != 0 || d.taken[lo] {
			continue
		}
		hi, next := lo, lo+1
		for ; next < len(d.y) && !(d.y[next] > 0); next++ {
			if d.y[next] == 0 {
				hi = next
			}
		}
		longest := d.longest
		if next == len(d.y) {
			longest = min(longest, d.least)
		}
		if hi-lo < longest {
			out = append(out, candidate{lo: lo, hi: hi})
		}
		lo = next
	}
	return out
}

// chance returns P, and 1 where too little was observed before the run, or was to be expected in it, to tell.
func (d *search) chance(lo, hi int) float64 {
	from, left := max(lo-d.around, 0), max(d.classes, evidence)
	before := d.totals[lo]
	before.add(-d.totals[from].num, -d.totals[from].sum)
	if int(before.num) < d.least || before.sum/before.num*float64(min(hi-lo+1, left)) < leastExpected {
		return 1
	}
	a := d.surroundings(lo, hi)
	lnP := 0.0
	for t := lo; t <= hi && left > 0; t++ {
		if d.y[t] == 0 {
			lnP += a.lnZero(d.of[t%d.classes], d.classes)
			left--
		}
	}
	if p := math.Exp(lnP); p >= 0 {
		return p
	}
	return 1 // sales too large to be squared
}

package ingest

import (
	"fmt"

	"shelfcast/engine/demand"
)

// distinctPeriods is how many periods must have rows before they tell the frequency of a feed.
const distinctPeriods = 8

// checkFrequency reports a frequency that is finer than the feed's: the periods between two rows would count as periods in
// which nothing was sold.
func checkFrequency(cal demand.Calendar, first demand.Period, rows []int64) error {
	if f, coarser := coarserFrequency(cal, first, rows); coarser {
		return fmt.Errorf("read target: the frequency is %v, and no two rows lie less than a period of %v apart; a forecast can be as fine as its data and no finer: use %v, or a longer frequency",
			cal.Freq, f, f)
	}
	return nil
}

// coarserFrequency returns the frequency of a feed that is coarser than cal, given the rows of all series together in each
// period from first on. It is coarser where the periods that have rows lie a longer unit of the calendar apart, or a
// multiple of it, or where all are the same day of the month.
func coarserFrequency(cal demand.Calendar, first demand.Period, rows []int64) (f demand.Freq, yes bool) {
	distance, distinct, previous, from := 0, 0, 0, 0
	day, sameDay := 0, cal.Freq.Unit == demand.Day
	for i, n := range rows {
		if n == 0 {
			continue
		}
		if distinct == 0 {
			from = i
		} else {
			distance = gcd(distance, i-previous)
		}
		if sameDay {
			d := cal.Time(first + demand.Period(i)).Day()
			sameDay = distinct == 0 || d == day
			day = d
		}
		previous = i
		distinct++
	}
	if distinct < distinctPeriods {
		return demand.Freq{}, false
	}
	if sameDay {
		return demand.Freq{Unit: demand.Month, N: 1}, true
	}
	return unitOf(cal, first+demand.Period(from), distance)
}

// unitOf returns the unit that has the length of that many periods of cal, and begins with period first.
func unitOf(cal demand.Calendar, first demand.Period, periods int) (demand.Freq, bool) {
	for unit := cal.Freq.Unit + 1; unit <= demand.Year; unit++ {
		f := demand.Freq{Unit: unit, N: 1}
		if unit == demand.Week {
			f.Shift = (int(cal.Time(first).Weekday()) + 6) % 7
		}
		longer := demand.Calendar{Freq: f}
		p := longer.Period(cal.Time(first))
		if longer.Time(p).Equal(cal.Time(first)) && longer.Time(p+1).Equal(cal.Time(first+demand.Period(periods))) {
			return f, true
		}
	}
	return demand.Freq{}, false
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

package ingest

import (
	"fmt"

	"shelfcast/engine/demand"
)

// A gap in the rows of all series together that is this long, and this large a share of all periods, comes of a wrong
// date: no shop is closed for it, and one such row would stretch every series by it with zeros.
const (
	gapSeconds = 2 * 366 * secondsInDay
	gapShare   = 3 // of all periods, one in so many
)

// checkGap reports such a gap.
func checkGap(cal demand.Calendar, first demand.Period, rows []int64) error {
	from, to := longestGap(rows)
	periods := len(rows)
	if (to-from)*gapShare < periods || cal.Seconds(first+demand.Period(to))-cal.Seconds(first+demand.Period(from)) < gapSeconds {
		return nil
	}
	return fmt.Errorf("read target: no series has a row between %s and %s, %d of the %d periods; %d rows are before, %d after: look for a wrong date",
		cal.Format(first+demand.Period(from)-1), cal.Format(first+demand.Period(to)), to-from, periods, sumOf(rows[:from]), sumOf(rows[to:]))
}

func sumOf(rows []int64) (sum int64) {
	for _, n := range rows {
		sum += n
	}
	return sum
}

// longestGap returns the longest run of zeros, from index from to index to−1. The first and the last are not zero.
func longestGap(rows []int64) (from, to int) {
	begin := 0
	for i, n := range rows {
		if n == 0 {
			continue
		}
		if i-begin > to-from {
			from, to = begin, i
		}
		begin = i + 1
	}
	return from, to
}

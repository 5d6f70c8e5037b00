package ingest

import (
	"time"

	"shelfcast/engine/demand"
)

// Timestamps outside these years are rejected: they are stand-ins such as 9999-12-31, or typing errors, and one of them
// would stretch every series.
const (
	firstYear = 1900
	lastYear  = 2199
)

const secondsInDay = 24 * 60 * 60

// monthStart holds the day, counted from 1970-01-01, that each month of those years begins on, and the day after the last.
var monthStart = func() (starts [(lastYear-firstYear+1)*12 + 1]int32) {
	for m := range starts {
		starts[m] = int32(time.Date(firstYear, time.January+time.Month(m), 1, 0, 0, 0, 0, time.UTC).Unix() / secondsInDay)
	}
	return starts
}()

// clock says how business time is read.
type clock struct {
	// dayBegins is the seconds from midnight to the beginning of a business day. A date without a time of day names the
	// business day that begins on it.
	dayBegins int64
}

func clockOf(s Spec) clock {
	if s.Freq.Unit != demand.Day {
		return clock{}
	}
	return clock{dayBegins: int64(s.Freq.Shift) * 3600}
}

// inRange reports whether sec lies in the years that are accepted.
func inRange(sec int64) bool {
	return sec >= int64(monthStart[0])*secondsInDay && sec < int64(monthStart[len(monthStart)-1])*secondsInDay
}

// parseStamp reads yyyy-MM-dd, yyyy-MM-dd HH:mm:ss or yyyy-MM-ddTHH:mm:ss as seconds of business time since 1970-01-01.
// Where ok is false, why says what is wrong.
func parseStamp(b []byte) (sec int64, why Reason, ok bool) {
	if len(b) != 10 && len(b) != 19 {
		return 0, oddStamp(b), false
	}
	day, why, ok := parseDay(b)
	if !ok || len(b) == 10 {
		return int64(day) * secondsInDay, why, ok
	}
	h, okH := twoDigits(b[11], b[12])
	m, okM := twoDigits(b[14], b[15])
	s, okS := twoDigits(b[17], b[18])
	if !okH || !okM || !okS || h > 23 || m > 59 || s > 59 || b[10] != ' ' && b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, BadTimestamp, false
	}
	return int64(day)*secondsInDay + int64(h*3600+m*60+s), 0, true
}

// parseDay reads the yyyy-MM-dd that b begins with as days since 1970-01-01.
func parseDay(b []byte) (day int32, why Reason, ok bool) {
	century, ok1 := twoDigits(b[0], b[1])
	year, ok2 := twoDigits(b[2], b[3])
	month, ok3 := twoDigits(b[5], b[6])
	dom, ok4 := twoDigits(b[8], b[9])
	if !ok1 || !ok2 || !ok3 || !ok4 || b[4] != '-' || b[7] != '-' || month < 1 || month > 12 || dom < 1 || dom > 31 {
		return 0, BadTimestamp, false
	}
	y := century*100 + year
	if y < firstYear || y > lastYear {
		return 0, TimestampRange, false
	}
	m := (y-firstYear)*12 + month - 1
	day = monthStart[m] + int32(dom) - 1
	if day >= monthStart[m+1] {
		return 0, BadTimestamp, false // such as 30 February
	}
	return day, 0, true
}

func twoDigits(a, b byte) (n int, ok bool) {
	a, b = a-'0', b-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// oddStamp says what is wrong with a timestamp that has the length of none of the formats.
func oddStamp(b []byte) Reason {
	if len(b) == 0 {
		return EmptyTimestamp
	}
	if len(b) < 20 {
		return BadTimestamp
	}
	if _, why, ok := parseStamp(b[:19]); !ok {
		return why
	}
	switch b[19] {
	case 'Z', 'z', '+', '-', ' ':
		return TimestampZone
	case '.', ',':
		return fractionOrZone(b[20:])
	}
	return BadTimestamp
}

func fractionOrZone(b []byte) Reason {
	for _, c := range b {
		if c-'0' > 9 {
			return TimestampZone
		}
	}
	return TimestampFraction
}

package ingest

import (
	"fmt"
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

	zone *zone // turns instants into business time; nil where timestamps must be business time already
}

func newClock(s Spec) (c clock, err error) {
	if s.Freq.Unit == demand.Day {
		c.dayBegins = int64(s.Freq.Shift) * 3600
	}
	if c.zone, err = newZone(s.Zone); err != nil {
		return c, fmt.Errorf("read target: %w", err)
	}
	return c, nil
}

// inRange reports whether sec lies in the years that are accepted.
func inRange(sec int64) bool {
	return sec >= int64(monthStart[0])*secondsInDay && sec < int64(monthStart[len(monthStart)-1])*secondsInDay
}

// parseStamp reads yyyy-MM-dd, or that with a blank or T and HH:mm or HH:mm:ss behind it, as seconds of business time since
// 1970-01-01. A fraction of zeros may follow. Rest is what is left: the text of an offset. Where ok is false, why says what
// is wrong.
func parseStamp(b []byte) (sec int64, rest []byte, why Reason, ok bool) {
	if len(b) == 0 {
		return 0, nil, EmptyTimestamp, false
	}
	if len(b) != 10 && len(b) < 16 {
		return 0, nil, BadTimestamp, false
	}
	day, why, ok := parseDay(b)
	if !ok || len(b) == 10 {
		return int64(day) * secondsInDay, nil, why, ok
	}
	clock, rest, why, ok := parseClock(b[10:])
	return int64(day)*secondsInDay + clock, rest, why, ok
}

// parseClock reads the time of day that b begins with, which has six bytes or more.
func parseClock(b []byte) (sec int64, rest []byte, why Reason, ok bool) {
	h, okH := twoDigits(b[1], b[2])
	m, okM := twoDigits(b[4], b[5])
	if !okH || !okM || h > 23 || m > 59 || b[0] != ' ' && b[0] != 'T' || b[3] != ':' {
		return 0, nil, BadTimestamp, false
	}
	rest = b[6:]
	if len(rest) == 0 || rest[0] != ':' {
		return int64(h*3600 + m*60), rest, 0, true
	}
	if len(rest) < 3 {
		return 0, nil, BadTimestamp, false
	}
	s, okS := twoDigits(rest[1], rest[2])
	if !okS || s > 59 {
		return 0, nil, BadTimestamp, false
	}
	rest, why, ok = dropFraction(rest[3:])
	return int64(h*3600 + m*60 + s), rest, why, ok
}

// dropFraction cuts a fraction of zeros off; another fraction is refused.
func dropFraction(b []byte) (rest []byte, why Reason, ok bool) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return b, 0, true
	}
	n, zeros := 1, true
	for ; n < len(b) && b[n]-'0' <= 9; n++ {
		zeros = zeros && b[n] == '0'
	}
	switch {
	case n == 1:
		return nil, BadTimestamp, false
	case !zeros:
		return nil, TimestampFraction, false
	}
	return b[n:], 0, true
}

const farthestOffset = 15 // hours; the farthest in use are −12 and +14

// parseOffset reads what may follow a time of day: Z, UTC, ±hh, ±hhmm or ±hh:mm, with a blank before it or without, as
// seconds to subtract.
func parseOffset(b []byte) (seconds int64, ok bool) {
	if len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	switch string(b) {
	case "Z", "z", "UTC":
		return 0, true
	}
	if len(b) == 6 && b[3] == ':' {
		b = append(append(make([]byte, 0, 5), b[:3]...), b[4:]...)
	}
	if len(b) != 3 && len(b) != 5 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	h, okH := twoDigits(b[1], b[2])
	m, okM := 0, true
	if len(b) == 5 {
		m, okM = twoDigits(b[3], b[4])
	}
	if !okH || !okM || h > farthestOffset || m > 59 {
		return 0, false
	}
	seconds = int64(h*3600 + m*60)
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
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

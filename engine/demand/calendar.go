package demand

import (
	"time"
)

// Period counts periods since the one that holds 1970-01-01 00:00, in the frequency of a calendar.
// It has no zone and no daylight saving: it is business time.
type Period int32

// Calendar turns business time into periods and back. Business time is what the shop's clock and calendar show; a
// time.Time is read by its wall-clock fields, and its zone is ignored.
type Calendar struct {
	Freq Freq
}

const (
	daySeconds    = 24 * 60 * 60
	epochThursday = int64(time.Thursday) // 1970-01-01 was a Thursday
)

// SecondsOf returns the seconds of business time since 1970-01-01 00:00 that t's wall clock shows.
func SecondsOf(t time.Time) int64 {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC).Unix()
}

// Period returns the period that holds the business time t.
func (c Calendar) Period(t time.Time) Period {
	p, _ := c.PeriodAt(SecondsOf(t))
	return p
}

// PeriodAt returns the period that holds sec, business seconds since 1970-01-01 00:00, and how many seconds into that
// period sec lies: 0 where sec is aligned to the frequency.
func (c Calendar) PeriodAt(sec int64) (p Period, into int64) {
	switch c.Freq.Unit {
	case Minute:
		return floorDiv(sec, int64(c.Freq.N)*60)
	case Hour:
		return floorDiv(sec, 3600)
	case Day:
		return floorDiv(sec, daySeconds)
	case Week:
		return floorDiv(sec+c.weekShift(), 7*daySeconds)
	}
	t := time.Unix(sec, 0).UTC()
	months := int64(t.Year()-1970)*12 + int64(t.Month()-time.January)
	p, _ = floorDiv(months, c.monthsPerPeriod())
	return p, sec - c.Seconds(p)
}

// Seconds returns the first instant of p, in business seconds since 1970-01-01 00:00.
func (c Calendar) Seconds(p Period) int64 {
	n := int64(p)
	switch c.Freq.Unit {
	case Minute:
		return n * int64(c.Freq.N) * 60
	case Hour:
		return n * 3600
	case Day:
		return n * daySeconds
	case Week:
		return n*7*daySeconds - c.weekShift()
	}
	month := n * c.monthsPerPeriod()
	return time.Date(1970, time.January+time.Month(month), 1, 0, 0, 0, 0, time.UTC).Unix()
}

// Time returns the first instant of p as a time in UTC whose wall clock shows business time.
func (c Calendar) Time(p Period) time.Time { return time.Unix(c.Seconds(p), 0).UTC() }

// Format writes the first instant of p: 2006-01-02 for days and longer, 2006-01-02 15:04:05 for hours and minutes.
func (c Calendar) Format(p Period) string { return c.Time(p).Format(c.Layout()) }

// Layout returns the layout, in the notation of package time, that Format writes.
func (c Calendar) Layout() string {
	if c.Freq.Unit < Day {
		return time.DateTime
	}
	return time.DateOnly
}

// Season returns the number of periods in the season that dominates retail demand at this frequency, which is also the
// m of MASE: 7 for days, 24 for hours, a day for minutes, 12 for months, 4 for quarters, 1 for weeks and years.
// A year of weeks is no whole number of weeks, hence 1.
func (c Calendar) Season() int {
	switch c.Freq.Unit {
	case Minute:
		return daySeconds / 60 / c.Freq.N
	case Hour:
		return 24
	case Day:
		return 7
	case Month:
		return 12
	case Quarter:
		return 4
	}
	return 1
}

// Seasons returns the season lengths of this frequency in periods, shortest first: [7, 365.25] for days,
// [24, 168, 8766] for hours, [52.18] for weeks, [12] for months, [4] for quarters, none for years.
func (c Calendar) Seasons() []float64 {
	const yearDays = 365.25
	switch c.Freq.Unit {
	case Minute:
		day := float64(c.Season())
		return []float64{day, 7 * day, yearDays * day}
	case Hour:
		return []float64{24, 7 * 24, yearDays * 24}
	case Day:
		return []float64{7, yearDays}
	case Week:
		return []float64{yearDays / 7}
	case Month:
		return []float64{12}
	case Quarter:
		return []float64{4}
	}
	return nil
}

// SeasonFeature returns the seasonal class of p and the number of classes, as Amazon Forecast's NPTS defines it: minute
// of the hour, hour of the day, day of the week (0 = Monday), day of the month for weeks (by the week's first day), month
// of the year, quarter of the year; years have one class.
func (c Calendar) SeasonFeature(p Period) (class, classes int) {
	switch c.Freq.Unit {
	case Minute:
		return c.Time(p).Minute() / c.Freq.N, 60 / c.Freq.N
	case Hour:
		return floorMod(p, 24), 24
	case Day:
		return floorMod(p+Period(epochThursday)-1, 7), 7
	case Week:
		return c.Time(p).Day() - 1, 31
	case Month:
		return floorMod(p, 12), 12
	case Quarter:
		return floorMod(p, 4), 4
	}
	return 0, 1
}

// weekShift is the seconds from the first day of the week that holds 1970-01-01 to that day.
func (c Calendar) weekShift() int64 {
	return (epochThursday - int64(c.Freq.Week) + 7) % 7 * daySeconds
}

func (c Calendar) monthsPerPeriod() int64 {
	switch c.Freq.Unit {
	case Quarter:
		return 3
	case Year:
		return 12
	}
	return 1
}

func floorDiv(a, b int64) (Period, int64) {
	q, r := a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	return Period(q), r
}

func floorMod(p Period, n int) int {
	_, r := floorDiv(int64(p), int64(n))
	return int(r)
}

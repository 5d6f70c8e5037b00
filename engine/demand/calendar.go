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
	mondayToEpoch = int64(time.Thursday - time.Monday) // days; 1970-01-01 was a Thursday
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
	if length := c.length(); length > 0 {
		return floorDiv(sec-c.origin(), length)
	}
	t := time.Unix(sec, 0).UTC().AddDate(0, 0, -c.dayShift())
	months := int64(t.Year()-1970)*12 + int64(t.Month()-time.January) - c.monthShift()
	p, _ = floorDiv(months, c.monthsPerPeriod())
	return p, sec - c.Seconds(p)
}

// Seconds returns the first instant of p, in business seconds since 1970-01-01 00:00.
func (c Calendar) Seconds(p Period) int64 {
	if length := c.length(); length > 0 {
		return int64(p)*length + c.origin()
	}
	month := int64(p)*c.monthsPerPeriod() + c.monthShift()
	return time.Date(1970, time.January+time.Month(month), 1+c.dayShift(), 0, 0, 0, 0, time.UTC).Unix()
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
// A year of weeks is no whole number of weeks, hence 1; and so it is for multiples that do not divide their season.
func (c Calendar) Season() int {
	units := [...]int{Minute: daySeconds / 60, Hour: 24, Day: 7, Week: 1, Month: 12, Quarter: 4, Year: 1}[c.Freq.Unit]
	if units%c.Freq.N != 0 {
		return 1
	}
	return units / c.Freq.N
}

// PerDay returns the number of periods in a day, for days and what is shorter; 0 for what is longer.
func (c Calendar) PerDay() float64 {
	if c.Freq.Unit > Day {
		return 0
	}
	return daySeconds / float64(c.length())
}

// Seasons returns the season lengths of this frequency in periods, shortest first: [7, 365.25] for days,
// [24, 168, 8766] for hours, [52.18] for weeks, [12] for months, [4] for quarters, none for years. Those of multiples are
// the same lengths of time, where they last longer than a period: [3.5, 182.625] for 2D.
func (c Calendar) Seasons() []float64 {
	const yearDays = 365.25
	units := [...][]float64{
		Minute:  {24 * 60, 7 * 24 * 60, yearDays * 24 * 60},
		Hour:    {24, 7 * 24, yearDays * 24},
		Day:     {7, yearDays},
		Week:    {yearDays / 7},
		Month:   {12},
		Quarter: {4},
		Year:    nil,
	}[c.Freq.Unit]
	var seasons []float64
	for _, s := range units {
		if s > float64(c.Freq.N) {
			seasons = append(seasons, s/float64(c.Freq.N))
		}
	}
	return seasons
}

// SeasonFeature returns the seasonal class of p and the number of classes, as Amazon Forecast's NPTS defines it: minute
// of the hour, hour of the day, day of the week (0 = Monday), day of the month for weeks (by the week's first day), month
// of the year, quarter of the year; years have one class. A period of several units has the class of its first; where
// the units divide the season, classes are counted in periods.
func (c Calendar) SeasonFeature(p Period) (class, classes int) {
	switch c.Freq.Unit {
	case Minute:
		return c.classOf(c.Time(p).Minute(), 60)
	case Hour:
		return c.classOf(c.Time(p).Hour(), 24)
	case Day:
		return (int(c.Time(p).Weekday()) + 6) % 7, 7
	case Week:
		return c.Time(p).Day() - 1, 31
	case Month:
		return c.classOf(int(c.Time(p).Month()-time.January), 12)
	case Quarter:
		return c.classOf(int(c.Time(p).Month()-time.January)/3, 4)
	}
	return 0, 1
}

// classOf counts the units of a season in periods, where they divide it.
func (c Calendar) classOf(unit, units int) (class, classes int) {
	if units%c.Freq.N != 0 {
		return unit, units
	}
	return unit / c.Freq.N, units / c.Freq.N
}

// length returns the seconds in a period, and 0 for the units whose periods differ in length.
func (c Calendar) length() int64 {
	return int64(c.Freq.N) * [...]int64{Minute: 60, Hour: 3600, Day: daySeconds, Week: 7 * daySeconds, Month: 0, Quarter: 0, Year: 0}[c.Freq.Unit]
}

// origin returns the first instant of period 0 of the units that have a length. The week that holds 1970-01-01 begins
// before it.
func (c Calendar) origin() int64 {
	switch c.Freq.Unit {
	case Day:
		return int64(c.Freq.Shift) * 3600
	case Week:
		return -(mondayToEpoch + 7 - int64(c.Freq.Shift)) % 7 * daySeconds
	}
	return 0
}

// dayShift returns the days from the first of the month to the beginning of a period of months.
func (c Calendar) dayShift() int {
	if c.Freq.Unit == Month {
		return c.Freq.Shift
	}
	return 0
}

// monthShift returns the months from January to the beginning of a year or of its first quarter.
func (c Calendar) monthShift() int64 {
	if c.Freq.Unit > Month {
		return int64(c.Freq.Shift)
	}
	return 0
}

func (c Calendar) monthsPerPeriod() int64 {
	return int64(c.Freq.N) * [...]int64{Minute: 0, Hour: 0, Day: 0, Week: 0, Month: 1, Quarter: 3, Year: 12}[c.Freq.Unit]
}

func floorDiv(a, b int64) (Period, int64) {
	q, r := a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	return Period(q), r
}

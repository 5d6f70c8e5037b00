package baseline

import (
	"time"

	"shelfcast/engine/demand"
)

// cycle sorts periods into classes that come round: the weekday, the day of the month, the hour of the day.
type cycle struct {
	classes int
	// prior is how much demand a class must have had before its own factor weighs as much as no effect, in multiples of
	// the series' variance-to-mean ratio: for Poisson demand, in units.
	prior float64
	fill  func(dst []uint16, cal demand.Calendar, first demand.Period) // writes the class of first, first+1, …
}

// Priors that score best on M5 at five origins, of 0.3 to 10 for the season and 3 to 30 for the day of the month.
const (
	seasonPrior = 1
	monthPrior  = 7
)

// cyclesOf returns the cycles of a calendar, strongest first. Days have the weekday and the day of the month, since
// wages and benefits come on fixed days; what is shorter has its place in the day and the weekday, unless a day is no
// whole number of periods; months and quarters have their place in the year; weeks and years have none.
func cyclesOf(cal demand.Calendar) []cycle {
	season := cal.Season()
	switch cal.Freq.Unit {
	case demand.Minute, demand.Hour:
		if season == 1 {
			return nil
		}
		return []cycle{{season, seasonPrior, seasonClasses}, {7, seasonPrior, weekdayClasses}}
	case demand.Day:
		return []cycle{{7, seasonPrior, weekdayClasses}, {31, monthPrior, monthDayClasses}}
	case demand.Month, demand.Quarter:
		return []cycle{{season, seasonPrior, seasonClasses}}
	}
	return nil
}

// seasonClasses counts from the start of a season: a day, or a year.
func seasonClasses(dst []uint16, cal demand.Calendar, first demand.Period) {
	fillRound(dst, int(first), cal.Season(), 1)
}

// weekdayClasses counts from Thursday, the weekday of period 0. Periods of two to six days come to each weekday once in
// seven periods.
func weekdayClasses(dst []uint16, cal demand.Calendar, first demand.Period) {
	day := 1
	if cal.Freq.Unit < demand.Day {
		day = cal.Season()
	}
	fillRound(dst, int(first), 7, day)
}

// fillRound writes ⌊t/each⌋ mod n for t = first, first+1, …
func fillRound(dst []uint16, first, n, each int) {
	at := first % (n * each)
	if at < 0 {
		at += n * each
	}
	class, into := at/each, at%each
	for i := range dst {
		dst[i] = uint16(class)
		if into++; into == each {
			into = 0
			if class++; class == n {
				class = 0
			}
		}
	}
}

// monthDayClasses writes the day of the month, from 0. It asks the calendar once a month.
func monthDayClasses(dst []uint16, cal demand.Calendar, first demand.Period) {
	for i := 0; i < len(dst); {
		year, month, day := cal.Time(first + demand.Period(i)).Date()
		last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
		for ; day <= last && i < len(dst); day += cal.Freq.N {
			dst[i] = uint16(day - 1)
			i++
		}
	}
}

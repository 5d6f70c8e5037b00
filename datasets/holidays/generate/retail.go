package main

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"

	"shelfcast/datasets/holidays"
)

// lunarNewYears are the new moons that begin the Chinese year, on the clock of Beijing, from firstYear.
var lunarNewYears = []string{
	"2010-02-14", "2011-02-03", "2012-01-23", "2013-02-10", "2014-01-31",
	"2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22",
	"2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11",
}

// retail returns the rows of the events: those that are everywhere on the same day, and those that countries keep on days of
// their own.
func retail() [][]string {
	all, sale, faith := holidays.Everywhere, holidays.Retail, holidays.Religious
	rows := [][]string{}
	add := func(country, name, kind string, dates []string) { rows = appendRow(rows, country, name, kind, dates) }
	add(all, "Valentine's Day", sale, yearly(func(y int) time.Time { return day(y, time.February, 14) }))
	add(all, "Shrove Tuesday", faith, yearly(fromEaster(-47)))
	add(all, "Palm Sunday", faith, yearly(fromEaster(-7)))
	add(all, "Easter", faith, yearly(fromEaster(0)))
	add(all, "Pentecost", faith, yearly(fromEaster(49)))
	add(all, "Halloween", sale, yearly(func(y int) time.Time { return day(y, time.October, 31) }))
	add(all, "Singles' Day", sale, yearly(func(y int) time.Time { return day(y, time.November, 11) }))
	add(all, "Black Friday", sale, yearly(blackFriday(0)))
	add(all, "Cyber Monday", sale, yearly(blackFriday(3)))
	add(all, "Christmas Eve", sale, yearly(func(y int) time.Time { return day(y, time.December, 24) }))
	add(all, "New Year's Eve", sale, yearly(func(y int) time.Time { return day(y, time.December, 31) }))
	add(all, "Lunar New Year", sale, lunarNewYears)
	add(all, "Ramadan", faith, islamic(9, 1, 10, 1))
	add(all, "Eid al-Fitr", faith, islamic(10, 1, 10, 4))
	add(all, "Eid al-Adha", faith, islamic(12, 10, 12, 14))

	for _, c := range []string{"AT", "AU", "BE", "BR", "CA", "CH", "CZ", "DE", "CN", "DK", "GR", "IN", "IT", "JP", "NL", "NZ", "SK", "US", "ZA"} {
		add(c, "Mother's Day", sale, yearly(nth(2, time.Sunday, time.May)))
	}
	for _, c := range []string{"GB", "IE"} {
		add(c, "Mother's Day", sale, yearly(fromEaster(-21)))
	}
	for _, c := range []string{"ES", "RO"} {
		add(c, "Mother's Day", sale, yearly(nth(1, time.Sunday, time.May)))
	}
	add("FR", "Mother's Day", sale, yearly(frenchMothersDay))
	add("NO", "Mother's Day", sale, yearly(nth(2, time.Sunday, time.February)))
	add("PL", "Mother's Day", sale, yearly(func(y int) time.Time { return day(y, time.May, 26) }))
	add("SE", "Mother's Day", sale, yearly(nth(-1, time.Sunday, time.May)))

	// The weeks in which most of a country buys for the new school year.
	add("US", "Back to school", sale, spans(time.July, 15, time.September, 5))
	add("CA", "Back to school", sale, spans(time.August, 1, time.September, 7))
	add("AU", "Back to school", sale, spans(time.January, 10, time.February, 5))
	add("BR", "Back to school", sale, spans(time.January, 10, time.February, 10))
	for _, c := range []string{"BE", "CZ", "ES", "FR", "GB", "IE", "IT", "NL", "PL", "RO", "SK"} {
		add(c, "Back to school", sale, spans(time.August, 15, time.September, 10))
	}
	return rows
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func yearly(rule func(year int) time.Time) []string {
	var dates []string
	for y := firstYear; y <= lastYear; y++ {
		dates = append(dates, rule(y).Format(time.DateOnly))
	}
	return dates
}

func spans(m1 time.Month, d1 int, m2 time.Month, d2 int) []string {
	var dates []string
	for y := firstYear; y <= lastYear; y++ {
		dates = append(dates, day(y, m1, d1).Format(time.DateOnly)+"/"+day(y, m2, d2).Format(time.DateOnly))
	}
	return dates
}

// nth returns the rule of the nth weekday of a month; −1 is the last.
func nth(n int, w time.Weekday, m time.Month) func(int) time.Time {
	h := &cal.Holiday{Month: m, Weekday: w, Offset: n, Func: cal.CalcWeekdayOffset}
	return func(y int) time.Time { return date(h, y) }
}

// fromEaster returns the rule of a day so many days after the western Easter Sunday.
func fromEaster(days int) func(int) time.Time {
	return func(y int) time.Time { return date(aa.GoodFriday, y).AddDate(0, 0, 2+days) }
}

func date(h *cal.Holiday, y int) time.Time {
	on, _ := h.Calc(y)
	return day(on.Year(), on.Month(), on.Day())
}

// blackFriday returns the rule of a day so many days after the day that follows the fourth Thursday of November.
func blackFriday(days int) func(int) time.Time {
	thanksgiving := nth(4, time.Thursday, time.November)
	return func(y int) time.Time { return thanksgiving(y).AddDate(0, 0, 1+days) }
}

// frenchMothersDay is the last Sunday of May, or the Sunday after it where that one is Pentecost.
func frenchMothersDay(y int) time.Time {
	d := nth(-1, time.Sunday, time.May)(y)
	if d.Equal(fromEaster(49)(y)) {
		return d.AddDate(0, 0, 7)
	}
	return d
}

// islamic returns the spans from one day of the Islamic year up to, but not including, another, that begin in the years of
// the table.
func islamic(m1, d1, m2, d2 int) []string {
	var dates []string
	for y := 1430; y <= 1456; y++ {
		from, to := islamicDay(y, m1, d1), islamicDay(y, m2, d2).AddDate(0, 0, -1)
		if from.Year() >= firstYear && from.Year() <= lastYear {
			dates = append(dates, from.Format(time.DateOnly)+"/"+to.Format(time.DateOnly))
		}
	}
	return dates
}

// islamicDay returns a day of the arithmetical Islamic calendar: months of 30 and 29 days in turn, eleven leap years in
// thirty, and its first day on 16 July 622 of the Julian calendar, which is 19 July of the Gregorian one.
func islamicDay(y, m, d int) time.Time {
	days := d - 1 + (59*(m-1)+1)/2 + (y-1)*354 + (3+11*y)/30
	return day(622, time.July, 19).AddDate(0, 0, days)
}

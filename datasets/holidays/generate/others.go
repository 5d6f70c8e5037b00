package main

import (
	"time"

	"shelfcast/datasets/holidays"
)

// The fifth day of the fifth and the fifteenth of the eighth month of the Chinese year, from firstYear.
var (
	dragonBoats = []string{
		"2010-06-16", "2011-06-06", "2012-06-23", "2013-06-12", "2014-06-02", "2015-06-20", "2016-06-09", "2017-05-30",
		"2018-06-18", "2019-06-07", "2020-06-25", "2021-06-14", "2022-06-03", "2023-06-22", "2024-06-10", "2025-05-31",
		"2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05", "2031-06-24", "2032-06-12",
	}
	midAutumns = []string{
		"2010-09-22", "2011-09-12", "2012-09-30", "2013-09-19", "2014-09-08", "2015-09-27", "2016-09-15", "2017-10-04",
		"2018-09-24", "2019-09-13", "2020-10-01", "2021-09-21", "2022-09-10", "2023-09-29", "2024-09-17", "2025-10-06",
		"2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12", "2031-10-01", "2032-09-19",
	}
)

// Diwali is the day of Lakshmi Puja, and Holi that of the colours, as most of India keeps them, from firstYear.
var (
	diwalis = []string{
		"2010-11-05", "2011-10-26", "2012-11-13", "2013-11-03", "2014-10-23", "2015-11-11", "2016-10-30", "2017-10-19",
		"2018-11-07", "2019-10-27", "2020-11-14", "2021-11-04", "2022-10-24", "2023-11-12", "2024-10-31", "2025-10-20",
		"2026-11-08", "2027-10-29", "2028-10-17", "2029-11-05", "2030-10-26", "2031-11-14", "2032-11-02",
	}
	holis = []string{
		"2010-03-01", "2011-03-20", "2012-03-08", "2013-03-27", "2014-03-17", "2015-03-06", "2016-03-24", "2017-03-13",
		"2018-03-02", "2019-03-21", "2020-03-10", "2021-03-29", "2022-03-18", "2023-03-08", "2024-03-25", "2025-03-14",
		"2026-03-04", "2027-03-22", "2028-03-11", "2029-03-01", "2030-03-20", "2031-03-09", "2032-03-27",
	}
)

// others returns the holidays of countries that the library does not have as a whole: Australia, China and India.
func others() [][]string {
	rows := [][]string{}
	add := func(country, name, kind string, dates []string) { rows = appendRow(rows, country, name, kind, dates) }
	fixed := func(m time.Month, d int) []string { return yearly(func(y int) time.Time { return day(y, m, d) }) }

	for _, h := range []struct {
		name string
		m    time.Month
		d    int
	}{{"New Year's Day", time.January, 1}, {"Australia Day", time.January, 26}, {"Anzac Day", time.April, 25}, {"Christmas Day", time.December, 25}, {"Boxing Day", time.December, 26}} {
		add("AU", h.name, holidays.Public, fixed(h.m, h.d))
		if h.name != "Anzac Day" { // which states move, or do not
			add("AU", h.name, holidays.Observed, movedFromWeekends(h.m, h.d))
		}
	}
	add("AU", "Good Friday", holidays.Public, yearly(fromEaster(-2)))
	add("AU", "Easter Monday", holidays.Public, yearly(fromEaster(1)))

	add("CN", "New Year's Day", holidays.Public, fixed(time.January, 1))
	add("CN", "Spring Festival", holidays.Public, springFestivals())
	add("CN", "Qingming", holidays.Public, yearly(qingming))
	add("CN", "Labour Day", holidays.Public, fixed(time.May, 1))
	add("CN", "Dragon Boat Festival", holidays.Public, dragonBoats)
	add("CN", "Mid-Autumn Festival", holidays.Public, midAutumns)
	add("CN", "National Day", holidays.Public, spans(time.October, 1, time.October, 3))

	add("IN", "Republic Day", holidays.Public, fixed(time.January, 26))
	add("IN", "Independence Day", holidays.Public, fixed(time.August, 15))
	add("IN", "Gandhi Jayanti", holidays.Public, fixed(time.October, 2))
	add("IN", "Holi", holidays.Religious, holis)
	add("IN", "Diwali", holidays.Religious, diwalis)
	return rows
}

// movedFromWeekends returns the day off for a day on a weekend: the next day that is neither on one nor off for another.
// Boxing Day follows Christmas Day, so its day off does too.
func movedFromWeekends(m time.Month, d int) []string {
	var dates []string
	for y := firstYear; y <= lastYear; y++ {
		on := day(y, m, d)
		off := on
		for off.Weekday() == time.Saturday || off.Weekday() == time.Sunday {
			off = off.AddDate(0, 0, 1)
		}
		if m == time.December && d == 26 && (on.Weekday() == time.Sunday || on.Weekday() == time.Monday) {
			off = day(y, time.December, 28)
			if on.Weekday() == time.Monday {
				off = day(y, time.December, 27)
			}
		}
		if !off.Equal(on) {
			dates = append(dates, off.Format(time.DateOnly))
		}
	}
	return dates
}

// springFestivals are the first three days of the Chinese year.
func springFestivals() []string {
	var dates []string
	for _, first := range lunarNewYears {
		from, err := time.Parse(time.DateOnly, first)
		if err != nil {
			panic(err)
		}
		dates = append(dates, first+"/"+from.AddDate(0, 0, 2).Format(time.DateOnly))
	}
	return dates
}

// qingming is the day on which the sun reaches 15 degrees, by the rule for the years 2000 to 2099.
func qingming(y int) time.Time {
	n := y - 2000
	return day(y, time.April, (2422*n+48100)/10000-n/4)
}

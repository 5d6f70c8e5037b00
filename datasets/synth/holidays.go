package synth

import "time"

// holidaysOf returns the holidays of a year that shoppers stock up for: Easter Sunday, the last Friday of November and
// Christmas Day.
func holidaysOf(year int) []time.Time {
	friday := time.Date(year, time.November, 30, 0, 0, 0, 0, time.UTC)
	friday = friday.AddDate(0, 0, -(int(friday.Weekday())-int(time.Friday)+7)%7)
	return []time.Time{easter(year), friday, time.Date(year, time.December, 25, 0, 0, 0, 0, time.UTC)}
}

// easter returns Easter Sunday of a year in the Gregorian calendar: the algorithm of Meeus, Jones and Butcher (1876).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	n := h + l - 7*((a+11*h+22*l)/451) + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

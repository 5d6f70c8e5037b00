package holidays

import (
	"strings"
	"testing"
	"time"
)

func TestTheTableHasKnownDays(t *testing.T) {
	for _, c := range []struct {
		country, name, from, to string
		tolerance               int // days
	}{
		{"*", "Easter", "2024-03-31", "2024-03-31", 0},
		{"*", "Easter", "2019-04-21", "2019-04-21", 0},
		{"*", "Lunar New Year", "2025-01-29", "2025-01-29", 0},
		{"*", "Ramadan", "2024-03-11", "2024-04-09", 1},
		{"*", "Ramadan", "2019-05-06", "2019-06-03", 1},
		{"*", "Eid al-Fitr", "2023-04-21", "2023-04-23", 1},
		{"*", "Eid al-Adha", "2025-06-06", "2025-06-09", 1},
		{"*", "Black Friday", "2023-11-24", "2023-11-24", 0},
		{"*", "Cyber Monday", "2023-11-27", "2023-11-27", 0},
		{"*", "Black Friday", "2019-11-29", "2019-11-29", 0},
		{"US", "Thanksgiving Day", "2023-11-23", "2023-11-23", 0},
		{"DE", "Tag der Deutschen Einheit", "2024-10-03", "2024-10-03", 0},
		{"GB", "Early May", "2024-05-06", "2024-05-06", 0},
		{"GB", "Mother's Day", "2024-03-10", "2024-03-10", 0},
		{"US", "Mother's Day", "2024-05-12", "2024-05-12", 0},
		{"GB", "State Funeral of Queen Elizabeth II", "2022-09-19", "2022-09-19", 0},
		{"GB", "Spring Bank Holiday", "2012-06-04", "2012-06-04", 0},
		{"NZ", "Matariki", "2024-06-28", "2024-06-28", 0},
		{"DE", "Reformationstag", "2017-10-31", "2017-10-31", 0},
		{"PL", "Wigilia Bożego Narodzenia", "2025-12-24", "2025-12-24", 0},
		{"BR", "Consciência Negra", "2024-11-20", "2024-11-20", 0},
		{"NL", "Koningsdag", "2025-04-26", "2025-04-26", 0},
		{"JP", "Mountain Day", "2021-08-08", "2021-08-08", 0},
		{"CN", "Spring Festival", "2024-02-10", "2024-02-12", 0},
		{"CN", "Qingming", "2023-04-05", "2023-04-05", 0},
		{"CN", "Mid-Autumn Festival", "2020-10-01", "2020-10-01", 0},
		{"AU", "Boxing Day", "2021-12-28", "2021-12-28", 0},
		{"IN", "Diwali", "2023-11-12", "2023-11-12", 0},
		{"FR", "Mother's Day", "2023-06-04", "2023-06-04", 0},
		{"FR", "Mother's Day", "2024-05-26", "2024-05-26", 0},
	} {
		year := day(t, c.from).Year()
		country := c.country
		if country == Everywhere {
			country = "DE"
		}
		found, err := In(country, year)
		if err != nil {
			t.Fatal(err)
		}
		if !has(found, c.country, c.name, day(t, c.from), day(t, c.to), c.tolerance) {
			t.Errorf("%s of %s in %d is not on %s to %s (±%d days) in %v", c.name, c.country, year, c.from, c.to, c.tolerance, found)
		}
	}
}

func has(all []Occasion, country, name string, from, to time.Time, tolerance int) bool {
	near := func(a, b time.Time) bool { return a.Sub(b).Abs() <= time.Duration(tolerance)*24*time.Hour }
	for _, o := range all {
		if o.Country == country && o.Name == name && near(o.From, from) && near(o.To, to) {
			return true
		}
	}
	return false
}

func TestAnEventThatReachesIntoAYearIsInIt(t *testing.T) {
	found, err := In("DE", 2031)
	if err != nil {
		t.Fatal(err)
	}
	if !has(found, Everywhere, "Ramadan", day(t, "2030-12-26"), day(t, "2031-01-23"), 1) {
		t.Errorf("the Ramadan that begins in December 2030 is not in 2031: %v", found)
	}
}

func TestACountryHasItsOwnDaysAlone(t *testing.T) {
	found, err := In("de", 2026)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range found {
		if o.Country != "DE" && o.Country != Everywhere {
			t.Errorf("Germany has %v", o)
		}
		if i > 0 && o.From.Before(found[i-1].From) {
			t.Errorf("%v stands behind %v", o, found[i-1])
		}
	}
}

func TestWhatTheTableLacksIsRefused(t *testing.T) {
	if _, err := In("XX", 2026); err == nil || !strings.Contains(err.Error(), `country "XX": the table has none; it has AT, `) {
		t.Errorf("an unknown country: %v", err)
	}
	if _, err := In("*", 1999); err == nil || !strings.Contains(err.Error(), "the table has the years 2010 to 2032") {
		t.Errorf("an unknown year: %v", err)
	}
}

func TestAnEditThatCannotBeReadIsRefused(t *testing.T) {
	for row, want := range map[string]string{
		"DE,Day,public,2026-13-01":            "Day of DE: parsing time",
		"DE,Day,public,2026-02-02/2026-02-01": "Day of DE: 2026-02-02/2026-02-01 ends before it begins",
		"de,Day,public,2026-02-02":            `Day is of the country "de"; use two capital letters`,
		"DEU,Day,public,2026-02-02":           `Day is of the country "DEU"`,
		"DE,Day,holiday,2026-02-02":           `Day of DE is of the kind "holiday"; use one of public`,
	} {
		if _, err := read("country,name,kind,dates\n" + row + "\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", row, err, want)
		}
	}
	if _, err := read("country,day\n"); err == nil || !strings.Contains(err.Error(), "its first line must be") {
		t.Errorf("another first line: %v", err)
	}
}

func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

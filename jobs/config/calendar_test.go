package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
)

// daysOf returns the days and the window of every occasion of a name in a year.
func daysOf(list []ingest.Occasion, name string, year int) (days []string) {
	for _, o := range list {
		if o.Name == name && o.From.Year() == year {
			days = append(days, fmt.Sprintf("%s/%s -%d+%d", o.From.Format("01-02"), o.To.Format("01-02"), o.Before, o.After))
		}
	}
	return days
}

func calendarOf(t *testing.T, text string, files map[string]string) (ingest.Occasions, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "c.yaml")
	if err := os.WriteFile(name, []byte("input: {target: [t.csv]}\nforecast: {horizon: 7}\ncalendar: "+text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(name, nil)
	if err != nil {
		return ingest.Occasions{}, err
	}
	return c.Calendar.Occasions()
}

func TestACalendarIsWhatItsConfigurationSays(t *testing.T) {
	for _, c := range []struct {
		text, files string
		name        string
		want        string // its days in 2024
	}{
		{"{events: [black friday]}", "", "Black Friday", "11-29/11-29 -0+0"},
		{"{country: de, events: [{name: Karfreitag, before: 3, after: 1}]}", "", "Karfreitag", "03-29/03-29 -3+1"},
		{"{country: GB, events: [holidays]}", "", "Good Friday", "03-29/03-29 -0+0"},
		{"{country: GB, events: [holidays]}", "", "Halloween", ""},
		{"{country: GB, events: [Mother's Day]}", "", "Mother's Day", "03-10/03-10 -0+0"},
		{"{country_column: land, events: [Mother's Day]}", "", "Mother's Day", "many"},
		{"{pay_days: {days: [15, last]}}", "", "Pay day", "first 01-15/01-15 -0+0"},
		{"{pay_days: {days: [last], weekend: before, after: 2}}", "", "Pay day", "third 03-29/03-29 -0+2"}, // the 31st was a Sunday
		{"{pay_days: {days: [31], weekend: after}}", "", "Pay day", "fourth 04-01/04-01 -0+0"},
		{"{pay_days: {days: [31]}}", "", "Pay day", "second 02-29/02-29 -0+0"},
		{"{files: [e.csv]}", "name,from,to,before\nHerbstferien,2024-10-14,2024-10-26,2\n", "Herbstferien", "10-14/10-26 -2+0"},
		{"{events: [Black Friday], files: [e.csv]}", "name,kind,from\nBlack Friday,remove,2024-11-29\nBlack Friday,retail,2024-11-22\n", "Black Friday", "11-22/11-22 -0+0"},
		{"{files: [e.csv]}", "name,kind,from,to,before,after\nSummer,,2024-07-01,2024-08-31,2,3\nSummer,Remove,2024-07-20,,,\n", "Summer", "07-01/07-19 -2+0 07-21/08-31 -0+3"},
		{"{files: [e.csv]}", "name,kind,from,store\nSale,,2024-07-20,S1\nSale,,2024-07-20,S2\nSale,remove,2024-07-20,S2\n", "Sale", "07-20/07-20 -0+0"},
		{"{files: [e.csv]}", "name,kind,from,to,store\nSale,,2024-07-20,2024-07-22,\nSale,remove,2024-07-21,,S2\n", "Sale", "07-20/07-20 -0+0 07-21/07-21 -0+0 07-22/07-22 -0+0"},
	} {
		o, err := calendarOf(t, c.text, map[string]string{"e.csv": c.files})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got := daysOf(o.Events, c.name, 2024)
		ok := strings.Join(got, " ") == c.want
		if place, want, counted := strings.Cut(c.want, " "); counted && !ok {
			n := slices.Index([]string{"first", "second", "third", "fourth"}, place)
			ok = n >= 0 && len(got) >= 12 && got[n] == want
		}
		if c.want == "many" {
			ok = len(got) > 10
		}
		if !ok {
			t.Errorf("%s: %s is on %v, want %s", c.text, c.name, got, c.want)
		}
	}
}

func TestClosingsAreOfAllShopsOrOfOneAndOfTheOwnCountryOrOfOne(t *testing.T) {
	for _, c := range []struct {
		text, files string
		want        string // closings on 3 October 2024
		last        bool   // whether the table limits the days
	}{
		{"{closed: {holidays: de}}", "", "/", true},
		{"{country: DE, closed: {holidays: own}}", "", "DE/", true},
		{"{country_column: land, closed: {holidays: own}}", "", "CN/ DE/", true},
		{"{country: DE, closed: {names: [Tag der deutschen Einheit]}}", "", "DE/", true},
		{"{country: DE, closed: {names: [Neujahrstag]}}", "", "", true},
		{"{closed: {files: [e.csv]}}", "store,from,to\ns1,2024-10-01,2024-10-05\n,2024-10-03,\n", "/ /s1", false},
	} {
		o, err := calendarOf(t, c.text, map[string]string{"e.csv": c.files})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		day := time.Date(2024, 10, 3, 0, 0, 0, 0, time.UTC)
		var got []string
		for _, x := range o.Closings {
			if !x.From.After(day) && !x.To.Before(day) {
				got = append(got, x.Country+"/"+x.Store)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want || o.Last.IsZero() == c.last {
			t.Errorf("%s: closed are %v, want %s; limited to %v", c.text, got, c.want, o.Last)
		}
	}
}

func TestACalendarThatCannotBeReadIsRefusedInOneLine(t *testing.T) {
	for _, c := range []struct{ text, files, want string }{
		{"{country: XX}", "", `calendar.country: the table of holidays has no "XX"; it has AT, AU`},
		{"{country: DE, country_column: land}", "", "calendar: country and country_column both say the country"},
		{"{events: [Blak Friday]}", "", `calendar.events: the table has no "Blak Friday"; did you mean "Black Friday"?`},
		{"{events: [Karfreitag]}", "", `calendar.events: "Karfreitag" is of a country; say which (calendar.country)`},
		{"{events: [holidays]}", "", `calendar.events: "holidays" is of a country`},
		{"{events: [{name: Black Friday, before: 61}]}", "", "calendar.events: the window of Black Friday is 61 days before and 0 after; use 0 to 60"},
		{"{events: [{name: Black Friday, befor: 1}]}", "", "befor"},
		{"{pay_days: {days: [32]}}", "", `calendar.pay_days.days: "32" is no day of the month`},
		{"{pay_days: {days: [1], weekend: never}}", "", `calendar.pay_days.weekend: "never" is not known`},
		{"{closed: {holidays: XX}}", "", `calendar.closed.holidays: the table has no country "XX"`},
		{"{closed: {holidays: own}}", "", "calendar.closed.holidays: the country of the stores is not said"},
		{"{country: DE, closed: {names: [Neujahr]}}", "", `calendar.closed.names: there is no holiday "Neujahr"`},
		{"{files: [none.csv]}", "", "read the calendar: open"},
		{"{files: [e.csv]}", "from\n2024-01-01\n", `e.csv: column "name" is missing`},
		{"{files: [e.csv]}", "name,from,colour\nA,2024-01-01,x\n", `e.csv: column "colour" is not expected`},
		{"{files: [e.csv]}", "name,from\nA,2024-01-01\nB,01.02.2024\n", `e.csv: row 2: from is "01.02.2024"; write a day as 2026-12-24`},
		{"{files: [e.csv]}", "name,from,to\nA,2024-01-02,2024-01-01\n", "e.csv: row 1: it lasts from 2024-01-02 to 2024-01-01"},
		{"{files: [e.csv]}", "name,from\n,2024-01-02\n", "e.csv: row 1: the event has no name"},
		{"{files: [e.csv]}", "name,kind,from\nA,remove,2024-01-02\n", `there is no "A" from 2024-01-02 to 2024-01-02 to remove`},
		{"{files: [e.csv]}", "name,from,country\nA,2024-01-02,DE\n", "A is a day of DE"},
		{"{country: DE, files: [e.csv]}", "name,from,country\nA,2024-01-02,XX\n", `the table of holidays has no country "XX"`},
		{"{files: [e.csv]}", "name,from,from\nA,2024-01-02,2024-01-03\n", `there are two columns "from"`},
		{"{closed: {files: [e.csv]}}", "from,kind\n2024-01-02,remove\n", "a day that is closed has no window, and none can be removed by file"},
		{"{files: [e.csv]}", "name,from,after\nA,2024-01-02,x\n", `e.csv: row 1: after is "x"`},
	} {
		_, err := calendarOf(t, c.text, map[string]string{"e.csv": c.files})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestClosedDaysNeedDays(t *testing.T) {
	for freq, ok := range map[string]bool{"D": true, "D-06": true, "2D": false, "W": false, "H": false} {
		f, err := demand.ParseFreq(freq)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []Closed{{Weekdays: []string{"sunday"}}, {Holidays: "DE"}, {Files: []string{"x.csv"}}} {
			if err := (Calendar{Closed: c}).check(f); (err == nil) != ok {
				t.Errorf("%s, %+v: %v", freq, c, err)
			}
		}
	}
}

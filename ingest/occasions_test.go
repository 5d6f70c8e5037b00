package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
)

func at(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// on writes the events of a calendar: 2024-12-24 Christmas -1 (0).
func on(cal demand.Calendar, e *demand.Events, c *demand.EventCalendar) (list []string) {
	for _, x := range c.On {
		list = append(list, fmt.Sprintf("%s %s %+d (%d)", cal.Format(x.Period), e.Names[x.Event], x.Offset, x.Days))
	}
	return list
}

func someOccasions() Occasions {
	return Occasions{
		Events: []Occasion{
			{Name: "Zoo day", Kind: "retail", From: at("2024-01-04"), To: at("2024-01-05"), Before: 2, After: 1},
			{Name: "Fête", Kind: "public", Country: "FR", From: at("2024-01-09"), To: at("2024-01-09")},
			{Name: "Opening", Kind: "retail", Store: "b", From: at("2024-01-02"), To: at("2024-01-02")},
		},
		Closings:      []Occasion{{Store: "b", From: at("2024-01-03"), To: at("2024-01-03")}, {Country: "DE", From: at("2024-01-11"), To: at("2024-01-12")}},
		CountryColumn: "Land", Countries: []string{"DE", "FR"},
	}
}

func eventFeed(t *testing.T, stores ...string) Spec {
	t.Helper()
	d := newFolder(t)
	lines := []string{header}
	for _, store := range []string{"a", "b", "c"} {
		for day := range 10 {
			lines = append(lines, fmt.Sprintf("x,%s,2024-01-%02d,%d", store, day+1, 1-day%2)) // nothing sold on even days
		}
	}
	s := daily(d.csv("t.csv", lines...))
	s.Horizon, s.Occasions = 4, someOccasions()
	s.Stores = d.csv("stores.csv", append([]string{"store_id,land"}, stores...)...)
	return s
}

func TestEveryStoreHasTheEventsOfItsCountryAndItsOwn(t *testing.T) {
	t.Parallel()
	s := eventFeed(t, "a,de", "b,DE", "c,fr")
	for _, memory := range []int64{0, partShare * (10*10 + 4*8*forecastColumns)} {
		r, n, err := readParts(t, s, memory)
		if err != nil {
			t.Fatal(err)
		}
		if (n == 3) != (memory > 0) {
			t.Errorf("%d parts", n)
		}
		e := r.Panel.Events
		if diff := cmp.Diff([]string{"Fête", "Opening", "Zoo day"}, e.Names); diff != "" || len(e.Calendars) != 3 {
			t.Errorf("%d calendars, %s", len(e.Calendars), diff)
		}
		zoo := []string{"2024-01-02 Zoo day -2 (0)", "2024-01-03 Zoo day -1 (0)", "2024-01-04 Zoo day +0 (1)", "2024-01-05 Zoo day +0 (1)", "2024-01-06 Zoo day +1 (0)"}
		for i, want := range [][]string{zoo, append([]string{"2024-01-02 Opening +0 (1)"}, zoo...), append(append([]string{}, zoo...), "2024-01-09 Fête +0 (1)")} {
			if diff := cmp.Diff(want, on(r.Panel.Cal, e, e.Calendar(i))); diff != "" {
				t.Errorf("%v (-want +got):\n%s", r.Panel.Keys[i], diff)
			}
			var closed []string
			for _, p := range e.Calendar(i).Closed {
				closed = append(closed, r.Panel.Cal.Format(p))
			}
			want := map[int]string{0: "2024-01-11 2024-01-12", 1: "2024-01-03 2024-01-11 2024-01-12", 2: ""}[i]
			if got := strings.Join(closed, " "); got != want {
				t.Errorf("%v is closed on %s, want %s", r.Panel.Keys[i], got, want)
			}
		}
		// b sold on 3 January, although it was closed.
		if r.Audit.Closed != 0 || r.Audit.SoldClosed != 1 || cmp.Diff(e, r.Future.Events) != "" {
			t.Errorf("%d closed, %d sold", r.Audit.Closed, r.Audit.SoldClosed)
		}
	}
	s.Occasions.Events[2].Store, s.Occasions.Closings[0].Store = "B", "z"
	if got := mustRead(t, s).Audit.NoSuchStore; cmp.Diff([]string{"B", "z"}, got) != "" {
		t.Errorf("stores that are not there: %v", got)
	}
	s.Occasions.Closings[0].Store = "b"
	s.Occasions.Closings[0].From, s.Occasions.Closings[0].To = at("2024-01-02"), at("2024-01-02") // nothing was sold
	r := mustRead(t, s)
	b := r.Panel.At(1).Y
	if r.Audit.Closed != 1 || b[1] == b[1] || r.Panel.At(0).Y[1] != 0 {
		t.Errorf("%d closed; b has %v", r.Audit.Closed, b)
	}
}

func TestEventsOfLongerAndShorterPeriods(t *testing.T) {
	t.Parallel()
	frame := &demand.Panel{Keys: []demand.Key{{Item: "x", Store: "b"}}, Start: []demand.Period{0}}
	o := someOccasions()
	o.CountryColumn = ""
	for freq, want := range map[string][]string{
		"W":  {"2024-01-01 Opening +0 (1)", "2024-01-01 Zoo day +0 (2)"},
		"M":  {"2024-01-01 Opening +0 (1)", "2024-01-01 Zoo day +0 (2)"},
		"2D": {"2024-01-02 Opening +0 (1)", "2024-01-02 Zoo day -1 (0)", "2024-01-04 Zoo day +0 (2)", "2024-01-06 Zoo day +1 (0)"},
		"12H": {
			"2024-01-02 00:00:00 Opening +0 (1)", "2024-01-02 00:00:00 Zoo day -2 (0)", "2024-01-02 12:00:00 Opening +0 (1)", "2024-01-02 12:00:00 Zoo day -2 (0)",
			"2024-01-03 00:00:00 Zoo day -1 (0)", "2024-01-03 12:00:00 Zoo day -1 (0)", "2024-01-04 00:00:00 Zoo day +0 (1)", "2024-01-04 12:00:00 Zoo day +0 (1)",
			"2024-01-05 00:00:00 Zoo day +0 (1)", "2024-01-05 12:00:00 Zoo day +0 (1)", "2024-01-06 00:00:00 Zoo day +1 (0)", "2024-01-06 12:00:00 Zoo day +1 (0)",
		},
		"D-06": {
			"2024-01-02 Opening +0 (1)", "2024-01-02 Zoo day -2 (0)", "2024-01-03 Zoo day -1 (0)", "2024-01-04 Zoo day +0 (1)", "2024-01-05 Zoo day +0 (1)", "2024-01-06 Zoo day +1 (0)",
		},
	} {
		f, err := demand.ParseFreq(freq)
		if err != nil {
			t.Fatal(err)
		}
		frame.Cal.Freq = f
		frame.Start[0], frame.End = frame.Cal.Period(at("2024-01-01")), frame.Cal.Period(at("2024-02-05"))
		e, err := o.events(frame, 1, &Audit{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, on(frame.Cal, e, e.Calendar(0))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", freq, diff)
		}
	}
}

func TestWhatACalendarCannotKnowIsRefused(t *testing.T) {
	t.Parallel()
	wantError(t, eventFeed(t, "a,DE", "b,Germany", "c,"), `read calendar: the land of 2 stores is no country that the table of holidays has: b has "Germany", c has ""; use one of DE, FR`)
	s := eventFeed(t, "a,DE", "b,DE", "c,DE")
	s.Occasions.CountryColumn = "country"
	wantError(t, s, `read calendar: the stores have no attribute "country" that says their country; they have land`)
	s = eventFeed(t, "a,DE", "b,DE", "c,DE")
	s.Occasions.First, s.Occasions.Last = at("2010-01-01"), at("2024-01-13")
	wantError(t, s, "read calendar: the periods run from 2024-01-01 to 2024-01-14, and the table of holidays from 2010-01-01 to 2024-01-13")
	s.Occasions.Last = at("2024-01-14")
	mustRead(t, s)
}

// A closing of a date closes the business day that begins on that date, as a row of that date falls into it.
func TestAClosedDateIsTheBusinessDayThatBeginsOnIt(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"D", "D-06", "D-13", "D-18", "D-23"} {
		freq, err := demand.ParseFreq(name)
		if err != nil {
			t.Fatal(err)
		}
		d := newFolder(t)
		lines := feedDays(10)
		lines[5] = "x,a,2024-01-05,0"
		s := daily(d.csv("t.csv", lines...))
		s.Freq, s.Horizon = freq, 4
		s.Occasions = Occasions{
			Closings: []Occasion{{From: at("2024-01-05"), To: at("2024-01-05")}},
			Events:   []Occasion{{Name: "E", From: at("2024-01-05"), To: at("2024-01-05")}, {Name: "E", From: at("2024-01-05"), To: at("2024-01-06")}},
		}
		r := mustRead(t, s)
		if y := r.Panel.Y; y[4] == y[4] || y[3] != y[3] || r.Audit.Closed != 1 || r.Audit.FilledMiddle != 0 {
			t.Errorf("%s: %v, %d closed, %d filled", name, y, r.Audit.Closed, r.Audit.FilledMiddle)
		}
		for _, x := range r.Panel.Events.Calendar(0).On {
			if x.Days != 1 {
				t.Errorf("%s: %d days of an event in a day", name, x.Days)
			}
		}
	}
}

func TestAnEventIsNotInTheStoresItIsTakenOutOf(t *testing.T) {
	t.Parallel()
	o := Occasion{Name: "Sale", Except: []string{"b"}}
	if !o.in(locality{store: "a"}) || o.in(locality{store: "b"}) || !o.in(locality{}) {
		t.Error("an exception is not kept to")
	}
}

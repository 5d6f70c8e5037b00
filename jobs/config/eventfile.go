package config

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"shelfcast/ingest"
)

// Files of events have a header. An event has a name, a kind that says what it is to a reader, and its first and last day;
// what is left empty holds everywhere. An event of the kind remove takes the event of that name, on those days, out of what
// the table says. Closings need no name and no kind.
var eventColumns = []string{"name", "kind", "from", "to", "country", "store", "before", "after"}

const removeKind = "remove"

func (b *occasions) files() error {
	for _, name := range b.Files {
		list, err := readEvents(name, true)
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := b.known(name, x); err != nil {
				return err
			}
			if !strings.EqualFold(x.Kind, removeKind) {
				b.out.Events = append(b.out.Events, x)
				continue
			}
			if !b.remove(x) {
				return fmt.Errorf("read %s: there is no %q from %s to %s to remove; see shelfcast calendar", name, x.Name, x.From.Format(time.DateOnly), x.To.Format(time.DateOnly))
			}
		}
	}
	for _, name := range b.Closed.Files {
		list, err := readEvents(name, false)
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := b.known(name, x); err != nil {
				return err
			}
			if strings.EqualFold(x.Kind, removeKind) || x.Before > 0 || x.After > 0 {
				return fmt.Errorf("read %s: a day that is closed has no window, and none can be removed by file: leave the columns kind, before and after out", name)
			}
		}
		b.out.Closings = append(b.out.Closings, list...)
	}
	return nil
}

// known reports an event of a country that no store could be in, by what is said of their countries.
func (b *occasions) known(file string, x ingest.Occasion) error {
	switch {
	case x.Country == "":
	case !slices.Contains(b.out.Countries, x.Country):
		return fmt.Errorf("read %s: the table of holidays has no country %q; it has %s", file, x.Country, strings.Join(b.out.Countries, ", "))
	case b.Country == "" && b.CountryColumn == "":
		return fmt.Errorf("read %s: %s is a day of %s, and the country of the stores is not said; set calendar.country or calendar.country_column (--country)",
			file, cmp.Or(x.Name, x.From.Format(time.DateOnly)), x.Country)
	}
	return nil
}

// remove takes the days of x out of the events of its name, in its country and in its store, or everywhere. It reports whether
// there were any.
func (b *occasions) remove(x ingest.Occasion) (found bool) {
	var left []ingest.Occasion
	for _, o := range b.out.Events {
		here := strings.EqualFold(o.Name, x.Name) && (x.Country == "" || x.Country == o.Country) && (x.Store == "" || o.Store == "" || x.Store == o.Store)
		if !here || o.From.After(x.To) || o.To.Before(x.From) {
			left = append(left, o)
			continue
		}
		found = true
		if o.From.Before(x.From) {
			early := o
			early.To, early.After = x.From.AddDate(0, 0, -1), 0
			left = append(left, early)
		}
		if x.Store != "" && o.Store == "" { // it stays in the other stores
			rest := o
			rest.Except = append(o.Except[:len(o.Except):len(o.Except)], x.Store)
			if rest.From.Before(x.From) {
				rest.From, rest.Before = x.From, 0
			}
			if rest.To.After(x.To) {
				rest.To, rest.After = x.To, 0
			}
			left = append(left, rest)
		}
		if o.To.After(x.To) {
			late := o
			late.From, late.Before = x.To.AddDate(0, 0, 1), 0
			left = append(left, late)
		}
	}
	b.out.Events = left
	return found
}

// readEvents reads a file of events, which have names, or of closings.
func readEvents(name string, named bool) ([]ingest.Occasion, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	defer f.Close()
	rows := csv.NewReader(f)
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read the calendar %s: %w; its first line names the columns: %s", name, err, strings.Join(eventColumns, ","))
	}
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(header[i], "\ufeff")))
		if !slices.Contains(eventColumns, header[i]) {
			return nil, fmt.Errorf("read the calendar %s: column %q is not expected; use %s", name, header[i], strings.Join(eventColumns, ", "))
		}
		if slices.Contains(header[:i], header[i]) {
			return nil, fmt.Errorf("read the calendar %s: there are two columns %q; leave one out", name, header[i])
		}
	}
	for _, need := range eventColumns[:4] {
		if !slices.Contains(header, need) && (named || need == "from") && need != "kind" && need != "to" {
			return nil, fmt.Errorf("read the calendar %s: column %q is missing", name, need)
		}
	}
	all, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the calendar %s: %w", name, err)
	}
	var list []ingest.Occasion
	for i, row := range all {
		x, err := eventOf(header, row)
		if err == nil && named && x.Name == "" {
			err = errors.New("the event has no name")
		}
		if err != nil {
			return nil, fmt.Errorf("read the calendar %s: row %d: %w", name, i+1, err)
		}
		list = append(list, x)
	}
	return list, nil
}

func eventOf(header, row []string) (x ingest.Occasion, err error) {
	for c, column := range header {
		text := strings.TrimSpace(row[c])
		switch column {
		case "name":
			x.Name = text
		case "kind":
			x.Kind = text
		case "country":
			x.Country = strings.ToUpper(text)
		case "store":
			x.Store = text
		case "from":
			x.From, err = dayOf(column, text)
		case "to":
			if text != "" {
				x.To, err = dayOf(column, text)
			}
		case "before":
			x.Before, err = windowOf(column, text)
		case "after":
			x.After, err = windowOf(column, text)
		}
		if err != nil {
			return x, err
		}
	}
	if x.To.IsZero() {
		x.To = x.From
	}
	if x.To.Before(x.From) || x.To.Sub(x.From) > 366*24*time.Hour {
		return x, fmt.Errorf("it lasts from %s to %s; an event ends on the day it begins or later, and within a year", x.From.Format(time.DateOnly), x.To.Format(time.DateOnly))
	}
	return x, nil
}

func dayOf(column, text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, fmt.Errorf("%s is %q; write a day as 2026-12-24", column, text)
	}
	return day, nil
}

func windowOf(column, text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > longestWindow {
		return 0, fmt.Errorf("%s is %q; use a number of days from 0 to %d", column, text, longestWindow)
	}
	return n, nil
}

// The years that pay days are laid out for.
const firstPayYear, lastPayYear = 1970, 2100

func (b *occasions) payDays() error {
	p := b.PayDays
	if p.Before < 0 || p.After < 0 || p.Before > longestWindow || p.After > longestWindow {
		return fmt.Errorf("calendar.pay_days: the window is %d days before and %d after; use 0 to %d", p.Before, p.After, longestWindow)
	}
	step := map[string]int{"": 0, "stay": 0, "before": -1, "after": 1}
	move, ok := step[p.Weekend]
	if !ok {
		return fmt.Errorf("calendar.pay_days.weekend: %q is not known; use stay, before or after", p.Weekend)
	}
	for _, text := range p.Days {
		n, err := strconv.Atoi(text)
		if text == "last" {
			n, err = 31, nil
		}
		if err != nil || n < 1 || n > 31 {
			return fmt.Errorf("calendar.pay_days.days: %q is no day of the month; use 1 to 31, or last", text)
		}
		for month := time.Date(firstPayYear, 1, 1, 0, 0, 0, 0, time.UTC); month.Year() <= lastPayYear; month = month.AddDate(0, 1, 0) {
			day := month.AddDate(0, 0, n-1)
			if end := month.AddDate(0, 1, -1); day.After(end) {
				day = end
			}
			for move != 0 && (day.Weekday() == time.Saturday || day.Weekday() == time.Sunday) {
				day = day.AddDate(0, 0, move)
			}
			b.out.Events = append(b.out.Events, ingest.Occasion{Name: payDay, Kind: "retail", From: day, To: day, Before: p.Before, After: p.After})
		}
	}
	return nil
}

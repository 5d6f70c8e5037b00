package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"shelfcast/datasets/holidays"
	"shelfcast/engine/demand"
	"shelfcast/engine/nearest"
	"shelfcast/ingest"
)

// Calendar says what is special about days.
type Calendar struct {
	Country       string   `yaml:"country" env:"COUNTRY"`               // of all stores, as two letters; or
	CountryColumn string   `yaml:"country_column" env:"COUNTRY_COLUMN"` // the attribute of stores that says it
	Events        []Event  `yaml:"events"`                              // of the table of holidays
	PayDays       PayDays  `yaml:"pay_days" envPrefix:"PAY_DAYS_"`
	Files         []string `yaml:"files" env:"FILES"` // CSV files of further events, such as school holidays
	Closed        Closed   `yaml:"closed" envPrefix:"CLOSED_"`
}

// Event names an event of the table, with a window. In YAML it may be the name alone.
type Event struct {
	Name   string `yaml:"name"`   // as shelfcast datasets holidays prints it; "holidays" stands for all public and bank holidays
	Before int    `yaml:"before"` // days before it
	After  int    `yaml:"after"`  // days after it
}

// UnmarshalYAML reads a name, or a name with a window.
func (e *Event) UnmarshalYAML(read func(any) error) error {
	if read(&e.Name) == nil {
		return nil
	}
	type whole Event
	return read((*whole)(e))
}

// PayDays says on which days of the month most customers are paid.
type PayDays struct {
	Days    []string `yaml:"days" env:"DAYS"`       // 1 to 31, or last; a month that is shorter has its last day instead
	Weekend string   `yaml:"weekend" env:"WEEKEND"` // of a pay day on a weekend: stay, before or after; stay when empty
	Before  int      `yaml:"before" env:"BEFORE"`   // days of the window before it
	After   int      `yaml:"after" env:"AFTER"`     // days of the window after it
}

// Closed says on which days shops are closed.
type Closed struct {
	Weekdays []string `yaml:"weekdays" env:"WEEKDAYS"` // English names
	Holidays string   `yaml:"holidays" env:"HOLIDAYS"` // country whose public and bank holidays are closed days, or own: that of each store
	Names    []string `yaml:"names" env:"NAMES"`       // those holidays alone; all when empty
	Files    []string `yaml:"files" env:"FILES"`       // CSV files of further closings, of all stores or of one
}

// AllHolidays is the name that stands for all public and bank holidays, and OwnCountry for the country of each store.
const (
	AllHolidays = "holidays"
	OwnCountry  = "own"
	payDay      = "Pay day"
)

const longestWindow = 60 // days

// Occasions returns what the calendar says, in the form that ingest takes. It reads the files.
func (c Calendar) Occasions() (out ingest.Occasions, err error) {
	table, err := holidays.All()
	if err != nil {
		return out, err
	}
	b := occasions{Calendar: c, table: table, out: &out}
	out.Country, out.CountryColumn, out.Countries = strings.ToUpper(c.Country), c.CountryColumn, holidays.Countries(table)
	if c.Country != "" && !slices.Contains(out.Countries, out.Country) {
		return out, fmt.Errorf("calendar.country: the table of holidays has no %q; it has %s", c.Country, strings.Join(out.Countries, ", "))
	}
	for _, gather := range []func() error{b.weekdays, b.events, b.payDays, b.files, b.closings} {
		if err := gather(); err != nil {
			return out, err
		}
	}
	return out, nil
}

// occasions gathers what a calendar says.
type occasions struct {
	Calendar
	table []holidays.Occasion
	out   *ingest.Occasions
}

func (b *occasions) weekdays() error {
	for _, name := range b.Closed.Weekdays {
		d := time.Sunday
		for d <= time.Saturday && !strings.EqualFold(d.String(), name) {
			d++
		}
		if d > time.Saturday {
			return fmt.Errorf("calendar.closed.weekdays: %q is no day of the week; use sunday, monday, …", name)
		}
		b.out.Weekdays = append(b.out.Weekdays, d)
	}
	return nil
}

// here reports whether an occasion of the table can be one of a store.
func (b *occasions) here(o holidays.Occasion) bool {
	return o.Country == holidays.Everywhere || b.CountryColumn != "" || strings.EqualFold(o.Country, b.Country)
}

func free(o holidays.Occasion) bool { return o.Kind == holidays.Public || o.Kind == holidays.Bank }

func (b *occasions) events() error {
	for _, e := range b.Events {
		if e.Before < 0 || e.After < 0 || e.Before > longestWindow || e.After > longestWindow {
			return fmt.Errorf("calendar.events: the window of %s is %d days before and %d after; use 0 to %d", e.Name, e.Before, e.After, longestWindow)
		}
		found := false
		for _, o := range b.table {
			if b.here(o) && (strings.EqualFold(o.Name, e.Name) && o.Kind != holidays.Observed || e.Name == AllHolidays && free(o)) {
				found = true
				b.out.Events = append(b.out.Events, b.of(o, e.Before, e.After))
			}
		}
		if !found {
			return b.noEvent(e.Name)
		}
	}
	return nil
}

// of turns an occasion of the table into one of ingest, and notes the days that the table is known for.
func (b *occasions) of(o holidays.Occasion, before, after int) ingest.Occasion {
	x := ingest.Occasion{Name: o.Name, Kind: o.Kind, Country: o.Country, From: o.From, To: o.To, Before: before, After: after}
	if x.Country == holidays.Everywhere {
		x.Country = ""
	}
	if b.out.Last.IsZero() {
		first, last := holidays.Years(b.table)
		b.out.First, b.out.Last = time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(last, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return x
}

// noEvent says why the table has no event of a name.
func (b *occasions) noEvent(name string) error {
	var names []string
	elsewhere := ""
	for _, o := range b.table {
		if strings.EqualFold(o.Name, name) {
			elsewhere = o.Country
		}
		if b.here(o) {
			names = append(names, o.Name)
		}
	}
	switch like := nearest.Name(name, names); {
	case b.Country == "" && b.CountryColumn == "" && (elsewhere != "" || name == AllHolidays):
		return fmt.Errorf("calendar.events: %q is of a country; say which (calendar.country), or which attribute of stores says it (calendar.country_column)", name)
	case like != "":
		return fmt.Errorf("calendar.events: the table has no %q; did you mean %q?", name, like)
	}
	return fmt.Errorf("calendar.events: the table has no %q; see shelfcast datasets holidays, or give its days by file (calendar.files)", name)
}

func (b *occasions) closings() error {
	country := b.Closed.Holidays
	if country == "" && len(b.Closed.Names) > 0 {
		country = OwnCountry
	}
	found := map[string]bool{}
	for _, o := range b.table {
		mine := country == OwnCountry && b.here(o) && o.Country != holidays.Everywhere || strings.EqualFold(o.Country, country)
		named := slices.ContainsFunc(b.Closed.Names, func(n string) bool { return strings.EqualFold(n, o.Name) })
		if mine && (named && o.Kind != holidays.Observed || len(b.Closed.Names) == 0 && free(o)) {
			x := b.of(o, 0, 0)
			if country != OwnCountry {
				x.Country = "" // whatever the country of a store
			}
			b.out.Closings = append(b.out.Closings, x)
			found[strings.ToLower(o.Name)] = true
		}
	}
	for _, n := range b.Closed.Names {
		if !found[strings.ToLower(n)] {
			return fmt.Errorf("calendar.closed.names: there is no holiday %q; see shelfcast datasets holidays", n)
		}
	}
	switch {
	case country == OwnCountry && b.Country == "" && b.CountryColumn == "":
		return errors.New("calendar.closed.holidays: the country of the stores is not said; set calendar.country or calendar.country_column")
	case country != "" && len(found) == 0:
		return fmt.Errorf("calendar.closed.holidays: the table has no country %q; it has %s", country, strings.Join(b.out.Countries, ", "))
	}
	return nil
}

func (c Calendar) check(f demand.Freq) error {
	if c.Country != "" && c.CountryColumn != "" {
		return errors.New("calendar: country and country_column both say the country; give one of them")
	}
	byFile := len(c.Closed.Files) > 0
	c.Files, c.Closed.Files = nil, nil // which are read when a night is planned
	o, err := c.Occasions()
	if err != nil {
		return err
	}
	if (len(o.Weekdays)+len(o.Closings) > 0 || byFile) && (f.Unit != demand.Day || f.N != 1) {
		return fmt.Errorf("calendar.closed: the frequency is %s, and closed are whole days; leave it out, or use input.frequency: D", f)
	}
	return nil
}

// Package holidays holds the days of the year on which people shop differently: the public holidays of countries, and the
// events of retail. The table holidays.csv is the truth. It may be edited by hand; the program in the folder generate
// writes it anew, from rules.
package holidays

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:generate go run ./generate

//go:embed holidays.csv
var table string

// Kinds of occasions.
const (
	Public    = "public"    // a public holiday
	Bank      = "bank"      // a bank holiday
	Religious = "religious" // a day or time of a religion, whether or not it is a holiday by law
	Observed  = "observed"  // the day off for a holiday that falls on another day
	Other     = "other"     // a day that has a name, but is not free by law
	Retail    = "retail"    // an event of retail
)

var kinds = []string{Public, Bank, Religious, Observed, Other, Retail}

// Everywhere is the country of the events that are on the same day in every country.
const Everywhere = "*"

// Occasion is a holiday or an event: the days From to To, both included, at midnight UTC.
type Occasion struct {
	Country  string // ISO 3166-1 code of two letters, or Everywhere
	From, To time.Time
	Name     string
	Kind     string
}

// All returns every occasion of the table, by country, first day and name.
//
// Dates by the Islamic calendar are those of its arithmetical form, which may be a day off from where the moon is sighted.
func All() ([]Occasion, error) {
	all, err := builtIn()
	return slices.Clone(all), err
}

var builtIn = sync.OnceValues(func() ([]Occasion, error) { return read(table) })

// In returns the occasions of a country, those of Everywhere among them, of which a day lies in the year, by first day and
// name.
func In(country string, year int) ([]Occasion, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	country = strings.ToUpper(country)
	if !slices.ContainsFunc(all, func(o Occasion) bool { return o.Country == country }) {
		return nil, fmt.Errorf("find the holidays of country %q: the table has none; it has %s", country, strings.Join(Countries(all), ", "))
	}
	first, last := Years(all)
	if year < first || year > last {
		return nil, fmt.Errorf("find the holidays of %s in %d: the table has the years %d to %d", country, year, first, last)
	}
	found := slices.DeleteFunc(all, func(o Occasion) bool {
		return o.Country != country && o.Country != Everywhere || o.From.Year() > year || o.To.Year() < year
	})
	slices.SortStableFunc(found, byDay)
	return found, nil
}

// Years returns the first and the last year in which occasions begin.
func Years(all []Occasion) (first, last int) {
	first, last = all[0].From.Year(), all[0].From.Year()
	for _, o := range all {
		first, last = min(first, o.From.Year()), max(last, o.From.Year())
	}
	return first, last
}

// Countries returns the codes of the countries that have occasions, sorted.
func Countries(all []Occasion) []string {
	var codes []string
	for _, o := range all {
		if o.Country != Everywhere {
			codes = append(codes, o.Country)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func byDay(a, b Occasion) int {
	if c := a.From.Compare(b.From); c != 0 {
		return c
	}
	return strings.Compare(a.Name, b.Name)
}

// read reads a table: country, name, kind, and dates, which are days 2026-12-25 or spans 2026-02-18/2026-03-19 with spaces
// between them.
func read(text string) ([]Occasion, error) {
	r := csv.NewReader(strings.NewReader(text))
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of holidays: %w", err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], []string{"country", "name", "kind", "dates"}) {
		return nil, fmt.Errorf("read the table of holidays: its first line must be country,name,kind,dates")
	}
	var all []Occasion
	for _, row := range rows[1:] {
		if !isCountry(row[0]) {
			return nil, fmt.Errorf("read the table of holidays: %s is of the country %q; use two capital letters, or %s", row[1], row[0], Everywhere)
		}
		if !slices.Contains(kinds, row[2]) {
			return nil, fmt.Errorf("read the table of holidays: %s of %s is of the kind %q; use one of %s", row[1], row[0], row[2], strings.Join(kinds, ", "))
		}
		for _, dates := range strings.Fields(row[3]) {
			o := Occasion{Country: row[0], Name: row[1], Kind: row[2]}
			if o.From, o.To, err = span(dates); err != nil {
				return nil, fmt.Errorf("read the table of holidays: %s of %s: %w", row[1], row[0], err)
			}
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b Occasion) int {
		if c := strings.Compare(a.Country, b.Country); c != 0 {
			return c
		}
		return byDay(a, b)
	})
	return all, nil
}

func isCountry(code string) bool {
	return code == Everywhere || len(code) == 2 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func span(text string) (from, to time.Time, err error) {
	first, last, ok := strings.Cut(text, "/")
	if !ok {
		last = first
	}
	if from, err = time.Parse(time.DateOnly, first); err == nil {
		to, err = time.Parse(time.DateOnly, last)
	}
	if err == nil && to.Before(from) {
		err = fmt.Errorf("%s ends before it begins", text)
	}
	return from, to, err
}

package cli

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"shelfcast/ingest"
	"shelfcast/jobs/config"
)

type calendarCommand struct {
	Config  string `short:"c" required:"" placeholder:"F" help:"The configuration."`
	From    string `placeholder:"DATE" help:"First day. Default: today."`
	To      string `placeholder:"DATE" help:"Last day. Default: a year after the first."`
	Store   string `placeholder:"NAME" help:"Only what holds in this store, apart from what other countries have."`
	Country string `placeholder:"DE" help:"Only what holds in this country. Default: that of the configuration."`
	Format  string `default:"text" enum:"text,csv" help:"text or csv."`
}

// Help ends the help text of the command.
func (calendarCommand) Help() string {
	return `Prints every day that the calendar of a configuration yields, one event or closing a line, with its window, its country and its
store; * stands for all of them. Nothing is read but the configuration and the files that its calendar names.

Example:
  shelfcast calendar --config shelfcast.yaml --from 2026-12-01 --to 2027-01-31`
}

// dayLine is one line of the output.
type dayLine struct {
	what string // event or closed
	ingest.Occasion
}

// Run prints the days.
func (c calendarCommand) Run(s *session) error {
	from, to, err := c.span()
	if err != nil {
		return usageError{err}
	}
	conf, err := config.Load(c.Config, s.environ)
	if err != nil {
		return err
	}
	found, err := conf.Calendar.Occasions()
	if err != nil {
		return err
	}
	return c.print(s, c.lines(found, from, to))
}

func (c calendarCommand) span() (from, to time.Time, err error) {
	if from, err = date(c.From); err != nil {
		return from, to, fmt.Errorf("read --from: %q is no date; write it as 2026-12-24", c.From)
	}
	if from.IsZero() {
		from = time.Now().UTC().Truncate(24 * time.Hour)
	}
	if to, err = date(c.To); err != nil {
		return from, to, fmt.Errorf("read --to: %q is no date; write it as 2026-12-24", c.To)
	}
	if to.IsZero() {
		to = from.AddDate(1, 0, 0)
	}
	if to.Before(from) {
		return from, to, fmt.Errorf("--to is %s and lies before --from, %s", c.To, from.Format(time.DateOnly))
	}
	return from, to, nil
}

// lines returns what is on between two days, by its first day.
func (c calendarCommand) lines(o ingest.Occasions, from, to time.Time) (lines []dayLine) {
	country := strings.ToUpper(c.Country)
	if country == "" {
		country = o.Country
	}
	add := func(what string, x ingest.Occasion) {
		elsewhere := x.Country != "" && country != "" && x.Country != country || x.Store != "" && c.Store != "" && x.Store != c.Store
		if !elsewhere && !x.From.AddDate(0, 0, -x.Before).After(to) && !x.To.AddDate(0, 0, x.After).Before(from) {
			lines = append(lines, dayLine{what, x})
		}
	}
	for _, x := range o.Events {
		add("event", x)
	}
	for _, x := range o.Closings {
		add("closed", x)
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		if slices.Contains(o.Weekdays, day.Weekday()) {
			add("closed", ingest.Occasion{Name: day.Weekday().String(), Kind: "weekday", From: day, To: day})
		}
	}
	slices.SortStableFunc(lines, func(a, b dayLine) int { return a.From.Compare(b.From) })
	return lines
}

func (c calendarCommand) print(s *session, lines []dayLine) error {
	rows := [][]string{{"from", "to", "what", "name", "kind", "before", "after", "country", "store"}}
	layout := "2006-01-02 Mon"
	if c.Format == "csv" {
		layout = time.DateOnly
	}
	all := func(text string) string {
		if text == "" {
			return "*"
		}
		return text
	}
	for _, l := range lines {
		rows = append(rows, []string{
			l.From.Format(layout), l.To.Format(layout), l.what, l.Name, l.Kind, strconv.Itoa(l.Before), strconv.Itoa(l.After), all(l.Country), all(l.Store),
		})
	}
	if c.Format == "csv" {
		return csv.NewWriter(s.out).WriteAll(rows)
	}
	if len(lines) == 0 {
		_, err := fmt.Fprintln(s.out, "the calendar of this configuration has no such day; see calendar in schemas/config.example.yaml")
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

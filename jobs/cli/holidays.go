package cli

import (
	"encoding/csv"
	"fmt"
	"text/tabwriter"
	"time"

	"shelfcast/datasets/holidays"
)

type holidaysCommand struct {
	Country string `required:"" placeholder:"DE" help:"Code of two letters of a country, or * for the events that are on the same day everywhere."`
	Year    int    `required:"" placeholder:"2026" help:"Year."`
	Format  string `default:"text" enum:"text,csv" help:"text or csv."`
}

// Help ends the help text of the command.
func (holidaysCommand) Help() string {
	return `Prints the holidays of a country and the events of retail, with their first and last days. Dates by the Islamic calendar
may be a day off from where the moon is sighted.
Example:
  shelfcast datasets holidays --country DE --year 2026 --format csv`
}

// Run prints the occasions of the year.
func (c holidaysCommand) Run(s *session) error {
	found, err := holidays.In(c.Country, c.Year)
	if err != nil {
		return usageError{err}
	}
	if c.Format == "csv" {
		w := csv.NewWriter(s.out)
		rows := [][]string{{"country", "from", "to", "name", "kind"}}
		for _, o := range found {
			rows = append(rows, []string{o.Country, o.From.Format(time.DateOnly), o.To.Format(time.DateOnly), o.Name, o.Kind})
		}
		return w.WriteAll(rows)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, o := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", o.From.Format("2006-01-02 Mon"), o.To.Format("2006-01-02 Mon"), o.Country, o.Kind, o.Name)
	}
	return w.Flush()
}

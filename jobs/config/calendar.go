package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shelfcast/datasets/holidays"
	"shelfcast/engine/demand"
	"shelfcast/ingest"
)

// Calendar says what is special about days.
type Calendar struct {
	Closed Closed `yaml:"closed" envPrefix:"CLOSED_"`
}

// Closed says on which days all shops are closed.
type Closed struct {
	Weekdays []string `yaml:"weekdays" env:"WEEKDAYS"` // English names
	Holidays string   `yaml:"holidays" env:"HOLIDAYS"` // country whose public and bank holidays are closed days; none when empty
}

// ClosedDays returns the days on which shops are closed.
func (c Calendar) ClosedDays() (out ingest.Closed, err error) {
	for _, name := range c.Closed.Weekdays {
		d := time.Sunday
		for d <= time.Saturday && !strings.EqualFold(d.String(), name) {
			d++
		}
		if d > time.Saturday {
			return out, fmt.Errorf("calendar.closed.weekdays: %q is no day of the week; use sunday, monday, …", name)
		}
		out.Weekdays = append(out.Weekdays, d)
	}
	if c.Closed.Holidays == "" {
		return out, nil
	}
	all, err := holidays.All()
	for _, o := range all {
		if o.Country == c.Closed.Holidays && (o.Kind == holidays.Public || o.Kind == holidays.Bank) {
			for day := o.From; !day.After(o.To); day = day.AddDate(0, 0, 1) {
				out.Days = append(out.Days, day)
			}
		}
	}
	if err == nil && len(out.Days) == 0 {
		err = fmt.Errorf("calendar.closed.holidays: the table has no country %q; see shelfcast datasets holidays --help", c.Closed.Holidays)
	}
	slices.SortFunc(out.Days, time.Time.Compare)
	return out, err
}

func (c Calendar) check(f demand.Freq) error {
	closed, err := c.ClosedDays()
	if err == nil && len(closed.Weekdays)+len(closed.Days) > 0 && !strings.HasPrefix(f.String(), "D") {
		err = fmt.Errorf("calendar.closed: the frequency is %s, and closed are whole days; leave it out, or use input.frequency: D", f)
	}
	return err
}

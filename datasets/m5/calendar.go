package m5

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"shelfcast/datasets/source"
)

// calendar is calendar.csv: what is known of each day, day 0 being d_1.
type calendar struct {
	first     int32          // day 0 in days since 1970-01-01
	week      []int          // the week of each day, counted from 0
	weekIndex map[string]int // week by wm_yr_wk
	snap      map[string][]float64
	event     []float64 // 1 on days with a named event
}

func readCalendar(path string) (*calendar, error) {
	f, err := source.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	header, err := source.Header(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	columns := make(map[string]int, len(header))
	for i, name := range header {
		columns[name] = i
	}
	for _, name := range []string{"date", "wm_yr_wk", "event_name_1", "event_name_2"} {
		if _, ok := columns[name]; !ok {
			return nil, fmt.Errorf("read %s: it has no column %s; get the file anew from %s", path, name, Where)
		}
	}
	c := &calendar{weekIndex: map[string]int{}, snap: map[string][]float64{}}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return c, c.check(path)
		}
		if err == nil {
			err = c.add(header, columns, record)
		}
		if err != nil {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("read %s, line %d: %w", path, line, err)
		}
	}
}

func (c *calendar) add(header []string, columns map[string]int, record []string) error {
	date, err := time.Parse(time.DateOnly, record[columns["date"]])
	if err != nil {
		return err
	}
	day := int32(date.Unix() / 86400)
	switch {
	case len(c.week) == 0:
		c.first = day
	case day != c.first+int32(len(c.week)):
		return fmt.Errorf("%s does not follow the day before it", date.Format(time.DateOnly))
	}
	id := record[columns["wm_yr_wk"]]
	if _, ok := c.weekIndex[id]; !ok {
		c.weekIndex[id] = len(c.weekIndex)
	}
	c.week = append(c.week, c.weekIndex[id])
	c.event = append(c.event, flag(record[columns["event_name_1"]] != "" || record[columns["event_name_2"]] != ""))
	for i, name := range header {
		if state, ok := strings.CutPrefix(name, "snap_"); ok {
			c.snap[state] = append(c.snap[state], flag(record[i] == "1"))
		}
	}
	return nil
}

func (c *calendar) check(path string) error {
	if len(c.week) == 0 {
		return fmt.Errorf("read %s: it has no days; get the file anew from %s", path, Where)
	}
	return nil
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

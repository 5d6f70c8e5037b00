package carparts

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/source"
)

const longestLine = 1 << 20 // bytes

// readMonash reads the text form of the Monash repository: lines with # and @ before @data, then one line a series, its
// attributes and its comma-separated values between colons, ? where there is none.
//
// Godahewa, Bergmeir, Webb, Hyndman and Montero-Manso, "Monash Time Series Forecasting Archive", NeurIPS Datasets 2021.
func (d *data) readMonash(ctx context.Context, path string) error {
	f, err := source.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longestLine)
	m := monash{start: -1}
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.line(lines.Text(), d.add); err != nil {
			return fmt.Errorf("read %s, line %d: %w", path, n, err)
		}
	}
	err = lines.Err()
	if err == nil && m.series == 0 {
		err = fmt.Errorf("it has no series; get the file anew from %s", Where)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// monash is what the lines so far have said.
type monash struct {
	attributes int
	start      int // which attribute is the time of the first value; −1 for none
	data       bool
	series     int
}

func (m *monash) line(text string, add func(part string, month int32, y float64) error) error {
	text = strings.TrimSpace(text)
	words := strings.Fields(text)
	switch {
	case text == "" || text[0] == '#':
		return nil
	case m.data:
		m.series++
		return m.values(text, add)
	case words[0] == "@data":
		m.data = true
		if m.attributes == 0 || m.start < 0 {
			return errors.New("the attributes series_name and start_timestamp are not declared before @data")
		}
	case words[0] == "@frequency" && (len(words) != 2 || words[1] != "monthly"):
		return fmt.Errorf("%s, where monthly is expected", text)
	case words[0] == "@attribute":
		if len(words) > 1 && words[1] == "start_timestamp" {
			m.start = m.attributes
		}
		m.attributes++
	}
	return nil
}

func (m *monash) values(text string, add func(part string, month int32, y float64) error) error {
	parts := strings.Split(text, ":")
	if len(parts) != m.attributes+1 {
		return fmt.Errorf("it has %d attributes, of which %d were declared", len(parts)-1, m.attributes)
	}
	first, err := time.Parse("2006-01-02 15-04-05", parts[m.start])
	if err != nil {
		return fmt.Errorf("%q is not a time such as 1998-01-01 00-00-00", parts[m.start])
	}
	for t, value := range strings.Split(parts[m.attributes], ",") {
		if value == "?" {
			value = ""
		}
		y, err := gather.Number(value)
		if err != nil {
			return err
		}
		month := time.Date(first.Year(), first.Month()+time.Month(t), 1, 0, 0, 0, 0, time.UTC)
		if err := add(parts[0], int32(month.Unix()/86400), y); err != nil {
			return err
		}
	}
	return nil
}

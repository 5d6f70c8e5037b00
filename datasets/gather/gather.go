// Package gather reads the tables that public data sets come in, collects their rows by series in whatever order they
// stand, and writes them in the form of package layout. It knows tables, series and days; it knows no particular set.
package gather

import (
	"errors"
	"fmt"

	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
)

// Import writes the data set out with what write gives, all of it or, after an error, nothing. Name is for errors.
func Import(name, out string, o layout.Options, write func(*layout.Builder) (*layout.Summary, error)) (*layout.Summary, error) {
	b, err := layout.Create(out, o.Force)
	if err != nil {
		return nil, err
	}
	defer b.Discard()
	s, err := write(b)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", name, err)
	}
	if err := b.Commit(); err != nil {
		return nil, err
	}
	return s, nil
}

// Find returns the path in dir of each of the named files, as source.Find does, with one error for all that are missing.
func Find(dir, where string, names ...string) ([]string, error) {
	paths, errs := make([]string, len(names)), make([]error, len(names))
	for i, name := range names {
		paths[i], errs[i] = source.Find(dir, where, name)
	}
	return paths, errors.Join(errs...)
}

// Count is a number that is known of the official files of a set, and what it is in the files that were read.
type Count struct {
	What      string
	Got, Want float64
}

// Checks returns a note on each count, which says whether it is as in the official files. Sums may differ in the last of
// their digits, as they do by the order of adding.
func Checks(counts ...Count) []string {
	notes := make([]string, len(counts))
	for i, c := range counts {
		if diff := c.Got - c.Want; diff*diff <= c.Want*c.Want*1e-20 {
			notes[i] = fmt.Sprintf("check passed: %s %s", number(c.Want), c.What)
		} else {
			notes[i] = fmt.Sprintf("check failed: %s %s, the official set has %s", number(c.Got), c.What, number(c.Want))
		}
	}
	return notes
}

func number(x float64) string {
	if x == float64(int64(x)) {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

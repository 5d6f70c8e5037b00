package main

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"shelfcast/datasets/holidays"
)

//go:embed corrections.csv
var corrections string

// correct changes rows as a list of corrections says, in its order. Its columns are change, country, name, to and dates:
//
//	kind    the row of the name gets the kind to; that of its days off in lieu stays
//	name    the rows of the name get the name to
//	add     the dates are added to the row of the name and of the kind to, which is made where it is not there
//	remove  the dates are taken from all rows of the name
//
// A correction that changes nothing is an error: the rules have come to say so by themselves.
func correct(rows [][]string, list string) ([][]string, error) {
	changes, err := csv.NewReader(strings.NewReader(list)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the corrections: %w", err)
	}
	for _, c := range changes[1:] {
		changed := false
		for _, row := range rows {
			if row[0] == c[1] && row[1] == c[2] {
				changed = change(row, c) || changed
			}
		}
		if c[0] == "add" && !changed {
			rows, changed = append(rows, []string{c[1], c[2], c[3], c[4]}), true
		}
		if !changed {
			return nil, fmt.Errorf("correct the holidays: %s changes nothing; take it out of corrections.csv", strings.Join(c, ","))
		}
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return merged(rows), nil
}

// merged makes one row of those that differ by their dates alone, and leaves out rows without any.
func merged(rows [][]string) (out [][]string) {
	for _, row := range rows {
		i := slices.IndexFunc(out, func(o []string) bool { return slices.Equal(o[:3], row[:3]) })
		switch {
		case i >= 0:
			out[i][3] = dates(out[i][3] + " " + row[3])
		case row[3] != "":
			out = append(out, row)
		}
	}
	return out
}

// dates sorts a list of dates, each of which it keeps once.
func dates(list string) string {
	each := strings.Fields(list)
	slices.Sort(each)
	return strings.Join(slices.Compact(each), " ")
}

// change changes a row whose name a correction has, and reports whether it did.
func change(row, c []string) bool {
	was := slices.Clone(row)
	switch c[0] {
	case "kind":
		if row[2] != holidays.Observed {
			row[2] = c[3]
		}
	case "name":
		row[1] = c[3]
	case "add":
		if row[2] == c[3] {
			row[3] = dates(row[3] + " " + c[4])
		}
	case "remove":
		left := slices.DeleteFunc(strings.Fields(row[3]), func(d string) bool { return slices.Contains(strings.Fields(c[4]), d) })
		row[3] = strings.Join(left, " ")
	}
	return !slices.Equal(was, row)
}

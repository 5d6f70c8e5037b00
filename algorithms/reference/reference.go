// Package reference reads what other software computed on public series, so that the tests of a method can compare with
// it. The numbers are no part of the project: a test skips, and says why, where they are absent.
package reference

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Series is one series, with the periods held back for the test of a forecast.
type Series struct {
	Set, ID     string
	Season      int
	Train, Test []float64
}

// Row is one row of a table.
type Row struct {
	t      *testing.T
	file   string
	header []string
	cells  []string
}

// Sets are the sets of series with their seasons.
var Sets = []struct {
	Name   string
	Season int
}{{"m3m", 12}, {"nn5", 7}, {"m5d", 7}}

// dir returns the folder of the tables: SHELFCAST_REFERENCE, or that beside the repository.
func dir() string {
	if d := os.Getenv("SHELFCAST_REFERENCE"); d != "" {
		return d
	}
	return filepath.Join("..", "..", "..", "shared", "reference")
}

// Table returns the rows of a table of the classical methods.
func Table(t *testing.T, name string) []Row {
	t.Helper()
	path := filepath.Join(dir(), "classical", name+".csv.gz")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the reference numbers are absent: %v; set SHELFCAST_REFERENCE to the folder that holds classical", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	records, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	rows := make([]Row, len(records)-1)
	for i, cells := range records[1:] {
		rows[i] = Row{t: t, file: name, header: records[0], cells: cells}
	}
	return rows
}

// Text returns the cell of a column.
func (r Row) Text(column string) string {
	i := slices.Index(r.header, column)
	if i < 0 {
		r.t.Fatalf("%s has no column %s", r.file, column)
	}
	return r.cells[i]
}

// Has reports whether the table has the column and the row a value in it.
func (r Row) Has(column string) bool {
	i := slices.Index(r.header, column)
	return i >= 0 && r.cells[i] != "" && r.cells[i] != "NA"
}

// Float returns the number in a column.
func (r Row) Float(column string) float64 { return r.number(column, r.Text(column)) }

// Int returns the whole number in a column.
func (r Row) Int(column string) int { return int(r.Float(column)) }

// Floats returns the numbers of a column that are separated by semicolons.
func (r Row) Floats(column string) []float64 {
	text := r.Text(column)
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ";")
	v := make([]float64, len(parts))
	for i, p := range parts {
		v[i] = r.number(column, p)
	}
	return v
}

// Named returns the numbers of a column of the form name=number;name=number.
func (r Row) Named(column string) map[string]float64 {
	named := map[string]float64{}
	for _, p := range strings.Split(r.Text(column), ";") {
		if name, v, ok := strings.Cut(p, "="); ok {
			named[name] = r.number(column, v)
		}
	}
	return named
}

func (r Row) number(column, text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.t.Fatalf("%s: column %s: %v", r.file, column, err)
	}
	return v
}

// All returns the series of a set in the order of their table.
func All(t *testing.T, set string, season int) []Series {
	t.Helper()
	var all []Series
	for _, r := range Table(t, "series_"+set) {
		if id := r.Text("uid"); len(all) == 0 || all[len(all)-1].ID != id {
			all = append(all, Series{Set: set, ID: id, Season: season})
		}
		s := &all[len(all)-1]
		if r.Text("split") == "train" {
			s.Train = append(s.Train, r.Float("y"))
		} else {
			s.Test = append(s.Test, r.Float("y"))
		}
	}
	return all
}

// Find returns the last n training values of the series that a row is about, and its season.
func Find(t *testing.T, r Row) Series {
	t.Helper()
	set := r.Text("ds")
	s, ok := byID(t, set)[r.Text("uid")]
	if !ok {
		t.Fatalf("%s: series %s is not in %s", r.file, r.Text("uid"), set)
	}
	if n := r.Int("n"); n < len(s.Train) {
		s.Train = s.Train[len(s.Train)-n:]
	}
	s.Season = r.Int("m")
	return s
}

// Causal returns the columns of a table of the causal methods, by name, where every cell is a number.
func Causal(t *testing.T, name string) map[string][]float64 {
	t.Helper()
	f, err := os.Open(filepath.Join(dir(), "causal", name))
	if err != nil {
		t.Skipf("the reference numbers are absent: %v; set SHELFCAST_REFERENCE to the folder that holds causal", err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	columns := map[string][]float64{}
	for _, cells := range records[1:] {
		for c, cell := range cells {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatalf("read %s: %v", name, err)
			}
			columns[records[0][c]] = append(columns[records[0][c]], v)
		}
	}
	return columns
}

// CausalJSON reads what is expected of the causal methods.
func CausalJSON(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir(), "causal", name))
	if err != nil {
		t.Skipf("the reference numbers are absent: %v; set SHELFCAST_REFERENCE to the folder that holds causal", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
}

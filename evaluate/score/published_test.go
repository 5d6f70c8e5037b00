package score

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// readM4 reads a gzip CSV file of the M4 competition, and skips the test where there is none.
func readM4(t *testing.T, name string) [][]string {
	t.Helper()
	root := os.Getenv("SHELFCAST_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(root, "m4", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no M4 data: %v; set SHELFCAST_DATA to the folder that holds m4", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(unzipped)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func numbers(t *testing.T, fields []string) []float64 {
	t.Helper()
	var out []float64
	for _, f := range fields {
		if f == "" {
			break
		}
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func byID(t *testing.T, rows [][]string) map[string][]float64 {
	t.Helper()
	out := make(map[string][]float64, len(rows))
	for _, row := range rows {
		out[row[0]] = numbers(t, row[1:])
	}
	return out
}

func TestMASEOfM4MethodsIsThePublishedOne(t *testing.T) {
	t.Parallel()
	forecasts := readM4(t, "forecasts_hourly_weekly.csv.gz")
	for _, group := range []struct {
		name   string
		season int
		// Makridakis, Spiliotis and Assimakopoulos, IJF 36(1), 2020, "Point Forecasts" in the results by frequency.
		published map[string]float64
	}{
		{"Hourly", 24, map[string]float64{"Naive": 11.608, "sNaive": 1.193, "Naive2": 2.395, "SES": 2.385, "024": 1.149, "218": 11.806, "249": 10.791}},
		{"Weekly", 1, map[string]float64{"Naive": 2.777, "sNaive": 2.777, "Naive2": 2.777, "SES": 2.685, "024": 2.259, "218": 2.535, "249": 3.169}},
	} {
		train, test := byID(t, readM4(t, group.name+"-train.csv.gz")), byID(t, readM4(t, group.name+"-test.csv.gz"))
		tallies := make(map[string]*Tally)
		sc := setup(t)
		for _, row := range forecasts {
			if row[1][0] != group.name[0] {
				continue
			}
			if tallies[row[0]] == nil {
				tallies[row[0]] = NewTally(nil)
			}
			var s Series
			sc.Score(&s, &Case{Train: train[row[1]], M: group.season, Y: test[row[1]], Mean: numbers(t, strings.Fields(row[2]))})
			tallies[row[0]].Add(&s)
		}
		for method, want := range group.published {
			if tallies[method] == nil {
				t.Errorf("no forecasts of %s", method)
				continue
			}
			got := mustFind(t, tallies[method].Metrics(), MASE, nan)
			if got.N != len(test) || math.Abs(got.Value-want) > 0.0005 { // three decimals are printed
				t.Errorf("%s, %s: MASE %.5f over %d series, published %g over %d", group.name, method, got.Value, got.N, want, len(test))
			}
		}
	}
}

package gather

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"

	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestColumnsAreFoundByNameWithoutRegardToCaseOrOrder(t *testing.T) {
	t.Parallel()
	var got [][]string
	path := file(t, "\xef\xbb\xbfSales, Store ,x\n5,a,\n6,b,\n")
	err := EachRow(t.Context(), path, "https://example.org", []string{"shop|store", "sales"}, func(f []string) error {
		got = append(got, append([]string(nil), f...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"a", "5"}, {"b", "6"}}, got); d != "" {
		t.Error(d)
	}
}

func TestDamagedTablesAreRefusedByFileAndLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":     {"", "t.csv: the header: the file is empty"},
		"no column": {"shop,sales\n", "it has no column store or place; get the file anew from https://example.org"},
		"no rows":   {"store,sales\n", "it has no rows"},
		"ragged":    {"store,sales\na,1\nb\n", "record on line 3: wrong number of fields"},
		"not said":  {"store,sales\na,1\nb,x\n", `t.csv: line 3: "x" is not a number`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := EachRow(t.Context(), file(t, c.text), "https://example.org", []string{"store|place", "sales"}, func(f []string) error {
				_, err := Number(f[1])
				return err
			})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, c.want)
			}
		})
	}
}

func TestDatesAreReadInEveryFormThatSetsHave(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int32{
		"1970-01-02": 1, "1970-01-02 00:00:00": 1, "14-Jan-09": 14258, "2009-01-14": 14258, "1970 Feb": 31, "1970 Q2": 90, "1970 Q1": 0,
	} {
		if got, err := Day(text); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "May", "1970 Q5", "1970 Q0", "2009-13-01", "14/01/2009"} {
		if got, err := Day(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestNothingIsNotANumberAndNoZero(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"": math.NaN(), "NA": math.NaN(), " 1.5 ": 1.5, "-2": -2, "1e3": 1000} {
		if got, err := Number(text); err != nil || !cmp.Equal(got, want, cmpopts.EquateNaNs()) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"x", "Inf", "1,5", "1 2"} {
		if got, err := Number(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestAWideTableGivesItsDaysAndEachRow(t *testing.T) {
	t.Parallel()
	w, err := OpenWide(file(t, "Part,2001-01-01,2001-02-01\np,1,\nq,0,2.5\n"), "", "part")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if d := cmp.Diff([]int32{11323, 11354}, w.Days); d != "" {
		t.Error(d)
	}
	for _, want := range []struct {
		name   string
		values []float64
	}{{"p", []float64{1, math.NaN()}}, {"q", []float64{0, 2.5}}} {
		names, values, err := w.Next()
		if err != nil || names[0] != want.name || !cmp.Equal(values, want.values, cmpopts.EquateNaNs()) {
			t.Errorf("%v %v %v, want %v", names, values, err, want)
		}
	}
	if _, _, err := w.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestDamagedWideTablesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"other names": {"x,2001-01-01\np,1\n", "no column part"},
		"not first":   {"x,part,2001-01-01\np,1,2\n", "does not begin with [part]"},
		"no date":     {"part,d_1\np,1\n", `the header: "d_1" is not a date`},
		"no number":   {"part,2001-01-01\np,1\nq,x\n", `line 3: "x" is not a number`},
		"no rows":     {"part,2001-01-01\n", "it has no rows"},
		"ragged":      {"part,2001-01-01\np,1,2\n", "record on line 2: wrong number of fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := OpenWide(file(t, c.text), "https://example.org", "part")
			for err == nil {
				_, _, err = w.Next()
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if w != nil {
				w.Close()
			}
		})
	}
}

func writeSet(t *testing.T, s *Set) (*Sum, string, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	b, err := layout.Create(out, false)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Discard()
	sum, err := s.WriteSeries(t.Context(), b, layout.Options{})
	if err != nil {
		return nil, out, err
	}
	if err := errors.Join(sum.WriteConfig(b, layout.Config{Frequency: "D", Features: s.Own}), b.Commit()); err != nil {
		t.Fatal(err)
	}
	return sum, out, nil
}

func TestRowsMayComeInAnyOrderAndAreWrittenByKeyAndDay(t *testing.T) {
	t.Parallel()
	s := &Set{Own: []layout.Feature{{Name: "price", Role: "price"}, {Name: "gone", Role: "other"}}, Returns: true}
	none := math.NaN()
	for _, r := range []struct {
		item string
		day  int32
		y, p float64
		gone float64
	}{{"b", 3, 1, 9, 1}, {"a", 2, 5, 8, none}, {"a", 1, -4, 7, none}, {"a", 3, none, 6, none}, {"c", 1, none, 1, 1}} {
		if err := s.Add(demand.Key{Item: r.item, Store: "s"}, r.day, r.y, r.p, r.gone); err != nil {
			t.Fatal(err)
		}
	}
	sum, out, err := writeSet(t, s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parquet.ReadFile[layout.Target](filepath.Join(out, layout.TargetFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []layout.Target{
		{ItemID: "a", StoreID: "s", Timestamp: 1, Demand: 0}, {ItemID: "a", StoreID: "s", Timestamp: 2, Demand: 5}, {ItemID: "b", StoreID: "s", Timestamp: 3, Demand: 1},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	wantSum := layout.Summary{
		Series: 2, Items: 2, Stores: 1, Units: 6, TargetRows: 3, RelatedRows: 4, First: date(1), Last: date(3),
		Notes: []string{
			"gone is not known at all for 1 series: the configuration does not use it",
			"1 rows are below zero, 4 in all, since more was returned than sold: written as zero",
			"1 series have no demand on any day: left out",
		},
	}
	if d := cmp.Diff(wantSum, sum.Summary); d != "" {
		t.Error(d)
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	k := demand.Key{Item: "a", Store: "s"}
	if err := (&Set{}).Add(k, 1, -1); err == nil || !strings.Contains(err.Error(), "below zero") {
		t.Errorf("negative demand: %v", err)
	}
	if err := (&Set{}).Add(demand.Key{Item: "a"}, 1, 1); err == nil || !strings.Contains(err.Error(), "store is empty") {
		t.Errorf("no store: %v", err)
	}
	if _, _, err := writeSet(t, &Set{}); err == nil || !strings.Contains(err.Error(), "no row has a demand") {
		t.Errorf("nothing: %v", err)
	}
	twice := &Set{}
	for range 2 {
		if err := twice.Add(k, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := writeSet(t, twice); err == nil || !strings.Contains(err.Error(), "a@s has two rows of 1970-01-02") {
		t.Errorf("two rows of one day: %v", err)
	}
}

func TestPartsDoNotDependOnTheWorkers(t *testing.T) {
	t.Parallel()
	s := &Set{}
	for day := range int32(700_000) {
		for _, item := range []string{"a", "b", "c"} {
			if err := s.Add(demand.Key{Item: item, Store: "s"}, day, float64(day%7)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var sizes []int
	for _, part := range s.parts(s.Keys()) {
		sizes = append(sizes, len(part))
	}
	if d := cmp.Diff([]int{2, 1}, sizes); d != "" {
		t.Error(d)
	}
}

func TestChecksSayWhatPassedAndWhatFailed(t *testing.T) {
	t.Parallel()
	got := Checks(Count{"rows", 5, 5}, Count{"units", 1e10 + 0.5, 1e10}, Count{"units", 10.25, 11})
	want := []string{"check passed: 5 rows", "check passed: 10000000000 units", "check failed: 10.25 units, the official set has 11"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

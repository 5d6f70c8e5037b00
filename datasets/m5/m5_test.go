package m5

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shelfcast/datasets/layout"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

type relatedRow struct {
	ItemID    string  `parquet:"item_id"`
	StoreID   string  `parquet:"store_id"`
	Timestamp int32   `parquet:"timestamp,date"`
	Price     float64 `parquet:"price"`
	Snap      float64 `parquet:"snap"`
	Event     float64 `parquet:"event"`
}

// wantRows works the fixture out cell by cell, without the importer's readers.
func wantRows() (targets []layout.Target, related []relatedRow) {
	day0 := int32(fixtureFirst.Unix() / 86400)
	for s := range fixtureStores {
		for i := range fixtureItems {
			item, _, _ := fixtureItem(i)
			store, state := fixtureStore(s)
			for t := firstPricedWeek(s, i) * 7; t < fixtureDays+Horizon; t++ {
				if t < fixtureDays {
					targets = append(targets, layout.Target{ItemID: item, StoreID: store, Timestamp: day0 + int32(t), Demand: float64(fixtureUnits(s, i, t))})
				}
				snap := map[string]int{"CA": t % 10 / 9, "TX": t % 5 / 4}[state]
				related = append(related, relatedRow{item, store, day0 + int32(t), fixturePrice(s, i, t/7), float64(snap), flag(t%30 == 8)})
			}
		}
	}
	slices.SortStableFunc(targets, func(a, b layout.Target) int {
		return strings.Compare(a.ItemID+" "+a.StoreID, b.ItemID+" "+b.StoreID)
	})
	slices.SortStableFunc(related, func(a, b relatedRow) int {
		return strings.Compare(a.ItemID+" "+a.StoreID, b.ItemID+" "+b.StoreID)
	})
	return targets, related
}

func TestASeriesBeginsInItsFirstPricedWeekAndRelatedRowsGoOnThroughTheHorizon(t *testing.T) {
	t.Parallel()
	out, s := importFixture(t, writeFixture(t, nil), layout.Options{})
	wantTargets, wantRelated := wantRows()
	targets, err := parquet.ReadFile[layout.Target](filepath.Join(out, layout.TargetFile))
	must(t, err)
	if d := cmp.Diff(wantTargets, targets); d != "" {
		t.Error(d)
	}
	related, err := parquet.ReadFile[relatedRow](filepath.Join(out, layout.RelatedFile))
	must(t, err)
	if d := cmp.Diff(wantRelated, related); d != "" {
		t.Error(d)
	}
	units := 0.0
	for _, row := range wantTargets {
		units += row.Demand
	}
	want := &layout.Summary{
		Series: fixtureSeries, Items: fixtureItems, Stores: fixtureStores, Units: units,
		TargetRows: int64(len(wantTargets)), RelatedRows: int64(len(wantRelated)),
		First: fixtureFirst, Last: fixtureFirst.AddDate(0, 0, fixtureDays-1),
		Notes: []string{"this is not an official set: it has 120 days, the official ones 1913 or 1941"},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
}

func TestItemsAndStoresStandOnceEachInOrder(t *testing.T) {
	t.Parallel()
	out, _ := importFixture(t, writeFixture(t, nil), layout.Options{})
	items, err := parquet.ReadFile[itemRow](filepath.Join(out, layout.ItemsFile))
	must(t, err)
	wantItems := []itemRow{
		{"FOODS_1_001", "FOODS_1", "FOODS"},
		{"FOODS_1_004", "FOODS_1", "FOODS"},
		{"FOODS_2_002", "FOODS_2", "FOODS"},
		{"FOODS_2_005", "FOODS_2", "FOODS"},
		{"HOBBIES_1_003", "HOBBIES_1", "HOBBIES"},
	}
	if d := cmp.Diff(wantItems, items); d != "" {
		t.Error(d)
	}
	stores, err := parquet.ReadFile[storeRow](filepath.Join(out, layout.StoresFile))
	must(t, err)
	if d := cmp.Diff([]storeRow{{"CA_1", "CA"}, {"CA_2", "CA"}, {"TX_1", "TX"}}, stores); d != "" {
		t.Error(d)
	}
}

func TestOneWorkerAndManyWriteTheSameBytes(t *testing.T) {
	t.Parallel()
	dir := writeFixture(t, nil)
	one, _ := importFixture(t, dir, layout.Options{Workers: 1})
	many, _ := importFixture(t, dir, layout.Options{Workers: 7})
	for _, name := range []string{layout.TargetFile, layout.RelatedFile, layout.ItemsFile, layout.StoresFile, layout.ConfigFile} {
		a, err := os.ReadFile(filepath.Join(one, name))
		must(t, err)
		b, err := os.ReadFile(filepath.Join(many, name))
		must(t, err)
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestWhatCannotBeWrittenIsCountedInTheNotes(t *testing.T) {
	t.Parallel()
	dir := writeFixture(t, map[string]func(string) string{
		PricesFile: func(s string) string {
			s = strings.ReplaceAll(s, "TX_1,FOODS_1_001,", "TX_9,FOODS_1_001,") // the series TX_1 has 22 prices
			return s + "CA_1,FOODS_1_001,99999,1.00\n"
		},
		CalendarFile: func(s string) string {
			lines := strings.SplitAfter(s, "\n")
			return strings.Join(lines[:1+fixtureDays+20], "")
		},
	})
	var progress []int
	_, s := importFixture(t, dir, layout.Options{Progress: func(done, total int) { progress = append(progress, done, total) }})
	for _, want := range []string{
		"1 series have no price", "units were sold before the first priced week",
		" prices belong to no series or no week", "the calendar ends 8 days before the horizon does",
	} {
		if !strings.Contains(strings.Join(s.Notes, "\n"), want) {
			t.Errorf("notes %q lack %q", s.Notes, want)
		}
	}
	if s.Series != fixtureSeries-1 {
		t.Errorf("%d series", s.Series)
	}
	if d := cmp.Diff([]int{fixtureSeries, fixtureSeries}, progress); d != "" {
		t.Error(d)
	}
}

func TestAWeekWithoutPriceKeepsTheOneBefore(t *testing.T) {
	t.Parallel()
	dir := writeFixture(t, map[string]func(string) string{
		PricesFile: func(s string) string { return strings.Replace(s, "TX_1,FOODS_1_001,11106,1.03\n", "", 1) },
	})
	out, _ := importFixture(t, dir, layout.Options{})
	rows, err := parquet.ReadFile[relatedRow](filepath.Join(out, layout.RelatedFile))
	must(t, err)
	day := int32(fixtureFirst.Unix()/86400) + 5*7
	at := slices.IndexFunc(rows, func(r relatedRow) bool {
		return r.ItemID == "FOODS_1_001" && r.StoreID == "TX_1" && r.Timestamp == day
	})
	if got := rows[at].Price; got != 1.00 {
		t.Errorf("price %v, want that of the week before, 1.00", got)
	}
}

func TestDamagedFilesAreRefusedByNameAndLine(t *testing.T) {
	t.Parallel()
	swap := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for _, c := range []struct {
		name, file string
		change     func(string) string
		want       string
	}{
		{"sales without a day", EvaluationFile, swap(",d_7,", ",d_8,"), `"d_8" where d_7 belongs`},
		{"sales of another form", EvaluationFile, swap("item_id", "item"), "the header does not begin with"},
		{"sales not a number", EvaluationFile, swap("TX_1,TX,", "TX_1,TX,x"), "line 2: found 'x'"},
		{"sales with a short line", EvaluationFile, swap("TX_1,TX,", "TX_1,TX,1,"), "line 2: it has 121 days"},
		{"sales with an empty field", EvaluationFile, swap("TX_1,TX,", "TX_1,TX,,"), "line 2: found ','"},
		{"sales cut short", EvaluationFile, func(s string) string { return s + "a,b\n" }, "line 17: too few fields"},
		{"sales ending in a comma", EvaluationFile, func(s string) string { return s[:len(s)-2] + "\n" }, "line 16: "},
		{"sales too large", EvaluationFile, swap("TX_1,TX,", "TX_1,TX,99999"), "more than 65535"},
		{"sales twice", EvaluationFile, func(s string) string {
			lines := strings.SplitAfter(s, "\n")
			return s + lines[1]
		}, "line 17: FOODS_1_001@TX_1 stands there twice"},
		{"sales without series", EvaluationFile, func(s string) string { return s[:strings.Index(s, "\n")] }, "no series"},
		{"sales empty", EvaluationFile, func(string) string { return "" }, "it is empty"},
		{"state unknown", EvaluationFile, swap("TX_1,TX,", "TX_1,WI,"), "no column snap_WI"},
		{"calendar short", CalendarFile, func(s string) string { return s[:len(s)/3] + "\n" }, CalendarFile},
		{"calendar gap", CalendarFile, swap("2011-02-03", "2011-02-04"), "2011-02-04 does not follow"},
		{"calendar date", CalendarFile, swap("2011-02-03", "3 Feb"), "line 7"},
		{"calendar column", CalendarFile, swap("wm_yr_wk", "week"), "no column wm_yr_wk"},
		{"calendar empty", CalendarFile, func(s string) string { return s[:strings.Index(s, "\n")] }, "no days"},
		{"price", PricesFile, swap("1.00", "free"), `line 2: "free" is not a price`},
		{"price negative", PricesFile, swap("1.00", "-1"), `line 2: "-1" is not a price`},
		{"price header", PricesFile, swap("sell_price", "price"), "the header is not"},
		{"price fields", PricesFile, func(s string) string { return s + "a,b\n" }, "too few fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := writeFixture(t, map[string]func(string) string{c.file: c.change})
			out := filepath.Join(t.TempDir(), "m5")
			_, err := Import(t.Context(), dir, out, layout.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
				t.Error("a failed import left its folder")
			}
		})
	}
}

func TestMissingFilesAreNamedWithWhereToGetThem(t *testing.T) {
	t.Parallel()
	_, err := Import(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "out"), layout.Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{EvaluationFile, ValidationFile, CalendarFile, PricesFile, Where} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
}

func TestAnImportThatIsCancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	parent := t.TempDir()
	_, err := Import(ctx, writeFixture(t, nil), filepath.Join(parent, "m5"), layout.Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

// Totals: README of the M5 files and our own count of the cells from the first priced week on.
func TestTheOfficialSetHasItsCounts(t *testing.T) {
	dir := officialFiles(t)
	heavy(t)
	start := time.Now()
	_, s := importFixture(t, dir, layout.Options{})
	t.Logf("imported in %v", time.Since(start).Round(time.Millisecond))
	want := &layout.Summary{
		Series: 30490, Items: 3049, Stores: 10, Units: 66_927_173, TargetRows: 46_881_677, RelatedRows: 47_735_397,
		First: fixtureFirst, Last: time.Date(2016, 5, 22, 0, 0, 0, 0, time.UTC),
		Notes: []string{"this is the official set: 30490 series, 66927173 units, 1941 days"},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
}

func FuzzUnitsAreReadOrRefused(f *testing.F) {
	for _, s := range []string{"1,2,3", "", ",", "1,", "65536", "-1", "1\r", "12a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		units, err := appendUnits(nil, line)
		if err == nil && len(units) != bytes.Count(line, []byte(","))+1 {
			t.Errorf("%q gives %d numbers", line, len(units))
		}
	})
}

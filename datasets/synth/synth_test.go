package synth

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/datasets/layout"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// small is a chain that has launches, delistings, breaks and weather, and is made in a fraction of a second.
var small = Options{Series: 60, Periods: 400, Horizon: 14, Stores: 3, Seed: 7, Weather: true}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, o Options, w layout.Options) (dir string, s *layout.Summary) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "chain")
	s, err := Write(t.Context(), dir, o, w)
	must(t, err)
	return dir, s
}

// read returns the rows of a table, whether it is a file or a folder of parts.
func read[T any](t *testing.T, dir, name string) []T {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	info, err := os.Stat(path)
	must(t, err)
	paths := []string{path}
	if info.IsDir() {
		paths, err = filepath.Glob(filepath.Join(path, "part-*.parquet"))
		must(t, err)
	}
	var rows []T
	for _, p := range paths {
		part, err := parquet.ReadFile[T](p)
		must(t, err)
		rows = append(rows, part...)
	}
	return rows
}

func content(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[rel], err = os.ReadFile(path)
		return err
	}))
	return files
}

func TestTheBytesDependOnTheOptionsAlone(t *testing.T) {
	t.Parallel()
	o := Options{Series: 2000, Periods: 450, Seed: 3} // two parts
	one, _ := write(t, o, layout.Options{Workers: 1})
	many, _ := write(t, o, layout.Options{Workers: 5})
	a, b := content(t, one), content(t, many)
	if len(a) != len(b) || len(a) < 14 {
		t.Fatalf("%d and %d files", len(a), len(b))
	}
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s differs between one worker and five", name)
		}
	}
	o.Seed = 4
	other, _ := write(t, o, layout.Options{})
	if bytes.Equal(content(t, other)[filepath.Join(layout.TargetFile, "part-00000.parquet")],
		a[filepath.Join(layout.TargetFile, "part-00000.parquet")]) {
		t.Error("another seed makes the same chain")
	}
}

func TestALargerChainBeginsWithTheSmallerOne(t *testing.T) {
	t.Parallel()
	large := small
	large.Series += 31
	a, _ := write(t, small, layout.Options{})
	b, _ := write(t, large, layout.Options{})
	want, got := read[layout.Target](t, a, layout.TargetFile), read[layout.Target](t, b, layout.TargetFile)
	if d := cmp.Diff(want, got[:len(want)]); d != "" {
		t.Error(d)
	}
}

func TestEveryDayOfALifeHasARowAndNoOtherDay(t *testing.T) {
	t.Parallel()
	dir, s := write(t, small, layout.Options{})
	type days struct{ first, last, n int32 }
	span := func(m map[string]days, key string, day int32) {
		d, ok := m[key]
		if !ok {
			d.first = day
		}
		d.last = day
		d.n++
		m[key] = d
	}
	targets, related, future := map[string]days{}, map[string]days{}, map[string]days{}
	for _, r := range read[layout.Target](t, dir, layout.TargetFile) {
		span(targets, r.ItemID+r.StoreID, r.Timestamp)
	}
	for _, r := range read[layout.Target](t, dir, layout.RelatedFile) {
		span(related, r.ItemID+r.StoreID, r.Timestamp)
	}
	for _, r := range read[FutureTruth](t, dir, FutureFile) {
		span(future, r.ItemID+r.StoreID, r.Timestamp)
	}
	start := int32(defaultStart.Unix() / secondsPerDay)
	launched, delisted := 0, 0
	truth := read[SeriesTruth](t, dir, SeriesFile)
	for _, r := range truth {
		end, key := start+int32(small.Periods), r.ItemID+r.StoreID
		until := end + int32(small.Horizon)
		if r.Delisting != nil {
			end = *r.Delisting
			delisted++
		}
		if r.Launch > start {
			launched++
		}
		if d := targets[key]; d != (days{r.Launch, end - 1, end - r.Launch}) {
			t.Errorf("%s: sales %v, life from %d to %d", key, d, r.Launch, end)
		}
		if d := related[key]; d != (days{r.Launch, until - 1, until - r.Launch}) {
			t.Errorf("%s: related %v, life from %d to %d", key, d, r.Launch, until)
		}
		if d := future[key]; r.Delisting == nil && d != (days{end, until - 1, int32(small.Horizon)}) || r.Delisting != nil && d.n != 0 {
			t.Errorf("%s: future %v", key, d)
		}
	}
	if launched == 0 || delisted == 0 || len(truth) != small.Series || s.Series != small.Series || s.Items != 20 || s.Stores != 3 {
		t.Errorf("%d launched, %d delisted, %d of truth; %+v", launched, delisted, len(truth), s)
	}
}

func TestLatentDemandStandsForEveryDayOnWhichStockRanOut(t *testing.T) {
	t.Parallel()
	dir, s := write(t, small, layout.Options{})
	type stock struct {
		ItemID    string  `parquet:"item_id"`
		StoreID   string  `parquet:"store_id"`
		Timestamp int32   `parquet:"timestamp,date"`
		InStock   float64 `parquet:"in_stock"`
	}
	latent := read[LatentTruth](t, dir, LatentFile)
	sales := read[layout.Target](t, dir, layout.TargetFile)
	stocks := read[stock](t, dir, StockoutsFile)
	if len(stocks) != len(sales) || int64(len(sales)) != s.TargetRows {
		t.Fatalf("%d rows of stock, %d of sales, summary %d", len(stocks), len(sales), s.TargetRows)
	}
	k, units := 0, 0.0
	for i, row := range sales {
		units += row.Demand
		st := stocks[i]
		if st.ItemID != row.ItemID || st.StoreID != row.StoreID || st.Timestamp != row.Timestamp {
			t.Fatalf("row %d: stock of %+v, sales of %+v", i, st, row)
		}
		if st.InStock == 1 {
			continue
		}
		l := latent[k]
		k++
		if l.ItemID != row.ItemID || l.StoreID != row.StoreID || l.Timestamp != row.Timestamp || l.Sales != row.Demand || l.Demand <= l.Sales {
			t.Fatalf("latent %+v for sales %+v", l, row)
		}
	}
	if k != len(latent) || units != s.Units {
		t.Errorf("%d days out of stock, %d latent; %v units, summary %v", k, len(latent), units, s.Units)
	}
	if share := float64(k) / float64(len(sales)); share < 0.01 || share > 0.10 {
		t.Errorf("stock ran out on %.3f of the days", share)
	}
}

func TestWeatherAddsAFeatureOnlyWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	o := Options{Series: 2, Periods: 28}
	for _, weather := range []bool{false, true} {
		o.Weather = weather
		dir, _ := write(t, o, layout.Options{})
		config, err := os.ReadFile(filepath.Join(dir, layout.ConfigFile))
		must(t, err)
		if got := strings.Contains(string(config), "{name: temperature, role: weather}"); got != weather {
			t.Errorf("weather %v: configuration\n%s", weather, config)
		}
		rows := read[struct {
			Temperature *float64 `parquet:"temperature,optional"`
		}](t, dir, layout.RelatedFile)
		if got := rows[0].Temperature != nil; got != weather {
			t.Errorf("weather %v: temperature %v", weather, rows[0].Temperature)
		}
	}
}

func TestOptionsThatMakeNoChainAreRefused(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Options{
		"-1 series":    {Series: -1},
		"27 periods":   {Periods: 27},
		"horizon of":   {Horizon: -1},
		"1001 stores":  {Stores: 1001},
		"-2 stores":    {Stores: -2},
		"not a folder": {},
	} {
		dir := filepath.Join(t.TempDir(), "chain")
		if want == "not a folder" {
			must(t, os.WriteFile(dir, nil, 0o644))
			want = "create data set"
		}
		if _, err := Write(t.Context(), dir, o, layout.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestDefaultsMakeAThousandSeriesInTenStores(t *testing.T) {
	t.Parallel()
	o, err := Options{}.complete()
	must(t, err)
	want := Options{Series: 1000, Periods: 730, Horizon: 28, Stores: 10, Start: defaultStart}
	if d := cmp.Diff(want, o); d != "" {
		t.Error(d)
	}
	for series, stores := range map[int]int{1: 1, 100_000: 100, 1_000_000: 100} {
		if o, _ := (Options{Series: series}).complete(); o.Stores != stores {
			t.Errorf("%d series in %d stores, want %d", series, o.Stores, stores)
		}
	}
}

func TestAChainThatIsCancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	w := layout.Options{Workers: 1, Progress: func(done, total int) { cancel() }}
	_, err := Write(ctx, filepath.Join(parent, "chain"), Options{Series: 2000, Periods: 450}, w)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestHolidaysFallOnTheirDates(t *testing.T) {
	t.Parallel()
	// Easter: tables of the Astronomical Applications Department, U.S. Naval Observatory.
	for _, date := range []string{"2000-04-23", "2008-03-23", "2011-04-24", "2023-04-09", "2024-03-31", "2025-04-20", "2038-04-25"} {
		want, err := time.Parse(time.DateOnly, date)
		must(t, err)
		if got := easter(want.Year()); !got.Equal(want) {
			t.Errorf("Easter %v, want %s", got, date)
		}
	}
	for _, date := range []string{"2023-11-24", "2024-11-29", "2018-11-30", "2019-11-29"} {
		want, err := time.Parse(time.DateOnly, date)
		must(t, err)
		if got := holidaysOf(want.Year())[1]; !got.Equal(want) {
			t.Errorf("last Friday of November %v, want %s", got, date)
		}
	}
}

func BenchmarkWriteTwoYears(b *testing.B) {
	const series = 1000
	for b.Loop() {
		if _, err := Write(b.Context(), filepath.Join(b.TempDir(), "chain"), Options{Series: series}, layout.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(series*b.N)/b.Elapsed().Seconds(), "series/s")
}

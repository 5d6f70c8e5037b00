package m5

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shelfcast/datasets/source"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
)

const fixtureOrigin = fixtureDays - Horizon

type forecastRow struct {
	ItemID    string    `parquet:"item_id"`
	StoreID   string    `parquet:"store_id"`
	Timestamp time.Time `parquet:"timestamp,timestamp(microsecond)"`
	Mean      float64   `parquet:"mean"`
	P50       float64   `parquet:"p50"`
}

// forecastRows forecasts each of the days after origin by f(series, step).
func forecastRows(d *data, origin int, f func(i, h int) float64) []forecastRow {
	var rows []forecastRow
	for i, s := range d.series {
		for h := range Horizon {
			rows = append(rows, forecastRow{s.Item, s.Store, d.cal.date(origin + h), f(i, h), -1})
		}
	}
	return rows
}

func csvOf(rows []forecastRow) string {
	var b strings.Builder
	b.WriteString("model,mean,item_id,store_id,timestamp,p50\n") // any column order
	for _, r := range rows {
		fmt.Fprintf(&b, "naive,%v,%s,%s,%s,%v\n", r.Mean, r.ItemID, r.StoreID, r.Timestamp.Format(time.DateOnly), r.P50)
	}
	return b.String()
}

func loadFixture(t *testing.T) (string, *data) {
	t.Helper()
	dir := writeFixture(t, nil)
	d, err := load(t.Context(), dir)
	must(t, err)
	return dir, d
}

func naive(d *data, origin int) func(i, h int) float64 {
	return func(i, _ int) float64 { return float64(d.unitsOf(i)[origin-1]) }
}

func seasonalNaive(d *data, origin int) func(i, h int) float64 {
	return func(i, h int) float64 { return float64(d.unitsOf(i)[origin-7+h%7]) }
}

func mean28(d *data, origin int) func(i, h int) float64 {
	return func(i, _ int) float64 {
		sum := 0.0
		for _, u := range d.unitsOf(i)[origin-28 : origin] {
			sum += float64(u)
		}
		return sum / 28
	}
}

func weekdayMean8(d *data, origin int) func(i, h int) float64 {
	return func(i, h int) float64 {
		sum := 0.0
		for w := 1; w <= 8; w++ {
			sum += float64(d.unitsOf(i)[origin-7*w+h%7])
		}
		return sum / 8
	}
}

// plainWRMSSE is the guide's definition written out on the fixture's functions, one group name at a time.
func plainWRMSSE(forecast func(s, i, h int) float64) (perLevel [12]float64) {
	names := func(s, i int) [12]string {
		item, dept, cat := fixtureItem(i)
		store, state := fixtureStore(s)
		return [12]string{
			"", state, store, cat, dept, state + cat, state + dept, store + cat, store + dept, item, state + item, store + item,
		}
	}
	for l := range perLevel {
		sales, means, money, total := map[string][]float64{}, map[string][]float64{}, map[string]float64{}, 0.0
		for s := range fixtureStores {
			for i := range fixtureItems {
				name := names(s, i)[l]
				if sales[name] == nil {
					sales[name], means[name] = make([]float64, fixtureDays), make([]float64, Horizon)
				}
				for t := range fixtureDays {
					sales[name][t] += float64(fixtureUnits(s, i, t))
				}
				for h := range Horizon {
					means[name][h] += forecast(s, i, h)
				}
				for t := fixtureOrigin - 28; t < fixtureOrigin; t++ {
					m := float64(fixtureUnits(s, i, t)) * fixturePrice(s, i, t/7)
					money[name] += m
					total += m
				}
			}
		}
		for name, y := range sales {
			begin := 0
			for y[begin] == 0 {
				begin++
			}
			var num, den float64
			for h, f := range means[name] {
				num += (y[fixtureOrigin+h] - f) * (y[fixtureOrigin+h] - f) / Horizon
			}
			for t := begin + 1; t < fixtureOrigin; t++ {
				den += (y[t] - y[t-1]) * (y[t] - y[t-1]) / float64(fixtureOrigin-begin-1)
			}
			perLevel[l] += money[name] / total * math.Sqrt(num/den)
		}
	}
	return perLevel
}

func TestTheScoreIsTheGuidesOnEveryLevel(t *testing.T) {
	t.Parallel()
	dir, d := loadFixture(t)
	path := filepath.Join(t.TempDir(), "f.csv")
	must(t, os.WriteFile(path, []byte(csvOf(forecastRows(d, fixtureOrigin, naive(d, fixtureOrigin)))), 0o644))
	got, err := Score(t.Context(), dir, path, fmt.Sprintf("d_%d", fixtureOrigin))
	must(t, err)
	want := plainWRMSSE(func(s, i, _ int) float64 { return float64(fixtureUnits(s, i, fixtureOrigin-1)) })
	const tol = 1e-12 // the two sum in different orders
	mean := 0.0
	for l := range want {
		mean += want[l] / 12
		if math.Abs(got.Levels[l]-want[l]) > tol {
			t.Errorf("L%d: %v, plainly %v", l+1, got.Levels[l], want[l])
		}
	}
	if math.Abs(got.Mean-mean) > tol || got.Series != fixtureSeries || got.Ignored != 0 {
		t.Errorf("mean %v, plainly %v; %d series", got.Mean, mean, got.Series)
	}
	if s := got.String(); !strings.Contains(s, "L1    total") || !strings.Contains(s, "L12   store, item") || !strings.Contains(s, "mean") {
		t.Errorf("table:\n%s", s)
	}
}

func TestAPerfectForecastScoresZero(t *testing.T) {
	t.Parallel()
	_, d := loadFixture(t)
	f := make([]float64, len(d.series)*Horizon)
	for i := range d.series {
		for h := range Horizon {
			f[i*Horizon+h] = float64(d.unitsOf(i)[fixtureOrigin+h])
		}
	}
	w, err := d.wrmsse(t.Context(), f, fixtureOrigin)
	must(t, err)
	if w.Levels != [12]float64{} || w.Mean != 0 {
		t.Errorf("levels %v", w.Levels)
	}
}

func TestEveryFormOfTheForecastFileScoresTheSame(t *testing.T) {
	t.Parallel()
	dir, d := loadFixture(t)
	rows := forecastRows(d, fixtureOrigin, seasonalNaive(d, fixtureOrigin))
	text := csvOf(rows)
	type dated struct {
		Mean      float32 `parquet:"mean"`
		Timestamp int32   `parquet:"timestamp,date"`
		StoreID   string  `parquet:"store_id,dict"`
		ItemID    string  `parquet:"item_id,dict"`
	}
	type texted struct {
		ItemID    string  `parquet:"item_id"`
		StoreID   string  `parquet:"store_id"`
		Timestamp string  `parquet:"timestamp"`
		Mean      float64 `parquet:"mean,optional"`
	}
	var asDates []dated
	var asText []texted
	for _, r := range rows {
		asDates = append(asDates, dated{float32(r.Mean), int32(r.Timestamp.Unix() / 86400), r.StoreID, r.ItemID})
		asText = append(asText, texted{r.ItemID, r.StoreID, r.Timestamp.Format(time.DateTime), r.Mean + 1e-300}) // optional drops zeros
	}
	forms := t.TempDir()
	file := func(name string) string { return filepath.Join(forms, name) }
	must(t, os.WriteFile(file("plain.csv"), []byte(text), 0o644))
	writeGzip(t, file("gzip.csv.gz"), text)
	var z bytes.Buffer
	w, err := zstd.NewWriter(&z)
	must(t, err)
	_, err = w.Write([]byte(text))
	must(t, err)
	must(t, w.Close())
	must(t, os.WriteFile(file("zstd.csv.zst"), z.Bytes(), 0o644))
	must(t, parquet.WriteFile(file("micros.parquet"), rows))
	must(t, parquet.WriteFile(file("dates.parquet"), asDates))
	must(t, parquet.WriteFile(file("text.parquet"), asText))

	want, err := Score(t.Context(), dir, file("plain.csv"), fmt.Sprintf("d_%d", fixtureOrigin))
	must(t, err)
	for _, name := range []string{"gzip.csv.gz", "zstd.csv.zst", "micros.parquet", "dates.parquet", "text.parquet"} {
		got, err := Score(t.Context(), dir, file(name), fmt.Sprintf("d_%d", fixtureOrigin))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if *got != *want {
			t.Errorf("%s: %v, plain.csv %v", name, got, want)
		}
	}
}

func TestAForecastThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	dir, d := loadFixture(t)
	rows := forecastRows(d, fixtureOrigin, naive(d, fixtureOrigin))
	lines := strings.SplitAfter(csvOf(rows), "\n")
	without := func(n int) string { return strings.Join(append(append([]string{}, lines[:1]...), lines[1+n:]...), "") }
	for _, c := range []struct{ name, text, want string }{
		{"incomplete", without(30), "30 of 420 rows are missing, in 2 of 15 series: FOODS_1_001@CA_1 2011-05-01, FOODS_1_001@CA_1 2011-05-02"},
		{"twice", strings.Join(lines, "") + lines[1], "FOODS_1_001@CA_1 has two rows for 2011-05-01"},
		{"no mean", strings.Replace(strings.Join(lines, ""), "mean", "average", 1), "no column mean, only model, average"},
		{"unknown", strings.Join(lines, "") + "naive,1,FOODS_9_001,CA_1,2011-05-01,0\n", "FOODS_9_001@CA_1 is not a series"},
		{"not a number", strings.Join(lines, "") + "naive,x,FOODS_1_001,CA_1,2011-05-01,0\n", `the mean "x" is not a number`},
		{"not finite", lines[0] + "naive,NaN,FOODS_1_001,CA_1,2011-05-01,0\n", "not a finite number"},
		{"not a date", lines[0] + "naive,1,FOODS_1_001,CA_1,May,0\n", `line 2: the timestamp "May" is not a date`},
		{"ragged", lines[0] + "naive,1\n", "wrong number of fields"},
		{"empty", "", "the file is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "f.csv")
			must(t, os.WriteFile(path, []byte(c.text), 0o644))
			_, err := Score(t.Context(), dir, path, fmt.Sprintf("d_%d", fixtureOrigin))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestParquetColumnsOfAnotherKindAreRefused(t *testing.T) {
	t.Parallel()
	dir, _ := loadFixture(t)
	type numbered struct {
		ItemID    int64   `parquet:"item_id"`
		StoreID   string  `parquet:"store_id"`
		Timestamp int32   `parquet:"timestamp,date"`
		Mean      float64 `parquet:"mean"`
	}
	type timed struct {
		ItemID    string  `parquet:"item_id"`
		StoreID   string  `parquet:"store_id"`
		Timestamp int64   `parquet:"timestamp"`
		Mean      float64 `parquet:"mean"`
	}
	type counted struct {
		ItemID    string `parquet:"item_id"`
		StoreID   string `parquet:"store_id"`
		Timestamp int32  `parquet:"timestamp,date"`
		Mean      int64  `parquet:"mean"`
	}
	type bare struct {
		ItemID string `parquet:"item_id"`
	}
	refused := func(name, want string, write func(path string) error) {
		path := filepath.Join(t.TempDir(), name)
		must(t, write(path))
		_, err := Score(t.Context(), dir, path, fmt.Sprintf("d_%d", fixtureOrigin))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", name, err, want)
		}
	}
	refused("item", "the column item_id is", func(p string) error { return parquet.WriteFile(p, []numbered{{}}) })
	refused("time", "write it as DATE, TIMESTAMP or text", func(p string) error { return parquet.WriteFile(p, []timed{{}}) })
	refused("mean", "the column mean is", func(p string) error { return parquet.WriteFile(p, []counted{{}}) })
	refused("bare", "no column store_id", func(p string) error { return parquet.WriteFile(p, []bare{{}}) })
	refused("torn", "", func(p string) error { return os.WriteFile(p, []byte("PAR1 and no more"), 0o644) })
}

func TestDaysBeforeTheEpochRoundDown(t *testing.T) {
	t.Parallel()
	for a, want := range map[int64]int64{0: 0, 9: 0, 10: 1, -1: -1, -10: -1, -11: -2} {
		if got := floorDiv(a, 10); got != want {
			t.Errorf("floorDiv(%d, 10) = %d, want %d", a, got, want)
		}
	}
}

func TestAnOriginOutsideTheSalesFileIsRefused(t *testing.T) {
	t.Parallel()
	_, d := loadFixture(t)
	for _, origin := range []string{"d_93", "d_28", "1913", "d_x", "d_92x", "d_092"} {
		if _, err := d.originDays(origin); err == nil {
			t.Errorf("%s is taken", origin)
		}
	}
	if n, err := d.originDays("d_92"); n != 92 || err != nil {
		t.Errorf("d_92 gives %d, %v", n, err)
	}
}

func TestDaysOutsideTheHorizonAreCountedAndNotUsed(t *testing.T) {
	t.Parallel()
	dir, d := loadFixture(t)
	rows := forecastRows(d, fixtureOrigin, naive(d, fixtureOrigin))
	rows = append(rows, forecastRow{rows[0].ItemID, rows[0].StoreID, d.cal.date(fixtureOrigin + Horizon), 1e9, 0})
	path := filepath.Join(t.TempDir(), "f.csv")
	must(t, os.WriteFile(path, []byte(csvOf(rows)), 0o644))
	got, err := Score(t.Context(), dir, path, fmt.Sprintf("d_%d", fixtureOrigin))
	must(t, err)
	if got.Ignored != 1 || !strings.Contains(got.String(), "1 rows for other days were not used") {
		t.Errorf("ignored %d:\n%s", got.Ignored, got)
	}
}

// Means: README of the M5 files, recomputed there from these very files.
func TestOfficialBenchmarksScoreAsPublishedFromTheOriginD1913(t *testing.T) {
	dir := officialFiles(t)
	heavy(t)
	d, err := load(t.Context(), dir)
	must(t, err)
	const origin = 1913
	t.Run("weights", func(t *testing.T) { checkWeights(t, dir, d, origin) })
	for _, c := range []struct {
		name string
		mean float64
		f    func(i, h int) float64
	}{
		{"naive", 1.4639, naive(d, origin)},
		{"seasonal naive", 0.8697, seasonalNaive(d, origin)},
		{"mean of 28 days", 1.0823, mean28(d, origin)},
		{"day-of-week mean of 8 weeks", 0.7417, weekdayMean8(d, origin)},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f.parquet")
			must(t, parquet.WriteFile(path, forecastRows(d, origin, c.f)))
			start := time.Now()
			got, err := Score(t.Context(), dir, path, "d_1913")
			must(t, err)
			t.Logf("scored in %v\n%s", time.Since(start).Round(time.Millisecond), got)
			const tol = 0.00005 // published to four decimals
			if math.Abs(got.Mean-c.mean) > tol {
				t.Errorf("mean %.5f, published %.4f", got.Mean, c.mean)
			}
		})
	}
}

// checkWeights compares every weight of the twelve levels with the competition's own file.
func checkWeights(t *testing.T, dir string, d *data, origin int) {
	path, err := source.Find(dir, Where, "weights_validation.csv")
	must(t, err)
	f, err := source.Open(path)
	must(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	must(t, err)
	want := map[[3]string]float64{}
	for _, r := range records[1:] {
		want[[3]string{r[0], r[1], r[2]}], err = strconv.ParseFloat(r[4], 64)
		must(t, err)
	}
	dollars := d.dollars(origin)
	n, worst := 0, 0.0
	for l := range levels {
		for _, g := range d.groups(l, dollars) {
			w, ok := want[[3]string{fmt.Sprintf("Level%d", l+1), g.name[0], g.name[1]}]
			if !ok {
				t.Fatalf("L%d has no %v in the official weights", l+1, g.name)
			}
			worst = max(worst, math.Abs(w-g.weight))
			n++
		}
	}
	const tol = 1e-12 // the file has twelve decimals
	if n != 42840 || n != len(want) || worst > tol {
		t.Errorf("%d weights, the official file %d; they differ by up to %g", n, len(want), worst)
	}
}

func TestAnAggregateWithoutAScaleIsLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	_, d := loadFixture(t)
	series := slices.IndexFunc(d.series, func(s series) bool { return s.Item == "FOODS_1_001" && s.Store == "CA_1" })
	units := d.unitsOf(series)
	for day := range units[:fixtureOrigin-1] {
		units[day] = 0
	}
	units[fixtureOrigin-1] = 5 // first sold on the day of the origin
	means := make([]float64, len(d.series)*Horizon)
	w, err := d.wrmsse(t.Context(), means, fixtureOrigin)
	must(t, err)
	if w.NoScale != 1 || math.IsNaN(w.Mean) || !strings.Contains(w.String(), "1 aggregates have no scale") {
		t.Fatalf("%d left out, mean %g; want the series itself left out of level 12\n%v", w.NoScale, w.Mean, w)
	}
	// Level 12 by hand, over the other series.
	dollars, sum, weights := d.dollars(fixtureOrigin), 0.0, 0.0
	for i := range d.series {
		if e, ok := d.rmsse([]int{i}, means, fixtureOrigin); ok {
			sum, weights = sum+dollars[i]*e, weights+dollars[i]
		}
	}
	if want := sum / weights; math.Abs(w.Levels[11]-want) > 1e-12 { // a dozen roundings of numbers near 1
		t.Errorf("level 12 is %g, want %g", w.Levels[11], want)
	}
}

func TestAnOriginWithoutSalesInMoneyHasNoScore(t *testing.T) {
	t.Parallel()
	_, d := loadFixture(t)
	clear(d.units)
	if _, err := d.wrmsse(t.Context(), make([]float64, len(d.series)*Horizon), fixtureOrigin); err == nil || !strings.Contains(err.Error(), "no series has a weight") {
		t.Errorf("error %v", err)
	}
}

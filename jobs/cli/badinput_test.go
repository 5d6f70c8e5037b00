package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

const header = "item_id,store_id,timestamp,demand\n"

func TestBadInputGetsOneLineAndACodeAndLeavesNothing(t *testing.T) {
	t.Parallel()
	good := targetCSV(60)
	cases := []struct {
		name   string
		target string   // content of the target file
		flags  []string // besides --target, --frequency, --horizon, --out
		code   int
		want   []string // parts of the line
	}{
		{"missing column", "item_id,store_id,timestamp\na,s,2025-01-01\n", nil, 1, []string{"demand", "missing"}},
		{"duplicated column", "item_id,timestamp,demand,Demand\na,2025-01-01,1,2\n", nil, 1, []string{"demand", "twice"}},
		{"unknown column", "item_id,store_id,timestamp,demnad\na,s,2025-01-01,1\n", nil, 1, []string{`"demnad"`, `"demand"`}},
		{"unreadable date", header + "a,s,2025-01-01,1\na,s,2025-02-30,1\n", nil, 1, []string{"target.csv:3", "timestamp", "2025-02-30"}},
		{"negative demand", header + "a,s,2025-01-01,-1\n", nil, 1, []string{"target.csv:2", "demand", "-1", "negative"}},
		{"NaN demand", header + "a,s,2025-01-01,NaN\n", nil, 1, []string{"target.csv:2", "demand", "NaN"}},
		{"infinite demand", header + "a,s,2025-01-01,+Inf\n", nil, 1, []string{"target.csv:2", "demand", "Inf"}},
		{"unreadable number", header + "a,s,2025-01-01,many\n", nil, 1, []string{"target.csv:2", "many"}},
		{"duplicate key and time", good + "rye,s1,2025-01-05,2\n", nil, 1, []string{"rye@s1", "2025-01-05"}},
		{"empty file", "", nil, 1, []string{"target.csv", "empty"}},
		{"header alone", header, nil, 1, []string{"target.csv", "no row"}},
		{"horizon 0", good, []string{"--horizon", "0"}, 2, []string{"horizon is 0"}},
		{"horizon longer than the history", good, []string{"--horizon", "60"}, 1, []string{"horizon is 60", "59"}},
		{"quantile outside", good, []string{"--quantiles", "0.5,1.5"}, 2, []string{"1.5", "(0, 1)"}},
		{"quantile that is no number", good, []string{"--quantiles", "half"}, 2, []string{`"half"`}},
		{"unknown model", good, []string{"--models", "seasonal-naiv"}, 2, []string{`"seasonal-naiv"`, "seasonal-naive"}},
		{"unknown frequency", good, []string{"--frequency", "fortnight"}, 2, []string{"fortnight", "W-SUN"}},
		{"unknown metric", good, []string{"--metric", "smape"}, 2, []string{"smape", "wql"}},
		{"unknown form of the result", good, []string{"--out", "f.xlsx"}, 2, []string{"f.xlsx", ".parquet"}},
		{"unknown flag", good, []string{"--horizn", "3"}, 2, []string{"--horizn"}},
		{"no such file", good, []string{"--target", "nowhere.csv"}, 1, []string{"nowhere.csv"}},
		{"sales later than the date asked for", good, []string{"--as-of", "2026-01-01"}, 1, []string{"2025-03-01", "2026-01-01"}},
		{"a date that is none", good, []string{"--as-of", "yesterday"}, 2, []string{"yesterday"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkBad(t, file(t, "target.csv", c.target), c.flags, c.code, c.want)
		})
	}
}

// checkBad forecasts a bad target and holds the outcome to its promises.
func checkBad(t *testing.T, target string, flags []string, code int, want []string) {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "out.csv")
	r := run(t, nil, append([]string{"forecast", "--target", target, "--frequency", "D", "--horizon", "7", "--out", out}, flags...)...)
	if r.code != code {
		t.Errorf("exit code %d, want %d", r.code, code)
	}
	if n := strings.Count(strings.TrimSpace(r.errOut), "\n"); n != 0 {
		t.Errorf("%d lines on stderr, want one:\n%s", n+1, r.errOut)
	}
	for _, w := range want {
		if !strings.Contains(strings.ToLower(r.errOut), strings.ToLower(w)) {
			t.Errorf("%q is missing in %s", w, r.errOut)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%s was left", left[0].Name())
	}
}

func TestTruncatedAndMistypedFilesAreNamed(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write([]byte(targetCSV(60))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	type row struct {
		Item string `parquet:"item_id"`
		Time int32  `parquet:"timestamp,date"`
		Sold string `parquet:"demand"`
	}
	var mistyped bytes.Buffer
	if err := parquet.Write(&mistyped, []row{{"a", 20000, "one"}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		want    []string
	}{
		"truncated gzip":     {zipped.Bytes()[:zipped.Len()/2], []string{"target", "truncated"}},
		"truncated Parquet":  {mistyped.Bytes()[:mistyped.Len()-5], []string{"target"}},
		"wrong Parquet type": {mistyped.Bytes(), []string{"demand", "string", "double"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkBad(t, file(t, "target", string(c.content)), nil, 1, c.want)
		})
	}
}

func TestResultThatWouldReplaceAnInputIsRefused(t *testing.T) {
	t.Parallel()
	target := file(t, "target.csv", targetCSV(60))
	before, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	inputs := []string{"--target", target, "--frequency", "D", "--horizon", "7"}
	folder := []string{"--target", filepath.Dir(target), "--frequency", "D", "--horizon", "7"}
	beside := filepath.Join(filepath.Dir(target), "out.csv")
	for name, args := range map[string][]string{
		"forecast into an input":   append([]string{"forecast", "--out", target}, inputs...),
		"forecast among its parts": append([]string{"forecast", "--out", beside}, folder...),
		"fits into an input":       append([]string{"forecast", "--out", filepath.Join(t.TempDir(), "f.csv"), "--fits", target}, inputs...),
		"metrics into an input":    append([]string{"evaluate", "--out", target}, inputs...),
		"series into an input":     append([]string{"evaluate", "--by-series", target}, inputs...),
	} {
		if r := run(t, nil, args...); r.code != exitUsage || !strings.Contains(r.errOut, "another place") {
			t.Errorf("%s: exit %d: %s", name, r.code, r.errOut)
		}
	}
	if after, err := os.ReadFile(target); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the input changed: %v", err)
	}
	mustRun(t, nil, append([]string{"forecast", "--models", "npts, level-profile", "--out", beside}, inputs...)...)
}

func TestRelatedSeriesThatStopEarlyAreToldWithKeysAndDates(t *testing.T) {
	t.Parallel()
	related := file(t, "related.csv", relatedCSV(60, 5))
	checkBad(t, file(t, "target.csv", targetCSV(60)), []string{"--related", related}, 1,
		[]string{"price", "20 of the 28", "s1", "from 2025-03-02 to 2025-03-08"})
}

func TestUnreachableAndWrongDatabasesAreToldWithoutThePassword(t *testing.T) {
	t.Parallel()
	conf := filepath.Join(chain(t, 4, 200), "shelfcast.yaml")
	good := storetest.URL(t)
	for name, c := range map[string]struct{ url, want string }{
		"unreachable":    {"postgres://me:secret@127.0.0.1:1/shelfcast", "127.0.0.1"},
		"wrong database": {strings.Replace(good, "test_", "no_such_", 1), "no_such_"},
		"no address":     {"postgres://me:secret@%zz/", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, []string{"DATABASE_URL=" + c.url}, "run", "--config", conf)
			if r.code != exitFailed || strings.Contains(r.errOut, "secret") || !strings.Contains(r.errOut, c.want) ||
				strings.Count(strings.TrimSpace(r.errOut), "\n") != 0 {
				t.Errorf("exit %d: %s", r.code, r.errOut)
			}
		})
	}
}

func TestSecondNightAtOnceIsRefused(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, release, err := db.LockNight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(chain(t, 4, 200), "shelfcast.yaml")
	r := run(t, []string{"DATABASE_URL=" + url}, "run", "--config", conf)
	if r.code != exitFailed || !strings.Contains(r.errOut, "another night is running") {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
	release()
	mustRun(t, []string{"DATABASE_URL=" + url}, "run", "--config", conf)
}

func TestNightThatCannotReadItsInputLeavesARow(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	conf := file(t, "c.yaml", "input: {target: [nowhere.csv]}\n")
	if r := run(t, []string{"DATABASE_URL=" + url}, "run", "--config", conf, "--as-of", "2026-01-31"); r.code != exitFailed {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
	got := ask(t, url, "select business_date || ' ' || error from shelfcast.unopened")
	if !strings.HasPrefix(got, "2026-01-31 ") || !strings.Contains(got, "nowhere.csv") {
		t.Errorf("the row says %q", got)
	}
}

func TestBadConfigurationIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	conf := file(t, "c.yaml", "input:\n  target: [a.csv]\nforecast:\n  horizn: 3\n")
	r := run(t, nil, "run", "--config", conf)
	if r.code != exitFailed || !strings.Contains(r.errOut, fmt.Sprintf("%s:4:3", conf)) {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
}

func TestChainOfNothingIsRefused(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--series", "--periods"} {
		if r := run(t, nil, "demo", "--dir", filepath.Join(t.TempDir(), "x"), flag, "0"); r.code != exitUsage || !strings.Contains(r.errOut, "1 or more") {
			t.Errorf("%s 0: exit %d: %s", flag, r.code, r.errOut)
		}
	}
}

func TestUnknownDataSetsAreToldWithTheNearest(t *testing.T) {
	t.Parallel()
	r := run(t, nil, "datasets", "import", "m4", "--from", t.TempDir(), "--out", filepath.Join(t.TempDir(), "x"))
	if r.code != exitFailed || !strings.Contains(r.errOut, "m5") {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
}

func TestANightWhoseFeaturesMissStoresIsRefusedBeforeAnyFit(t *testing.T) {
	t.Parallel()
	const history, horizon, items = 60, 14, 20
	target, related := strings.Builder{}, strings.Builder{}
	target.WriteString("item_id,store_id,timestamp,demand\n")
	related.WriteString("item_id,store_id,timestamp,price\n")
	for item := range items {
		for store := 1; store <= 5; store++ {
			for d := range history + horizon {
				at := fmt.Sprintf("i%02d,s%d,%s", item, store, day0.AddDate(0, 0, d).Format(time.DateOnly))
				if d < history {
					fmt.Fprintf(&target, "%s,%d\n", at, d%7)
				}
				if d < history+horizon-7 || store == 1 || store == 4 {
					fmt.Fprintf(&related, "%s,2.5\n", at)
				}
			}
		}
	}
	url := storetest.URL(t)
	conf := file(t, "c.yaml", fmt.Sprintf("input: {target: [%s], related: [%s]}\nforecast: {horizon: %d}\n",
		file(t, "t.csv", target.String()), file(t, "r.csv", related.String()), horizon))
	r := run(t, []string{"DATABASE_URL=" + url}, "run", "--config", conf)
	want := "price has 980 of the 1400 values that 100 series need from 2025-03-02 to 2025-03-15; missing in 3 of 5 stores: " +
		"s2 from 2025-03-09 to 2025-03-15 (140), s3 from 2025-03-09 to 2025-03-15 (140), s5 from 2025-03-09 to 2025-03-15 (140); by series: i00@s2 from 2025-03-09 to 2025-03-15 (7)"
	if r.code != exitFailed || !strings.Contains(r.errOut, want) || strings.Count(strings.TrimSpace(r.errOut), "\n") != 0 {
		t.Errorf("exit %d: %s\nwant %s", r.code, r.errOut, want)
	}
	for sql, want := range map[string]string{
		"select count(*) from shelfcast.run":                                                    "0", // nothing was opened, hence nothing fitted
		"select count(*) from shelfcast.shard":                                                  "0",
		"select count(*) from shelfcast.unopened where error like '%missing in 3 of 5 stores%'": "1",
	} {
		if got := ask(t, url, sql); got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
}

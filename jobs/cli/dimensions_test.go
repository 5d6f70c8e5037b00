package cli

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/store/storetest"
)

// dimensioned writes files without a header and their schemas, as they were made for Amazon Forecast: two items in two
// stores, in two channels and two sizes, with prices by item and channel, n days and h more.
func dimensioned(t *testing.T, n, h int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	var target, related strings.Builder
	day := func(d int) string { return day0.AddDate(0, 0, d).Format(time.DateOnly) }
	for _, item := range []string{"milk", "rye"} {
		for _, channel := range []string{"web", "shop;x"} {
			for _, key := range []string{"s1 L", "s1 M", "s2 L", "s2 M"} {
				store, size, _ := strings.Cut(key, " ")
				for d := range n {
					fmt.Fprintf(&target, "%s,%s,%s,%s 00:00:00,%d,%s\n", item, channel, store, day(d), (d*d+target.Len())%7, size)
				}
			}
			for d := range n + h {
				fmt.Fprintf(&related, "%s,%s,%s,%.2f\n", item, day(d), channel, 1+float64(d%3)/10)
			}
		}
	}
	schema := func(attributes ...string) string {
		var list []string
		for _, a := range attributes {
			name, typ, _ := strings.Cut(a, " ")
			list = append(list, fmt.Sprintf(`{"AttributeName": %q, "AttributeType": %q}`, name, typ))
		}
		return `{"Attributes": [` + strings.Join(list, ", ") + `]}`
	}
	for name, content := range map[string]string{
		"t.csv": target.String(), "r.csv": related.String(),
		"t.json": schema("item_id string", "channel string", "location string", "timestamp timestamp", "target_value float", "size string"),
		"r.json": schema("item_id string", "timestamp timestamp", "channel string", "price float"),
		"c.yaml": `input: {target: [t.csv], related: [r.csv], schema: {target: t.json, related: r.json, store: location}, frequency: D}
forecast: {horizon: 7}
run: {shard_series: 3}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	shownTarget  = "columns item_id, location → store_id, channel: dimension, size: dimension, timestamp, target_value → demand; no header: in the order of the schema"
	shownRelated = "columns item_id, channel: dimension, timestamp, price: price; no header: in the order of the schema"
)

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestFurtherDimensionsReachFilesAndDatabase(t *testing.T) {
	t.Parallel()
	dir := dimensioned(t, 60, 7)
	in := func(name string) string { return filepath.Join(dir, name) }
	inputs := []string{"--target", in("t.csv"), "--related", in("r.csv"), "--target-schema", in("t.json"), "--related-schema", in("r.json"), "--store-dimension", "location", "--frequency", "D", "--horizon", "7"}
	forecast := func(name string, more ...string) [][]string {
		r := mustRun(t, nil, append(append([]string{"forecast", "--out", in(name)}, inputs...), more...)...)
		if !strings.Contains(r.errOut, shownTarget) || !strings.Contains(r.errOut, shownRelated) {
			t.Errorf("the columns are not shown: %s", r.errOut)
		}
		return readCSV(t, in(name))
	}
	rows := forecast("f.csv", "--workers", "1")
	if len(rows) != 1+16*7 || rows[0][2] != "dimensions" || rows[1][2] != `channel=shop\;x;size=L` {
		t.Fatalf("%d rows: %q", len(rows), rows[:2])
	}
	if other := forecast("g.csv", "--workers", "4", "--shard-series", "3"); fmt.Sprint(other) != fmt.Sprint(rows) {
		t.Error("other workers and shards, other rows")
	}

	url := storetest.URL(t)
	mustRun(t, []string{"DATABASE_URL=" + url}, "run", "--config", in("c.yaml"))
	var want []string
	for _, r := range rows[1:] {
		want = append(want, strings.Join(r[:5], ","))
	}
	got := ask(t, url, `select string_agg(concat_ws(',', item_id, store_id, dimensions, period_start::date, mean), '/' order by item_id, store_id, dimensions, period_start) from shelfcast.forecast_current`)
	if got != strings.Join(want, "/") {
		t.Errorf("in the database\n%s\nin the file\n%s", got, strings.Join(want, "/"))
	}
	if n := ask(t, url, "select count(distinct series_id) from shelfcast.series_current where dimensions like '%size=L'"); n != "8" {
		t.Errorf("%s series have the size L", n)
	}
}

func TestEvaluateAndAuditShowDimensions(t *testing.T) {
	t.Parallel()
	dir := dimensioned(t, 60, 7)
	in := func(name string) string { return filepath.Join(dir, name) }
	inputs := []string{"--target", in("t.csv"), "--related", in("r.csv"), "--target-schema", in("t.json"), "--related-schema", in("r.json"), "--store-dimension", "location", "--horizon", "7"}
	r := mustRun(t, nil, append([]string{"evaluate", "--frequency", "D", "--windows", "1", "--models", "naive", "--by-series", in("b.csv")}, inputs...)...)
	if !strings.Contains(r.errOut, shownTarget) {
		t.Errorf("the columns are not shown: %s", r.errOut)
	}
	seen := map[string]bool{}
	rows := readCSV(t, in("b.csv"))
	for _, row := range rows[1:] {
		seen[strings.Join(row[:4], "|")] = true
	}
	if rows[0][2] != "dimensions" || len(seen) != len(rows)-1 || !seen[`rye|s2|channel=web;size=M|naive`] {
		t.Errorf("%d rows, %d series and models: %q", len(rows), len(seen), rows[:2])
	}
	if r := mustRun(t, nil, append([]string{"audit"}, inputs...)...); !strings.Contains(r.out, shownTarget) {
		t.Errorf("the columns are not shown: %s", r.out)
	}
	if r := run(t, nil, "audit", "--target", in("t.csv"), "--dimensions", "channel"); !strings.Contains(r.errOut, "declare them (input.schema)") {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
}

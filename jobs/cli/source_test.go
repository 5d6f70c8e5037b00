package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"shelfcast/engine/store/storetest"
)

// load copies a CSV with a header into a new table of a database.
func load(t *testing.T, url, table, content string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "create table "+table); err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(table, " ")
	if _, err := conn.PgConn().CopyFrom(t.Context(), strings.NewReader(content), "copy "+name+" from stdin (format csv, header)"); err != nil {
		t.Fatal(err)
	}
}

const itemsCSV = "item_id,brand,size\nmilk,alpha,1.50\nrye,beta,0.75\n"

// sales is a database that holds what targetCSV, relatedCSV and itemsCSV hold, in several types.
func sales(t *testing.T, n, h int) string {
	t.Helper()
	url := storetest.URL(t)
	load(t, url, "sold (sku text, shop varchar(9), day date, units int)", targetCSV(n))
	load(t, url, "prices (sku text, shop text, day timestamp, price numeric(9,2))", relatedCSV(n, h))
	load(t, url, "items (item_id text, brand text, size numeric(9,2))", itemsCSV)
	return url
}

const (
	soldQuery   = "select sku as item_id, shop as store_id, day as timestamp, units as demand from sold order by md5(sku || shop || day) -- in no order"
	pricesQuery = "select price, day as timestamp, sku as item_id, shop as store_id from prices"
)

func TestAForecastByQueryIsThatOfTheFiles(t *testing.T) {
	t.Parallel()
	const days, horizon = 60, 7
	url := sales(t, days, horizon)
	target, related, items := file(t, "t.csv", targetCSV(days)), file(t, "r.csv", relatedCSV(days, horizon)), file(t, "i.csv", itemsCSV)
	out := [2]string{filepath.Join(t.TempDir(), "files.csv"), filepath.Join(t.TempDir(), "query.csv")}
	common := []string{"--frequency", "D", "--horizon", fmt.Sprint(horizon), "--models", "seasonal-naive"}
	mustRun(t, nil, append([]string{"forecast", "--target", target, "--related", related, "--items", items, "--out", out[0]}, common...)...)
	env := []string{"SHELFCAST_INPUT_DATABASE_URL=" + url}
	mustRun(t, env, append([]string{"forecast", "--target-query", soldQuery, "--related-query", pricesQuery, "--items-query", "select * from items", "--out", out[1]}, common...)...)
	a, b := read(t, out[0]), read(t, out[1])
	if a != b || len(a) < 1000 {
		t.Errorf("%d bytes by file, %d by query", len(a), len(b))
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestANightByQueryReadsTheDatabaseOfItsResultsAndHasTheSameDataHashInAnyOrder(t *testing.T) {
	t.Parallel()
	url := sales(t, 60, 7)
	env := []string{"DATABASE_URL=" + url}
	conf := func(order string) string {
		return file(t, "night.yaml", `
input:
  queries:
    target: select sku as item_id, shop as store_id, day as timestamp, units as demand from sold order by `+order+`
    related: `+pricesQuery+`
forecast: {horizon: 7, models: [seasonal-naive]}
report: {dir: ""}
`)
	}
	mustRun(t, env, "run", "--config", conf("sku, day"))
	mustRun(t, env, "run", "--config", conf("units, shop, day desc"))
	if n := ask(t, url, "select count(*) || ' ' || count(distinct data_hash) from shelfcast.run where state = 'published'"); n != "2 1" {
		t.Errorf("published nights and data hashes: %s, want 2 1", n)
	}
	if n := ask(t, url, "select count(*) from shelfcast.forecast_current"); n != "28" {
		t.Errorf("%s rows, want 28", n)
	}
}

func TestWhatIsWrongWithAQueryIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	url := sales(t, 60, 7)
	empty := file(t, "empty.url", "\n")
	for _, c := range []struct {
		env, query string
		want       string
	}{
		{url, "select * from nowhere", `read target: input.queries.target: relation "nowhere" does not exist`},
		{url, "select * from sold", `query target: column "sku" is not expected`},
		{url, "select sku item_id, day timestamp, units/0 demand from sold", "query target: division by zero"},
		{url, "select sku item_id, day timestamp, units demand from sold where false", "query target: the query returns no row"},
		{"postgres://u:geheim@127.0.0.1:1/x", "select 1", "open database postgres://u:xxxxx@127.0.0.1:1/x"},
	} {
		out := filepath.Join(t.TempDir(), "f.csv")
		r := run(t, []string{"SHELFCAST_INPUT_DATABASE_URL=" + c.env}, "forecast", "--target-query", c.query, "--frequency", "D", "--horizon", "7", "--out", out)
		if r.code != exitFailed || !strings.Contains(r.errOut, c.want) || strings.Contains(r.errOut, "geheim") || strings.Count(r.errOut, "\n") != 1 {
			t.Errorf("%s: exit %d: %s", c.query, r.code, r.errOut)
		}
	}
	conf := file(t, "night.yaml", "input: {queries: {target: select 1, url_file: "+empty+"}}\n")
	if r := run(t, []string{"DATABASE_URL=" + url}, "run", "--config", conf); r.code != exitFailed || !strings.Contains(r.errOut, "empty.url is empty") {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
	if r := run(t, nil, "evaluate", "--frequency", "D", "--horizon", "7"); r.code != exitUsage || !strings.Contains(r.errOut, "--target-query") {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
}

func TestTheAuditReadsFilesByFlagAndQueriesByConfiguration(t *testing.T) {
	t.Parallel()
	const days, horizon = 60, 7
	url := sales(t, days, horizon)
	conf := file(t, "night.yaml", "input: {queries: {target: \""+soldQuery+"\"}}\nforecast: {horizon: 7}\n")
	byFile := mustRun(t, nil, "audit", "--target", file(t, "t.csv", targetCSV(days)), "--horizon", "7", "--fail-on", "never").out
	byQuery := mustRun(t, []string{"DATABASE_URL=" + url}, "audit", "--config", conf, "--fail-on", "never").out
	for _, out := range []string{byFile, byQuery} {
		if !strings.Contains(out, "4 series, 240 periods") {
			t.Errorf("got %s", out)
		}
	}
}

func TestANightOfADropReadsItAndTheOnesBeforeIt(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	dir := t.TempDir()
	lines := strings.SplitAfter(targetCSV(40), "\n")
	drop := func(name, content string) {
		t.Helper()
		for file, text := range map[string]string{"tts.csv": content, "_SUCCESS": ""} {
			if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	drop("2025-02-09", strings.Join(lines, ""))
	// One day more, and another number for the first.
	var next strings.Builder
	next.WriteString(lines[0] + "milk,s1,2025-01-01,500\n")
	for _, key := range []string{"milk,s1", "milk,s2", "rye,s1", "rye,s2"} {
		next.WriteString(key + ",2025-02-10,3\n")
	}
	drop("2025-02-10", next.String())
	config := file(t, "night.yaml", `
input: {target: ["{drops}/tts.csv"], import: incremental}
forecast: {horizon: 7, models: [seasonal-naive]}
schedule: {cron: "", watch: {dir: `+dir+`}}
report: {dir: ""}
`)
	mustRun(t, []string{"DATABASE_URL=" + url}, "run", "--config", config)
	if n := ask(t, url, "select business_date || ' ' || state from shelfcast.run"); n != "2025-02-10 published" {
		t.Errorf("the run is %s", n)
	}
	if n := ask(t, url, "select count(*) from shelfcast.forecast_current where period_start = '2025-02-11'"); n != "4" {
		t.Errorf("%s forecasts of the day after the newest drop, want 4", n)
	}
}

func TestAQueryWithoutADatabaseAsksForItsAddressAndMakesNone(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	t.Setenv("SHELFCAST_HOME", home)
	r := run(t, nil, "forecast", "--target-query", "select 1", "--frequency", "D", "--horizon", "7", "--out", filepath.Join(t.TempDir(), "f.csv"))
	if r.code == exitOK || !strings.Contains(r.errOut, "set SHELFCAST_INPUT_DATABASE_URL to its address") {
		t.Errorf("exit code %d, %s", r.code, r.errOut)
	}
	if _, err := os.Stat(home); err == nil {
		t.Error("a data home was made")
	}
}

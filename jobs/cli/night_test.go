package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

// ask returns one value from a database, as text.
func ask(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var out *string
	if err := conn.QueryRow(t.Context(), "select ("+sql+")::text").Scan(&out); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	if out == nil {
		return "null"
	}
	return *out
}

// allRows is a digest of every published row, without the numbers of runs.
const allRows = `select md5(string_agg(r, ';' order by r)) from (
	select concat_ws(',', item_id, store_id, period_start, mean, p10, p50, p90) r from shelfcast.forecast_current) x`

func TestNightPublishesEveryRowAndItsAccount(t *testing.T) {
	t.Parallel()
	dir, url := chain(t, 60, 300), storetest.URL(t)
	conf := filepath.Join(dir, "shelfcast.yaml")
	env := []string{"DATABASE_URL=" + url}
	r := mustRun(t, env, "run", "--config", conf)
	for sql, want := range map[string]string{
		"select count(*) from shelfcast.forecast_current":                                                         "1680",
		"select count(distinct (item_id, store_id)) from shelfcast.forecast_current":                              "60",
		"select count(*) from shelfcast.forecast_current where not (p10 <= p50 and p50 <= p90 and mean >= 0)":     "0",
		"select count(*) from shelfcast.published":                                                                "1",
		"select rows_in - rows_used - rows_not_needed - rows_rejected from shelfcast.run":                         "0",
		"select series_in - series_forecast - series_quarantined from shelfcast.run":                              "0",
		"select count(*) > 100 from shelfcast.metric_current":                                                     "true",
		"select count(*) from shelfcast.metric_current where name = 'wql' and model = 'chosen' and level is null": "4",
		"select report->'series'->>'in' from shelfcast.run":                                                       "60",
	} {
		if got := ask(t, url, sql); got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
	if page, err := filepath.Glob(filepath.Join(dir, "reports", "*.html")); err != nil || len(page) != 1 || !strings.Contains(r.out, page[0]) {
		t.Errorf("pages %v, %v; out %s", page, err, r.out)
	}

	before := ask(t, url, allRows)
	mustRun(t, env, "run", "--config", conf)
	if got := ask(t, url, "select max(attempt) from shelfcast.run"); got != "2" {
		t.Errorf("a re-run is attempt %s", got)
	}
	if after := ask(t, url, allRows); after != before {
		t.Error("a re-run has other rows")
	}
}

func TestForecastsAreTheSameBytesForAnyWorkersAndShards(t *testing.T) {
	t.Parallel()
	dir := chain(t, 40, 250)
	var want, wantFits []byte
	for _, c := range []struct{ workers, shard int }{{1, 1000}, {2, 1}, {7, 1}, {7, 13}, {2, 1000}} {
		out, fits := filepath.Join(t.TempDir(), "f.parquet"), filepath.Join(t.TempDir(), "fits.jsonl")
		mustRun(t, nil, "forecast", "--target", filepath.Join(dir, "tts.parquet"), "--related", filepath.Join(dir, "rts.parquet"),
			"--items", filepath.Join(dir, "items.parquet"), "--stores", filepath.Join(dir, "stores.parquet"),
			"--frequency", "D", "--horizon", "14", "--quantiles", "0.05,0.5,0.95", "--out", out, "--fits", fits,
			"--workers", fmt.Sprint(c.workers), "--shard-series", fmt.Sprint(c.shard))
		got, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		gotFits, err := os.ReadFile(fits)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want, wantFits = got, gotFits
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d workers, shards of %d: other forecasts", c.workers, c.shard)
		}
		if !bytes.Equal(gotFits, wantFits) {
			t.Errorf("%d workers, shards of %d: other fits", c.workers, c.shard)
		}
	}
	for line := range bytes.Lines(wantFits) {
		if !json.Valid(line) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

func TestKilledNightEndsWithTheRowsOfAnUndisturbedOne(t *testing.T) {
	t.Parallel()
	dir := chain(t, 150, 300)
	conf := filepath.Join(dir, "shelfcast.yaml")
	shards := "SHELFCAST_RUN_SHARD_SERIES=2"
	calm, killed := storetest.URL(t), storetest.URL(t)
	mustRun(t, []string{"DATABASE_URL=" + calm, shards}, "run", "--config", conf)

	r := rand.New(rand.NewPCG(7, 1))
	taken := 0
	for range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "run", "--config", conf)
		cmd.Env = append(os.Environ(), asBinary+"=1", "DATABASE_URL="+killed, shards)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+r.IntN(400)) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if ask(t, killed, "select to_regclass('shelfcast.shard')") != "null" {
			taken++
		}
	}
	// The killed process's session may outlive it by a moment, with the lock of the night.
	for range 100 {
		out := run(t, []string{"DATABASE_URL=" + killed, shards}, "run", "--config", conf)
		if out.code == exitOK {
			break
		}
		if !strings.Contains(out.errOut, "another night") {
			t.Fatal(out.errOut)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if got := ask(t, killed, "select count(*) from shelfcast.published"); got != "1" {
		t.Errorf("%s dates are published", got)
	}
	if got := ask(t, killed, "select count(*) - count(distinct (item_id, store_id, period_start)) from shelfcast.forecast_current"); got != "0" {
		t.Errorf("%s rows stand twice", got)
	}
	if ask(t, killed, allRows) != ask(t, calm, allRows) {
		t.Error("the rows differ from those of an undisturbed night")
	}
	const scores = `select md5(string_agg(m::text, ';' order by m::text)) from (select model, window_number, name, level, value, points_used from shelfcast.metric_current) m`
	if ask(t, killed, scores) != ask(t, calm, scores) {
		t.Error("the scores differ from those of an undisturbed night")
	}
}

func TestDaemonPublishesTheNightThatIsDueAndEndsWhenTold(t *testing.T) {
	t.Parallel()
	dir, url := chain(t, 6, 200), storetest.URL(t)
	last := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 199)
	lag := int(time.Now().UTC().Truncate(24*time.Hour).Sub(last).Hours() / 24)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	s := &session{
		ctx: ctx, version: "test", out: &out, errOut: io.Discard, log: slog.New(slog.DiscardHandler),
		environ: []string{"DATABASE_URL=" + url, fmt.Sprintf("SHELFCAST_SCHEDULE_LAG=%d", lag), "SHELFCAST_SCHEDULE_CRON=* * * * *"},
	}
	done := make(chan int)
	go func() { done <- s.main([]string{"schedule", "--config", filepath.Join(dir, "shelfcast.yaml")}) }()
	deadline := time.Now().Add(30 * time.Second) // far more than a night of six series takes
	for ask(t, url, "select count(*) from shelfcast.published") != "1" && time.Now().Before(deadline) {
		time.Sleep(50 * time.Millisecond)
	}
	cancel()
	if code := <-done; code != exitOK {
		t.Errorf("exit %d", code)
	}
	if got := ask(t, url, "select business_date from shelfcast.published"); got != last.Format(time.DateOnly) {
		t.Errorf("published is %s, want %s\n%s", got, last.Format(time.DateOnly), out.String())
	}
}

func TestEvaluateWritesEveryMetricAndEverySeries(t *testing.T) {
	t.Parallel()
	dir, out := chain(t, 10, 250), t.TempDir()
	metrics, series := filepath.Join(out, "m.csv"), filepath.Join(out, "s.csv")
	r := mustRun(t, nil, "evaluate", "--target", filepath.Join(dir, "tts.parquet"), "--frequency", "D", "--horizon", "14",
		"--models", "seasonal-naive,npts", "--windows", "2", "--out", metrics, "--by-series", series)
	for _, want := range []string{"seasonal-naive", "npts", "level-profile (floor)", "chosen"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing in %s", want, r.out)
		}
	}
	m, _ := os.ReadFile(metrics)
	if !strings.HasPrefix(string(m), "model,window,metric,level,value,used,of,season,denominator_zero\nseasonal-naive,0,wql,,") {
		t.Errorf("got %.200s", m)
	}
	s, _ := os.ReadFile(series)
	if lines := strings.Count(string(s), "\n"); lines != 1+10*3 {
		t.Errorf("%d lines by series, want a header and 10 series × 3 models", lines)
	}
	if r := run(t, nil, "evaluate", "--target", filepath.Join(dir, "tts.parquet"), "--frequency", "D", "--horizon", "14", "--windows", "6"); r.code != exitUsage {
		t.Errorf("six windows: exit %d", r.code)
	}
}

func TestDemoRunsInAServerOfItsOwn(t *testing.T) {
	home, err := os.MkdirTemp("", "shelfcast-demo-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	if err := os.Chmod(home, 0o755); err != nil { // the server's user must get in
		t.Fatal(err)
	}
	t.Setenv("SHELFCAST_HOME", home)
	dir := filepath.Join(t.TempDir(), "demo")
	r := mustRun(t, nil, "demo", "--dir", dir, "--series", "30", "--periods", "200")
	if !strings.Contains(r.out, "rows out  840 = 30 series × 28 periods") {
		t.Errorf("got %s", r.out)
	}
	conf := filepath.Join(dir, "shelfcast.yaml")
	if server, err := store.FindServer(t.Context(), store.ServerConfig{Dir: filepath.Join(home, "demo")}); err != nil || server != nil {
		t.Errorf("a server was left: %v, %v", server, err)
	}
	out := mustRun(t, nil, "db", "psql", "--config", conf, "--", "-Atc", "select count(*) from shelfcast.forecast_current")
	if strings.TrimSpace(out.out) != "840" {
		t.Errorf("psql says %q", out.out)
	}
	mustRun(t, nil, "db", "start", "--config", conf)
	if out := mustRun(t, nil, "db", "url", "--config", conf); !strings.HasPrefix(out.out, "postgres") {
		t.Errorf("got %q", out.out)
	}
	if out := mustRun(t, nil, "db", "migrate", "--config", conf); !strings.Contains(out.out, "schema version") {
		t.Errorf("got %q", out.out)
	}
	mustRun(t, nil, "db", "stop", "--config", conf)
	if out := run(t, nil, "db", "url", "--config", conf); out.code != exitFailed || !strings.Contains(out.errOut, "db start") {
		t.Errorf("exit %d: %s", out.code, out.errOut)
	}
}

func TestEveryCommandHelpsWithAnExample(t *testing.T) {
	t.Parallel()
	for _, command := range []string{
		"demo", "run", "schedule", "forecast", "evaluate", "db start", "db stop", "db url", "db migrate", "db psql",
		"datasets synth", "datasets import", "datasets score", "datasets holidays",
	} {
		r := run(t, nil, append(strings.Fields(command), "--help")...)
		if r.code != exitOK || !strings.Contains(r.out, "Example:") {
			t.Errorf("%s --help: exit %d, %s", command, r.code, r.out)
		}
	}
	if r := mustRun(t, nil, "--version"); !strings.Contains(r.out, "test") {
		t.Errorf("got %q", r.out)
	}
}

func TestFlagsThatTakeFilesMayBeFollowedBySeveral(t *testing.T) {
	t.Parallel()
	got := spread([]string{"forecast", "--target", "a", "b", "--related", "c", "--horizon", "3", "--target=d"})
	want := []string{"forecast", "--target", "a", "--target", "b", "--related", "c", "--horizon", "3", "--target=d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAuditNamesWhatIsWrongWithTheData(t *testing.T) {
	t.Parallel()
	target := targetCSV(60) + "milk,s1,2025-01-05,3\n" + "rye,s2,2025-01-06,-2\n" + "MILK,s1,2025-01-01,1\n"
	related := relatedCSV(60, 5) + "MILK,s1,2025-01-01,1\n"
	items := "item_id,brand\nmilk,a\nghost,b\n"
	findings := filepath.Join(t.TempDir(), "findings.json")
	args := []string{"audit", "--target", file(t, "t.csv", target), "--related", file(t, "r.csv", related), "--items", file(t, "i.csv", items), "--horizon", "7", "--json", findings}
	r := run(t, nil, args...)
	if r.code != exitFailed || !strings.Contains(r.errOut, "error C002, feature with values missing in the horizon, is among the findings") {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
	text, err := os.ReadFile(findings)
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Findings []struct {
			Code     string
			Count    int64
			Severity string
			Examples []struct{ Where, Text string }
		}
	}
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range found.Findings {
		got[f.Code+" "+f.Severity] = fmt.Sprint(f.Count)
	}
	for code, count := range map[string]string{"D001 error": "1", "R001 error": "1", "V001 warning": "1", "D004 warning": "1", "M001 warning": "3", "M003 info": "1", "C002 error": "15"} {
		if got[code] != count {
			t.Errorf("%s: %q, want %s; found %v", code, got[code], count, got)
		}
	}
	for _, want := range []string{"error   D001", "milk@s1 at 2025-01-05", "warning V001", `"milk": the same as "MILK"`, "input.max_reject_share decides"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("the text lacks %q:\n%s", want, r.out)
		}
	}
	mustRun(t, nil, append(args, "--fail-on", "never")...)
	if r := run(t, nil, "audit", "--target", "a", "--config", "b"); r.code != exitUsage {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
	clean := mustRun(t, nil, "audit", "--config", filepath.Join(chain(t, 50, 400), "shelfcast.yaml"))
	if strings.Contains(clean.out, "error ") {
		t.Errorf("a clean chain has errors:\n%s", clean.out)
	}
}

package cli

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"shelfcast/engine/store/storetest"
)

// events give a chain pay days, and Sundays on which shops are closed.
const events = `
calendar:
  pay_days: {days: [15, last], after: 1}
  closed: {weekdays: [sunday]}
`

// explainedChain is a chain whose configuration has events.
func explainedChain(t *testing.T, series int) (dir, conf string) {
	t.Helper()
	dir = chain(t, series, 320)
	conf = filepath.Join(dir, "shelfcast.yaml")
	text, err := os.ReadFile(conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, append(text, events...), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, conf
}

func TestANightKeepsThePartsOfItsForecastsWhereItIsAskedTo(t *testing.T) {
	t.Parallel()
	_, conf := explainedChain(t, 30)
	const allParts = `select md5(string_agg(r, ';' order by r)) from (
		select concat_ws(',', item_id, store_id, period_start, place, component, value) r from shelfcast.component_current) x`
	var want string
	for _, c := range []struct{ models, workers, shard string }{{"prophet", "1", "1000"}, {"prophet", "7", "4"}, {"prophet-multiplicative,seasonal-mean", "2", "1"}} {
		url := storetest.URL(t)
		env := []string{
			"DATABASE_URL=" + url, "SHELFCAST_FORECAST_COMPONENTS=true", "SHELFCAST_FORECAST_MODELS=" + c.models,
			"SHELFCAST_RUN_WORKERS=" + c.workers, "SHELFCAST_RUN_SHARD_SERIES=" + c.shard, "SHELFCAST_BACKTEST_WINDOWS=2",
		}
		mustRun(t, env, "run", "--config", conf)
		for sql, want := range map[string]string{
			// of every series that the model made, every period, to a billionth of the largest part
			`select count(*) from shelfcast.forecast_current f
				join shelfcast.series_current s using (series_id)
				left join (select series_id, period_start, sum(value) as sum, max(abs(value)) as size
					from shelfcast.component_current group by 1, 2) c using (series_id, period_start)
				where s.model like 'prophet%' and (abs(f.mean - c.sum) <= 1e-9 * greatest(f.mean, c.size)) is not true`: "0",
			`select count(*) from shelfcast.component_current c join shelfcast.series_current s using (series_id) where s.model not like 'prophet%'`:                          "0",
			`select count(*) > 500 from shelfcast.forecast_current f join shelfcast.series_current s using (series_id) where s.model like 'prophet%' and mean > 0`:            "true",
			`select count(*) from shelfcast.component_current where place = 1 and component <> 'trend'`:                                                                       "0",
			`select count(distinct component) from shelfcast.component_current where component in ('trend', 'weekly', 'price', 'Pay day', 'Pay day+1', 'cut') and value <> 0`: "6",
		} {
			if got := ask(t, url, sql); got != want {
				t.Errorf("%s: %s: got %s, want %s", c.models, sql, got, want)
			}
		}
		if c.models != "prophet" {
			continue
		}
		got := ask(t, url, allParts)
		if want == "" {
			want = got
			mustRun(t, env, "run", "--config", conf)
			if again := ask(t, url, allParts); again != want {
				t.Error("a re-run has other parts")
			}
		}
		if got != want {
			t.Errorf("%s workers, shards of %s: other parts", c.workers, c.shard)
		}
	}
}

func TestANightHasNoPartsUnlessItIsAskedToButItsPageDrawsThoseOfTheSamples(t *testing.T) {
	t.Parallel()
	dir, conf := explainedChain(t, 10)
	url := storetest.URL(t)
	mustRun(t, []string{"DATABASE_URL=" + url, "SHELFCAST_FORECAST_MODELS=prophet", "SHELFCAST_BACKTEST_WINDOWS=1"}, "run", "--config", conf)
	for sql, want := range map[string]string{
		"select count(*) from shelfcast.component":                                                               "0",
		"select count(components) from shelfcast.run_series":                                                     "0",
		"select report->'samples'->0->'parts'->0->>'name' from shelfcast.run":                                    "trend",
		"select jsonb_array_length(report->'samples'->0->'parts'->0->'value') from shelfcast.run":                "28",
		"select count(*) from shelfcast.run, jsonb_array_elements(report->'samples') s where s->'parts' is null": "0",
	} {
		if got := ask(t, url, sql); got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
	pages, err := filepath.Glob(filepath.Join(dir, "reports", "*.html"))
	if err != nil || len(pages) != 1 {
		t.Fatalf("pages %v, %v", pages, err)
	}
	page, err := os.ReadFile(pages[0])
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(page), ">weekly</text>"); n != 5 {
		t.Errorf("the weekly season is drawn for %d of 5 samples", n)
	}
}

func TestAForecastWritesItsPartsBeside(t *testing.T) {
	t.Parallel()
	dir, _ := explainedChain(t, 12)
	out := t.TempDir()
	var want []byte
	for _, c := range []struct{ workers, shard int }{{1, 1000}, {7, 5}} {
		mustRun(t, nil, "forecast", "--target", filepath.Join(dir, "tts.parquet"), "--related", filepath.Join(dir, "rts.parquet"),
			"--frequency", "D", "--horizon", "14", "--models", "prophet", "--country", "DE", "--events", "holidays,Black Friday:2:1", "--closed", "sunday",
			"--out", out+"/f.csv", "--components", out+"/c.csv", "--workers", fmt.Sprint(c.workers), "--shard-series", fmt.Sprint(c.shard))
		got, err := os.ReadFile(out + "/c.csv")
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d workers, shards of %d: other parts", c.workers, c.shard)
		}
	}
	sums := map[[3]string]float64{}
	for _, row := range readCSV(t, out+"/c.csv")[1:] {
		v, err := strconv.ParseFloat(row[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		sums[[3]string(row[:3])] += v
	}
	rows := readCSV(t, out+"/f.csv")[1:]
	for _, row := range rows {
		mean, err := strconv.ParseFloat(row[3], 64)
		if sum, ok := sums[[3]string(row[:3])]; err != nil || !ok || math.Abs(sum-mean) > 1e-7 { // parts are a hundred times the mean at most
			t.Errorf("%v: the parts add up to %g (%v)", row, sum, err)
		}
	}
	if len(rows) != 12*14 || len(sums) != len(rows) {
		t.Errorf("%d rows, and parts for %d", len(rows), len(sums))
	}
}

package store_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"shelfcast/engine/demand"
	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

// awkward numbers and texts that an encoder may get wrong.
var (
	awkwardNumbers = []float64{0, math.Copysign(0, -1), 0.1, 1e-320, math.MaxFloat64, -1.5, 1.0 / 3}
	awkwardTexts   = []string{"", "a", `q"uo\te'`, "tab\tnew\nline", "ünïcödé 🛒", strings.Repeat("x", 300)}
)

func TestForecastRowsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	date := monday
	rapid.Check(t, func(rt *rapid.T) {
		date = date.AddDate(0, 0, 1) // a night a check
		k := rapid.IntRange(0, 9).Draw(rt, "levels")
		spec := specOf(date, 3, 3, rapid.IntRange(1, 4).Draw(rt, "horizon"))
		for l := range k {
			spec.Levels = append(spec.Levels, float64(l+1)/10)
		}
		spec.Cal.Freq = rapid.SampledFrom([]demand.Freq{demand.Daily, {Unit: demand.Minute, N: 15}, {Unit: demand.Month, N: 1}, {Unit: demand.Week, N: 1, Shift: 6}}).Draw(rt, "frequency")
		spec.Origin = demand.Period(rapid.IntRange(-2000, 30000).Draw(rt, "origin")) // either side of 1970 and of 2000
		res := resultOf(spec, 0)
		for i := range res.Forecast.Mean {
			res.Forecast.Mean[i] = number(rt)
		}
		for i := range res.Forecast.Q {
			res.Forecast.Q[i] = number(rt)
		}
		run := begin(t, db, spec)
		if err := run.WriteShard(t.Context(), res); err != nil {
			rt.Fatal(err)
		}
		checkFans(t, db, run, res.Forecast)
		if err := run.Fail(t.Context(), fmt.Errorf("over")); err != nil {
			rt.Fatal(err)
		}
	})
}

func number(rt *rapid.T) float64 {
	if rapid.Bool().Draw(rt, "awkward") {
		return rapid.SampledFrom(awkwardNumbers).Draw(rt, "number")
	}
	return rapid.Float64().Filter(func(x float64) bool { return x-x == 0 }).Draw(rt, "number")
}

// checkFans reads the fans of a run in text form, another path than the one they went.
func checkFans(t *testing.T, db *store.DB, run *store.Run, f *demand.Forecast) {
	t.Helper()
	got := column[string](t, db, fmt.Sprintf("select concat_ws(' ', series_id, period_start, mean, quantile) from shelfcast.forecast_%d order by series_id, period_start", run.ID()))
	var want []string
	for i := range f.Keys {
		for step := range f.H {
			q := make([]string, len(f.Levels))
			for l, v := range f.Fan(i).At(step) {
				q[l] = one[string](t, db, "select $1::double precision::text", v)
			}
			mean := one[string](t, db, "select $1::double precision::text", f.Fan(i).Mean[step])
			want = append(want, fmt.Sprintf("%d %s %s {%s}", run.SeriesIDs()[i],
				f.Cal.Time(f.Start+demand.Period(step)).Format(time.DateTime), mean, strings.Join(q, ",")))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("rows differ:\n%s", diff)
	}
}

func TestRejectsAndQuarantineComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 2, 2, 1, 0.5)
	run := begin(t, db, spec)
	group := 7
	var a store.Audit
	for i, text := range awkwardTexts {
		a.Rejects = append(a.Rejects, store.Reject{Input: "tts", File: text, Line: int64(i) * 3_000_000_000, Column: text, Reason: "not_a_number", Value: text})
		a.Quarantine = append(a.Quarantine, store.Quarantine{Key: demand.Key{Item: text, Store: text}, Stage: "shape", Reason: "no_data", Detail: text})
	}
	a.Rejects[1].RowGroup = &group
	a.Quarantine = append(a.Quarantine, store.Quarantine{Key: spec.Keys[1], Stage: "read", Reason: "gap"})
	for range 2 { // a second reading replaces the first
		if err := run.WriteAudit(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	rejects := readRows[store.Reject](t, db, `select input, file, row_group as "RowGroup", coalesce(line, 0) as line,
		coalesce(column_name, '') as "Column", reason, coalesce(value, '') as value from shelfcast.reject order by line, file`)
	slices.SortFunc(rejects, func(x, y store.Reject) int { return int(x.Line/1_000_000_000 - y.Line/1_000_000_000) })
	if diff := cmp.Diff(a.Rejects, rejects); diff != "" {
		t.Errorf("rejects differ:\n%s", diff)
	}
	items := column[string](t, db, "select concat(item_id, '|', store_id, '|', stage, '|', reason, '|', detail, '|', series_id) from shelfcast.quarantine where shard_number is null")
	for _, q := range a.Quarantine {
		id := ""
		if q.Key == spec.Keys[1] {
			id = fmt.Sprint(run.SeriesIDs()[1])
		}
		if want := strings.Join([]string{q.Key.Item, q.Key.Store, q.Stage, q.Reason, q.Detail, id}, "|"); !slices.Contains(items, want) {
			t.Errorf("%q is not among %q", want, items)
		}
	}
	if len(items) != len(a.Quarantine) {
		t.Errorf("%d rows for %d series in quarantine", len(items), len(a.Quarantine))
	}
}

func TestMetricsComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 2, 2, 1, 0.5)
	run := begin(t, db, spec)
	writeAll(t, run, spec)
	sum := summaryOf(spec)
	sum.Metrics = []store.Metric{
		{Model: "ets", Window: 0, Scope: "all", Name: "mase", Value: math.NaN(), PointsUsed: 0, PointsAll: 1 << 40, Season: 7, DenominatorZero: true},
		{Model: "ets", Window: 1, Scope: "item=ü", Name: "wql", Level: 0.1, Value: 0.25, PointsUsed: 27, PointsAll: 28},
		{Model: "naive", Window: 2, Scope: "all", Name: "rmse", Value: 1.0 / 3, PointsUsed: 28, PointsAll: 28},
	}
	if err := run.Publish(t.Context(), sum); err != nil {
		t.Fatal(err)
	}
	got := readRows[store.Metric](t, db, `select model, window_number as "Window", scope, name, coalesce(level, 0) as level,
		coalesce(value, 'NaN') as value, points_used, points_all, season, denominator_zero = 1 as denominator_zero
		from shelfcast.metric_current order by model, window_number`)
	if diff := cmp.Diff(sum.Metrics, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("metrics differ:\n%s", diff)
	}
	if nan := one[int64](t, db, "select count(*) from shelfcast.metric where value = 'NaN'"); nan != 0 {
		t.Error("an undefined metric is NaN and not NULL")
	}
	if ms := one[float64](t, db, "select (timings->>'read')::float8 from shelfcast.run"); ms != 1200 {
		t.Errorf("1.2 s are %g ms", ms)
	}
	if title := one[string](t, db, "select report->>'title' from shelfcast.run"); title != "night" {
		t.Errorf("the report's title is %q", title)
	}
}

func readRows[T any](t *testing.T, db *store.DB, sql string) []T {
	t.Helper()
	rows, err := db.Rows(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestAColumnOfAnotherTypeIsFoundBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	do(t, db, "alter table shelfcast.shard alter column first_series type real") // the same four bytes
	_, err := db.BeginRun(t.Context(), specOf(monday, 2, 2, 1, 0.5))
	if err == nil || !strings.Contains(err.Error(), "shard.first_series should be integer and is \"real\"") {
		t.Errorf("error is %v", err)
	}
}

func TestSeriesKeepTheirNumbersAndNewOnesFollowInKeyOrder(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	const n = 50_000
	spec := specOf(monday, n, n, 1, 0.5)
	odd := spec
	odd.Keys = nil
	for i := 1; i < n; i += 2 {
		odd.Keys = append(odd.Keys, spec.Keys[i])
	}
	odd.Shards = []store.Span{{First: 0, Count: len(odd.Keys)}}
	first := begin(t, db, odd).SeriesIDs()
	all := begin(t, db, spec).SeriesIDs()
	for i := range first {
		if first[i] != int32(i+1) || all[2*i+1] != first[i] || all[2*i] != int32(n/2+i+1) {
			t.Fatalf("series %d: number %d at first, %d later; its neighbour %d", i, first[i], all[2*i+1], all[2*i])
		}
	}
	if last := one[int64](t, db, "select last_value from shelfcast.series_series_id_seq"); last != n {
		t.Errorf("%d series used up %d numbers", n, last)
	}
}

package store_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shelfcast/engine/demand"
	"shelfcast/engine/store"
)

var (
	daily  = demand.Calendar{Freq: demand.Daily}
	monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
)

// specOf plans a run of n series in shards of the given size.
func specOf(date time.Time, n, perShard, horizon int, levels ...float64) store.RunSpec {
	spec := store.RunSpec{
		BusinessDate: date, CodeVersion: "v1", ConfigHash: "config", DataHash: "data",
		Cal: daily, Origin: daily.Period(date) - 1, Horizon: horizon, Levels: levels,
	}
	for i := range n {
		spec.Keys = append(spec.Keys, demand.Key{Item: fmt.Sprintf("item-%07d", i), Store: "S1"})
	}
	for first := 0; first < n; first += perShard {
		spec.Shards = append(spec.Shards, store.Span{First: first, Count: min(perShard, n-first)})
	}
	return spec
}

// resultOf forecasts a shard: each number says which run date, series, step and level it belongs to.
func resultOf(spec store.RunSpec, shard int) store.ShardResult {
	span := spec.Shards[shard]
	fut := &demand.Future{Keys: spec.Keys[span.First : span.First+span.Count], Cal: spec.Cal, Start: spec.Origin + 1, H: spec.Horizon}
	f := demand.NewForecast(fut, spec.Levels)
	for i := range f.Keys {
		f.By[i] = "ets"
		for step := range f.H {
			mean := markOf(spec, span.First+i, step)
			f.Mean[i*f.H+step] = mean
			for l := range f.Levels {
				f.Q[(i*f.H+step)*len(f.Levels)+l] = mean + float64(l)/8
			}
		}
	}
	res := store.ShardResult{Number: shard, Forecast: f, Partial: fmt.Appendf(nil, "partial of %d", shard), Elapsed: 1500 * time.Millisecond}
	for range f.Keys {
		res.Series = append(res.Series, store.SeriesResult{HistoryPeriods: 730, WQL: 0.25, WAPE: math.NaN(), FloorWQL: 0.5})
	}
	return res
}

func markOf(spec store.RunSpec, series, step int) float64 {
	return float64(spec.BusinessDate.Day())*1e6 + float64(series)*100 + float64(step)
}

// summaryOf accounts for a run in which every series was forecast.
func summaryOf(spec store.RunSpec) store.Summary {
	n := int64(len(spec.Keys))
	return store.Summary{
		Counts:  store.Counts{RowsIn: 10*n + 3, RowsUsed: 10 * n, RowsNotNeeded: 2, RowsRejected: 1, SeriesIn: n, SeriesForecast: n},
		Timings: map[string]time.Duration{"read": 1200 * time.Millisecond, "fit": 90 * time.Second},
		Report:  map[string]any{"title": "night"},
		Metrics: []store.Metric{{Model: "ets", Scope: "all", Name: "wql", Value: 0.3, PointsUsed: 28, PointsAll: 28}},
	}
}

func begin(t testing.TB, db *store.DB, spec store.RunSpec) *store.Run {
	t.Helper()
	run, err := db.BeginRun(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func write(t testing.TB, run *store.Run, spec store.RunSpec, shards ...int) {
	t.Helper()
	for _, n := range shards {
		if err := run.WriteShard(t.Context(), resultOf(spec, n)); err != nil {
			t.Fatal(err)
		}
	}
}

func writeAll(t testing.TB, run *store.Run, spec store.RunSpec) {
	t.Helper()
	for n := range spec.Shards {
		write(t, run, spec, n)
	}
}

// night runs a whole night and returns its run.
func night(t testing.TB, db *store.DB, spec store.RunSpec) *store.Run {
	t.Helper()
	run := begin(t, db, spec)
	writeAll(t, run, spec)
	if err := run.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Fatal(err)
	}
	return run
}

// one returns the single value of a query.
func one[T any](t testing.TB, db *store.DB, sql string, args ...any) T {
	t.Helper()
	rows, err := db.Rows(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// column returns the first column of a query.
func column[T any](t testing.TB, db *store.DB, sql string, args ...any) []T {
	t.Helper()
	rows, err := db.Rows(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return list
}

func do(t testing.TB, db *store.DB, sql string, args ...any) {
	t.Helper()
	rows, err := db.Rows(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	rows.Close()
	if rows.Err() != nil {
		t.Fatalf("%s: %v", sql, rows.Err())
	}
}

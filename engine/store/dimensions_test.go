package store_test

import (
	"database/sql"
	"io/fs"
	"slices"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"shelfcast/engine/demand"
	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
	"shelfcast/schemas"
)

func TestSeriesThatDifferInADimensionAloneStayApart(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 3, 2, 1, 0.5)
	for i, channel := range []string{"shop", "web", "web;x"} {
		spec.Keys[i] = demand.Key{Item: "milk", Store: "S1", Dims: demand.JoinDimensions([]string{"channel"}, []string{channel})}
	}
	run := begin(t, db, spec)
	write(t, run, spec, 0)
	last := resultOf(spec, 1)
	last.Quarantine = append(last.Quarantine, store.Quarantine{Key: spec.Keys[2], Stage: "fit", Reason: "too_short"})
	if err := run.WriteShard(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	summary := summaryOf(spec)
	summary.Counts.SeriesForecast, summary.Counts.SeriesQuarantined = 2, 1
	if err := run.Publish(t.Context(), summary); err != nil {
		t.Fatal(err)
	}
	want := []string{"channel=shop", "channel=web", `channel=web\;x`}
	for _, view := range []string{"forecast_current", "forecast_published", "series_current"} {
		if got := column[string](t, db, "select dimensions from shelfcast."+view+" where item_id = 'milk' and store_id = 'S1' order by series_id"); !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", view, got, want)
		}
	}
	if got := one[string](t, db, "select dimensions from shelfcast.quarantine_current"); got != want[2] {
		t.Errorf("in quarantine is %s", got)
	}
	// A level that comes later stands behind the dimensions, and the next night knows the series by their numbers.
	next := specOf(monday.AddDate(0, 0, 1), 3, 2, 1, 0.5, 0.9)
	next.Keys = spec.Keys
	night(t, db, next)
	if n := one[int64](t, db, "select count(*) from shelfcast.series"); n != 3 {
		t.Errorf("%d series, want 3", n)
	}
	columns := column[string](t, db, "select attname::text from pg_attribute where attrelid = 'shelfcast.forecast_current'::regclass and attnum > 6 order by attnum")
	if !slices.Equal(columns, []string{"mean", "dimensions", "p50", "p90"}) {
		t.Errorf("columns %v", columns)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.forecast_current where p90 > p50 and p50 = mean"); n != 3 {
		t.Errorf("%d rows have their quantiles, want 3", n)
	}
}

// The views of a database that has levels already keep their columns where they are.
func TestADatabaseWithLevelsGetsDimensionsBehindThem(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	db := open(t, url)
	do(t, db, "drop schema shelfcast cascade")
	do(t, db, "create schema shelfcast")
	migrateTo(t, url, 4)
	do(t, db, "select shelfcast.add_quantile_levels('{0.5}', '{p50}')")
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	night(t, db, specOf(monday, 2, 2, 1, 0.1, 0.5))
	columns := column[string](t, db, "select attname::text from pg_attribute where attrelid = 'shelfcast.forecast_current'::regclass and attnum > 6 order by attnum")
	if !slices.Equal(columns, []string{"mean", "p50", "dimensions", "p10"}) {
		t.Errorf("columns %v", columns)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.forecast_of('2026-03-02') where p50 > p10 and dimensions = ''"); n != 2 {
		t.Errorf("%d rows have their quantiles, want 2", n)
	}
}

// migrateTo brings an empty schema to an earlier version.
func migrateTo(t *testing.T, url string, version int64) {
	t.Helper()
	conn, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	files, err := fs.Sub(schemas.Postgres, "postgres")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, conn, files, goose.WithTableName("shelfcast.schema_version"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

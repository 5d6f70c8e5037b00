package store_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestEveryTableAndColumnHasACommentAndEveryNumberAUnit(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	night(t, db, specOf(monday, 2, 2, 1, 0.1, 0.5)) // adds partitions and columns of views
	const everything = `
		select c.relname || coalesce('.' || a.attname, '')
		from pg_class c
		left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relnamespace = 'shelfcast'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')`
	if n := len(column[string](t, db, everything)); n < 150 {
		t.Fatalf("only %d columns were found", n)
	}
	for _, missing := range column[string](t, db, everything+" and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)") {
		t.Errorf("no comment on %s", missing)
	}
	const needsUnit = ` and format_type(a.atttypid, a.atttypmod) ~ '^(bigint|integer|double precision|numeric|real|date|timestamp)'
		and col_description(c.oid, a.attnum) !~ '; unit: .+\.$'`
	for _, missing := range column[string](t, db, everything+needsUnit) {
		t.Errorf("no unit in the comment on %s", missing)
	}
	for _, missing := range column[string](t, db, "select proname::text from pg_proc where pronamespace = 'shelfcast'::regnamespace and obj_description(oid, 'pg_proc') is null") {
		t.Errorf("no comment on function %s", missing)
	}
}

func TestEverythingLivesInTheSchema(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	night(t, db, specOf(monday, 2, 2, 1, 0.5))
	strays := column[string](t, db, "select relname::text from pg_class where relnamespace = 'public'::regnamespace")
	if len(strays) > 0 {
		t.Errorf("outside the schema are %v", strays)
	}
}

func TestAnAnalystReadsViewsAndNoTable(t *testing.T) {
	t.Parallel()
	url := storetest.URL(t)
	db := open(t, url)
	night(t, db, specOf(monday, 2, 2, 1, 0.5))
	allowed := column[string](t, db, `select c.relname::text from pg_class c
		where c.relnamespace = 'shelfcast'::regnamespace and c.relkind in ('r', 'p', 'v')
		and has_table_privilege('shelfcast_reader', c.oid, 'select') order by 1`)
	want := []string{"component_current", "component_published", "forecast_current", "forecast_published", "metric_current", "quarantine_current", "run_status", "series_current"}
	if !slices.Equal(allowed, want) {
		t.Errorf("the reader may read %v, want %v", allowed, want)
	}
	analyst, err := store.Open(t.Context(), url+"&role=shelfcast_reader")
	if err != nil {
		t.Fatal(err)
	}
	defer analyst.Close()
	for _, from := range []string{"shelfcast.forecast_current", "shelfcast.forecast_of('2026-03-02')"} {
		if n := one[int64](t, analyst, "select count(p50) from "+from); n != 2 {
			t.Errorf("an analyst sees %d of 2 rows in %s", n, from)
		}
	}
}

func TestMigratingTwiceAndAtOnceAppliesOnce(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	do(t, db, "drop schema shelfcast cascade")
	if err := db.CheckSchema(t.Context()); !errors.Is(err, store.ErrNotMigrated) {
		t.Errorf("an empty database gives %v", err)
	}
	if _, err := db.BeginRun(t.Context(), specOf(monday, 2, 2, 1)); !errors.Is(err, store.ErrNotMigrated) {
		t.Errorf("a run in an empty database gives %v", err)
	}
	if _, _, err := db.Published(t.Context(), monday); !errors.Is(err, store.ErrNotMigrated) || !strings.Contains(err.Error(), "shelfcast db migrate") {
		t.Errorf("reading an empty database gives %v", err)
	}
	errs := make([]error, 3)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = db.Migrate(t.Context()) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	current, newest, err := db.SchemaVersion(t.Context())
	if current != newest || newest < 3 || err != nil {
		t.Errorf("schema version is %d of %d: %v", current, newest, err)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.schema_version where version_id = 1"); n != 1 {
		t.Errorf("migration 1 was applied %d times", n)
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	do(t, db, "insert into shelfcast.schema_version (version_id, is_applied) values (9001, true)")
	_, beginErr := db.BeginRun(t.Context(), specOf(monday, 2, 2, 1))
	for what, err := range map[string]error{"migrating": db.Migrate(t.Context()), "checking": db.CheckSchema(t.Context()), "a run": beginErr} {
		if !errors.Is(err, store.ErrSchemaNewer) || !strings.Contains(err.Error(), "9001") {
			t.Errorf("%s gives %v", what, err)
		}
	}
}

package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func tables(t *testing.T, db *store.DB) []string {
	t.Helper()
	return column[string](t, db, "select relname::text from pg_class where relnamespace = 'shelfcast'::regnamespace and relkind = 'r' and relname ~ '^forecast_[0-9]+$' order by oid")
}

func table(run *store.Run) string { return fmt.Sprintf("forecast_%d", run.ID()) }

func TestPruneKeepsWhatIsPublishedAndTheNewestOfTheRest(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 2, 2, 1, 0.5)
	killed := begin(t, db, specOf(monday.AddDate(0, 0, -1), 2, 2, 1, 0.5)) // and its date never run again
	old, newer := night(t, db, spec), night(t, db, spec)
	failed := begin(t, db, spec)
	if err := failed.Fail(t.Context(), fmt.Errorf("no")); err != nil {
		t.Fatal(err)
	}
	last := night(t, db, spec)
	next := begin(t, db, specOf(monday.AddDate(0, 0, 1), 2, 2, 1, 0.5)) // is running

	n, err := db.Prune(t.Context(), 2)
	if err != nil || n != 2 {
		t.Errorf("pruned %d runs: %v", n, err)
	}
	if got, want := tables(t, db), []string{table(newer), table(failed), table(last), table(next)}; !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v; run %d was killed, run %d superseded", got, want, killed.ID(), old.ID())
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.forecast_current"); n != 2 {
		t.Errorf("%d of 2 rows are left in the view", n)
	}
	states := column[string](t, db, "select state from shelfcast.run where pruned_at is not null order by run_id")
	if !slices.Equal(states, []string{"abandoned", "published"}) {
		t.Errorf("pruned runs are %v", states)
	}
	if n, err := db.Prune(t.Context(), 2); n != 0 || err != nil {
		t.Errorf("the second time pruned %d: %v", n, err)
	}
	if _, err := db.Prune(t.Context(), 0); err == nil {
		t.Error("keeping none is not refused")
	}
}

func TestPruneDatesLetsOldDatesGo(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	for day := range 4 {
		night(t, db, specOf(monday.AddDate(0, 0, day), 2, 2, 1, 0.5))
	}
	if n, err := db.PruneDates(t.Context(), 3); n != 1 || err != nil {
		t.Errorf("pruned %d: %v", n, err)
	}
	dates := column[string](t, db, "select distinct business_date::text from shelfcast.forecast_published order by 1")
	if !slices.Equal(dates, []string{"2026-03-03", "2026-03-04", "2026-03-05"}) {
		t.Errorf("left are %v", dates)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.metric"); n != 4 {
		t.Errorf("%d of 4 runs have their metrics", n)
	}
}

func TestTheNightOfAnOldDateIsKeptUntilTheNextOneIsPublished(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	for _, day := range []int{0, 7, 8} {
		night(t, db, specOf(monday.AddDate(0, 0, day), 2, 2, 1, 0.5))
	}
	night(t, db, specOf(monday.AddDate(0, 0, 1), 2, 2, 1, 0.5))
	left := func() []string {
		t.Helper()
		if n, err := db.PruneDates(t.Context(), 2); n != 1 || err != nil {
			t.Errorf("pruned %d: %v", n, err)
		}
		return column[string](t, db, "select distinct business_date::text from shelfcast.forecast_published order by 1")
	}
	if got := left(); !slices.Equal(got, []string{"2026-03-03", "2026-03-09", "2026-03-10"}) {
		t.Errorf("left are %v", got)
	}
	night(t, db, specOf(monday.AddDate(0, 0, 8), 2, 2, 1, 0.5))
	if got := left(); !slices.Equal(got, []string{"2026-03-09", "2026-03-10"}) {
		t.Errorf("after the next night left are %v", got)
	}
}

func TestOneRunThatAReaderHeldUpDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 400, 400, 10, 0.5)
	held := night(t, db, spec)
	night(t, db, spec)
	night(t, db, spec)
	reader, err := db.Rows(t.Context(), "select * from shelfcast."+table(held))
	if err != nil {
		t.Fatal(err)
	}
	reader.Next()
	if n, err := db.Prune(t.Context(), 1); n != 0 || err == nil {
		t.Errorf("pruned %d under a reader: %v", n, err)
	}
	night(t, db, spec) // a later run stands before the held one in the list
	reader.Close()
	if n, err := db.Prune(t.Context(), 1); n != 2 || err != nil {
		t.Errorf("pruned %d after the reader: %v", n, err)
	}
}

func TestPruneLeavesARunThatAReaderHoldsAndFinishesLater(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 400, 400, 10, 0.5)
	night(t, db, spec)
	night(t, db, spec)
	night(t, db, spec)
	reader, err := db.Rows(t.Context(), "select * from shelfcast.forecast")
	if err != nil {
		t.Fatal(err)
	}
	reader.Next()
	n, err := db.Prune(t.Context(), 1)
	if n != 0 || err == nil || !strings.Contains(err.Error(), "a long query holds the tables") {
		t.Errorf("pruned %d under a reader: %v", n, err)
	}
	reader.Close()
	if n, err := db.Prune(t.Context(), 1); n != 1 || err != nil {
		t.Errorf("pruned %d after the reader: %v", n, err)
	}
	if left := tables(t, db); len(left) != 2 {
		t.Errorf("left are %v", left)
	}
}

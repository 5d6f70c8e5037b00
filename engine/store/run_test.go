package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestANightIsInTheViewsAsItWasForecast(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 10, 4, 3, 0.1, 0.5, 0.9)
	run := night(t, db, spec)

	if run.Attempt() != 1 || run.Resumed() {
		t.Errorf("first run is attempt %d, resumed %v", run.Attempt(), run.Resumed())
	}
	if got := one[int64](t, db, "select count(*) from shelfcast.forecast_current"); got != 30 {
		t.Errorf("10 series × 3 periods make 30 rows, found %d", got)
	}
	got := one[string](t, db, `select concat_ws(' ', business_date, run_id, item_id, store_id, period_start, mean, p10, p50, p90)
		from shelfcast.forecast_current where item_id = 'item-0000007' and period_start = '2026-03-04'`)
	want := fmt.Sprintf("2026-03-02 %d item-0000007 S1 2026-03-04 00:00:00 2000702 2000702 2000702.125 2000702.25", run.ID())
	if got != want {
		t.Errorf("row is\n%s\nwant\n%s", got, want)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.series_current where model = 'ets' and wql = 0.25 and wape is null"); n != 10 {
		t.Errorf("series_current has %d of 10 series", n)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.metric_current"); n != 1 {
		t.Errorf("metric_current has %d of 1 metrics", n)
	}
	status := one[string](t, db, "select concat_ws(' ', state, is_published, shards_done, shards_all, rows_in, series_forecast) from shelfcast.run_status")
	if status != "published t 3 3 103 10" {
		t.Errorf("run_status is %q", status)
	}
	if id, ok, err := db.Published(t.Context(), monday); id != run.ID() || !ok || err != nil {
		t.Errorf("Published gives %d, %v, %v", id, ok, err)
	}
	if date, id, ok, err := db.LastPublished(t.Context()); !date.Equal(monday) || id != run.ID() || !ok || err != nil {
		t.Errorf("LastPublished gives %v, %d, %v, %v", date, id, ok, err)
	}
}

func TestNothingIsPublishedInAFreshDatabase(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	if _, ok, err := db.Published(t.Context(), monday); ok || err != nil {
		t.Errorf("Published gives %v, %v", ok, err)
	}
	if _, _, ok, err := db.LastPublished(t.Context()); ok || err != nil {
		t.Errorf("LastPublished gives %v, %v", ok, err)
	}
}

func TestAKilledNightGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 10, 3, 2, 0.5)
	killed := begin(t, db, spec)
	write(t, killed, spec, 3, 1)

	run := begin(t, db, spec)
	if run.ID() != killed.ID() || run.Attempt() != 1 || !run.Resumed() {
		t.Fatalf("resumed run %d as run %d, attempt %d", killed.ID(), run.ID(), run.Attempt())
	}
	if diff := cmp.Diff(killed.Done(), run.Done()); diff != "" {
		t.Errorf("finished shards as written and as read back:\n%s", diff)
	}
	if got := string(run.Done()[3].Partial); got != "partial of 3" {
		t.Errorf("partial is %q", got)
	}
	writeAll(t, run, spec) // 1 and 3 a second time
	if err := run.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Fatal(err)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.forecast_current"); n != 20 {
		t.Errorf("found %d of 20 rows", n)
	}
	if n := one[int32](t, db, "select resumes from shelfcast.run"); n != 1 {
		t.Errorf("resumed %d times", n)
	}
}

func TestAShardWrittenByManyAtOnceIsThereOnce(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 20, 20, 5, 0.5)
	run := begin(t, db, spec)
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() { errs[i] = run.WriteShard(t.Context(), resultOf(spec, 0)) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if err := run.Publish(t.Context(), summaryOf(spec)); err != nil { // its primary key proves it too
		t.Fatal(err)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.forecast"); n != 100 {
		t.Errorf("found %d of 100 rows", n)
	}
}

func TestARunOfOtherDataIsANewAttemptAndTheOldIsAbandoned(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 2, 2, 0.5)
	old := begin(t, db, spec)
	write(t, old, spec, 0)

	changed := spec
	changed.DataHash = "other data"
	run := begin(t, db, changed)
	if run.ID() == old.ID() || run.Attempt() != 2 {
		t.Fatalf("run %d attempt %d follows run %d", run.ID(), run.Attempt(), old.ID())
	}
	if s := one[string](t, db, "select state from shelfcast.run where run_id = $1", old.ID()); s != "abandoned" {
		t.Errorf("the old run is %s", s)
	}
	if gone := one[bool](t, db, fmt.Sprintf("select to_regclass('shelfcast.forecast_%d') is null", old.ID())); !gone {
		t.Error("the old run's forecasts are still there")
	}
	if err := old.WriteShard(t.Context(), resultOf(spec, 1)); !errors.Is(err, store.ErrRunEnded) {
		t.Errorf("writing to an abandoned run gives %v", err)
	}
	if err := old.Publish(t.Context(), summaryOf(spec)); err == nil {
		t.Error("an abandoned run was published")
	}
}

func TestAFailedRunIsResumedByNameOnly(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 2, 2, 0.5)
	failed := begin(t, db, spec)
	write(t, failed, spec, 0)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := failed.Fail(ended, errors.New("disk\nfull")); err != nil {
		t.Fatal(err)
	}
	if s := one[string](t, db, "select state || ': ' || error from shelfcast.run"); s != "failed: disk full" {
		t.Errorf("the ledger says %q", s)
	}
	if other := begin(t, db, spec); other.ID() == failed.ID() {
		t.Error("a failed run was resumed without being asked for")
	}
	run, err := db.ResumeRun(t.Context(), failed.ID(), spec)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(keysOf(run.Done())); !slices.Equal(got, []int{0}) {
		t.Errorf("done shards are %v", got)
	}
	write(t, run, spec, 1)
	if err := run.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ResumeRun(t.Context(), run.ID(), spec); !errors.Is(err, store.ErrRunEnded) {
		t.Errorf("resuming a published run gives %v", err)
	}
}

func keysOf(m map[int]store.Shard) func(func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestResumingUnderAnotherSpecIsRefusedAndSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 2, 2, 0.5)
	run := begin(t, db, spec)
	for what, change := range map[string]func(*store.RunSpec){
		"business date":      func(s *store.RunSpec) { s.BusinessDate = monday.AddDate(0, 0, 1) },
		"code version":       func(s *store.RunSpec) { s.CodeVersion = "v2" },
		"configuration hash": func(s *store.RunSpec) { s.ConfigHash = "x" },
		"data hash":          func(s *store.RunSpec) { s.DataHash = "x" },
		"plan hash":          func(s *store.RunSpec) { s.Shards = []store.Span{{First: 0, Count: 4}} },
	} {
		t.Run(what, func(t *testing.T) {
			changed := spec
			change(&changed)
			_, err := db.ResumeRun(t.Context(), run.ID(), changed)
			if !errors.Is(err, store.ErrDiffers) || !strings.Contains(err.Error(), "its "+what) {
				t.Errorf("error is %v", err)
			}
		})
	}
	if _, err := db.ResumeRun(t.Context(), 999, spec); err == nil || !strings.Contains(err.Error(), "no such run") {
		t.Errorf("resuming a run that is not gives %v", err)
	}
}

func TestASeriesWithoutAFanIsInQuarantineAndLeavesNoRow(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 4, 2, 0.5)
	run := begin(t, db, spec)
	res := resultOf(spec, 0)
	res.Forecast.By[0], res.Forecast.By[3] = "", ""
	res.Forecast.Mean[0] = math.NaN()
	res.Forecast.By[1], res.Forecast.Why[1] = "naive", fmt.Errorf("fit: %w", demand.ErrTooShort)
	for _, i := range []int{0, 1, 3} {
		res.Quarantine = append(res.Quarantine, store.Quarantine{Key: spec.Keys[i], Stage: "fit", Reason: "too_short", Detail: "bad \xff byte"})
	}
	if err := run.WriteShard(t.Context(), res); err != nil {
		t.Fatal(err)
	}
	sum := summaryOf(spec)
	sum.Counts.SeriesForecast, sum.Counts.SeriesQuarantined, sum.Counts.SeriesFallback = 1, 3, 1
	if err := run.Publish(t.Context(), sum); err != nil {
		t.Fatal(err)
	}
	items := column[string](t, db, "select distinct item_id from shelfcast.forecast_current order by 1")
	if !slices.Equal(items, []string{"item-0000001", "item-0000002"}) {
		t.Errorf("forecast are %v", items)
	}
	got := column[string](t, db, "select concat_ws(' ', item_id, model, coalesce(fallback_reason, '-')) from shelfcast.series_current order by 1")
	if want := []string{"item-0000001 naive too_short", "item-0000002 ets -"}; !slices.Equal(got, want) {
		t.Errorf("series are %v, want %v", got, want)
	}
	aside := column[string](t, db, "select concat_ws(' ', item_id, stage, reason, detail) from shelfcast.quarantine_current order by series_id")
	if len(aside) != 3 || aside[0] != "item-0000000 fit too_short bad \uFFFD byte" {
		t.Errorf("quarantine is %q", aside)
	}
}

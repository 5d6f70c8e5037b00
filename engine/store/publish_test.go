package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestARunThatIsNotCompleteIsNotPublished(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(t *testing.T, db *store.DB, run *store.Run, sum *store.Summary){
		"1 of 2 shards are not written, the first of them shard 1": func(*testing.T, *store.DB, *store.Run, *store.Summary) {},
		"forecast has 7 rows, 4 series × 2 periods make 8": func(t *testing.T, db *store.DB, run *store.Run, _ *store.Summary) {
			write(t, run, specOf(monday, 4, 2, 2, 0.5), 1)
			do(t, db, fmt.Sprintf("delete from shelfcast.forecast_%d where mean = %g", run.ID(), markOf(specOf(monday, 4, 2, 2), 3, 1)))
		},
		"run_series has 3 rows for 4 series": func(t *testing.T, db *store.DB, run *store.Run, _ *store.Summary) {
			write(t, run, specOf(monday, 4, 2, 2, 0.5), 1)
			do(t, db, fmt.Sprintf("delete from shelfcast.run_series_%d where series_id = %d", run.ID(), run.SeriesIDs()[0]))
		},
		"component has 3 rows, 2 explained series × 2 periods make 4": func(t *testing.T, db *store.DB, run *store.Run, _ *store.Summary) {
			res := resultOf(specOf(monday, 4, 2, 2, 0.5), 1)
			res.Components = partsOf(res.Forecast)
			if err := run.WriteShard(t.Context(), res); err != nil {
				t.Fatal(err)
			}
			do(t, db, fmt.Sprintf("delete from shelfcast.component_%d where series_id = %d and period_start = '2026-03-03'", run.ID(), run.SeriesIDs()[3]))
		},
		"rows in 43 ≠ used 41": func(t *testing.T, _ *store.DB, run *store.Run, sum *store.Summary) {
			write(t, run, specOf(monday, 4, 2, 2, 0.5), 1)
			sum.Counts.RowsUsed++
		},
		"series in 4 ≠ forecast 3": func(t *testing.T, _ *store.DB, run *store.Run, sum *store.Summary) {
			write(t, run, specOf(monday, 4, 2, 2, 0.5), 1)
			sum.Counts.SeriesForecast--
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			db := storetest.Open(t)
			spec := specOf(monday, 4, 2, 2, 0.5)
			run := begin(t, db, spec)
			write(t, run, spec, 0)
			sum := summaryOf(spec)
			spoil(t, db, run, &sum)
			err := run.Publish(t.Context(), sum)
			if !errors.Is(err, store.ErrIncomplete) || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v", err)
			}
			if n := one[int64](t, db, "select count(*) from shelfcast.forecast_published"); n != 0 {
				t.Errorf("%d rows are published", n)
			}
		})
	}
}

func TestARowThatCameTwiceIsFoundWhenPublishing(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 2, 2, 2, 0.5)
	run := begin(t, db, spec)
	writeAll(t, run, spec)
	table := fmt.Sprintf("shelfcast.forecast_%d", run.ID())
	do(t, db, "update "+table+" set period_start = '2026-03-02'")
	if err := run.Publish(t.Context(), summaryOf(spec)); err == nil || !strings.Contains(err.Error(), "could not create unique index") {
		t.Errorf("error is %v", err)
	}
}

func TestAPublicationThatBrokeOffHalfWayIsRepeated(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 2, 2, 0.5)
	halfway := func(run *store.Run) {
		t.Helper()
		sum := summaryOf(spec)
		sum.Metrics = append(sum.Metrics, sum.Metrics[0]) // the same metric twice breaks the transaction that is seen
		if err := run.Publish(t.Context(), sum); err == nil || !strings.Contains(err.Error(), "metric_key") {
			t.Errorf("error is %v", err)
		}
		if n := one[int64](t, db, "select count(*) from shelfcast.forecast_published"); n != 0 {
			t.Errorf("%d rows are published", n)
		}
	}
	run := begin(t, db, spec)
	writeAll(t, run, spec)
	halfway(run)

	spec.DataHash = "new" // another attempt, which drops what the first had attached
	other := begin(t, db, spec)
	if gone := one[bool](t, db, fmt.Sprintf("select to_regclass('shelfcast.forecast_%d') is null", run.ID())); !gone {
		t.Error("the abandoned run's partition is still there")
	}
	writeAll(t, other, spec)
	halfway(other)
	resumed := begin(t, db, spec)
	if err := resumed.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Fatal(err)
	}
	if n := one[int64](t, db, "select count(*) from shelfcast.forecast_published"); n != 8 {
		t.Errorf("%d of 8 rows are published", n)
	}
}

func TestAReaderSeesTheOldRunOrTheNewOneAndNeverAMixture(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 40, 20, 3, 0.5)
	night(t, db, spec)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	reads := make([]int, 3)
	for i := range reads {
		wg.Go(func() {
			for ctx.Err() == nil {
				got, err := db.Rows(context.Background(), "select count(*), count(distinct run_id), count(distinct business_date) from shelfcast.forecast_current")
				var rows, runs, dates int64
				if err == nil && got.Next() {
					err = got.Scan(&rows, &runs, &dates)
					got.Close()
				}
				if err != nil || rows != 120 || runs != 1 || dates != 1 {
					t.Errorf("a reader saw %d rows of %d runs and %d dates: %v", rows, runs, dates, err)
					return
				}
				reads[i]++
			}
		})
	}
	for attempt := range 12 {
		next := spec
		next.DataHash = fmt.Sprint("data ", attempt)
		if attempt%2 == 1 { // the next date, then the same date again
			next = specOf(monday.AddDate(0, 0, attempt), 40, 20, 3, 0.5)
			spec = next
		}
		night(t, db, next)
	}
	stop()
	wg.Wait()
	t.Logf("readers read %v times during 12 publications", reads)
}

func TestASecondRunOfADateTakesThePlaceOfTheFirst(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 2, 2, 0.5)
	first := night(t, db, spec)
	second := night(t, db, spec) // the first has ended, so this is a new attempt though nothing changed
	if second.Attempt() != 2 {
		t.Errorf("attempt is %d", second.Attempt())
	}
	if runs := column[int64](t, db, "select distinct run_id from shelfcast.forecast_published"); !slices.Equal(runs, []int64{second.ID()}) {
		t.Errorf("published are runs %v, not %d in the place of %d", runs, second.ID(), first.ID())
	}
	if err := second.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Errorf("publishing again: %v", err)
	}
}

func TestTheLatestDateIsCurrentThoughAnOlderOneIsPublishedAfterIt(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	night(t, db, specOf(monday.AddDate(0, 0, 1), 2, 2, 2, 0.5))
	night(t, db, specOf(monday, 2, 2, 2, 0.5))
	if d := column[string](t, db, "select distinct business_date::text from shelfcast.forecast_current"); !slices.Equal(d, []string{"2026-03-03"}) {
		t.Errorf("current are %v", d)
	}
	if d := column[string](t, db, "select distinct business_date::text from shelfcast.forecast_published order by 1"); len(d) != 2 {
		t.Errorf("published are %v", d)
	}
}

func TestViewsGainAColumnForEachNewLevelAndLoseNone(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	night(t, db, specOf(monday, 2, 2, 1, 0.5, 0.9))
	night(t, db, specOf(monday.AddDate(0, 0, 1), 2, 2, 1, 0.005, 0.1, 0.9))
	night(t, db, specOf(monday.AddDate(0, 0, 2), 2, 2, 1)) // means alone
	got := column[string](t, db, `select attname::text from pg_attribute where attrelid = 'shelfcast.forecast_current'::regclass order by attnum`)
	want := []string{"business_date", "run_id", "series_id", "item_id", "store_id", "period_start", "mean", "dimensions", "p50", "p90", "p0_5", "p10"}
	if !slices.Equal(got, want) {
		t.Errorf("columns are %v, want %v", got, want)
	}
	rows := column[string](t, db, `select concat_ws(' ', business_date, coalesce(p0_5::text, '-'), coalesce(p10::text, '-'), coalesce(p50::text, '-'), coalesce(p90::text, '-'))
		from shelfcast.forecast_published where item_id = 'item-0000000' order by business_date`)
	wantRows := []string{"2026-03-02 - - 2000000 2000000.125", "2026-03-03 3000000 3000000.125 - 3000000.25", "2026-03-04 - - - -"}
	if !slices.Equal(rows, wantRows) {
		t.Errorf("rows are\n%v, want\n%v", rows, wantRows)
	}
}

func TestAnOpenReaderDoesNotHoldUpAPublication(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 400, 400, 10, 0.5)
	night(t, db, spec)
	reader, err := db.Rows(t.Context(), "select * from shelfcast.forecast_published")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if !reader.Next() {
		t.Fatal("nothing to read")
	}
	night(t, db, specOf(monday.AddDate(0, 0, 1), 2, 2, 1, 0.5))
}

func TestForecastsOfOneDateReadOnePartitionOnly(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	for day := range 3 {
		night(t, db, specOf(monday.AddDate(0, 0, day), 50, 50, 4, 0.5))
	}
	for _, from := range []string{"shelfcast.forecast_current", "shelfcast.forecast_of('2026-03-03')"} {
		plan := strings.Join(column[string](t, db, "explain (analyze, costs off, timing off, summary off) select * from "+from), "\n")
		if n := strings.Count(plan, "(never executed)"); n < 2 {
			t.Errorf("%s reads the other two partitions too:\n%s", from, plan)
		}
	}
	if dates := column[string](t, db, "select distinct business_date::text from shelfcast.forecast_of('2026-03-03')"); !slices.Equal(dates, []string{"2026-03-03"}) {
		t.Errorf("forecast_of gives %v", dates)
	}
}

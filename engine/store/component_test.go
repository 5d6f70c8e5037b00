package store_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

// partsOf makes the mean of every series of a trend and a season.
func partsOf(f *demand.Forecast) [][]demand.Component {
	all := make([][]demand.Component, len(f.Keys))
	for i := range all {
		trend, weekly := demand.Component{Name: "trend"}, demand.Component{Name: "weekly"}
		for step, m := range f.Fan(i).Mean {
			trend.Value, weekly.Value = append(trend.Value, m+float64(step)/3), append(weekly.Value, -float64(step)/3)
		}
		all[i] = []demand.Component{trend, weekly}
	}
	return all
}

// explainedNight is a night whose forecasts have parts.
func explainedNight(t *testing.T, db *store.DB, spec store.RunSpec, change func([][]demand.Component)) *store.Run {
	t.Helper()
	run := begin(t, db, spec)
	for n := range spec.Shards {
		res := resultOf(spec, n)
		res.Components = partsOf(res.Forecast)
		change(res.Components)
		if err := run.WriteShard(t.Context(), res); err != nil {
			t.Fatal(err)
		}
	}
	if err := run.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Fatal(err)
	}
	return run
}

func TestPartsComeBackAsTheyWentAndAddUpToTheMean(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 2, 3, 0.5)
	run := explainedNight(t, db, spec, func(all [][]demand.Component) {
		all[0] = append(all[0], demand.Component{Name: "", Value: []float64{0, math.Copysign(0, -1), 0}}) // a covariate without a name
		all[1] = nil                                                                                      // by a model that does not explain itself
	})
	got := column[string](t, db, `select concat_ws('|', business_date, item_id, store_id, period_start, place, component, value)
		from shelfcast.component_current order by item_id, period_start, place`)
	var want []string
	for _, i := range []int{0, 2} {
		for step := range 3 {
			mean, season := markOf(spec, i, step), float64(step)/3
			for place, c := range []demand.Component{{Name: "trend", Value: []float64{mean + season}}, {Name: "weekly", Value: []float64{-season}}, {Value: []float64{[]float64{0, math.Copysign(0, -1), 0}[step]}}} {
				v := one[string](t, db, "select $1::double precision::text", c.Value[0])
				want = append(want, fmt.Sprintf("2026-03-02|%s|S1|2026-03-%02d 00:00:00|%d|%s|%s", spec.Keys[i].Item, 2+step, place+1, c.Name, v))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the parts differ:\n%s", diff)
	}
	const apart = `select count(*) from shelfcast.forecast_current f
		join (select series_id, period_start, sum(value) as sum from shelfcast.component_current group by 1, 2) c using (series_id, period_start)
		where abs(f.mean - c.sum) <= 1e-9 * f.mean`
	if n := one[int64](t, db, apart); n != 6 {
		t.Errorf("the parts of %d of 6 rows add up to the mean", n)
	}
	names := column[string](t, db, fmt.Sprintf("select coalesce(components::text, '-') from shelfcast.run_series where run_id = %d order by series_id", run.ID()))
	if !slices.Equal(names, []string{`{trend,weekly,""}`, "-", `{trend,weekly,""}`, "-"}) {
		t.Errorf("the names are %q", names)
	}
}

func TestPartsGoWithTheirRun(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	asTheyAre := func([][]demand.Component) {}
	for day := range 3 {
		explainedNight(t, db, specOf(monday.AddDate(0, 0, day), 2, 2, 2, 0.5), asTheyAre)
	}
	last := explainedNight(t, db, specOf(monday.AddDate(0, 0, 2), 2, 2, 2, 0.5), asTheyAre) // supersedes the third
	if n, err := db.Prune(t.Context(), 1); n != 0 || err != nil {
		t.Fatalf("pruned %d: %v", n, err)
	}
	if n, err := db.PruneDates(t.Context(), 1); n != 2 || err != nil {
		t.Fatalf("pruned %d: %v", n, err)
	}
	left := func() []string {
		t.Helper()
		return column[string](t, db, "select relname::text from pg_class where relnamespace = 'shelfcast'::regnamespace and relname ~ '^component_[0-9]+$' and relkind = 'r' order by oid")
	}
	if got, want := left(), []string{fmt.Sprintf("component_%d", last.ID()-1), fmt.Sprintf("component_%d", last.ID())}; !slices.Equal(got, want) {
		t.Errorf("left are %v, want %v", got, want)
	}
	dates := column[string](t, db, "select business_date::text || ' ' || count(*) from shelfcast.component_published group by business_date")
	if !slices.Equal(dates, []string{"2026-03-04 8"}) {
		t.Errorf("the view shows %v", dates)
	}
	begin(t, db, specOf(monday.AddDate(0, 0, 3), 2, 2, 2, 0.5))
	begin(t, db, specOf(monday.AddDate(0, 0, 3), 2, 1, 2, 0.5)) // another plan: the first is abandoned, and its tables are dropped
	if got := left(); len(got) != 3 {
		t.Errorf("left are %v", got)
	}
}

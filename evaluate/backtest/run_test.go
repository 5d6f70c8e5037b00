package backtest

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/score"
)

func mustRun(t testing.TB, panel *demand.Panel, plan Plan, models ...demand.Model) *Result {
	t.Helper()
	r, err := Run(context.Background(), panel, models, plan)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// find returns the metric without a level.
func find(t testing.TB, metrics []score.Metric, name string) score.Metric {
	t.Helper()
	m, ok := score.Find(metrics, name, nan)
	if !ok {
		t.Fatalf("no metric %s", name)
	}
	return m
}

func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// diff compares results by the bits of their metrics, pooled and of each series, and by their exact JSON.
func diff(t testing.TB, a, b *Result) string {
	t.Helper()
	view := func(r *Result) []any {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		parts := []any{string(text), r.Keys}
		for m := range r.Models {
			parts = append(parts, r.Metrics(m))
			for i := range r.Keys {
				parts = append(parts, r.AppendSeriesMetrics(nil, m, i))
			}
		}
		return parts
	}
	return cmp.Diff(view(a), view(b), cmp.Comparer(sameBits))
}

func ramp(n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = float64(i + 1)
	}
	return y
}

func TestRunScoresEachWindowFromItsOrigin(t *testing.T) {
	t.Parallel()
	// A ramp 1 … 60 forecast by its last seven days: at a window whose origin holds y, the mean is y − 3, so that the two
	// steps y+1 and y+2 are missed by 4 and 5. Training pairs a week apart differ by 7.
	r := mustRun(t, newPanel(t, ramp(60)), Plan{Horizon: 2, Windows: 3, Offset: 5, Levels: levels}, naive())
	var origins []demand.Period
	for k, w := range r.Windows {
		origins = append(origins, w.Origin)
		y := float64(w.Origin) + 1
		metrics := r.Tallies[0][k].Metrics()
		if got, want := find(t, metrics, score.WAPE).Value, 9/(2*y+3); got != want {
			t.Errorf("window %d: wape %g, want %g", k, got, want)
		}
		mase := find(t, metrics, score.MASE)
		if want := 4.5 / 7; math.Abs(mase.Value-want) > 1e-15 || mase.M != 7 { // the daily calendar's season
			t.Errorf("window %d: mase %+v, want %g", k, mase, want)
		}
		if got := find(t, metrics, score.OverForecastUnits).Value; got != -9 {
			t.Errorf("window %d: over-forecast %g, want -9", k, got)
		}
	}
	if d := cmp.Diff([]demand.Period{54, 52, 50}, origins); d != "" {
		t.Error(d)
	}
	if wape := find(t, r.Metrics(0), score.WAPE); wape.Windows != 3 || wape.N != 6 {
		t.Errorf("the average is over %d windows and %d points, want 3 and 6", wape.Windows, wape.N)
	}
	if got := find(t, mustRun(t, newPanel(t, ramp(60)), Plan{Horizon: 2, Windows: 1, M: 3}, naive()).Metrics(0), score.MASE); got.M != 3 {
		t.Errorf("the season is %d, want the plan's 3", got.M)
	}
}

func TestNothingAfterTheOriginReachesAFit(t *testing.T) {
	t.Parallel()
	panel := newPanel(t, ramp(60), ramp(30), ramp(3))
	var seen []demand.Panel
	plan := Plan{Horizon: 7, Windows: 3, Levels: levels}
	clean := mustRun(t, panel, plan, watcher{&seen}, naive())
	slices.Reverse(seen) // the oldest window comes first
	for k, train := range seen {
		origin := clean.Windows[k].Origin
		if train.End != origin+1 || train.Check() != nil || cap(train.Y) < len(train.Y) {
			t.Fatalf("window %d: the training panel ends at %d, the origin is %d", k, train.End, origin)
		}
		for i := range train.Keys {
			if got, want := train.At(i).Y, ramp(60)[:max(0, int(origin)-int(panel.Start[i])+1)]; !slices.Equal(got, want) {
				t.Errorf("window %d, series %d: got %v, want %v", k, i, got, want)
			}
		}
		for j := range train.Y {
			train.Y[j] = -1 // a copy: the panel must not feel it
		}
	}
	if slices.Contains(panel.Y, -1) {
		t.Error("the training panel shares memory with the panel")
	}
	for _, poison := range []float64{nan, math.Inf(1), 1e300} {
		poisoned := newPanel(t, ramp(60), ramp(30), ramp(3))
		for i := range poisoned.Keys { // everything after window 1, whose last scored period is the origin and 7
			for at := poisoned.Off[i]; at < poisoned.Off[i+1]; at++ {
				if period := poisoned.Start[i] + demand.Period(at-poisoned.Off[i]); period > clean.Windows[1].Origin+7 {
					poisoned.Y[at], poisoned.X[0].V[at] = poison, poison
				}
			}
		}
		seen = nil
		dirty := mustRun(t, poisoned, plan, watcher{&seen}, naive())
		for m := range clean.Models {
			for k := 1; k < plan.Windows; k++ {
				if d := cmp.Diff(clean.Tallies[m][k].Metrics(), dirty.Tallies[m][k].Metrics(), cmp.Comparer(sameBits)); d != "" {
					t.Errorf("poison %g reached window %d of %s: %s", poison, k, clean.Models[m], d)
				}
			}
		}
	}
}

func TestForecastsDoNotDependOnOutcomes(t *testing.T) {
	t.Parallel()
	// With outcomes replaced by 1e6 in window 1 the forecast must stay, so the error is the change of the outcome.
	panel, changed := newPanel(t, ramp(60)), newPanel(t, ramp(60))
	for i := 53; i < 60; i++ {
		changed.Y[i] = 1e6
	}
	plan := Plan{Horizon: 7, Windows: 1, Levels: levels}
	var seen []demand.Panel
	a, b := mustRun(t, panel, plan, watcher{&seen}), mustRun(t, changed, plan, watcher{&seen})
	forecast := func(r *Result, outcomes float64) float64 { return r.Series[0][0][0].Err + outcomes }
	if x, y := forecast(a, 54+55+56+57+58+59+60), forecast(b, 7e6); math.Abs(x-y) > 1e-6 { // sums near 1e7 carry 1e-9
		t.Errorf("the forecast of seven days was %g and became %g", x, y)
	}
}

func TestResultsHaveTheSameBitsForAnySharding(t *testing.T) {
	t.Parallel()
	panel := randomPanel(t, 60)
	gap := broken{write: func(i int, fan demand.Fan) { fan.Mean[0] = 1 }}
	plan := Plan{Horizon: 7, Windows: 3, Levels: levels, Filled: ExcludePoint, Floor: floorModel()}
	whole := mustRun(t, panel, plan, naive(), gap)
	for _, size := range []int{1, 7, 59} {
		var merged *Result
		for lo := 0; lo < panel.Len(); lo += size {
			shard := mustRun(t, panel.Shard(lo, min(lo+size, panel.Len())), plan, naive(), gap)
			if merged == nil {
				merged = shard
			} else if err := merged.Merge(shard); err != nil {
				t.Fatal(err)
			}
		}
		if d := diff(t, whole, merged); d != "" {
			t.Errorf("shards of %d: %s", size, d)
		}
	}
}

func TestSeriesThatCannotBeScoredAreCountedByReason(t *testing.T) {
	t.Parallel()
	all := ramp(60)
	dark := slices.Repeat([]float64{nan}, 60)
	copy(dark[55:], []float64{1, 2, 3, 4, 5})
	silent := slices.Clone(all)
	for i := 55; i < 60; i++ {
		silent[i] = nan
	}
	series := [][]float64{
		all,                // scored
		ramp(5),            // begins with the window
		ramp(3),            // begins inside the window
		dark,               // there, and not observed before the window
		silent,             // not observed in the window
		slices.Clone(all),  // one filled outcome
		slices.Clone(all),  // filled outcomes only
		slices.Clone(all),  // filled before the window alone
		slices.Clone(dark), // filled, never observed, before the window
	}
	panel := newPanel(t, series...)
	panel.Filled = make([]bool, len(panel.Y))
	panel.Filled[panel.Off[5]+57] = true
	for i := 55; i < 60; i++ {
		panel.Filled[panel.Off[6]+i] = true
	}
	panel.Filled[panel.Off[7]+54] = true
	for i := range 55 {
		panel.Y[panel.Off[8]+i], panel.Filled[panel.Off[8]+i] = 0, true
	}
	for _, c := range []struct {
		rule   FilledRule
		want   Window
		points []int
	}{
		{
			ExcludeItemWindow,
			Window{Origin: 54, Series: 9, Scorable: 2, NoTraining: 4, FilledOut: 2, NoOutcome: 1, FilledPoints: 6},
			[]int{5, 0, 0, 0, 0, 0, 0, 5, 0},
		},
		{
			ExcludePoint,
			Window{Origin: 54, Series: 9, Scorable: 3, NoTraining: 4, FilledOut: 1, NoOutcome: 1, FilledPoints: 6},
			[]int{5, 0, 0, 0, 0, 4, 0, 5, 0},
		},
	} {
		r := mustRun(t, panel, Plan{Horizon: 5, Windows: 1, Filled: c.rule, Levels: levels}, naive())
		if d := cmp.Diff(c.want, r.Windows[0]); d != "" {
			t.Errorf("%v: %s", c.rule, d)
		}
		var points []int
		for i := range r.Keys {
			points = append(points, r.Series[0][0][i].Scored)
		}
		if d := cmp.Diff(c.points, points); d != "" {
			t.Errorf("%v: %s", c.rule, d)
		}
		if got := r.Tallies[0][0]; got.ScoredSeries != c.want.Scorable || got.Series != 9 || got.Counts.Points != 45 ||
			got.Counts.Points != got.Counts.Scored+got.Counts.Unobserved+got.Counts.Skipped {
			t.Errorf("%v: %d series, %d scored, counts %+v", c.rule, got.Series, got.ScoredSeries, got.Counts)
		}
		if len(r.Failures) != 0 {
			t.Errorf("%v: a series without training counts as a failure: %+v", c.rule, r.Failures)
		}
	}
}

func TestWindowWithoutAScorableSeriesIsLeftOutOfTheAverage(t *testing.T) {
	t.Parallel()
	r := mustRun(t, newPanel(t, ramp(20)), Plan{Horizon: 10, Windows: 3, Levels: levels}, naive())
	if r.Windows[0].Scorable != 1 || r.Windows[1].Scorable != 0 || r.Windows[2].Scorable != 0 {
		t.Errorf("windows are %+v", r.Windows)
	}
	if d := cmp.Diff(r.Tallies[0][0].Metrics(), r.Metrics(0), cmp.Comparer(sameBits)); d != "" {
		t.Error(d)
	}
}

func TestFailuresAreScoredByTheFloorModelAndNamed(t *testing.T) {
	t.Parallel()
	crossing := func(_ int, fan demand.Fan) {
		_ = level(1).ForecastSeries(nil, fan)
		fan.Q[0] = 9
	}
	for name, c := range map[string]struct {
		model  demand.Model
		reason string
	}{
		"error in the fit":      {broken{fit: demand.ErrTooShort}, "too_short"},
		"error in the forecast": {broken{forecast: errNoLuck, write: func(_ int, f demand.Fan) { _ = level(5).ForecastSeries(nil, f) }}, "model_error"},
		"panic":                 {broken{panics: true}, "panic"},
		"nothing written":       {broken{}, "not_usable"},
		"half written":          {broken{write: func(_ int, f demand.Fan) { f.Mean[0] = 1 }}, "not_usable"},
		"negative":              {broken{write: func(_ int, f demand.Fan) { _ = level(-1).ForecastSeries(nil, f) }}, "not_usable"},
		"crossing":              {broken{write: crossing}, "not_usable"},
	} {
		plan := Plan{Horizon: 7, Windows: 2, Levels: levels, Floor: floorModel()}
		r := mustRun(t, newPanel(t, ramp(60), ramp(40)), plan, c.model, floorModel())
		if len(r.Failures) != 4 {
			t.Errorf("%s: %d failures, want one for each series and window", name, len(r.Failures))
		}
		for _, f := range r.Failures {
			if f.Model != 0 || f.By != "zero" || f.Reason != c.reason || f.Why == nil {
				t.Errorf("%s: got %+v, want reason %s by the floor model", name, f, c.reason)
			}
		}
		if d := cmp.Diff(r.Metrics(1), r.Metrics(0), cmp.Comparer(sameBits)); d != "" {
			t.Errorf("%s: the scores are not those of the floor model: %s", name, d)
		}
	}
}

func TestFailureOfALocalModelKeepsTheNameOfItsFallback(t *testing.T) {
	t.Parallel()
	picky := demand.Each(failsBelow{50}, zero{})
	r := mustRun(t, newPanel(t, ramp(60), ramp(40)), Plan{Horizon: 7, Windows: 1, Levels: levels}, picky)
	want := []Failure{{Key: r.Keys[1], By: "zero", Reason: "too_short"}}
	if d := cmp.Diff(want, r.Failures, cmpopts.IgnoreFields(Failure{}, "Why")); d != "" {
		t.Error(d)
	}
	if !errors.Is(r.Failures[0].Why, demand.ErrTooShort) {
		t.Errorf("the cause is lost: %v", r.Failures[0].Why)
	}
}

type failsBelow struct{ n int }

func (failsBelow) Name() string { return "picky" }

func (m failsBelow) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	if len(s.Y) < m.n {
		return nil, demand.ErrTooShort
	}
	return level(1), nil
}

func TestForecastSignedByAnotherModelIsAFailure(t *testing.T) {
	t.Parallel()
	r := mustRun(t, newPanel(t, ramp(60)), Plan{Horizon: 7, Windows: 1, Levels: levels}, renamed{naive()})
	if len(r.Failures) != 1 || r.Failures[0].By != "naive" || !errors.Is(r.Failures[0].Why, errOtherModel) {
		t.Errorf("got %+v", r.Failures)
	}
}

type renamed struct{ demand.Model }

func (renamed) Name() string { return "somebody else" }

func TestMissingForecastIsNeverDropped(t *testing.T) {
	t.Parallel()
	oneGap := broken{write: func(i int, fan demand.Fan) {
		_ = level(1).ForecastSeries(nil, fan)
		if i == 1 {
			fan.Mean[3] = nan
		}
	}}
	for name, floor := range map[string]demand.Model{"no floor model": nil, "a floor model that fails": broken{fit: errNoLuck}} {
		r := mustRun(t, newPanel(t, ramp(60), ramp(40)), Plan{Horizon: 7, Windows: 1, Levels: levels, Floor: floor}, oneGap)
		if len(r.Failures) != 1 || r.Failures[0].Key != r.Keys[1] || r.Failures[0].By != "" {
			t.Errorf("%s: got failures %+v", name, r.Failures)
		}
		if got := r.Tallies[0][0].Counts.Missing; got != 7 {
			t.Errorf("%s: %d points are missing, want 7", name, got)
		}
		if wape := find(t, r.Metrics(0), score.WAPE); !math.IsNaN(wape.Value) || wape.N != 14 {
			t.Errorf("%s: got %+v, want NaN over all points", name, wape)
		}
		grid, err := r.Grid(score.WQL)
		if err != nil || math.IsNaN(grid[0][0][0]) || !math.IsNaN(grid[0][0][1]) {
			t.Errorf("%s: grid %v, %v", name, grid, err)
		}
	}
}

func TestRunStopsWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errNoLuck)
	_, err := Run(ctx, newPanel(t, ramp(60)), []demand.Model{naive()}, Plan{Horizon: 7, Windows: 1})
	if !errors.Is(err, errNoLuck) || !strings.Contains(err.Error(), "naive") {
		t.Errorf("got %v, want the cause and the model", err)
	}
}

func TestRunRefusesAPlanThatIsNotPossible(t *testing.T) {
	t.Parallel()
	if _, err := Run(context.Background(), newPanel(t, ramp(60)), nil, Plan{Horizon: 7}); err == nil {
		t.Error("a plan of no windows was run")
	}
}

func TestGridKeepsNumeratorsApartFromRatios(t *testing.T) {
	t.Parallel()
	mixed, none := ramp(60), ramp(60)
	for i := range 60 {
		if i >= 53 {
			mixed[i] = 0 // window 1 sells nothing
		}
		if i >= 46 {
			none[i] = 0 // nor does window 2
		}
	}
	r := mustRun(t, newPanel(t, mixed, none), Plan{Horizon: 7, Windows: 2, Levels: levels}, naive())
	grid, err := r.Grid(score.WAPE)
	if err != nil {
		t.Fatal(err)
	}
	if w1, w2 := grid[0][0][0], grid[0][1][0]; !math.IsNaN(w1) || !(w2 > 0 && w2 < 1) {
		t.Errorf("got %g and %g, want NaN and a ratio", w1, w2)
	}
	if w1, w2 := grid[0][0][1], grid[0][1][1]; w1 != 0 || w2 != 7*(40+46)/2.0 { // origin 45 holds 46; its week's mean is 43
		t.Errorf("got %g and %g, want the numerators 0 and 301", w1, w2)
	}
	if _, err := r.Grid("smape"); err == nil || !strings.Contains(err.Error(), "use wql") {
		t.Errorf("got %v, want an error that lists metrics", err)
	}
}

func TestMergeRefusesWhatDoesNotBelongTogether(t *testing.T) {
	t.Parallel()
	panel := newPanel(t, ramp(60), ramp(60))
	plan := Plan{Horizon: 7, Windows: 1, Levels: levels}
	first := mustRun(t, panel.Shard(0, 1), plan, naive())
	otherPlan, otherLevels := plan, plan
	otherPlan.Offset, otherLevels.Levels = 9, levels[:1]
	for want, other := range map[string]*Result{
		"models":          mustRun(t, panel.Shard(1, 2), plan, floorModel()),
		"windows":         mustRun(t, panel.Shard(1, 2), otherPlan, naive()),
		"does not follow": mustRun(t, panel.Shard(0, 1), plan, naive()),
		"quantile levels": mustRun(t, panel.Shard(1, 2), otherLevels, naive()),
	} {
		if err := first.Merge(other); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that says %q", err, want)
		}
	}
	if d := diff(t, mustRun(t, panel.Shard(0, 1), plan, naive()), first); d != "" {
		t.Errorf("a refused merge left something behind: %s", d)
	}
}

func BenchmarkRun(b *testing.B) {
	panel := randomPanel(b, 500)
	plan := Plan{Horizon: 7, Windows: 3, Levels: levels, Floor: floorModel()}
	n := 0
	for b.Loop() {
		mustRun(b, panel, plan, naive())
		n += panel.Len() * plan.Windows
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "series-windows/s")
}

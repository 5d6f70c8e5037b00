package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

func good() demand.Model { return demand.Each(faulty{}, zeroFloor{}) }

// zeroFloor is a fallback that can be told from the floor model of a night.
type zeroFloor struct{}

func (zeroFloor) Name() string { return "zero" }

func (zeroFloor) FitSeries(demand.Series) (demand.SeriesFitted, error) { return zeroFan{}, nil }

type zeroFan struct{}

func (zeroFan) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	clear(dst.Mean)
	clear(dst.Q)
	return nil
}

func TestEveryFaultOfAModelGetsItsReasonAndAFan(t *testing.T) {
	t.Parallel()
	faults := faulty{"item0": "panics", "item1": "errs", "item2": "too short", "item3": "NaN", "item4": "negative", "item5": "crossing", "item6": "infinite"}
	n, sink := setup(t, demand.Each(faults, zeroFloor{}))
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reasons := []string{"panic", "model_error", "too_short", "not_usable", "not_usable", "not_usable", "not_usable", "no_data"}
	for i, want := range reasons {
		s, by, fan := sink.series(t, i)
		if got := demand.Reason(s.Why); got != want {
			t.Errorf("item %d is in quarantine for %q, want %q", i, got, want)
		}
		if err := fan.Check(); err != nil {
			t.Errorf("item %d: %v", i, err)
		}
		if wantBy := map[bool]string{true: "faulty", false: "zero"}[i == 7]; by != wantBy {
			t.Errorf("item %d was made by %s, want %s", i, by, wantBy)
		}
	}
	want := []report.Count{{Name: "model_error", N: 1}, {Name: "no_data", N: 1}, {Name: "not_usable", N: 4}, {Name: "panic", N: 1}, {Name: "too_short", N: 1}}
	if diff := cmp.Diff(want, rep.Quarantine); diff != "" {
		t.Error(diff)
	}
	if rep.Series != (report.Flow{In: 8, Quarantined: 8}) || rep.Fallbacks != 7 || rep.QuarantineShare() != 1 {
		t.Errorf("series %+v, fallbacks %d", rep.Series, rep.Fallbacks)
	}
	for _, e := range rep.Examples {
		if strings.Contains(e.Detail, "\n") {
			t.Errorf("%v: the detail has more than one line: %q", e.Key, e.Detail)
		}
	}
}

func TestAModelThatFailsAsAWholeCostsItsOwnSeriesOnly(t *testing.T) {
	t.Parallel()
	for fault, reason := range map[string]string{
		"panics": "panic", "errs": "model_error", "writes nothing": "not_usable", "stops half way": "model_error",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			n, sink := setup(t, whole{fault: fault})
			rep, err := n.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for i := range items {
				s, by, _ := sink.series(t, i)
				wantReason, wantBy := "", "whole"
				switch i {
				case 2, 3: // the shard of item 2
					wantReason, wantBy = reason, n.Floor.Name()
				case 7:
					wantReason = "no_data"
				}
				if got := demand.Reason(s.Why); got != wantReason || by != wantBy {
					t.Errorf("item %d by %s for %q, want by %s for %q", i, by, got, wantBy, wantReason)
				}
			}
			if len(rep.Models) == 0 || len(rep.Notes) > 0 {
				t.Errorf("models %d, notes %v: the shards were worked through", len(rep.Models), rep.Notes)
			}
		})
	}
}

func TestAShardThatTakesTooLongGetsTheFloorModelsFans(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, whole{fault: "hangs"})
	n.Timeout = time.Second // the other shards take about a millisecond
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	floor, floorSink := setup(t, floorModel())
	if _, err := floor.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{2, 3} {
		s, by, fan := sink.series(t, i)
		_, _, want := floorSink.series(t, i)
		if demand.Reason(s.Why) != "timeout" || by != n.Floor.Name() || strings.Contains(s.Why.Error(), "please report") {
			t.Errorf("item %d by %s: %v", i, by, s.Why)
		}
		if diff := cmp.Diff(want, fan); diff != "" {
			t.Errorf("item %d has not the floor model's fan: %s", i, diff)
		}
	}
	if s, by, _ := sink.series(t, 4); s.Why != nil || by != "whole" {
		t.Errorf("another shard came out by %s: %v", by, s.Why)
	}
	if len(rep.Notes) != 1 || !strings.Contains(rep.Notes[0], "1 of 4 shards") {
		t.Errorf("notes are %v", rep.Notes)
	}
}

func TestAFloorModelThatFailsStopsTheNight(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, whole{fault: "errs"})
	n.Floor = whole{fault: "panics", also: true}
	_, err := n.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "please report") || sink.published != nil || sink.failed == nil {
		t.Errorf("error %v, failed %v", err, sink.failed)
	}
}

// reportOf is what of a report does not depend on when and how a night was run.
func reportOf(t *testing.T, r *report.Report) string {
	t.Helper()
	same := *r
	same.Phases, same.Resumed, same.PeakBytes, same.Shards, same.Workers, same.Inputs = nil, 0, 0, 0, 0, nil
	b, err := json.MarshalIndent(same, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestANightThatBrokeOffReportsAsAnUndisturbedOne(t *testing.T) {
	t.Parallel()
	models := []demand.Model{good(), floorModel()}
	calm, _ := setup(t, models...)
	want, err := calm.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, sink := setup(t, models...)
	left := 2
	sink.onWrite = func(ShardResult) error {
		if left--; left < 0 {
			return errors.New("the disk is full")
		}
		return nil
	}
	_, err = n.Run(t.Context())
	if err == nil || err.Error() != "the disk is full" || !errors.Is(err, sink.failed) || sink.published != nil {
		t.Errorf("error %q, the run failed for %v", err, sink.failed)
	}
	next := &memory{finished: map[int][]byte{}}
	for k, r := range sink.shards {
		next.finished[k] = r.Evidence
	}
	n.Sink = next
	got, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reportOf(t, want), reportOf(t, got)); diff != "" {
		t.Error(diff)
	}
	if got.Resumed != 2 || len(next.shards) != 2 {
		t.Errorf("%d shards were taken over and %d worked through", got.Resumed, len(next.shards))
	}
}

func TestTheReportIsTheSameForAnyShardsAndWorkers(t *testing.T) {
	t.Parallel()
	var want string
	for _, c := range [][2]int{{1, 1}, {2, 3}, {7, 100}} {
		n, _ := setup(t, good(), floorModel())
		n.Workers, n.ShardSeries = c[0], c[1]
		rep, err := n.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := reportOf(t, rep)
		if want == "" {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers, shards of %d: %s", c[0], c[1], diff)
		}
	}
}

func TestDamagedEvidenceStopsTheNightAndNamesItsShard(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, good())
	sink.finished = map[int][]byte{1: []byte("{")}
	if _, err := n.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "take up shard 1") {
		t.Errorf("error is %v", err)
	}
}

func TestANightThatIsToldToStopSaysSoAndIsNoFault(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{"a signal": errors.New("interrupt signal received"), "a lost lock": errors.New("the lock was lost")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, sink := setup(t, whole{fault: "hangs"})
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if name == "a lost lock" {
				sink.lock = func(context.Context) (context.Context, error) { return ctx, nil }
				ctx := t.Context()
				sink.onWrite = func(ShardResult) error { cancel(cause); return nil }
				checkStopped(t, n, sink, ctx, cause)
				return
			}
			sink.onWrite = func(ShardResult) error { cancel(cause); return nil }
			checkStopped(t, n, sink, ctx, cause)
		})
	}
}

func checkStopped(t *testing.T, n Night, sink *memory, ctx context.Context, cause error) {
	t.Helper()
	_, err := n.Run(ctx)
	if !errors.Is(err, ErrStopped) || !errors.Is(err, cause) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "run the same command again") {
		t.Errorf("error is %v", err)
	}
	if !errors.Is(sink.failed, ErrStopped) || sink.published != nil || sink.unlocked != 1 {
		t.Errorf("the run was closed for %v, unlocked %d times", sink.failed, sink.unlocked)
	}
}

func TestANightThatCannotHaveTheSinkReadsNothing(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, good())
	n.Spec.Target = []string{"nowhere.csv"}
	sink.lock = func(context.Context) (context.Context, error) { return nil, ErrBusy }
	if _, err := n.Run(t.Context()); !errors.Is(err, ErrBusy) || sink.unlocked != 0 {
		t.Errorf("error is %v", err)
	}
}

func TestTidyingThatFailsIsANoteOnAPublishedNight(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, good())
	sink.onTidy = func() error { return errors.New("a reader holds\nthe tables") }
	rep, err := n.Run(t.Context())
	if err != nil || sink.published == nil || sink.failed != nil {
		t.Fatalf("error %v, failed %v", err, sink.failed)
	}
	if len(rep.Notes) != 1 || !strings.Contains(rep.Notes[0], "is published") || !strings.Contains(rep.Notes[0], "a reader holds the tables") {
		t.Errorf("notes are %q", rep.Notes)
	}
}

func TestANightThatCannotBePublishedFails(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, good())
	sink.onPublish = func() error { return errors.New("no") }
	if _, err := n.Run(t.Context()); err == nil || sink.failed == nil {
		t.Errorf("error %v, failed %v", err, sink.failed)
	}
}

func TestEveryPhaseIsTimedAndWhatIsPublishedHoldsNoneThatIsNotOver(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, good())
	now := day("2026-03-02")
	n.Now = func() time.Time { now = now.Add(time.Second); return now }
	n.Workers = 1
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := func(phases []report.Phase) (out []string) {
		for _, p := range phases {
			if p.Took <= 0 {
				t.Errorf("%s took %v", p.Name, p.Took)
			}
			out = append(out, p.Name)
		}
		return out
	}
	if got := names(sink.published.Phases); !slices.Equal(got, []string{"read", "audit", "open", "fit", "judge"}) {
		t.Errorf("published phases are %v", got)
	}
	if got := names(rep.Phases); !slices.Equal(got, []string{"read", "audit", "open", "fit", "judge", "publish"}) {
		t.Errorf("phases are %v", got)
	}
}

func TestTheOnlyModelStandsForTheChoice(t *testing.T) {
	t.Parallel()
	n, _ := setup(t, good())
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var chosen []string
	for _, m := range rep.Models {
		if m.Chosen {
			chosen = append(chosen, m.Name)
		}
	}
	if !slices.Equal(chosen, []string{"faulty"}) || len(rep.Models) != 2 {
		t.Errorf("chosen are %v of %d", chosen, len(rep.Models))
	}
}

func TestBacktestIsShortenedToTheHistoryOnlyWhereThatIsAllowed(t *testing.T) {
	t.Parallel()
	n, _ := setup(t, good(), floorModel())
	n.Spec.Horizon, n.Plan.Horizon, n.Plan.Windows = 15, 15, 5
	if _, err := n.Run(t.Context()); err == nil {
		t.Error("five windows of 15 days in 60 are not refused")
	}
	n.ShortenBacktest = true
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	windows := 0
	for _, s := range rep.Models[0].Scores {
		windows = max(windows, s.Window)
	}
	if windows != 3 {
		t.Errorf("%d windows, want the 3 that leave a day to learn from", windows)
	}
	n.Models = n.Models[:1]
	if rep, err = n.Run(t.Context()); err != nil || len(rep.Models) != 0 || len(rep.Notes) != 1 || !strings.Contains(rep.Notes[0], "no backtest") {
		t.Errorf("error %v, %d models, notes %v", err, len(rep.Models), rep.Notes)
	}
}

func TestEvaluationScoresEveryModelOnEverySeries(t *testing.T) {
	t.Parallel()
	n, _ := setup(t, good(), whole{})
	n.Sink, n.Spec.HistoryOnly = nil, true
	found, err := n.Evaluate(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range found.Models {
		names = append(names, m.Name)
	}
	if want := []string{"faulty", "whole", n.Floor.Name(), "chosen"}; !slices.Equal(names, want) {
		t.Errorf("scored are %v, want %v", names, want)
	}
	if len(found.Series) != items*3 || found.Series[0].Key.Item != "item0" || found.Series[3*items-1].Key.Item != "item7" {
		t.Errorf("%d series × models", len(found.Series))
	}
	if len(found.Inputs) != 1 || found.Inputs[0].Rows != 60*items || len(found.Phases) != 2 {
		t.Errorf("inputs %+v, phases %v", found.Inputs, found.Phases)
	}
	n.Plan.Windows = 9
	if _, err := n.Evaluate(t.Context(), false); err == nil {
		t.Error("nine windows are not refused")
	}
}

func TestEvaluationFailsWithAShardThatTakesTooLong(t *testing.T) {
	t.Parallel()
	n, _ := setup(t, whole{fault: "hangs"})
	n.Timeout, n.Spec.HistoryOnly = 100*time.Millisecond, true
	if _, err := n.Evaluate(t.Context(), false); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}

func TestIdentitySaysWhatARunIsMadeOf(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, good())
	if _, err := n.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := sink.identity
	if !id.BusinessDate.Equal(day("2026-03-01")) || id.Cal.Format(id.First) != "2026-03-02" || id.Horizon != horizon || len(id.DataHash) != 16 {
		t.Errorf("identity is %+v", id)
	}
	if got := fmt.Sprint(id.Shards); got != "[{0 0 2} {1 2 2} {2 4 2} {3 6 2}]" {
		t.Errorf("shards are %s", got)
	}
}

func TestNightThatCannotReadLeavesATraceAndOneThatWasStoppedDoesNot(t *testing.T) {
	sink := &memory{}
	n := Night{
		Spec: ingest.Spec{Target: []string{"nowhere.csv"}, Freq: demand.Daily, Horizon: 7}, Date: day("2026-01-31"),
		CodeVersion: "v", ConfigHash: "c", Sink: sink, Now: time.Now, Progress: silent{},
	}
	if _, err := n.Run(t.Context()); err == nil || sink.failed == nil || !errors.Is(err, sink.failed) {
		t.Errorf("the night says %v, the trace %v", err, sink.failed)
	}
	if sink.identity.BusinessDate != n.Date || sink.identity.CodeVersion != "v" || sink.identity.ConfigHash != "c" || sink.unlocked != 1 {
		t.Errorf("the trace is of %+v", sink.identity)
	}
	sink.failed = nil
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := n.Run(ctx); !errors.Is(err, ErrStopped) || sink.failed != nil {
		t.Errorf("the night says %v, the trace %v", err, sink.failed)
	}
}

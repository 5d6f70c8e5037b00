package jobs

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/jobs/report"
)

// little is memory for the cells of one shard of setup and no more: two series of 60 days, and their horizon.
const little = 4 * (2*60*10 + 2*horizon*8*8)

// bounded is setup with little memory, which takes its four shards in four parts. Its folder for rows that are set aside is
// empty when the test ends.
func bounded(t *testing.T) (Night, *memory) {
	t.Helper()
	n, sink := setup(t, good(), floorModel())
	n.Spec.Memory, n.Spec.TempDir = little, t.TempDir()
	t.Cleanup(func() {
		if left, err := os.ReadDir(n.Spec.TempDir); err != nil || len(left) > 0 {
			t.Errorf("%d files are left, %v", len(left), err)
		}
	})
	return n, sink
}

// outcome is all that a night leaves, but for times and the memory it took.
func outcome(t *testing.T, n Night, sink *memory) (rep *report.Report, forecasts map[int]string) {
	t.Helper()
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	forecasts = map[int]string{}
	for number, r := range sink.shards {
		var evidence any
		if err := json.Unmarshal(r.Evidence, &evidence); err != nil {
			t.Fatal(err)
		}
		forecasts[number] = fmt.Sprint(r.Forecast.Keys, r.Forecast.By, r.Forecast.Mean, r.Forecast.Q, r.Series, evidence)
	}
	return rep, forecasts
}

var withoutTimes = cmpopts.IgnoreFields(report.Report{}, "Phases", "PeakBytes", "Workers", "Inputs")

func TestANightWithLittleMemoryEndsAsOneWithoutABound(t *testing.T) {
	free, freeSink := setup(t, good(), floorModel())
	wantReport, want := outcome(t, free, freeSink)
	for _, workers := range []int{1, 2, 3} {
		n, sink := bounded(t)
		n.Workers = workers
		n.Spec.Workers = workers
		in, err := n.read(t.Context(), &clock{now: n.Now, progress: n.Progress})
		if err != nil {
			t.Fatal(err)
		}
		if in.Len() != 4 {
			t.Errorf("%d parts, want one for each shard", in.Len())
		}
		in.Close()
		gotReport, got := outcome(t, n, sink)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers: %s", workers, diff)
		}
		if diff := cmp.Diff(wantReport, gotReport, withoutTimes); diff != "" {
			t.Errorf("%d workers: %s", workers, diff)
		}
	}
}

func TestANightWithLittleMemoryIsTakenUpWhereItBrokeOff(t *testing.T) {
	free, freeSink := setup(t, good(), floorModel())
	want, _ := outcome(t, free, freeSink)
	n, sink := bounded(t)
	sink.finished = map[int][]byte{}
	for _, number := range []int{0, 1, 3} {
		sink.finished[number] = freeSink.shards[number].Evidence
	}
	got, shards := outcome(t, n, sink)
	if len(shards) != 1 {
		t.Errorf("%d shards were worked through, want the one that was left", len(shards))
	}
	if diff := cmp.Diff(want, got, withoutTimes, cmpopts.IgnoreFields(report.Report{}, "Resumed")); diff != "" {
		t.Error(diff)
	}
}

func TestAnEvaluationWithLittleMemoryEndsAsOneWithoutABound(t *testing.T) {
	free, _ := setup(t, good(), floorModel())
	want, err := free.Evaluate(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := bounded(t)
	got, err := n.Evaluate(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Models, got.Models); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Series, got.Series, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatWasSetAsideIsGoneAfterANightThatFails(t *testing.T) {
	n, sink := bounded(t)
	sink.onWrite = func(ShardResult) error { return os.ErrPermission }
	if _, err := n.Run(t.Context()); err == nil {
		t.Error("no error")
	}
}

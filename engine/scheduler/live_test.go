package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/engine/scheduler"
)

// job asks for one core and does its work with run.
func job(id string, predicted time.Duration, run func(context.Context) error) scheduler.Job {
	task := scheduler.Task{ID: id, Ask: scheduler.Ask{CPUMilli: 1000}, Predicted: predicted}
	return scheduler.Job{Task: task, Run: run}
}

// takes returns work that lasts d, or until its context ends.
func takes(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// collect appends outcomes to dst.
func collect(dst *[]scheduler.Outcome) func(scheduler.Outcome) error {
	return func(o scheduler.Outcome) error {
		*dst = append(*dst, o)
		return nil
	}
}

// errorOf returns the error of one job.
func errorOf(t *testing.T, outcomes []scheduler.Outcome, id string) error {
	t.Helper()
	for _, o := range outcomes {
		if o.ID == id {
			return o.Err
		}
	}
	t.Fatalf("no outcome of %s in %v", id, outcomes)
	return nil
}

func workers(n int) scheduler.Live { return scheduler.Live{Node: scheduler.ThisNode(n, 0)} }

func TestJobsRunLongestFirstAndTellHowLongTheyWaitedAndRan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := []scheduler.Job{
			job("short", 1*time.Second, takes(1*time.Second)),
			job("middle", 3*time.Second, takes(3*time.Second)),
			job("long", 5*time.Second, takes(5*time.Second)),
		}
		var got []scheduler.Outcome
		if err := workers(2).Run(t.Context(), jobs, collect(&got)); err != nil {
			t.Fatal(err)
		}
		want := []scheduler.Outcome{
			{ID: "middle", NodeID: "local", Ran: 3 * time.Second},
			{ID: "short", NodeID: "local", Waited: 3 * time.Second, Ran: 1 * time.Second},
			{ID: "long", NodeID: "local", Ran: 5 * time.Second},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAJobThatOutlivesItsTimeoutIsStoppedAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := job("slow", 0, takes(time.Hour))
		stubborn := job("stubborn", 0, func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("half of the rows read")
		})
		justDone := job("just done", 0, func(ctx context.Context) error {
			<-ctx.Done()
			return nil
		})
		quick := job("quick", 0, func(context.Context) error { return errors.New("no price column") })
		jobs := []scheduler.Job{slow, stubborn, justDone, quick}
		for i := range jobs {
			jobs[i].Timeout = 2 * time.Second
		}
		var got []scheduler.Outcome
		if err := workers(1).Run(t.Context(), jobs, collect(&got)); err != nil {
			t.Fatal(err)
		}
		for id, text := range map[string]string{
			"slow":     "timeout after 2s: context deadline exceeded",
			"stubborn": "timeout after 2s: context deadline exceeded: half of the rows read",
		} {
			err := errorOf(t, got, id)
			if !errors.Is(err, scheduler.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || err.Error() != text {
				t.Errorf("%s: got %v, want %s", id, err, text)
			}
		}
		if err := errorOf(t, got, "just done"); err != nil {
			t.Errorf("work that was finished counts: %v", err)
		}
		if err := errorOf(t, got, "quick"); errors.Is(err, scheduler.ErrTimeout) {
			t.Errorf("an error before the timeout: %v", err)
		}
	})
}

func TestTheDeadlineOfTheRunIsNotTheTimeoutOfAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		slow := job("slow", 0, takes(time.Hour))
		slow.Timeout = time.Minute
		var got []scheduler.Outcome
		err := workers(1).Run(ctx, []scheduler.Job{slow}, collect(&got))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("run: %v", err)
		}
		if err := errorOf(t, got, "slow"); err != context.DeadlineExceeded {
			t.Errorf("job: got %v, want what it returned", err)
		}
	})
}

func TestAPanicIsTheErrorOfItsJobOnly(t *testing.T) {
	t.Parallel()
	cause := errors.New("index out of range")
	jobs := []scheduler.Job{
		job("text", 0, func(context.Context) error { panic("negative horizon") }),
		job("error", 0, func(context.Context) error { panic(cause) }),
		job("exit", 0, func(context.Context) error { runtime.Goexit(); return nil }),
		job("plain", 0, func(context.Context) error { return cause }),
		job("fine", 0, func(context.Context) error { return nil }),
	}
	var got []scheduler.Outcome
	if err := workers(2).Run(t.Context(), jobs, collect(&got)); err != nil {
		t.Fatal(err)
	}
	for id, text := range map[string]string{
		"text":  "panic: negative horizon",
		"error": "panic: index out of range",
		"exit":  "goroutine left by runtime.Goexit",
	} {
		var p *scheduler.PanicError
		if err := errorOf(t, got, id); !errors.As(err, &p) || err.Error() != text || len(p.Stack) == 0 {
			t.Errorf("%s: got %v, want %s", id, err, text)
		}
	}
	if err := errorOf(t, got, "error"); !errors.Is(err, cause) {
		t.Errorf("the error that was the panic's value is hidden: %v", err)
	}
	if err := errorOf(t, got, "plain"); err != cause {
		t.Errorf("plain: got %v, want the error unchanged", err)
	}
	if err := errorOf(t, got, "fine"); err != nil {
		t.Errorf("fine: %v", err)
	}
}

func TestCancellationStopsWhatRunsAndReportsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("lease lost")
		time.AfterFunc(3*time.Second, func() { cancel(cause) })
		jobs := []scheduler.Job{
			job("ends before", 9*time.Second, takes(time.Second)),
			job("runs", 8*time.Second, takes(time.Hour)),
			job("waits", 7*time.Second, takes(time.Hour)),
		}
		var got []scheduler.Outcome
		err := workers(1).Run(ctx, jobs, collect(&got))
		if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
			t.Errorf("run: %v", err)
		}
		want := []scheduler.Outcome{
			{ID: "ends before", NodeID: "local", Ran: time.Second},
			{ID: "runs", NodeID: "local", Err: context.Canceled, Waited: time.Second, Ran: 2 * time.Second},
			{ID: "waits", Err: cause, Waited: 3 * time.Second},
		}
		byID := cmpopts.SortSlices(func(a, b scheduler.Outcome) bool { return a.ID < b.ID })
		if diff := cmp.Diff(want, got, cmpopts.EquateErrors(), byID); diff != "" {
			t.Error(diff)
		}
		for _, target := range []error{scheduler.ErrNotStarted, context.Canceled} {
			if err := errorOf(t, got, "waits"); !errors.Is(err, target) {
				t.Errorf("waits: got %v, want %v", err, target)
			}
		}
	})
}

func TestNothingStartsWhenTheContextHasEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := func(context.Context) error { t.Error("started"); return nil }
	var got []scheduler.Outcome
	err := workers(2).Run(ctx, []scheduler.Job{job("a", 0, never), job("b", 0, never)}, collect(&got))
	if !errors.Is(err, context.Canceled) || len(got) != 2 {
		t.Errorf("got %v and %v", err, got)
	}
}

func TestAContextThatEndsAfterTheLastJobIsNoError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		jobs := []scheduler.Job{job("a", 0, takes(time.Second))}
		err := workers(1).Run(ctx, jobs, func(scheduler.Outcome) error { cancel(); return nil })
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAnErrorOfTheCallbackStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("connection refused")
		var started atomic.Int32
		var cause error
		jobs := []scheduler.Job{
			job("first", 9*time.Second, takes(time.Second)),
			job("runs", 8*time.Second, func(ctx context.Context) error {
				<-ctx.Done()
				cause = context.Cause(ctx)
				return ctx.Err()
			}),
		}
		for i := range 5 {
			jobs = append(jobs, job(fmt.Sprintf("late %d", i), 0, func(ctx context.Context) error {
				started.Add(1)
				return takes(time.Hour)(ctx)
			}))
		}
		calls := 0
		err := workers(2).Run(t.Context(), jobs, func(scheduler.Outcome) error { calls++; return gone })
		const text = `run 7 jobs: report job "first": connection refused; 6 outcomes not reported`
		if !errors.Is(err, gone) || err.Error() != text {
			t.Errorf("got %v, want %s", err, text)
		}
		if calls != 1 {
			t.Errorf("the callback was called %d times", calls)
		}
		if cause != gone {
			t.Errorf("the running job was told %v", cause)
		}
		// the core that first left may be given away before its report fails
		if n := started.Load(); n > 1 {
			t.Errorf("%d jobs started after the error", n)
		}
	})
}

func TestAPanicOfTheCallbackLeavesNoGoroutineBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails when a goroutine stays blocked
		defer func() {
			if recover() != "no such column" {
				t.Error("the panic was swallowed")
			}
		}()
		jobs := []scheduler.Job{job("a", 1, takes(time.Second)), job("b", 0, takes(time.Hour)), job("c", 0, takes(time.Hour))}
		_ = workers(2).Run(t.Context(), jobs, func(scheduler.Outcome) error { panic("no such column") })
	})
}

func TestRefusedJobsAreReportedAndTheOthersRun(t *testing.T) {
	t.Parallel()
	fine := func(context.Context) error { return nil }
	wide := job("wide", 0, fine)
	wide.Ask.CPUMilli = 2001
	jobs := []scheduler.Job{wide, job("a", 0, fine), job("a", 0, fine), job("", 0, fine)}
	var got []scheduler.Outcome
	if err := workers(2).Run(t.Context(), jobs, collect(&got)); err != nil {
		t.Fatal(err)
	}
	want := []scheduler.Outcome{
		{ID: "wide", Err: scheduler.ErrNeverFits},
		{ID: "a", Err: scheduler.ErrDuplicate},
		{ID: "", Err: scheduler.ErrInvalid},
		{ID: "a", NodeID: "local"},
	}
	durations := cmpopts.IgnoreFields(scheduler.Outcome{}, "Waited", "Ran")
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors(), durations); diff != "" {
		t.Error(diff)
	}
}

func TestASlowCallbackLeavesCoresBusyUntilTheBacklogIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var jobs []scheduler.Job
		var ended atomic.Int32
		for i := range 40 {
			jobs = append(jobs, job(fmt.Sprint(i), 0, func(context.Context) error {
				time.Sleep(time.Second)
				ended.Add(1)
				return nil
			}))
		}
		live := workers(2)
		live.Backlog = 6
		reported := 0
		err := live.Run(t.Context(), jobs, func(scheduler.Outcome) error {
			time.Sleep(time.Minute) // in this minute two cores could run all 40
			reported++
			// 5 in the backlog let two more start; one is in hand
			if waiting := int(ended.Load()) - reported + 1; waiting > 5+2+1 {
				t.Errorf("%d results wait to be written", waiting)
			}
			if reported == 1 && ended.Load() < 6 {
				t.Errorf("cores idled during the callback: %d jobs ended", ended.Load())
			}
			return nil
		})
		if err != nil || reported != 40 {
			t.Errorf("got %v, %d reported", err, reported)
		}
	})
}

func TestTheClockIsTheOneGiven(t *testing.T) {
	t.Parallel()
	ticks := 0
	live := workers(1)
	live.Clock = func() time.Time { // not safe for concurrent use: the race detector watches
		ticks++
		return noon.Add(time.Duration(ticks) * time.Hour)
	}
	var got []scheduler.Outcome
	jobs := []scheduler.Job{job("a", 0, func(context.Context) error { return nil })}
	if err := live.Run(t.Context(), jobs, collect(&got)); err != nil {
		t.Fatal(err)
	}
	want := []scheduler.Outcome{{ID: "a", NodeID: "local", Waited: time.Hour, Ran: time.Hour}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnInvalidNodeRunsNothing(t *testing.T) {
	t.Parallel()
	started := job("a", 0, func(context.Context) error { t.Error("started"); return nil })
	err := scheduler.Live{}.Run(t.Context(), []scheduler.Job{started}, nil)
	if !errors.Is(err, scheduler.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestAThousandJobsNeverExceedTheNode(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 7} {
		t.Run(fmt.Sprint(n, " workers"), func(t *testing.T) {
			t.Parallel()
			node := scheduler.ThisNode(n, 1000)
			var cpuMilli, memBytes atomic.Int64
			rng := rand.New(rand.NewPCG(uint64(n), 0))
			jobs := make([]scheduler.Job, 1000)
			for i := range jobs {
				ask := scheduler.Ask{CPUMilli: 1 + rng.Int64N(2000), MemBytes: rng.Int64N(600)}
				jobs[i] = scheduler.Job{
					Task: scheduler.Task{ID: fmt.Sprint(i), Ask: ask, Predicted: time.Duration(rng.IntN(9))},
					Run: func(context.Context) error {
						if c, m := cpuMilli.Add(ask.CPUMilli), memBytes.Add(ask.MemBytes); c > node.CPUMilli || m > node.MemBytes {
							t.Errorf("%d millicores and %d bytes occupied of %+v", c, m, node)
						}
						time.Sleep(50 * time.Microsecond)
						cpuMilli.Add(-ask.CPUMilli)
						memBytes.Add(-ask.MemBytes)
						return nil
					},
				}
			}
			seen := map[string]bool{} // written by the callback without a lock: the race detector watches
			err := scheduler.Live{Node: node}.Run(t.Context(), jobs, func(o scheduler.Outcome) error {
				if seen[o.ID] || o.Err != nil {
					t.Errorf("outcome %+v", o)
				}
				seen[o.ID] = true
				return nil
			})
			if err != nil || len(seen) != len(jobs) {
				t.Errorf("got %v, %d outcomes", err, len(seen))
			}
		})
	}
}

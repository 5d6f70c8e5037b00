package scheduler

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Job is a task with the function that does its work. Run must return soon after
// its context is done: until it returns, it keeps what it asked for. It must not
// wait for another job of the same Live.Run, which may be waiting for the very
// amounts that it occupies; nested work runs inline.
type Job struct {
	Task
	Run func(ctx context.Context) error
}

// Outcome is how a job ended.
type Outcome struct {
	ID     string
	NodeID string        // where it ran; "" when it never started
	Err    error         // nil, or what Run returned, or one of the reasons listed at Live.Run
	Waited time.Duration // from the call of Live.Run to the start, or to the refusal
	Ran    time.Duration // from the start to the end; 0 when it never started
}

// Live runs jobs on this machine under a [Scheduler]. The zero Clock and Backlog
// are ready for use; Node comes from [ThisNode].
type Live struct {
	Node  Node             // where the jobs run; what they ask for never exceeds it
	Clock func() time.Time // for Waited and Ran, called by one goroutine at a time; time.Now when nil
	// Backlog is the number of finished jobs that may wait for the callback
	// before no further job starts; those that run then still end and join
	// them. It bounds the memory that results occupy when writing is slower than
	// computing. The whole cores of Node, at least 1, when 0.
	Backlog int
}

// Run runs all jobs and calls onDone once for each, one at a time, from the
// calling goroutine, as they end. Jobs go on running during a call. It returns
// when every goroutine that it started has ended.
//
// A job that fails does not stop the others: its Outcome.Err is
//   - what Run returned, unchanged;
//   - [ErrTimeout] and context.DeadlineExceeded, when it returned an error after its Timeout passed;
//   - a *[PanicError], when it panicked;
//   - [ErrInvalid], [ErrDuplicate] or [ErrNeverFits], when it was refused by [Scheduler.Submit];
//   - [ErrNotStarted] and the error of ctx, when ctx ended while it waited.
//
// When ctx ends, the contexts of running jobs end, jobs that wait are reported,
// and Run returns the error of ctx. When onDone returns an error, nothing
// further starts, the contexts of running jobs end, onDone is not called again,
// and Run returns that error. Otherwise Run returns nil, whatever the outcomes.
// An invalid Node is an error before any job starts.
func (l Live) Run(ctx context.Context, jobs []Job, onDone func(Outcome) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	r, err := l.newRound(jobs)
	if err != nil {
		cancel(nil)
		return fmt.Errorf("run %d jobs: %w", len(jobs), err)
	}
	go r.dispatch(ctx, jobs)
	defer func() { // also when onDone panics: no goroutine outlives the call
		cancel(nil)
		r.discard()
	}()
	for o := range r.outcomes {
		if err := onDone(o); err != nil {
			cancel(err)
			return fmt.Errorf("run %d jobs: report job %q: %w; %d outcomes not reported",
				len(jobs), o.ID, err, r.discard())
		}
	}
	if r.stopped != nil {
		return fmt.Errorf("run %d jobs: %w", len(jobs), r.stopped)
	}
	return nil
}

func (l Live) newRound(jobs []Job) (*round, error) {
	core := New()
	if err := core.AddNode(l.Node); err != nil {
		return nil, err
	}
	r := &round{
		core:     core,
		clock:    l.Clock,
		backlog:  l.Backlog,
		jobs:     make(map[string]Job, len(jobs)),
		ended:    make(chan ending),
		outcomes: make(chan Outcome),
	}
	if r.clock == nil {
		r.clock = time.Now
	}
	if r.backlog < 1 {
		r.backlog = max(1, int(l.Node.CPUMilli/1000))
	}
	return r, nil
}

// endOf returns the error of a context that has ended, with its cause when the
// cause says more.
func endOf(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

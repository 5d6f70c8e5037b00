package scheduler

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// round is one Live.Run. Three kinds of goroutine take part: one for each
// running job, which only runs it; the dispatcher, which owns every field but
// the channels; and the caller's, which reports outcomes. The dispatcher never
// waits for the caller alone, so a slow report does not keep cores idle.
type round struct {
	core    *Scheduler
	clock   func() time.Time
	backlog int // undelivered outcomes at which starting stops

	jobs        map[string]Job       // accepted, by ID
	submitted   time.Time            // when all of them were
	started     map[string]time.Time // those running
	undelivered []Outcome            // ended, not yet taken by the caller
	running     sync.WaitGroup
	stopped     error // why jobs were left waiting or cut short; read by the caller after outcomes is closed

	ended    chan ending  // from a job's goroutine to the dispatcher
	outcomes chan Outcome // from the dispatcher to the caller; closed when all is over
}

// ending is a placement whose job has returned.
type ending struct {
	Start
	err error
}

// dispatch starts what fits, frees what ended and hands over outcomes until
// every job has one.
func (r *round) dispatch(ctx context.Context, jobs []Job) {
	defer close(r.outcomes)
	r.submit(jobs)
	stop := ctx.Done()
	for open := len(jobs); open > 0; {
		if ctx.Err() == nil && len(r.undelivered) < r.backlog {
			r.startWhatFits(ctx)
		}
		outcomes, first := r.handover()
		select {
		case e := <-r.ended:
			r.finish(ctx, e)
		case outcomes <- first:
			r.undelivered = r.undelivered[1:]
			open--
		case <-stop:
			r.stop(ctx)
			stop = nil
		}
	}
	r.running.Wait()
}

func (r *round) submit(jobs []Job) {
	r.submitted = r.clock()
	r.started = map[string]time.Time{}
	for _, j := range jobs {
		if err := r.core.Submit(j.Task); err != nil {
			r.undelivered = append(r.undelivered, Outcome{ID: j.ID, Err: err})
			continue
		}
		r.jobs[j.ID] = j
	}
}

func (r *round) startWhatFits(ctx context.Context) {
	now := r.clock()
	for _, s := range r.core.Pass(now) {
		r.started[s.TaskID] = now
		job := r.jobs[s.TaskID]
		r.running.Go(func() { execute(ctx, job, s, r.ended) })
	}
}

// handover returns the channel to the caller and what to send on it; the channel
// is nil, which blocks for ever, when there is nothing to send.
func (r *round) handover() (chan<- Outcome, Outcome) {
	if len(r.undelivered) == 0 {
		return nil, Outcome{}
	}
	return r.outcomes, r.undelivered[0]
}

// finish frees what the job occupied and queues its outcome. A job that ends
// after ctx did counts as cut short, for it may have been.
func (r *round) finish(ctx context.Context, e ending) {
	if err := r.core.Done(e.TaskID); err != nil {
		panic(err) // the dispatcher is the only owner of core: a bug, not data
	}
	start := r.started[e.TaskID]
	delete(r.started, e.TaskID)
	r.undelivered = append(r.undelivered, Outcome{
		ID:     e.TaskID,
		NodeID: e.NodeID,
		Err:    e.err,
		Waited: start.Sub(r.submitted),
		Ran:    r.clock().Sub(start),
	})
	if ctx.Err() != nil {
		r.stopped = endOf(ctx)
	}
}

// stop reports every job that waits as not started; nothing starts after it.
func (r *round) stop(ctx context.Context) {
	waited := r.clock().Sub(r.submitted)
	for _, w := range r.core.Waiting() {
		r.undelivered = append(r.undelivered, Outcome{
			ID:     w.Task.ID,
			Err:    fmt.Errorf("%w: %w", ErrNotStarted, endOf(ctx)),
			Waited: waited,
		})
		r.stopped = endOf(ctx)
	}
}

// discard takes the remaining outcomes until the dispatcher has ended, and
// returns their number.
func (r *round) discard() int {
	n := 0
	for range r.outcomes {
		n++
	}
	return n
}

// execute runs job and sends its ending, whichever way the job leaves.
func execute(ctx context.Context, job Job, at Start, ended chan<- ending) {
	e := ending{Start: at}
	defer func() { ended <- e }()
	if job.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, job.Timeout, ErrTimeout)
		defer cancel()
	}
	call(ctx, job, &e.err)
	if e.err != nil && context.Cause(ctx) == ErrTimeout {
		e.err = timedOut(job.Timeout, e.err)
	}
}

// call runs job and stores its error, also when it panics or leaves by
// runtime.Goexit, which no return value survives.
func call(ctx context.Context, job Job, err *error) {
	returned := false
	defer func() {
		if !returned {
			*err = &PanicError{Value: recover(), Stack: debug.Stack()}
		}
	}()
	*err = job.Run(ctx)
	returned = true
}

// timedOut says that err came after the timeout, and that it was the deadline
// that passed even where err does not say so.
func timedOut(after time.Duration, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w after %v: %w: %w", ErrTimeout, after, context.DeadlineExceeded, err)
	}
	return fmt.Errorf("%w after %v: %w", ErrTimeout, after, err)
}

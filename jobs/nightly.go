// Package jobs runs the night: its steps in order, where results go, and when it runs.
//
// It knows the order of things. It holds no mathematics and no SQL.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shelfcast/algorithms/prophet"
	"shelfcast/engine/demand"
	"shelfcast/engine/scheduler"
	"shelfcast/evaluate/backtest"
	"shelfcast/ingest"
	"shelfcast/jobs/config"
	"shelfcast/jobs/report"
)

// Night is one run: what to read, what to fit, where to write.
type Night struct {
	Spec   ingest.Spec
	Plan   backtest.Plan  // Windows = 0: no backtest, and every series gets the first of Models
	Date   time.Time      // business date; zero for the last day in the data
	Metric string         // what a series chooses its model by: a name of package score
	Models []demand.Model // members; a series has the first unless another is clearly better on it
	Floor  demand.Model   // what a series gets when all else fails
	Shape  prophet.Model  // of the models that are named after Prophet

	Source      Source         // of the inputs in Queries; nil where there are none
	Queries     config.Queries // the inputs that come from a database
	Sink        Sink
	Workers     int           // shards at the same time; every core when 0
	ShardSeries int           // series in a shard
	Timeout     time.Duration // longest time that a shard may take
	KeepFits    bool          // fit every member on every series, and keep the fits in ShardResult.Fits
	Components  bool          // keep the parts of every forecast whose model explains itself, in ShardResult.Components
	Earlier     *EarlierFits  // that forecasts begin at; nil = none
	// ShortenBacktest takes as many of Plan.Windows as the history allows, where it does not allow all, instead of failing.
	ShortenBacktest bool

	CodeVersion string
	ConfigHash  string

	Now      func() time.Time
	Progress Progress
}

// Run runs the night and returns its account. The steps are: lock, read and shape, shard, open, fit and judge each shard
// and write it as it finishes, judge the whole, publish. A run that was killed is taken up at its first unfinished shard
// and ends with the same rows.
func (n Night) Run(ctx context.Context) (*report.Report, error) {
	t := &clock{now: n.Now, progress: n.Progress}
	started := n.Now()
	held, unlock, err := n.Sink.Lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	rep, err := n.locked(held, t, started)
	return rep, stopped(held, err)
}

// stopped returns err, or ErrStopped with the reason where err came about because ctx has ended.
func stopped(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || errors.Is(err, ErrStopped) {
		return err
	}
	return fmt.Errorf("%w: %w; run the same command again", ErrStopped, context.Cause(ctx))
}

// locked runs the night while the sink is held.
func (n Night) locked(ctx context.Context, t *clock, started time.Time) (*report.Report, error) {
	in, err := n.read(ctx, t)
	if err == nil {
		defer in.Close()
		n.Plan, err = n.windows(in.Frame)
	}
	if err == nil {
		in.findings, err = n.findings(ctx, t, in)
	}
	if err != nil {
		return nil, n.unopened(ctx, err)
	}
	t.phase("open", 0)
	id := n.identity(in, started)
	book, err := n.Sink.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	rep, err := n.fill(ctx, t, in, id, book)
	if err != nil {
		err = stopped(ctx, err)
		// The run is closed even where ctx has ended: that is why it is closed.
		return nil, errors.Join(err, book.Fail(context.WithoutCancel(ctx), err))
	}
	return rep, nil
}

// unopened leaves a trace of a night that failed before it became a run. A night that was stopped did not fail.
func (n Night) unopened(ctx context.Context, why error) error {
	if ctx.Err() != nil {
		return why
	}
	id := Identity{BusinessDate: n.Date, CodeVersion: n.CodeVersion, ConfigHash: n.ConfigHash}
	return errors.Join(why, n.Sink.Unopened(ctx, id, why))
}

// fill does the work of an opened run, from the first unfinished shard to publishing.
func (n Night) fill(ctx context.Context, t *clock, in *inputs, id Identity, book Book) (*report.Report, error) {
	resumed := len(book.Finished())
	found, err := n.fit(ctx, t, in, id, book)
	if err != nil {
		return nil, err
	}
	t.phase("judge", 0)
	rep := n.judge(in, id, found)
	rep.Findings = in.findings
	rep.RunID, rep.Attempt = book.Number()
	rep.Resumed = resumed
	if err := rep.Check(); err != nil {
		return nil, err
	}
	t.phase("publish", 0)
	rep.Phases = t.phases[:len(t.phases)-1] // how long publishing takes is not known to what is published
	if err := book.Publish(ctx, rep); err != nil {
		return nil, err
	}
	if err := book.Tidy(ctx); err != nil {
		rep.Notes = append(rep.Notes, fmt.Sprintf("the run is published, but what is no longer kept was not all removed: %s; the next run tries again", oneLine(err)))
	}
	t.stop()
	rep.Phases = t.phases
	return rep, nil
}

// windows returns the backtest plan that the history allows. One model has nothing to be chosen from, so that a run
// that may shorten its backtest leaves it out.
func (n Night) windows(p *demand.Panel) (backtest.Plan, error) {
	plan := n.Plan
	plan.Floor = n.Floor
	if n.ShortenBacktest && len(n.Models) == 1 {
		plan.Windows = 0
	}
	for plan.Windows > 0 {
		_, err := plan.Origins(p.First(), p.End)
		if err == nil {
			return plan, nil
		}
		if !n.ShortenBacktest {
			return plan, err
		}
		plan.Windows--
	}
	return plan, nil
}

// fit runs every unfinished shard under the scheduler, part by part of the series and dearest first in each, and writes each
// as it finishes. It returns the evidence of all shards.
func (n Night) fit(ctx context.Context, t *clock, in *inputs, id Identity, book Book) (*collected, error) {
	t.phase("fit", int64(len(id.Keys)))
	found := &collected{shards: make([]*evidence, len(id.Shards))}
	done := int64(0)
	for number, saved := range book.Finished() {
		if err := found.add(number, saved); err != nil {
			return nil, fmt.Errorf("take up shard %d: %w", number, err)
		}
		done += int64(id.Shards[number].Count)
	}
	n.Progress.Done(done)

	results := make([]*ShardResult, len(id.Shards))
	return found, in.each(ctx, id.Shards, found.left, func(part *ingest.Result, shards []Shard) error {
		var failed error
		err := n.live().Run(ctx, n.shardJobs(part, shards, in.samples, results), func(o scheduler.Outcome) error {
			shard, err := shardOf(id.Shards, o.ID)
			if err == nil {
				err = n.finish(ctx, part, shard, o, results, book, found)
			}
			done += int64(shard.Count)
			n.Progress.Done(done)
			failed = err
			return err
		})
		if failed != nil {
			return failed // without what the scheduler says about it
		}
		return err
	})
}

// finish writes what a shard left, or, where it could not be worked through, the floor model's fans, and adds its
// evidence to what was found.
func (n Night) finish(ctx context.Context, in *ingest.Result, shard Shard, o scheduler.Outcome, results []*ShardResult, book Book, found *collected) error {
	r := results[shard.Number]
	results[shard.Number] = nil // the writer is its last reader
	if o.Err != nil {
		var err error
		if r, err = n.rescue(ctx, in, shard, o.Err); err != nil {
			return err
		}
	}
	r.Took = o.Ran
	if err := found.add(shard.Number, r.Evidence); err != nil {
		return err
	}
	return book.Write(ctx, *r)
}

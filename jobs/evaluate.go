package jobs

import (
	"context"
	"errors"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/engine/scheduler"
	"shelfcast/evaluate/score"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// Evaluation is what an evaluation found.
type Evaluation struct {
	Inputs []report.Input
	Models []report.Model // the members, the floor model and, where there was one, the choice among members
	Series []ModelSeries  // by key, then in the order of Models without the choice; empty unless asked for
	Phases []report.Phase
	Notes  []string // what a reader should know before trusting the scores
}

// ModelSeries is the scores of one model on one series, averaged over the windows in which it could be scored.
type ModelSeries struct {
	Key    demand.Key
	Model  string
	Scores []score.Metric
}

// Evaluate scores the models on rolling windows of the past. Nothing is forecast and nothing written.
func (n Night) Evaluate(ctx context.Context, bySeries bool) (*Evaluation, error) {
	t := &clock{now: n.Now, progress: n.Progress}
	in, err := n.read(ctx, t)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if n.Plan, err = n.windows(in.Frame); err != nil {
		return nil, err
	}
	t.phase("backtest", int64(in.Frame.Len()))
	tallies, series, err := n.evaluateShards(ctx, in, bySeries)
	if err != nil {
		return nil, err
	}
	out := &Evaluation{Inputs: account(in.Audit), Models: n.models(tallies), Series: slices.Concat(series...)}
	out.Notes = n.notes(in, &collected{tallies: tallies})
	t.stop()
	out.Phases = t.phases
	return out, nil
}

// evaluateShards works through every shard under the scheduler. It returns the scores of all together, [model][window],
// and, where asked for, the series of each shard. Unlike a night, it fails with the first shard that fails.
func (n Night) evaluateShards(ctx context.Context, in *inputs, bySeries bool) (all [][]*score.Tally, series [][]ModelSeries, err error) {
	shards := cut(in.Frame.Len(), n.ShardSeries)
	series = make([][]ModelSeries, len(shards))
	results := make([][][]*score.Tally, len(shards))
	done := int64(0)
	every := func(Shard) bool { return true }
	err = in.each(ctx, shards, every, func(part *ingest.Result, here []Shard) error {
		list := make([]scheduler.Job, len(here))
		for i, shard := range here {
			list[i] = scheduler.Job{Task: n.task(part, shard), Run: func(ctx context.Context) error {
				panel, _ := shard.of(part)
				j, bt, err := n.backtest(ctx, panel)
				if err != nil {
					return err
				}
				results[shard.Number] = j.tallies
				if bySeries {
					series[shard.Number] = modelSeries(bt)
				}
				return nil
			}}
		}
		return n.live().Run(ctx, list, func(o scheduler.Outcome) error {
			shard, err := shardOf(shards, o.ID)
			if err != nil || o.Err != nil {
				return errors.Join(err, o.Err)
			}
			all, err = mergeTallies(all, results[shard.Number])
			results[shard.Number] = nil // a quarter of a megabyte
			done += int64(shard.Count)
			n.Progress.Done(done)
			return err
		})
	})
	return all, series, err
}

package cli

import (
	"context"
	"errors"
	"math"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/engine/store"
	"shelfcast/ingest"
	"shelfcast/jobs"
	"shelfcast/jobs/report"
)

// postgresSink keeps runs in Postgres.
type postgresSink struct {
	db     *store.DB
	resume int64 // the run to take up; 0 = the newest one that was interrupted, if any
	keep   int   // business dates whose forecasts are kept; 0 = all
}

// Lock takes the lock of the night.
func (s postgresSink) Lock(ctx context.Context) (context.Context, func(), error) {
	held, release, err := s.db.LockNight(ctx)
	if errors.Is(err, store.ErrNightRunning) {
		err = busyError{err}
	}
	return held, release, err
}

// busyError is a jobs.ErrBusy that says in its own words which night is running.
type busyError struct{ error }

// Is reports whether target is jobs.ErrBusy.
func (busyError) Is(target error) bool { return target == jobs.ErrBusy }

// Unopened keeps a row of a night that failed before it became a run.
func (s postgresSink) Unopened(ctx context.Context, id jobs.Identity, why error) error {
	return s.db.RecordUnopened(ctx, store.Unopened{
		BusinessDate: id.BusinessDate, CodeVersion: id.CodeVersion, ConfigHash: id.ConfigHash, Cause: why,
	})
}

// Open begins a run or takes one up.
func (s postgresSink) Open(ctx context.Context, id jobs.Identity) (jobs.Book, error) {
	spec := store.RunSpec{
		BusinessDate: id.BusinessDate, CodeVersion: id.CodeVersion, ConfigHash: id.ConfigHash, DataHash: id.DataHash,
		Cal: id.Cal, Origin: id.First - 1, Horizon: id.Horizon, Levels: id.Levels, Keys: id.Keys,
	}
	for _, shard := range id.Shards {
		spec.Shards = append(spec.Shards, store.Span{First: shard.First, Count: shard.Count})
	}
	run, err := s.open(ctx, spec)
	if err != nil {
		return nil, err
	}
	return postgresBook{s, run}, run.WriteAudit(ctx, rejects(id.Audit))
}

func (s postgresSink) open(ctx context.Context, spec store.RunSpec) (*store.Run, error) {
	if s.resume != 0 {
		return s.db.ResumeRun(ctx, s.resume, spec)
	}
	// What earlier attempts left goes first, or a night that fails again and again fills the disk. Where that cannot be
	// now, Tidy tries again and says why.
	_, _ = s.db.Prune(ctx, keepUnpublished)
	return s.db.BeginRun(ctx, spec)
}

// keepUnpublished is the number of runs that stand for no business date and keep their forecasts: the newest, which
// --resume can take up.
const keepUnpublished = 1

// rejects lists the rejected rows of every input.
func rejects(a ingest.Audit) store.Audit {
	var out store.Audit
	for name, in := range a.Inputs() {
		for _, r := range in.Rejects {
			row := store.Reject{Input: name, File: r.File, Line: r.Line, Column: r.Column, Reason: r.Reason.String(), Value: r.Value}
			if r.Line == 0 {
				row.RowGroup, row.Line = &r.RowGroup, r.Row+1
			}
			out.Rejects = append(out.Rejects, row)
		}
	}
	return out
}

// postgresBook is a run in Postgres.
type postgresBook struct {
	sink postgresSink
	run  *store.Run
}

// Number returns the run's number and attempt.
func (b postgresBook) Number() (int64, int) { return b.run.ID(), b.run.Attempt() }

// Finished returns the evidence of the shards that are written.
func (b postgresBook) Finished() map[int][]byte {
	out := map[int][]byte{}
	for number, shard := range b.run.Done() {
		out[number] = shard.Partial
	}
	return out
}

// Write writes one shard.
func (b postgresBook) Write(ctx context.Context, r jobs.ShardResult) error {
	res := store.ShardResult{Number: r.Number, Forecast: r.Forecast, Components: r.Components, Partial: r.Evidence, Elapsed: r.Took}
	for i, s := range r.Series {
		res.Series = append(res.Series, store.SeriesResult{
			HistoryPeriods: s.History, WQL: s.Score.WQL, WAPE: s.Score.WAPE, FloorWQL: s.Floor.WQL,
		})
		if s.Why != nil {
			res.Quarantine = append(res.Quarantine, store.Quarantine{
				Key: r.Forecast.Keys[i], Stage: "fit", Reason: demand.Reason(s.Why), Detail: s.Why.Error(),
			})
		}
	}
	return b.run.WriteShard(ctx, res)
}

// Fail closes the run after an error. A run that was stopped stays open, as one that was killed does: the same command
// takes it up.
func (b postgresBook) Fail(ctx context.Context, why error) error {
	if errors.Is(why, jobs.ErrStopped) {
		return nil
	}
	return b.run.Fail(ctx, why)
}

// Publish shows the run to readers.
func (b postgresBook) Publish(ctx context.Context, r *report.Report) error {
	return b.run.Publish(ctx, summary(r))
}

// Tidy drops what older attempts left and the business dates that the configuration does not keep.
func (b postgresBook) Tidy(ctx context.Context) error {
	_, err := b.sink.db.Prune(ctx, keepUnpublished)
	if b.sink.keep == 0 {
		return err
	}
	_, old := b.sink.db.PruneDates(ctx, b.sink.keep)
	return errors.Join(err, old)
}

// summary turns a report into what the database keeps of it.
func summary(r *report.Report) store.Summary {
	sum := store.Summary{Report: r, Timings: map[string]time.Duration{}, Counts: store.Counts{
		SeriesIn: int64(r.Series.In), SeriesForecast: int64(r.Series.Forecast), SeriesQuarantined: int64(r.Series.Quarantined),
		SeriesFallback: int64(r.Fallbacks),
	}}
	for _, in := range r.Inputs {
		if in.Name == "target" { // the other inputs are in the report
			sum.Counts.RowsIn, sum.Counts.RowsUsed = in.Rows, in.Used
			sum.Counts.RowsNotNeeded, sum.Counts.RowsRejected = in.NotNeededRows(), in.RejectedRows()
		}
	}
	for _, p := range r.Phases {
		sum.Timings[p.Name] = p.Took
	}
	for _, m := range r.Models {
		for _, s := range m.Scores {
			sum.Metrics = append(sum.Metrics, metric(m.Name, s))
		}
	}
	return sum
}

func metric(model string, s report.Score) store.Metric {
	out := store.Metric{
		Model: model, Window: s.Window, Scope: "all", Name: s.Metric, Value: math.NaN(),
		PointsUsed: int64(s.Used), PointsAll: int64(s.Of), Season: max(s.Season, 0), DenominatorZero: s.DenominatorZero,
	}
	if s.Level != nil {
		out.Level = *s.Level
	}
	if s.Value != nil {
		out.Value = *s.Value
	}
	return out
}

package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Run is one attempt at a night that is being written. Its methods may be called from many goroutines.
type Run struct {
	db      *DB
	id      int64
	attempt int
	resumed bool
	spec    RunSpec
	ids     []int32 // series numbers, one for each of spec.Keys

	mu   sync.Mutex
	done map[int]Shard
}

// Shard is a finished shard.
type Shard struct {
	Number        int
	Span          Span
	SeriesWithFan int           // series that got a fan; the others are in quarantine
	Rows          int64         // forecast rows
	Partial       []byte        // what ShardResult.Partial was
	Elapsed       time.Duration // to the millisecond
}

// ID returns the number of the run.
func (r *Run) ID() int64 { return r.id }

// Attempt returns which attempt at its business date the run is, 1 for the first.
func (r *Run) Attempt() int { return r.attempt }

// Resumed reports whether the run had been begun by another process.
func (r *Run) Resumed() bool { return r.resumed }

// SeriesIDs returns the number of each series of the run, in key order. It is shared and must not be written to.
func (r *Run) SeriesIDs() []int32 { return r.ids }

// Done returns the finished shards by number.
func (r *Run) Done() map[int]Shard {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.done)
}

// BeginRun takes up the newest attempt at the business date that is still in state running, where it was made of the
// same code, configuration, data and plan. Otherwise it abandons such attempts, since the process that made them is
// gone, and makes the next one. Call it with the lock of the night held: see LockNight.
func (db *DB) BeginRun(ctx context.Context, spec RunSpec) (*Run, error) {
	r, stale, err := db.beginRun(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("begin run of %s: %w", spec.BusinessDate.Format(time.DateOnly), explain(err))
	}
	for _, id := range stale {
		// An abandoned run whose tables a reader holds is left to Prune: it is no reason to lose the night.
		if err := db.dropForecasts(ctx, id); err != nil && sqlState(err) != codeLockNotAvailable {
			return nil, fmt.Errorf("begin run of %s: %w", spec.BusinessDate.Format(time.DateOnly), explain(err))
		}
	}
	return r, nil
}

func (db *DB) beginRun(ctx context.Context, spec RunSpec) (r *Run, stale []int64, err error) {
	r, err = db.prepare(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	plan := spec.planHash()
	err = db.inTx(ctx, func(tx pgx.Tx) error {
		running, err := runningOf(ctx, tx, spec.date())
		if err != nil {
			return err
		}
		if len(running) > 0 && differences(&running[0], &spec, plan) == nil {
			return r.takeUp(ctx, tx, &running[0])
		}
		for _, old := range running {
			stale = append(stale, old.id)
			if _, err := tx.Exec(ctx, "update shelfcast.run set state = 'abandoned', finished_at = clock_timestamp() where run_id = $1", old.id); err != nil {
				return err
			}
		}
		return r.create(ctx, tx, plan)
	})
	if err != nil {
		return nil, nil, err
	}
	return r, stale, r.loadDone(ctx)
}

// ResumeRun takes up the run of that number, running or failed. It refuses with ErrDiffers, saying what differs, where
// the spec is not the one the run was begun with.
func (db *DB) ResumeRun(ctx context.Context, runID int64, spec RunSpec) (*Run, error) {
	r, err := db.prepare(ctx, spec)
	if err == nil {
		err = db.inTx(ctx, func(tx pgx.Tx) error { return r.resume(ctx, tx, runID) })
	}
	if err == nil {
		err = r.loadDone(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("resume run %d: %w", runID, explain(err))
	}
	return r, nil
}

func (r *Run) resume(ctx context.Context, tx pgx.Tx, runID int64) error {
	var old ledgerRow
	err := tx.QueryRow(ctx, sqlFindRun, runID).Scan(old.targets()...)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return errors.New("there is no such run; the view shelfcast.run_status lists them")
	case err != nil:
		return err
	case old.pruned || old.state != "running" && old.state != "failed":
		return fmt.Errorf("%w: its state is %s; start a new night instead", ErrRunEnded, old.state)
	}
	if err := differences(&old, &r.spec, r.spec.planHash()); err != nil {
		return err
	}
	return r.takeUp(ctx, tx, &old)
}

// prepare checks spec and the database and numbers the series.
func (db *DB) prepare(ctx context.Context, spec RunSpec) (*Run, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	if err := db.CheckSchema(ctx); err != nil {
		return nil, err
	}
	if err := db.checkColumns(ctx); err != nil {
		return nil, err
	}
	ids, err := db.numberSeries(ctx, spec.Keys)
	if err != nil {
		return nil, err
	}
	return &Run{db: db, spec: spec, ids: ids, done: map[int]Shard{}}, nil
}

// takeUp makes r the run of the ledger.
func (r *Run) takeUp(ctx context.Context, tx pgx.Tx, old *ledgerRow) error {
	r.id, r.attempt, r.resumed = old.id, old.attempt, true
	_, err := tx.Exec(ctx, "update shelfcast.run set state = 'running', error = null, finished_at = null, resumes = resumes + 1, host = $2 where run_id = $1", r.id, hostName())
	return err
}

// create writes the ledger row, the plan and the run's own tables.
func (r *Run) create(ctx context.Context, tx pgx.Tx, plan string) error {
	s := &r.spec
	err := tx.QueryRow(ctx, sqlBeginRun, s.date(), s.CodeVersion, s.ConfigHash, s.DataHash, plan, s.Cal.Time(s.Origin),
		s.Cal.Freq.String(), s.Cal.Time(s.first()), s.Horizon, s.levels(), len(s.Keys), hostName()).Scan(&r.id, &r.attempt)
	if err != nil {
		return err
	}
	n := 0
	next := each(s.Shards, func(row *shardRow, span *Span) {
		*row = shardRow{run: r.id, number: int32(n), span: *span}
		n++
	})
	if _, err := copyRows(ctx, tx.Conn(), tableName("shard"), shardFields, next); err != nil {
		return err
	}
	for _, t := range partitioned {
		if err := t.create(ctx, tx, r.id); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) loadDone(ctx context.Context) error {
	rows, err := r.db.pool.Query(ctx, sqlDoneShards, r.id)
	if err != nil {
		return err
	}
	var s Shard
	var ms int64
	_, err = pgx.ForEachRow(rows, []any{&s.Number, &s.Span.First, &s.Span.Count, &s.SeriesWithFan, &s.Rows, &s.Partial, &ms}, func() error {
		s.Elapsed = time.Duration(ms) * time.Millisecond
		r.done[s.Number] = s
		s.Partial = nil // the next row must not be read into the same bytes
		return nil
	})
	return err
}

// Fail records that the run failed and why, and keeps what was written so that ResumeRun can go on. It works though ctx
// has ended, because that is often why a run failed.
func (r *Run) Fail(ctx context.Context, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failTimeout)
	defer cancel()
	if _, err := r.db.pool.Exec(ctx, sqlFail, r.id, readable(oneLine(cause.Error()))); err != nil {
		return fmt.Errorf("record that run %d failed: %w", r.id, explain(err))
	}
	return nil
}

const failTimeout = 10 * time.Second // enough for one row on a slow database, short for one who pressed Ctrl-C

// hostName names this machine in the ledger; a machine without a name is no reason to stop.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

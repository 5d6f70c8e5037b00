package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Prune frees the space of runs that stand for no business date (superseded, failed, abandoned), apart from the newest
// keepRuns of them, and returns how many it pruned. Their rows in the ledger and their metrics stay. A run whose
// forecasts a reader holds is left for the next time, and the error says so. Call it with the lock of the night held.
func (db *DB) Prune(ctx context.Context, keepRuns int) (pruned int, err error) {
	return db.pruneAll(ctx, sqlPrunableRuns, keepRuns, db.pruneRun)
}

// PruneDates frees the space of published runs, apart from those of the newest keepDates business dates and the one that
// was published last, which may be the night of an old date, and returns how many it pruned. Their dates are no longer in
// the views; their rows in the ledger and their metrics stay.
func (db *DB) PruneDates(ctx context.Context, keepDates int) (pruned int, err error) {
	return db.pruneAll(ctx, sqlPrunableDates, keepDates, func(ctx context.Context, run int64) error {
		// The views let go first, so that no reader sees a business date without its rows.
		if _, err := db.pool.Exec(ctx, "delete from shelfcast.published where run_id = $1", run); err != nil {
			return err
		}
		return db.pruneRun(ctx, run)
	})
}

func (db *DB) pruneAll(ctx context.Context, list string, keep int, prune func(context.Context, int64) error) (pruned int, err error) {
	if keep < 1 {
		return 0, fmt.Errorf("prune: asked to keep %d; keep at least 1", keep)
	}
	rows, err := db.pool.Query(ctx, list, keep)
	if err != nil {
		return 0, fmt.Errorf("prune: %w", explain(err))
	}
	runs, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, fmt.Errorf("prune: %w", explain(err))
	}
	left, err := pruneEach(ctx, runs, prune)
	if err != nil {
		// Postgres detaches one partition at a time: a detachment that a reader held up earlier stops those before it in the
		// list, until its own turn finishes it.
		left, err = pruneEach(ctx, left, prune)
	}
	return len(runs) - len(left), err
}

// pruneEach prunes each run, and returns those that it could not prune and why.
func pruneEach(ctx context.Context, runs []int64, prune func(context.Context, int64) error) (left []int64, err error) {
	for _, run := range runs {
		if one := prune(ctx, run); one != nil {
			left, err = append(left, run), errors.Join(err, fmt.Errorf("prune run %d: %w", run, explain(one)))
		}
	}
	return left, err
}

func (db *DB) pruneRun(ctx context.Context, run int64) error {
	if err := db.dropForecasts(ctx, run); err != nil {
		return err
	}
	_, err := db.pool.Exec(ctx, sqlForget, run)
	return err
}

// dropForecasts removes the partitions of a run. What was dropped before a lock could not be had stays dropped.
func (db *DB) dropForecasts(ctx context.Context, run int64) error {
	return db.hurriedly(ctx, func(conn *pgx.Conn) error {
		for _, t := range partitioned {
			if err := t.drop(ctx, conn, run); err != nil {
				return err
			}
		}
		return nil
	})
}

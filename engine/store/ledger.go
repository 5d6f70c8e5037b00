package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ledgerRow is what the ledger says of a run that may be resumed.
type ledgerRow struct {
	id                                      int64
	attempt                                 int
	state                                   string
	date                                    time.Time
	codeVersion, configHash, dataHash, plan string
	pruned                                  bool
}

func (l *ledgerRow) targets() []any {
	return []any{&l.id, &l.attempt, &l.state, &l.date, &l.codeVersion, &l.configHash, &l.dataHash, &l.plan, &l.pruned}
}

// runningOf returns the attempts at a business date that are still in state running, the newest first.
func runningOf(ctx context.Context, tx pgx.Tx, date time.Time) ([]ledgerRow, error) {
	rows, err := tx.Query(ctx, sqlRunning, date)
	if err != nil {
		return nil, err
	}
	var list []ledgerRow
	var l ledgerRow
	_, err = pgx.ForEachRow(rows, l.targets(), func() error {
		list = append(list, l)
		return nil
	})
	return list, err
}

// differences says in what a run of the ledger differs from a spec, nil where in nothing that decides its rows.
func differences(old *ledgerRow, spec *RunSpec, plan string) error {
	var why []error
	for _, c := range []struct{ what, was, is string }{
		{"business date", old.date.Format(time.DateOnly), spec.date().Format(time.DateOnly)},
		{"code version", old.codeVersion, spec.CodeVersion},
		{"configuration hash", old.configHash, spec.ConfigHash},
		{"data hash", old.dataHash, spec.DataHash},
		{"plan hash (series, shards, calendar, horizon, levels)", old.plan, plan},
	} {
		if c.was != c.is {
			why = append(why, fmt.Errorf("its %s was %s and is %s now", c.what, c.was, c.is))
		}
	}
	if why == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrDiffers, joined(why))
}

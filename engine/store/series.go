package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"shelfcast/engine/demand"
)

// numberSeries returns the number of each key, and gives numbers to new ones in key order.
func (db *DB) numberSeries(ctx context.Context, keys []demand.Key) ([]int32, error) {
	ids := make([]int32, 0, len(keys))
	err := db.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlKeys); err != nil {
			return err
		}
		next := each(keys, func(row *keyRow, k *demand.Key) {
			row.key = *k
			row.position++
		})
		if _, err := copyRows(ctx, tx.Conn(), pgx.Identifier{"pg_temp", "asked_series"}, keyFields, next); err != nil {
			return err
		}
		// A fresh table has no statistics, and the planner would join a million keys as if they were a thousand.
		if _, err := tx.Exec(ctx, "analyze asked_series"); err != nil {
			return err
		}
		added, err := tx.Exec(ctx, sqlNumberKeys)
		if err != nil {
			return err
		}
		if added.RowsAffected() > 0 {
			if _, err := tx.Exec(ctx, "analyze shelfcast.series"); err != nil {
				return err
			}
		}
		rows, err := tx.Query(ctx, sqlKeyIDs)
		if err != nil {
			return err
		}
		var id int32
		_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
			ids = append(ids, id)
			return nil
		})
		return err
	})
	if err == nil && len(ids) != len(keys) {
		err = fmt.Errorf("%w: %d of them have a number", ErrIncomplete, len(ids))
	}
	if err != nil {
		return nil, fmt.Errorf("number %d series: %w", len(keys), err)
	}
	return ids, nil
}

package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Reject is one row of the input that was refused.
type Reject struct {
	Input    string // target, related, items, stores
	File     string
	RowGroup *int   // row group of a Parquet file, from 0; nil for other files
	Line     int64  // line of the file, or row of the row group, from 1; 0 where it is not known
	Column   string // empty where the whole row was wrong
	Reason   string // code
	Value    string // what stood there
}

// Audit is what reading the input found: the first rejected rows, and series that never reached a shard.
type Audit struct {
	Rejects    []Reject
	Quarantine []Quarantine
}

// WriteAudit writes what reading the input found, in the place of what an earlier reading of the same run wrote. It is
// kept though the run should fail, because it often says why.
func (r *Run) WriteAudit(ctx context.Context, a Audit) error {
	if err := r.db.inTx(ctx, func(tx pgx.Tx) error { return r.writeAudit(ctx, tx, &a) }); err != nil {
		return fmt.Errorf("write audit of run %d: %w", r.id, explain(err))
	}
	return nil
}

func (r *Run) writeAudit(ctx context.Context, tx pgx.Tx, a *Audit) error {
	if err := r.hold(ctx, tx, "for share"); err != nil {
		return err
	}
	for _, clear := range []string{
		"delete from shelfcast.reject where run_id = $1",
		"delete from shelfcast.quarantine where run_id = $1 and shard_number is null",
	} {
		if _, err := tx.Exec(ctx, clear, r.id); err != nil {
			return err
		}
	}
	rejects := each(a.Rejects, func(row *rejectRow, x *Reject) { *row = rejectRow{r.id, *x} })
	if _, err := copyRows(ctx, tx.Conn(), tableName("reject"), rejectFields, rejects); err != nil {
		return err
	}
	aside := each(a.Quarantine, func(row *quarantineRow, q *Quarantine) {
		*row = quarantineRow{run: r.id, shard: -1, series: r.idOf(q.Key), key: q.Key, Quarantine: *q}
	})
	_, err := copyRows(ctx, tx.Conn(), tableName("quarantine"), quarantineFields, aside)
	return err
}

// readableLimit is how much of a text from outside is kept, in bytes: more is no longer read by anyone.
const readableLimit = 2000

// readable makes a text from outside storable: Postgres takes neither bytes that are not UTF-8 nor zero bytes.
func readable(s string) string {
	if len(s) <= readableLimit && storable(s) {
		return s
	}
	if len(s) > readableLimit {
		s = s[:readableLimit] + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// partitionedTable is a table with one partition a run. The partition begins its life as a table of its own, which no
// view reads and nobody waits for; it is attached once it is whole.
type partitionedTable struct{ name, key string }

var (
	forecastTable = partitionedTable{"forecast", "run_id, series_id, period_start"}
	seriesTable   = partitionedTable{"run_series", "run_id, series_id"}
	partTable     = partitionedTable{"component", "run_id, series_id, period_start"}

	// partitioned lists the tables in the order in which their locks are taken, everywhere.
	partitioned = []partitionedTable{forecastTable, seriesTable, partTable}
)

// of names the partition of a run.
func (t partitionedTable) of(run int64) pgx.Identifier {
	return tableName(fmt.Sprintf("%s_%d", t.name, run))
}

// partitionState is what the catalogue knows of the partition of a run.
type partitionState struct{ exists, attached, detaching, keyed bool }

func (t partitionedTable) state(ctx context.Context, conn queryer, run int64) (s partitionState, err error) {
	err = conn.QueryRow(ctx, sqlPartitionState, t.of(run).Sanitize()).Scan(&s.exists, &s.attached, &s.detaching, &s.keyed)
	return s, err
}

// create makes the table of a run. It has no primary key until all rows are in it, since a COPY into an index is five
// times slower than building the index afterwards; the shard ledger keeps rows from coming twice. The check lets
// Postgres attach it without reading it again.
func (t partitionedTable) create(ctx context.Context, tx pgx.Tx, run int64) error {
	parent, child := tableName(t.name).Sanitize(), t.of(run).Sanitize()
	_, err := tx.Exec(ctx, fmt.Sprintf(
		"create table %s (like %s including defaults including constraints including comments, constraint %s check (run_id = %d));"+
			" comment on table %s is 'Rows of run %d of shelfcast.%s.'",
		child, parent, pgx.Identifier{fmt.Sprintf("%s_%d_run", t.name, run)}.Sanitize(), run, child, run, t.name))
	return err
}

// complete adds the primary key, which proves that no row came twice, and gathers statistics.
func (t partitionedTable) complete(ctx context.Context, conn *pgx.Conn, run int64) error {
	child := t.of(run).Sanitize()
	if _, err := conn.Exec(ctx, fmt.Sprintf("alter table %s add primary key (%s)", child, t.key)); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, "analyze "+child)
	return err
}

// attach makes the table of a run a partition. Readers of the parent are not held up: the lock is one they share.
func (t partitionedTable) attach(ctx context.Context, tx pgx.Tx, run int64) error {
	_, err := tx.Exec(ctx, fmt.Sprintf("alter table %s attach partition %s for values in (%d)", tableName(t.name).Sanitize(), t.of(run).Sanitize(), run))
	return err
}

// drop removes the partition of a run, if there is one. An attached partition is first detached without blocking the
// parent's readers, which Postgres does only outside a transaction; a detachment that was cut short is finished.
func (t partitionedTable) drop(ctx context.Context, conn *pgx.Conn, run int64) error {
	s, err := t.state(ctx, conn, run)
	if err != nil || !s.exists {
		return err
	}
	if s.attached {
		how := "concurrently"
		if s.detaching {
			how = "finalize"
		}
		if _, err := conn.Exec(ctx, strings.Join([]string{"alter table", tableName(t.name).Sanitize(), "detach partition", t.of(run).Sanitize(), how}, " ")); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, "drop table "+t.of(run).Sanitize())
	return err
}

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Snapshot reads a database at one moment: whatever others write meanwhile, all its queries see the same rows. It writes
// nothing. It is one connection, so its methods must not be called at the same time.
type Snapshot struct{ conn *pgx.Conn }

// snapshotSettings hold for the transaction of a snapshot. A night may think for hours between two queries; and a scan
// begins where the table does, so that the same rows mostly come in the same order.
const snapshotSettings = `
begin isolation level repeatable read read only;
set local statement_timeout = 0;
set local idle_in_transaction_session_timeout = 0;
set local synchronize_seqscans = off`

// OpenSnapshot connects to the database of url, a postgres:// URL or a keyword=value string, whatever is in it.
func OpenSnapshot(ctx context.Context, url string) (*Snapshot, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, unreadable(url)
	}
	for _, name := range []string{"application_name", "timezone"} {
		if _, set := cfg.RuntimeParams[name]; !set {
			cfg.RuntimeParams[name] = sessionDefaults[name]
		}
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", Redact(url), unreachable(err))
	}
	s := &Snapshot{conn}
	if _, err := conn.PgConn().Exec(ctx, snapshotSettings).ReadAll(); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", Redact(url), unreachable(err)), s.Close())
	}
	return s, nil
}

// Close ends the connection.
func (s *Snapshot) Close() error { return s.conn.Close(context.Background()) }

// ColumnType is a column of a query: its name, and its type as pg_type.typname has it. An enumeration has the type enum.
type ColumnType struct{ Name, Type string }

// Columns returns the columns that a query returns, without running it.
func (s *Snapshot) Columns(ctx context.Context, query string) ([]ColumnType, error) {
	d, err := s.conn.Prepare(ctx, "", query)
	if err != nil {
		return nil, queryError(query, err)
	}
	switch {
	case len(d.ParamOIDs) > 0:
		return nil, fmt.Errorf("it has a parameter, $1; write the value in its place")
	case len(d.Fields) == 0:
		return nil, fmt.Errorf("it returns no columns; write a select")
	}
	columns := make([]ColumnType, len(d.Fields))
	for i, f := range d.Fields {
		columns[i].Name = f.Name
		err := s.conn.QueryRow(ctx, "select case typtype when 'e' then 'enum' else typname end::text from pg_catalog.pg_type where oid = $1", f.DataTypeOID).Scan(&columns[i].Type)
		if err != nil {
			return nil, fmt.Errorf("ask for the type of column %q: %w", f.Name, err)
		}
	}
	return columns, nil
}

// Copy runs a query and writes its rows to w as they come, in the binary COPY format.
func (s *Snapshot) Copy(ctx context.Context, query string, w io.Writer) error {
	query = strings.TrimRight(query, "; \t\r\n")
	// The line break ends a comment that the query may end with.
	if _, err := s.conn.PgConn().CopyTo(ctx, w, "copy ("+query+"\n) to stdout (format binary)"); err != nil {
		return queryError(query, err)
	}
	return nil
}

// queryError says in one line what is wrong with a query, and near which text.
func queryError(query string, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	near := ""
	if at := int(pg.Position) - 1; at > 0 && at < len(query) {
		near = fmt.Sprintf(" (at %q)", oneLine(query[at:min(len(query), at+30)]))
	}
	hint := "; mend the query"
	if pg.Hint != "" {
		hint = "; " + oneLine(pg.Hint)
	}
	return &connectError{err, oneLine(pg.Message) + near + hint}
}

package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DB is a pool of connections to the database. Its methods may be called from many goroutines.
type DB struct{ pool *pgxpool.Pool }

// oldestServer is the first version that detaches a partition without blocking its readers, as server_version_num.
const oldestServer = 140000

// sessionDefaults are set in each session unless the URL sets them.
var sessionDefaults = map[string]string{
	"application_name": "shelfcast",
	"timezone":         "UTC",
	// A process that is stopped in the middle of a transaction must not hold its locks for ever.
	"idle_in_transaction_session_timeout": "60s",
}

// Open connects to the database of url, a postgres:// URL or a keyword=value string, and checks that it answers. It
// does not migrate. The error is one line, without the password, and says what to do.
func Open(ctx context.Context, url string) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, unreadable(url)
	}
	for name, value := range sessionDefaults {
		if _, set := cfg.ConnConfig.RuntimeParams[name]; !set {
			cfg.ConnConfig.RuntimeParams[name] = value
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %s", Redact(url), oneLine(err.Error()))
	}
	db := &DB{pool}
	if err := db.greet(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database %s: %w", Redact(url), err)
	}
	return db, nil
}

// unreadable says that a connection string is none. The parser's own error may quote the password.
func unreadable(url string) error {
	return fmt.Errorf("open database %s: the URL cannot be read; write postgres://user@host:5432/database", Redact(url))
}

// greet checks that the server answers and is new enough.
func (db *DB) greet(ctx context.Context) error {
	var version int
	var name string
	err := db.pool.QueryRow(ctx, "select current_setting('server_version_num')::int, current_setting('server_version')").Scan(&version, &name)
	if err != nil {
		return unreachable(err)
	}
	if version < oldestServer {
		return fmt.Errorf("it is Postgres %s; use version %d or newer", name, oldestServer/10000)
	}
	return nil
}

// unreachable says in one line why a connection could not be had, and what to do.
func unreachable(err error) error {
	why := oneLine(err.Error())
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		why = pg.Message
	} else if dial := (*net.OpError)(nil); errors.As(err, &dial) {
		why = dial.Error()
	} else if name := (*net.DNSError)(nil); errors.As(err, &name) {
		why = name.Error()
	}
	advice := "is the server running and reachable from here?"
	switch sqlState(err) {
	case codeNoDatabase:
		advice = "create it with createdb, or name another database in the URL"
	case codeBadPassword, codeBadAuthorization:
		advice = "check the user and the password in the URL and the server's pg_hba.conf"
	case codeDiskFull:
		advice = "free space on the database's disk"
	}
	return &connectError{err, why + "; " + advice}
}

// connectError has a message of one line and keeps the cause for errors.Is.
type connectError struct {
	cause   error
	message string
}

func (e *connectError) Error() string { return e.message }
func (e *connectError) Unwrap() error { return e.cause }

// Close closes all connections. It waits for those in use.
func (db *DB) Close() { db.pool.Close() }

// Rows runs a query whose rows the caller scans and closes.
func (db *DB) Rows(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := db.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("query the database: %w", explain(err))
	}
	return rows, nil
}

// queryer is what a connection, a pool and a transaction have in common.
type queryer interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// inTx runs work in a transaction, which is rolled back where work returns an error.
func (db *DB) inTx(ctx context.Context, work func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db.pool, work)
}

const (
	lockTimeout = 3 * time.Second // readers queue behind a waiting exclusive lock, so no wait is long
	lockTries   = 20              // with the pauses, about a minute and a half until a publication gives up
)

// hurriedly runs work on a connection that waits for no lock longer than lockTimeout.
func (db *DB) hurriedly(ctx context.Context, work func(*pgx.Conn) error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, fmt.Sprintf("set lock_timeout = %d", lockTimeout.Milliseconds())); err != nil {
		return err
	}
	err = work(conn.Conn())
	if _, reset := conn.Exec(context.WithoutCancel(ctx), "reset lock_timeout"); reset != nil && err == nil {
		err = reset
	}
	return err
}

// patiently repeats work, on a connection in a hurry, while locks that others hold are in its way.
func (db *DB) patiently(ctx context.Context, work func(*pgx.Conn) error) error {
	for try := 1; ; try++ {
		err := db.hurriedly(ctx, work)
		if state := sqlState(err); try == lockTries || state != codeLockNotAvailable && state != codeDeadlock {
			return err
		}
		if err := pause(ctx, time.Duration(try)*100*time.Millisecond); err != nil {
			return err
		}
	}
}

// pause waits, or returns why ctx ended.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// explain adds to an error of the database what to do about it.
func explain(err error) error {
	switch sqlState(err) {
	case codeUndefinedTable, codeUndefinedSchema:
		return fmt.Errorf("%w: %w; run shelfcast db migrate", ErrNotMigrated, err)
	case codeDiskFull:
		return fmt.Errorf("%w; free space on the database's disk, then resume the run", err)
	case codeLockNotAvailable:
		return fmt.Errorf("%w; a long query holds the tables: end it, or try again when it is over", err)
	}
	return err
}

// joined puts several reasons in one line.
func joined(list []error) string {
	texts := make([]string, len(list))
	for i, err := range list {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

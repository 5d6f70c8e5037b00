package store

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Errors by which a caller decides what to do.
var (
	// ErrNightRunning: another process holds the lock of the night.
	ErrNightRunning = errors.New("another night is running")
	// ErrLockLost: the connection that held the lock of the night broke, so that another night may have begun.
	ErrLockLost = errors.New("the lock of the night was lost")
	// ErrNotFinite: a number is NaN or infinite where a number must be.
	ErrNotFinite = errors.New("not a finite number")
	// ErrIncomplete: a run lacks shards or rows, and so is not published.
	ErrIncomplete = errors.New("the run is not complete")
	// ErrDiffers: a run cannot be resumed under another code, configuration, data or plan.
	ErrDiffers = errors.New("the run was made of something else")
	// ErrRunEnded: the run is no longer running, so nothing more is written to it.
	ErrRunEnded = errors.New("the run has ended")
	// ErrSchemaNewer: the database was migrated by a newer program.
	ErrSchemaNewer = errors.New("the database is newer than this program")
	// ErrNotMigrated: the database lacks migrations that this program needs.
	ErrNotMigrated = errors.New("the database is not migrated")
	// ErrNoBinaries: no Postgres is installed on this machine, or none of the needed version.
	ErrNoBinaries = errors.New("no Postgres found")
)

// Postgres' codes of the conditions that this package acts on: https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	codeUndefinedTable   = "42P01"
	codeUndefinedSchema  = "3F000"
	codeNoDatabase       = "3D000"
	codeBadPassword      = "28P01"
	codeBadAuthorization = "28000"
	codeLockNotAvailable = "55P03"
	codeDeadlock         = "40P01"
	codeDiskFull         = "53100"
)

// sqlState returns the code of a Postgres error anywhere inside err, and "" where there is none.
func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// oneLine folds a message of several lines into one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Advisory locks, one of each in a database.
const (
	lockSpace  = 0x53686c66 // "Shlf"
	lockNight  = 1
	lockSchema = 2
)

// LockNight takes the lock that keeps two nights from running in one database. It does not wait: it returns
// ErrNightRunning, saying who holds the lock and since when. The lock lives on a connection of its own and is gone as
// soon as that connection is, so that a killed night does not keep the next one out. Held is ctx, which ends with
// ErrLockLost as its cause when that connection breaks: from then on another night may begin, so that this one must
// stop. Call release when the night ends; calling it again does nothing.
func (db *DB) LockNight(ctx context.Context) (held context.Context, release func(), err error) {
	conn, err := db.dedicated(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("lock the night: %w", explain(err))
	}
	var got bool
	if err = conn.QueryRow(ctx, "select pg_try_advisory_lock($1, $2)", int32(lockSpace), int32(lockNight)).Scan(&got); err == nil && !got {
		err = nightHolder(ctx, conn)
	}
	if err != nil {
		hangUp(conn)
		return nil, nil, fmt.Errorf("lock the night: %w", explain(err))
	}
	held, release = watch(ctx, conn)
	return held, release, nil
}

// watch returns a context that ends when the connection breaks, and what stops watching and gives the lock back.
func watch(ctx context.Context, conn *pgx.Conn) (held context.Context, release func()) {
	held, end := context.WithCancelCause(ctx)
	// The watch goes on after ctx has ended, until the lock is given back: the night still writes down why it ended.
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			_, err := conn.WaitForNotification(watching) // nobody notifies: it returns when the connection breaks
			switch {
			case watching.Err() != nil:
				return
			case err != nil:
				end(fmt.Errorf("%w: %s", ErrLockLost, oneLine(err.Error())))
				return
			}
		}
	}()
	return held, sync.OnceFunc(func() {
		stop()
		<-stopped
		unlock(conn)
		end(nil)
	})
}

// unlock gives the lock back before it closes the connection, since the server notices a closed one a little later.
func unlock(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), hangUpTimeout)
	defer cancel()
	_, _ = conn.Exec(ctx, "select pg_advisory_unlock($1, $2)", int32(lockSpace), int32(lockNight)) // closing does it too
	hangUp(conn)
}

// dedicated opens a connection outside the pool. Its name tells which process holds it, and a server on another host
// notices within about a minute that this one is gone.
func (db *DB) dedicated(ctx context.Context) (*pgx.Conn, error) {
	cfg := db.pool.Config().ConnConfig
	cfg.RuntimeParams["application_name"] = fmt.Sprintf("shelfcast night, process %d on %s", os.Getpid(), hostName())
	cfg.RuntimeParams["tcp_keepalives_idle"] = "30"
	cfg.RuntimeParams["tcp_keepalives_interval"] = "10"
	cfg.RuntimeParams["tcp_keepalives_count"] = "3"
	cfg.RuntimeParams["idle_session_timeout"] = "0" // a server that ends idle sessions would end the lock in mid-night
	return pgx.ConnectConfig(ctx, cfg)
}

// nightHolder says who holds the lock of the night.
func nightHolder(ctx context.Context, conn *pgx.Conn) error {
	var pid int
	var application, host string
	var since *time.Time
	err := conn.QueryRow(ctx, sqlLockHolder, int64(lockSpace), int64(lockNight)).Scan(&pid, &application, &host, &since)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%w: it ended at this moment; try again", ErrNightRunning)
	case err != nil:
		return err
	case since == nil: // another user's sessions are hidden from those who are not members of pg_read_all_stats
		return fmt.Errorf("%w: database session %d; wait for it or end it", ErrNightRunning, pid)
	}
	return fmt.Errorf("%w: %s, database session %d from %s, since %s; wait for it or end that process",
		ErrNightRunning, application, pid, host, since.UTC().Format(time.RFC3339))
}

const hangUpTimeout = time.Second

// hangUp closes a connection, which releases its locks, though ctx of the caller may have ended.
func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), hangUpTimeout)
	defer cancel()
	_ = conn.Close(ctx) // the server releases the lock when the socket closes, whatever Close says
}

// Published returns the run that stands for a business date; ok is false where there is none.
func (db *DB) Published(ctx context.Context, date time.Time) (runID int64, ok bool, err error) {
	err = db.pool.QueryRow(ctx, "select run_id from shelfcast.published where business_date = $1", dateOf(date)).Scan(&runID)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read the published run of %s: %w", date.Format(time.DateOnly), explain(err))
	}
	return runID, true, nil
}

// LastPublished returns the latest business date that a run stands for, as midnight UTC, and that run; ok is false
// where nothing was ever published.
func (db *DB) LastPublished(ctx context.Context) (date time.Time, runID int64, ok bool, err error) {
	err = db.pool.QueryRow(ctx, "select business_date, run_id from shelfcast.published order by business_date desc limit 1").Scan(&date, &runID)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, 0, false, nil
	}
	if err != nil {
		return time.Time{}, 0, false, fmt.Errorf("read the latest published run: %w", explain(err))
	}
	return date, runID, true, nil
}

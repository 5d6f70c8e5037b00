package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shelfcast/jobs"
	"shelfcast/jobs/config"
)

// daemon wires the daemon to its database.
func (s *session) daemon(k *keptDatabase, conf config.Config, file string) jobs.Daemon {
	return jobs.Daemon{
		Cron: conf.Schedule.Cron, Lag: conf.Schedule.Lag, Now: time.Now, Log: s.log,
		Night: func(_ context.Context, date time.Time) error {
			db, err := k.get()
			if err != nil {
				return err
			}
			rep, err := s.night(db, conf, file, date, 0)
			if err != nil {
				return err
			}
			if err := quarantineError(rep, conf); err != nil {
				s.log.Warn("the night is published", "warning", err)
			}
			return rep.WriteText(s.out)
		},
		Published: func(ctx context.Context, date time.Time) (bool, error) {
			db, err := k.get()
			if err != nil {
				return false, err
			}
			_, ok, err := db.Published(ctx, date)
			return ok, err
		},
		Last: func(ctx context.Context) (time.Time, bool, error) {
			db, err := k.get()
			if err != nil {
				return time.Time{}, false, err
			}
			date, _, ok, err := db.LastPublished(ctx)
			return date, ok, err
		},
	}
}

// errBorrowed: the embedded server belongs to another command and ends with it.
var errBorrowed = errors.New("the embedded Postgres runs as part of another command and would end with it")

// keptDatabase is the database of a command that runs for months: it is opened anew where it no longer answers.
type keptDatabase struct {
	s    *session
	conf config.Database
	db   *database // nil while none is open
}

// get returns the database. It does not use an embedded server that another command may end in the middle of a night.
func (k *keptDatabase) get() (*database, error) {
	if k.db != nil {
		if k.db.CheckSchema(k.s.ctx) == nil {
			return k.db, nil
		}
		if err := k.close(); err != nil {
			return nil, err
		}
	}
	db, err := k.s.openDatabase(k.conf)
	if err != nil {
		return nil, err
	}
	if db.server != nil && db.server.Owner() != 0 {
		return nil, errors.Join(fmt.Errorf("%w; waiting until process %d has ended", errBorrowed, db.server.Owner()), db.Close())
	}
	k.db = db
	return db, nil
}

// close closes the database, if one is open.
func (k *keptDatabase) close() error {
	if k.db == nil {
		return nil
	}
	db := k.db
	k.db = nil
	return db.Close()
}

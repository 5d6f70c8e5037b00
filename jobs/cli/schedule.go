package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"shelfcast/jobs"
	"shelfcast/jobs/config"
)

// daemon wires the daemon to its database.
func (s *session) daemon(k *keptDatabase, conf config.Config, file string) jobs.Daemon {
	return jobs.Daemon{
		Cron: conf.Schedule.Cron, Lag: conf.Schedule.Lag, Now: time.Now, Log: s.log, Watch: s.watch(k, conf, file),
		Night: func(_ context.Context, date time.Time) error { return s.scheduled(k, conf, file, date, "") },
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

// scheduled runs a night of the daemon, of a drop where one is named.
func (s *session) scheduled(k *keptDatabase, conf config.Config, file string, date time.Time, drop string) error {
	db, err := k.get()
	if err != nil {
		return err
	}
	if conf, err = inDrops(conf, drop); err != nil {
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
}

// watch returns the watch of a configuration; nil where there is none.
func (s *session) watch(k *keptDatabase, conf config.Config, file string) *jobs.Watch {
	w := conf.Schedule.Watch
	if w.Dir == "" {
		return nil
	}
	return &jobs.Watch{
		Drops: drops(w), Every: time.Duration(w.Poll), State: cmp.Or(w.State, filepath.Join(w.Dir, jobs.StateName)),
		Night: func(_ context.Context, d jobs.Drop) error { return s.scheduled(k, conf, file, d.Date, d.Name) },
	}
}

func drops(w config.Watch) jobs.Drops {
	return jobs.Drops{Dir: w.Dir, Marker: w.Marker, Manifest: w.Manifest}
}

// inDrops returns the configuration whose inputs lie in a drop, or in the newest one where none is named.
func inDrops(conf config.Config, drop string) (config.Config, error) {
	if !conf.Input.UsesDrops() {
		return conf, nil
	}
	folders, err := drops(conf.Schedule.Watch).Until(drop)
	if err != nil {
		return conf, err
	}
	conf.Input = conf.Input.InDrops(folders)
	return conf, nil
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

package cli

import (
	"context"
	"time"

	"shelfcast/jobs"
	"shelfcast/jobs/config"
)

// daemon wires the daemon to a database.
func (s *session) daemon(db *database, conf config.Config, file string) jobs.Daemon {
	return jobs.Daemon{
		Cron: conf.Schedule.Cron, Lag: conf.Schedule.Lag, Now: time.Now, Log: s.log,
		Night: func(ctx context.Context, date time.Time) error {
			rep, err := s.night(db, conf, file, date, 0)
			if err != nil {
				return err
			}
			if err := rep.WriteText(s.out); err != nil {
				return err
			}
			return quarantineError(rep, conf)
		},
		Published: func(ctx context.Context, date time.Time) (bool, error) {
			_, ok, err := db.Published(ctx, date)
			return ok, err
		},
		Last: func(ctx context.Context) (time.Time, bool, error) {
			date, _, ok, err := db.LastPublished(ctx)
			return date, ok, err
		},
	}
}

package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// Daemon runs a night whenever its cron line says so. Nights are keyed by business date, so that a line that fires twice,
// or a daemon that was down when it should have fired, neither doubles nor loses one.
type Daemon struct {
	Cron string // five fields, in UTC
	Lag  int    // days from a night's business date to the day it runs on

	// Night runs the night of a business date.
	Night func(ctx context.Context, date time.Time) error
	// Published says whether the night of a date has been published.
	Published func(ctx context.Context, date time.Time) (bool, error)
	// Last returns the newest business date that has been published, and false where there is none.
	Last func(ctx context.Context) (date time.Time, ok bool, err error)

	Now func() time.Time
	Log *slog.Logger
}

// maxCatchUp is the number of missed dates that are caught up: a week.
const maxCatchUp = 7

// Run catches up what was missed and then waits for the cron line, until ctx ends. Each date is tried once: the night of a
// date that failed is left to a person, who finds it in the log and in the run table.
func (d Daemon) Run(ctx context.Context) error {
	schedule, err := ParseCron(d.Cron)
	if err != nil {
		return err
	}
	tried := map[time.Time]bool{}
	d.catchUp(ctx, schedule, tried)

	logger := cronLog{d.Log}
	c := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(logger),
		cron.WithChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)))
	c.Schedule(schedule, cron.FuncJob(func() { d.catchUp(ctx, schedule, tried) }))
	c.Start()
	d.Log.Info("waiting", "cron", d.Cron, "next", schedule.Next(d.Now().UTC()))
	<-ctx.Done()
	<-c.Stop().Done() // a night that runs ends by ctx
	return nil
}

// ParseCron reads a cron line of five fields in UTC. The parser of robfig/cron panics on some lines (its issue 554),
// which becomes an error here.
func ParseCron(line string) (s cron.Schedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read cron line %q: %v; use five fields such as 30 2 * * *", line, r)
		}
	}()
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	if s, err = parser.Parse("CRON_TZ=UTC " + line); err != nil {
		return nil, fmt.Errorf("read cron line %q: %w; use five fields such as 30 2 * * *", line, err)
	}
	return s, nil
}

// catchUp runs the nights that are due and were not tried before, oldest first.
func (d Daemon) catchUp(ctx context.Context, s cron.Schedule, tried map[time.Time]bool) {
	last, ok, err := d.Last(ctx)
	if err != nil {
		d.Log.Error("ask for the last night", "error", err)
		return
	}
	for _, date := range due(s, d.Now().UTC(), d.Lag, last, ok) {
		if tried[date] || ctx.Err() != nil {
			continue
		}
		tried[date] = true
		d.night(ctx, date)
	}
}

func (d Daemon) night(ctx context.Context, date time.Time) {
	log := d.Log.With("business_date", date.Format(time.DateOnly))
	done, err := d.Published(ctx, date)
	switch {
	case err != nil:
		log.Error("ask for the night", "error", err)
		return
	case done:
		log.Info("the night is published already")
		return
	}
	log.Info("the night begins")
	if err := d.Night(ctx, date); err != nil {
		log.Error("the night failed; mend the cause and run it with shelfcast run --as-of", "error", err)
		return
	}
	log.Info("the night is published")
}

// due returns the business dates whose cron time has come, oldest first: those after last, at most maxCatchUp of them; and
// only the newest where none was ever published.
func due(s cron.Schedule, now time.Time, lag int, last time.Time, ok bool) []time.Time {
	var dates []time.Time
	for t := s.Next(now.AddDate(0, 0, -maxCatchUp)); !t.IsZero() && !t.After(now); t = s.Next(t) {
		date := t.Truncate(24*time.Hour).AddDate(0, 0, -lag)
		if (!ok || date.After(last)) && (len(dates) == 0 || date.After(dates[len(dates)-1])) {
			dates = append(dates, date)
		}
	}
	if !ok && len(dates) > 1 {
		return dates[len(dates)-1:]
	}
	return dates
}

// cronLog hands what cron says to slog.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, kv ...any) { l.log.Debug(msg, kv...) }
func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error(msg, append(kv, "error", err)...)
}

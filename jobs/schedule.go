package jobs

import (
	"context"
	"errors"
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

// retryAfter is how long the daemon waits where the database does not answer or another night is running.
const retryAfter = time.Minute

// maxCatchUp is the number of missed dates that are caught up: a week.
const maxCatchUp = 7

// Run catches up what was missed and then waits for the cron line, until ctx ends. Each date is tried once: the night of a
// date that failed is left to a person, who finds it in the log and in the run table. A night that could not begin, because
// another was running or the database did not answer, has not been tried.
func (d Daemon) Run(ctx context.Context) error {
	schedule, err := ParseCron(d.Cron)
	if err != nil {
		return err
	}
	tried := map[time.Time]bool{}
	d.catchUp(ctx, schedule, tried)
	if ctx.Err() != nil {
		return nil
	}

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

// ParseCron reads a cron line of five fields in UTC, and refuses one that never comes, such as a 31st of February. The
// parser of robfig/cron panics on some lines (its issue 554), which becomes an error here.
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
	if s.Next(time.Unix(0, 0)).IsZero() {
		return nil, fmt.Errorf("read cron line %q: there is no such day; use five fields such as 30 2 * * *", line)
	}
	return s, nil
}

// catchUp runs the nights that are due and were not tried before, oldest first. Where it cannot, for a reason that
// passes, it begins again after retryAfter, until ctx ends.
func (d Daemon) catchUp(ctx context.Context, s cron.Schedule, tried map[time.Time]bool) {
	for ctx.Err() == nil && !d.tryDue(ctx, s, tried) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
	}
}

// tryDue tries each night that is due once, and returns false where it has to be called again.
func (d Daemon) tryDue(ctx context.Context, s cron.Schedule, tried map[time.Time]bool) bool {
	last, ok, err := d.Last(ctx)
	if err != nil {
		d.Log.Error("ask for the last night", "error", err)
		return false
	}
	for _, date := range due(s, d.Now().UTC(), d.Lag, last, ok) {
		if tried[date] {
			continue
		}
		if tried[date] = d.night(ctx, date); !tried[date] {
			return false
		}
	}
	return true
}

// night runs the night of a date, and returns false where it has to be tried again.
func (d Daemon) night(ctx context.Context, date time.Time) bool {
	log := d.Log.With("business_date", date.Format(time.DateOnly))
	done, err := d.Published(ctx, date)
	switch {
	case err != nil:
		log.Error("ask for the night", "error", err)
		return false
	case done:
		log.Info("the night is published already")
		return true
	}
	log.Info("the night begins")
	switch err := d.Night(ctx, date); {
	case errors.Is(err, ErrBusy):
		log.Info("the night waits for another to end", "reason", err)
		return false
	case errors.Is(err, ErrStopped):
		log.Info("the night was stopped; it is taken up by the next one of its date", "reason", err)
		return false
	case err != nil:
		log.Error("the night failed; mend the cause and run it with shelfcast run --as-of", "error", err)
		return true
	}
	log.Info("the night is published")
	return true
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

package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"shelfcast/ingest"
)

// Daemon runs a night whenever its cron line says so. Nights are keyed by business date, so that a line that fires twice,
// or a daemon that was down when it should have fired, neither doubles nor loses one.
type Daemon struct {
	Cron string // five fields, in UTC; "" where only drops start nights
	Lag  int    // days from a night's business date to the day it runs on

	// Night runs the night of a business date.
	Night func(ctx context.Context, date time.Time) error
	// Published says whether the night of a date has been published.
	Published func(ctx context.Context, date time.Time) (bool, error)
	// Last returns the newest business date that has been published, and false where there is none.
	Last func(ctx context.Context) (date time.Time, ok bool, err error)

	Watch *Watch // nil where drops start no night

	Now func() time.Time
	Log *slog.Logger

	one chan struct{} // full while a night runs, or while the database is asked
}

// How long the daemon waits before it tries again what may pass by itself.
const (
	retryAfter = time.Minute      // the database does not answer, or another night is running
	retryLate  = 10 * time.Minute // the sales of the date have not arrived: the files are read anew each time
)

// maxCatchUp is the number of missed dates that are caught up: a week.
const maxCatchUp = 7

// Run catches up what was missed and then waits for the cron line, until ctx ends. Each date is tried once: the night of a
// date that failed is left to a person, who finds it in the log and in the ledger. A night that could not begin, because
// its sales have not arrived, another was running or the database did not answer, has not been tried: the daemon waits.
func (d Daemon) Run(ctx context.Context) error {
	d.one = make(chan struct{}, 1)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var both sync.WaitGroup
	var failed [2]error
	for i, run := range []func(context.Context) error{d.cron, d.watch} {
		both.Go(func() {
			if failed[i] = run(ctx); failed[i] != nil {
				cancel(failed[i])
			}
		})
	}
	both.Wait()
	return errors.Join(failed[:]...)
}

// cron runs the nights of the cron line, if there is one.
func (d Daemon) cron(ctx context.Context) error {
	if d.Cron == "" {
		return nil
	}
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
	wait := func() { d.Log.Info("waiting", "cron", d.Cron, "next", schedule.Next(d.Now().UTC())) }
	c.Schedule(schedule, cron.FuncJob(func() {
		d.catchUp(ctx, schedule, tried)
		wait()
	}))
	c.Start()
	wait()
	<-ctx.Done()
	<-c.Stop().Done() // a night that runs ends by ctx
	return nil
}

// ParseCron reads a cron line of five fields in UTC, and refuses one that never comes, such as a 31st of February. The
// parser of robfig/cron panics on some lines (robfig/cron#554), which becomes an error here.
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
// passes, it begins again after a while, until ctx ends.
func (d Daemon) catchUp(ctx context.Context, s cron.Schedule, tried map[time.Time]bool) {
	for ctx.Err() == nil {
		wait := d.tryDue(ctx, s, tried)
		if wait == 0 {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// tryDue tries each night that is due once. Where it has to be called again it returns after which time, else 0.
func (d Daemon) tryDue(ctx context.Context, s cron.Schedule, tried map[time.Time]bool) time.Duration {
	d.one <- struct{}{}
	defer func() { <-d.one }()
	last, ok, err := d.Last(ctx)
	if err != nil {
		d.Log.Error("ask for the last night", "error", err)
		return retryAfter
	}
	for _, date := range due(s, d.Now().UTC(), d.Lag, last, ok) {
		if tried[date] {
			continue
		}
		if wait := d.night(ctx, date); wait > 0 {
			return wait
		}
		tried[date] = true
	}
	return 0
}

// night runs the night of a date. Where it has to be tried again it returns after which time, else 0.
func (d Daemon) night(ctx context.Context, date time.Time) time.Duration {
	log := d.Log.With("business_date", date.Format(time.DateOnly))
	done, err := d.Published(ctx, date)
	switch {
	case err != nil:
		log.Error("ask for the night", "error", err)
		return retryAfter
	case done:
		log.Info("the night is published already")
		return 0
	}
	log.Info("the night begins")
	switch err := d.Night(ctx, date); {
	case errors.Is(err, ErrBusy):
		log.Info("the night waits for another to end", "reason", err)
		return retryAfter
	case errors.Is(err, ingest.ErrLate):
		log.Warn("the night waits for its sales", "reason", err, "again_in", retryLate)
		return retryLate
	case errors.Is(err, ErrStopped):
		log.Info("the night was stopped; it is taken up by the next one of its date", "reason", err)
		return retryAfter
	case err != nil:
		log.Error("the night failed; mend the cause and run it with shelfcast run --as-of", "error", err)
		return 0
	}
	log.Info("the night is published")
	return 0
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
	keep := maxCatchUp
	if !ok {
		keep = 1
	}
	return dates[max(0, len(dates)-keep):]
}

// cronLog hands what cron says to slog.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, kv ...any) { l.log.Debug(msg, kv...) }
func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error(msg, append(kv, "error", err)...)
}

package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"shelfcast/ingest"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDueDatesAreThoseAfterTheLastPublishedOldestFirst(t *testing.T) {
	s, err := ParseCron("30 2 * * *")
	if err != nil {
		t.Fatal(err)
	}
	now := day("2026-03-10").Add(3 * time.Hour)
	cases := []struct {
		name string
		now  time.Time
		last string // "" = none
		want []time.Time
	}{
		{"three missed", now, "2026-03-06", []time.Time{day("2026-03-07"), day("2026-03-08"), day("2026-03-09")}},
		{"up to date", now, "2026-03-09", nil},
		{"first time", now, "", []time.Time{day("2026-03-09")}},
		{"before the hour", day("2026-03-10").Add(time.Hour), "2026-03-08", nil},
		{"at most a week", now, "2026-01-01", []time.Time{
			day("2026-03-03"), day("2026-03-04"), day("2026-03-05"), day("2026-03-06"), day("2026-03-07"), day("2026-03-08"), day("2026-03-09"),
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var last time.Time
			if c.last != "" {
				last = day(c.last)
			}
			if diff := cmp.Diff(c.want, due(s, c.now, 1, last, c.last != "")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLineThatComesEachMinuteCatchesUpSevenDatesToo(t *testing.T) {
	s, err := ParseCron("* * * * *")
	if err != nil {
		t.Fatal(err)
	}
	got := due(s, day("2026-03-10").Add(3*time.Hour), 1, day("2026-01-01"), true)
	if len(got) != maxCatchUp || !got[0].Equal(day("2026-03-03")) {
		t.Errorf("got %v", got)
	}
}

func TestCronLineIsReadInUTCAndItsFaultsAreErrors(t *testing.T) {
	// 2026-03-08 02:30 does not exist in New York; in UTC it does.
	s, err := ParseCron("30 2 * * *")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Next(day("2026-03-08")); !got.Equal(day("2026-03-08").Add(150 * time.Minute)) {
		t.Errorf("next is %v", got)
	}
	for _, line := range []string{"", "30 2 * *", "61 2 * * *", "TZ=0", "@daily"} {
		if _, err := ParseCron(line); err == nil || !strings.Contains(err.Error(), "five fields") {
			t.Errorf("%q: got %v", line, err)
		}
	}
	if _, err := ParseCron("30 2 31 2 *"); err == nil || !strings.Contains(err.Error(), "no such day") {
		t.Errorf("a line that never comes gives %v", err)
	}
}

// ledger is what a daemon knows of the past in these tests.
type ledger struct {
	published map[time.Time]bool
	ran       []time.Time
	fail      map[time.Time]bool
}

func (l *ledger) daemon(log *strings.Builder) Daemon {
	return Daemon{
		Cron: "30 2 * * *", Lag: 1, Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil)),
		Night: func(_ context.Context, date time.Time) error {
			l.ran = append(l.ran, date)
			if l.fail[date] {
				return errors.New("no sales came")
			}
			l.published[date] = true
			return nil
		},
		Published: func(_ context.Context, date time.Time) (bool, error) { return l.published[date], nil },
		Last: func(context.Context) (last time.Time, ok bool, err error) {
			for d := range l.published {
				if d.After(last) {
					last, ok = d, true
				}
			}
			return last, ok, nil
		},
	}
}

func TestDaemonRunsEachNightOnceAndCatchesUpAMissedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The clock of a bubble begins at 2000-01-01 00:00 UTC.
		l := &ledger{published: map[time.Time]bool{day("1999-12-28"): true}, fail: map[time.Time]bool{}}
		var log strings.Builder
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.daemon(&log).Run(ctx) }()
		time.Sleep(50 * time.Hour) // past 02:30 of two days
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := []time.Time{day("1999-12-29"), day("1999-12-30"), day("1999-12-31"), day("2000-01-01")}
		if diff := cmp.Diff(want, l.ran); diff != "" {
			t.Errorf("%s\n%s", diff, log.String())
		}
	})
}

func TestNightThatFailedIsTriedOnceAndDoesNotStopTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{published: map[time.Time]bool{day("1999-12-29"): true}, fail: map[time.Time]bool{day("1999-12-30"): true}}
		var log strings.Builder
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.daemon(&log).Run(ctx) }()
		time.Sleep(26 * time.Hour)
		cancel()
		<-done
		if diff := cmp.Diff([]time.Time{day("1999-12-30"), day("1999-12-31")}, l.ran); diff != "" {
			t.Error(diff)
		}
		if !strings.Contains(log.String(), "no sales came") {
			t.Errorf("the log does not say why: %s", log.String())
		}
	})
}

// runFor runs a daemon on the clock of a bubble, which begins at 2000-01-01 00:00 UTC, and returns its log.
func runFor(t *testing.T, d Daemon, log *strings.Builder, length time.Duration) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	time.Sleep(length)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return log.String()
}

func TestNightThatFindsAnotherRunningIsTriedAgainUntilItIsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{published: map[time.Time]bool{day("1999-12-29"): true}}
		var log strings.Builder
		d := l.daemon(&log)
		inner, busy := d.Night, 5
		d.Night = func(ctx context.Context, date time.Time) error {
			if busy--; busy >= 0 {
				return fmt.Errorf("lock: %w", ErrBusy)
			}
			return inner(ctx, date)
		}
		text := runFor(t, d, &log, 10*time.Minute)
		if diff := cmp.Diff([]time.Time{day("1999-12-30")}, l.ran); diff != "" {
			t.Errorf("%s\n%s", diff, text)
		}
		if strings.Contains(text, "failed") || strings.Count(text, "waits for another") != 5 {
			t.Error(text)
		}
	})
}

func TestDatabaseThatDoesNotAnswerIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{published: map[time.Time]bool{day("1999-12-29"): true}}
		var log strings.Builder
		d := l.daemon(&log)
		last, published, down := d.Last, d.Published, 6
		fail := func() error {
			if down--; down >= 0 {
				return errors.New("connection refused")
			}
			return nil
		}
		d.Last = func(ctx context.Context) (time.Time, bool, error) {
			if err := fail(); err != nil {
				return time.Time{}, false, err
			}
			return last(ctx)
		}
		d.Published = func(ctx context.Context, date time.Time) (bool, error) {
			if down == 0 {
				down = 2
			}
			if err := fail(); err != nil {
				return false, err
			}
			return published(ctx, date)
		}
		text := runFor(t, d, &log, 30*time.Minute)
		if diff := cmp.Diff([]time.Time{day("1999-12-30")}, l.ran); diff != "" {
			t.Errorf("%s\n%s", diff, text)
		}
	})
}

func TestDaemonThatIsToldToStopEndsItsNightAndBlamesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{published: map[time.Time]bool{day("1999-12-29"): true}}
		var log strings.Builder
		d := l.daemon(&log)
		d.Night = func(ctx context.Context, _ time.Time) error {
			<-ctx.Done()
			return fmt.Errorf("%w: %w", ErrStopped, ctx.Err())
		}
		text := runFor(t, d, &log, time.Minute)
		if strings.Contains(text, "failed") || strings.Contains(text, "waiting") || !strings.Contains(text, "was stopped") {
			t.Error(text)
		}
	})
}

func TestNightThatSomebodyElsePublishedIsNotRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{published: map[time.Time]bool{day("1999-12-30"): true}}
		var log strings.Builder
		d := l.daemon(&log)
		d.Last = func(context.Context) (time.Time, bool, error) { return day("1999-12-29"), true, nil } // asked too early
		if text := runFor(t, d, &log, time.Minute); len(l.ran) > 0 || !strings.Contains(text, "published already") {
			t.Errorf("ran %v\n%s", l.ran, text)
		}
	})
}

func TestDaemonWithoutALineItCanReadDoesNotStart(t *testing.T) {
	if err := (Daemon{Cron: "soon"}).Run(t.Context()); err == nil {
		t.Error("it started")
	}
}

func TestNightWhoseSalesAreLateIsTriedUntilTheyCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{published: map[time.Time]bool{day("1999-12-29"): true}, fail: map[time.Time]bool{}}
		var log strings.Builder
		d := l.daemon(&log)
		night := d.Night
		d.Night = func(ctx context.Context, date time.Time) error {
			if time.Since(day("2000-01-01")) < time.Hour {
				return fmt.Errorf("read target: %w", ingest.ErrLate)
			}
			return night(ctx, date)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(90 * time.Minute)
		cancel()
		<-done
		if diff := cmp.Diff([]time.Time{day("1999-12-30")}, l.ran); diff != "" || !strings.Contains(log.String(), "waits for its sales") {
			t.Errorf("%s\n%s", diff, log.String())
		}
	})
}

package jobs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"shelfcast/ingest"
)

// put writes a file into a folder of drops.
func put(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// dropNights is the nights that a watch started, and how they end.
type dropNights struct {
	ran []string
	end func(drop string, times int) error
}

// start starts a daemon that watches dir, and returns what stops it.
func (n *dropNights) start(t *testing.T, drops Drops) (log *strings.Builder, stop func() error) {
	t.Helper()
	log = &strings.Builder{}
	l := &ledger{published: map[time.Time]bool{}}
	d := l.daemon(log)
	d.Cron = ""
	d.Watch = &Watch{
		Drops: drops, State: filepath.Join(drops.Dir, StateName), Every: time.Minute,
		Night: func(_ context.Context, drop Drop) error {
			n.ran = append(n.ran, drop.Name)
			if n.end == nil {
				return nil
			}
			return n.end(drop.Name, len(n.ran))
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	synctest.Wait()
	return log, func() error {
		cancel()
		return <-done
	}
}

func (n *dropNights) want(t *testing.T, when string, drops ...string) {
	t.Helper()
	time.Sleep(3 * time.Minute)
	synctest.Wait()
	if !slices.Equal(n.ran, drops) {
		t.Errorf("%s: nights of %q, want %q", when, n.ran, drops)
	}
}

func TestADropHasOneNightOnceItHasItsMarkerAlsoAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		n := &dropNights{}
		_, stop := n.start(t, Drops{Dir: dir, Marker: "_SUCCESS"})
		put(t, dir, "2026-03-01/tts.csv", "half")
		n.want(t, "without its marker")
		put(t, dir, "2026-03-01/tts.csv", "half and half")
		put(t, dir, "2026-03-01/_SUCCESS", "")
		n.want(t, "with its marker", "2026-03-01")
		put(t, dir, "2026-03-03/_SUCCESS", "")
		put(t, dir, "2026-03-02/_SUCCESS", "")
		n.want(t, "two more", "2026-03-01", "2026-03-02", "2026-03-03")
		if err := stop(); err != nil {
			t.Error(err)
		}
		_, stop = n.start(t, Drops{Dir: dir, Marker: "_SUCCESS"})
		n.want(t, "after a restart", "2026-03-01", "2026-03-02", "2026-03-03")
		put(t, dir, "2026-03-02/tts.csv", "delivered anew")
		n.want(t, "delivered anew", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-02")
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestADropMayBeTheFolderItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		n := &dropNights{}
		_, stop := n.start(t, Drops{Dir: dir, Marker: "done"})
		put(t, dir, "tts.csv", "1")
		n.want(t, "without its marker")
		put(t, dir, "done", "")
		n.want(t, "with its marker", ".")
		put(t, dir, "old/tts.csv", "a folder beside it, without a marker")
		n.want(t, "a folder beside it", ".")
		put(t, dir, "tts.csv", "new")
		n.want(t, "new files", ".", ".")
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func sumOf(content string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(content))) }

func TestADropWithAManifestIsCompleteWhenEveryFileIsAsItSays(t *testing.T) {
	const content = "item_id,timestamp,demand\n"
	json := fmt.Sprintf(`{"files": [{"path": "a.csv", "size": %d}, {"path": "sub/b.csv", "sha256": "%s"}]}`, len(content), strings.ToUpper(sumOf(content)))
	sums := sumOf(content) + "  a.csv\n" + sumOf(content) + " *sub/b.csv\n"
	for name, manifest := range map[string]string{"json": json, "sha256sum": sums} {
		synctest.Test(t, func(t *testing.T) {
			dir := t.TempDir()
			n := &dropNights{}
			log, stop := n.start(t, Drops{Dir: dir, Manifest: "manifest"})
			put(t, dir, "d/a.csv", content)
			put(t, dir, "d/manifest", manifest[:len(manifest)-2])
			n.want(t, name+": half a manifest")
			put(t, dir, "d/manifest", manifest)
			n.want(t, name+": a file is missing")
			put(t, dir, "d/sub/b.csv", content[1:]+"x")
			n.want(t, name+": a file is another")
			put(t, dir, "d/sub/b.csv", content)
			put(t, dir, "d/a.csv", content[1:])
			n.want(t, name+": a file has another size")
			put(t, dir, "d/a.csv", content)
			n.want(t, name+": complete", "d")
			if err := stop(); err != nil {
				t.Error(err)
			}
			if got := strings.Count(log.String(), "not complete"); got != 4 {
				t.Errorf("%s: what is lacking is said %d times, want once each:\n%s", name, got, log)
			}
		})
	}
}

func TestManifestsThatNameNothingOrTooMuchAreNone(t *testing.T) {
	for content, want := range map[string]string{
		"":                                      "names no file",
		"{}":                                    "names no file",
		`{"files": [{"path": "../other"}]}`:     "outside the drop",
		sumOf("") + "  /etc/passwd\n":           "outside the drop",
		"d41d8cd98f00b204e9800998ecf8427e  a\n": "neither JSON nor",
		`{"files": [`:                           "no JSON yet",
	} {
		if _, err := parseManifest([]byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", content, err, want)
		}
	}
}

func TestOfOldDropsOnlyTheNewestHasANightWhenTheFolderIsFirstWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for _, name := range []string{"2026-03-02", "2026-03-01", "2026-03-03"} {
			put(t, dir, name+"/_SUCCESS", "")
		}
		n := &dropNights{}
		_, stop := n.start(t, Drops{Dir: dir, Marker: "_SUCCESS"})
		n.want(t, "first", "2026-03-03")
		if err := stop(); err != nil {
			t.Error(err)
		}
		_, stop = n.start(t, Drops{Dir: dir, Marker: "_SUCCESS"})
		n.want(t, "after a restart", "2026-03-03")
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestANightThatCouldNotBeginIsTriedAgainAndOneThatFailedIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		n := &dropNights{end: func(drop string, times int) error {
			switch {
			case times == 1:
				return ErrBusy
			case drop == "a":
				return fmt.Errorf("read: %w", ingest.ErrLate)
			}
			return nil
		}}
		_, stop := n.start(t, Drops{Dir: dir, Marker: "_SUCCESS"})
		put(t, dir, "a/_SUCCESS", "")
		put(t, dir, "b/_SUCCESS", "")
		// Both are new to a folder that was empty, so the newest alone has a night.
		n.want(t, "first busy", "b", "b")
		put(t, dir, "a/more.csv", "")
		n.want(t, "failed", "b", "b", "a")
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestWithoutAMemoryNoNightOfADropBegins(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a/_SUCCESS", "")
	n := &dropNights{}
	d := (&ledger{}).daemon(&strings.Builder{})
	d.Cron = ""
	d.Watch = &Watch{Drops: Drops{Dir: dir, Marker: "_SUCCESS"}, State: filepath.Join(dir, "nowhere", "state"), Every: time.Minute}
	if err := d.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "schedule.watch.state") || len(n.ran) > 0 {
		t.Errorf("got %v", err)
	}
	put(t, dir, "state", "{")
	d.Watch.State = filepath.Join(dir, "state")
	if err := d.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "mend the file") {
		t.Errorf("got %v", err)
	}
}

func TestNightsOfCronAndOfDropsRunOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		running, most, nights := 0, 0, 0
		night := func() error {
			running++
			nights++
			most = max(most, running)
			time.Sleep(2 * time.Hour)
			running--
			return nil
		}
		l := &ledger{published: map[time.Time]bool{day("1999-12-30"): true}}
		d := l.daemon(&strings.Builder{})
		d.Night = func(_ context.Context, date time.Time) error {
			l.published[date] = true
			return night()
		}
		d.Watch = &Watch{
			Drops: Drops{Dir: dir, Marker: "_SUCCESS"}, State: filepath.Join(dir, StateName), Every: time.Minute,
			Night: func(context.Context, Drop) error { return night() },
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(2*time.Hour + 29*time.Minute + 30*time.Second) // the night of 02:30 begins half a minute later
		put(t, dir, "a/_SUCCESS", "")
		time.Sleep(24 * time.Hour)
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if most != 1 || nights < 2 {
			t.Errorf("%d nights, at most %d at the same time", nights, most)
		}
	})
}

func TestTheNameOfADropMayBeItsBusinessDate(t *testing.T) {
	for name, want := range map[string]time.Time{"2026-03-01": day("2026-03-01"), "20260301": day("2026-03-01"), "week-9": {}, ".": {}, "2026-02-30": {}} {
		if got := dropDate(name); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

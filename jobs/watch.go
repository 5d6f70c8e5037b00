package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Watch starts a night for each new drop. It looks every so often: network file systems do not tell of changes.
type Watch struct {
	Drops
	State string        // file that remembers which drops had their night, so that a restart does not run them again
	Every time.Duration // from one look to the next

	// Night runs the night of a drop.
	Night func(ctx context.Context, drop Drop) error
}

// StateName is the name of the file of Watch.State, where it is not given, in the folder of the drops.
const StateName = ".shelfcast-drops.json"

// watcher is a watch at work.
type watcher struct {
	Watch
	ended   map[string]string // of a drop's name, the fingerprint that had its night
	wanting map[string]string // of a drop's name, the fingerprint of what is not as its manifest says
	said    map[string]string // of a drop's name, what was last said of it
	fresh   bool              // nothing was ever remembered
}

// watch looks for new drops until ctx ends.
func (d Daemon) watch(ctx context.Context) error {
	if d.Watch == nil {
		return nil
	}
	w := &watcher{Watch: *d.Watch, wanting: map[string]string{}, said: map[string]string{}}
	if err := w.load(); err != nil {
		return err
	}
	d.Log.Info("watching", "dir", w.Dir, "mark", w.mark(), "every", w.Every)
	for {
		if err := d.look(ctx, w); err != nil && ctx.Err() == nil {
			d.Log.Error("watch", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.Every):
		}
	}
}

// look runs the nights of all new drops that are complete, by name. At the very first, only that of the newest.
func (d Daemon) look(ctx context.Context, w *watcher) error {
	list, err := w.List()
	if err != nil {
		return err
	}
	var due []Drop
	for _, drop := range list {
		if w.ended[drop.Name] == drop.Fingerprint || w.wanting[drop.Name] == drop.Fingerprint {
			continue
		}
		if err := w.Verify(drop); err != nil {
			d.notComplete(w, drop, err)
			continue
		}
		due = append(due, drop)
	}
	for i, drop := range due {
		if w.fresh && i < len(due)-1 {
			w.ended[drop.Name] = drop.Fingerprint
			continue
		}
		w.fresh = false
		if !d.dropNight(ctx, w, drop) {
			break // the next ones wait with it
		}
	}
	return nil
}

// notComplete says once what a drop lacks. A file that is wrong is looked at again when it has changed, since that may mean
// to read it all; one that is missing at every look.
func (d Daemon) notComplete(w *watcher, drop Drop, why error) {
	if missing := (*fs.PathError)(nil); !errors.As(why, &missing) {
		w.wanting[drop.Name] = drop.Fingerprint
	}
	if w.said[drop.Name] != why.Error() {
		w.said[drop.Name] = why.Error()
		d.Log.Info("a drop is not complete", "drop", drop.Name, "reason", why)
	}
}

// dropNight runs the night of a drop. It returns false where it has to be tried again.
func (d Daemon) dropNight(ctx context.Context, w *watcher, drop Drop) bool {
	log := d.Log.With("drop", drop.Name)
	d.one <- struct{}{}
	defer func() { <-d.one }()
	if ctx.Err() != nil {
		return false
	}
	if _, _, err := d.Last(ctx); err != nil {
		log.Error("ask for the last night", "error", err, "again_in", w.Every)
		return false
	}
	log.Info("the night of a drop begins")
	switch err := w.Night(ctx, drop); {
	case errors.Is(err, ErrBusy), errors.Is(err, ErrStopped):
		log.Info("the night of the drop waits", "reason", err, "again_in", w.Every)
		return false
	case err != nil:
		log.Error("the night failed; mend the cause and deliver the drop anew, or run it with shelfcast run", "error", err)
	default:
		log.Info("the night is published")
	}
	w.ended[drop.Name] = drop.Fingerprint
	if err := w.save(); err != nil {
		log.Error("the drop is not remembered, and would have another night after a restart", "error", err)
	}
	return true
}

// load reads which drops had their night.
func (w *watcher) load() error {
	w.ended = map[string]string{}
	content, err := os.ReadFile(w.State)
	if errors.Is(err, fs.ErrNotExist) {
		w.fresh = true
		return w.save() // where nothing can be remembered no night begins
	}
	if err == nil {
		err = json.Unmarshal(content, &w.ended)
	}
	if err != nil {
		return fmt.Errorf("read which drops had their night: %s: %w; mend the file, or remove it to begin with the newest drop", w.State, err)
	}
	w.fresh = len(w.ended) == 0
	return nil
}

// save replaces the file of the state.
func (w *watcher) save() error {
	content, err := json.MarshalIndent(w.ended, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(w.State), filepath.Base(w.State)+".*")
	if err != nil {
		return fmt.Errorf("remember which drops had their night: %w; name a file that can be written in schedule.watch.state", err)
	}
	_, err = f.Write(append(content, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), w.State)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("remember which drops had their night: %w", err)
	}
	return nil
}

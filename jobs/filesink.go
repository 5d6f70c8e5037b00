package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/jobs/forecastfile"
	"shelfcast/jobs/report"
)

// FileSink writes the forecasts of a run to one file, sorted by key and time, and the fits to another. It keeps nothing
// else of the run, and an interrupted run leaves no file.
type FileSink struct {
	Name string
	Fits string // "" = none
}

// Lock does nothing: two runs that write the same file replace it whole, one after the other.
func (s FileSink) Lock(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// Unopened does nothing: the command says why it failed.
func (s FileSink) Unopened(context.Context, Identity, error) error { return nil }

// Open begins the files.
func (s FileSink) Open(_ context.Context, id Identity) (Book, error) {
	dimensions := slices.ContainsFunc(id.Keys, func(k demand.Key) bool { return k.Dims != "" })
	w, err := forecastfile.Create(s.Name, forecastfile.Layout{Cal: id.Cal, Levels: id.Levels, Dimensions: dimensions})
	if err != nil {
		return nil, err
	}
	b := &fileBook{forecasts: w, fitsName: s.Fits, shards: len(id.Shards), early: map[int]ShardResult{}}
	if s.Fits != "" {
		if b.fits, err = forecastfile.CreateLines(s.Fits); err != nil {
			w.Abort()
			return nil, err
		}
	}
	return b, nil
}

// fileBook writes shards in their order and holds those that finish early.
type fileBook struct {
	forecasts *forecastfile.Writer
	fits      *forecastfile.Lines // nil where none were asked for
	fitsName  string
	shards    int
	next      int
	early     map[int]ShardResult
}

// Number returns zeros: a file does not count runs.
func (b *fileBook) Number() (int64, int) { return 0, 0 }

// Finished returns nothing: a file cannot be taken up.
func (b *fileBook) Finished() map[int][]byte { return nil }

// Write writes the shard and those that waited for it.
func (b *fileBook) Write(_ context.Context, r ShardResult) error {
	b.early[r.Number] = r
	for r, ok := b.early[b.next]; ok; r, ok = b.early[b.next] {
		if err := b.forecasts.Write(r.Forecast); err != nil {
			return err
		}
		if b.fits != nil {
			if _, err := b.fits.Write(r.Fits); err != nil {
				return err
			}
		}
		delete(b.early, b.next)
		b.next++
	}
	return nil
}

// Publish gives the files their names.
func (b *fileBook) Publish(context.Context, *report.Report) error {
	if b.next != b.shards {
		return fmt.Errorf("write forecasts: %d of %d shards came; nothing was written", b.next, b.shards)
	}
	if b.fits != nil {
		if err := b.fits.Close(); err != nil {
			return err
		}
	}
	err := b.forecasts.Close()
	if err != nil && b.fits != nil {
		err = errors.Join(err, os.Remove(b.fitsName)) // fits without their forecasts would be taken for those of another run
	}
	return err
}

// Tidy does nothing: a file keeps one run.
func (b *fileBook) Tidy(context.Context) error { return nil }

// Fail removes the unfinished files.
func (b *fileBook) Fail(context.Context, error) error {
	b.forecasts.Abort()
	if b.fits != nil {
		b.fits.Abort()
	}
	return nil
}

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

// FileSink writes the forecasts of a run to one file, sorted by key and time, and their parts and the fits to others. It keeps
// nothing else of the run, and an interrupted run leaves no file.
type FileSink struct {
	Name       string
	Components string // "" = none
	Fits       string // "" = none
}

// Lock does nothing: two runs that write the same file replace it whole, one after the other.
func (s FileSink) Lock(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// Unopened does nothing: the command says why it failed.
func (s FileSink) Unopened(context.Context, Identity, error) error { return nil }

// Open begins the files.
func (s FileSink) Open(_ context.Context, id Identity) (Book, error) {
	b := &fileBook{shards: len(id.Shards), early: map[int]ShardResult{}}
	if err := b.begin(s, id); err != nil {
		b.abort()
		return nil, err
	}
	return b, nil
}

// fileBook writes shards in their order and holds those that finish early.
type fileBook struct {
	forecasts *forecastfile.Writer
	parts     *forecastfile.Writer // nil where none were asked for
	fits      *forecastfile.Lines  // nil where none were asked for
	files     []unnamedFile        // all of them, the forecasts last
	shards    int
	next      int
	early     map[int]ShardResult
}

// unnamedFile is a file that gets its name when it is closed.
type unnamedFile struct {
	name string
	file interface {
		Close() error
		Abort()
	}
}

func (b *fileBook) begin(s FileSink, id Identity) (err error) {
	layout := forecastfile.Layout{Cal: id.Cal, Levels: id.Levels}
	layout.Dimensions = slices.ContainsFunc(id.Keys, func(k demand.Key) bool { return k.Dims != "" })
	if s.Fits != "" {
		if b.fits, err = forecastfile.CreateLines(s.Fits); err != nil {
			return err
		}
		b.files = append(b.files, unnamedFile{s.Fits, b.fits})
	}
	if s.Components != "" {
		ofParts := layout
		ofParts.Parts = true
		if b.parts, err = forecastfile.Create(s.Components, ofParts); err != nil {
			return err
		}
		b.files = append(b.files, unnamedFile{s.Components, b.parts})
	}
	if b.forecasts, err = forecastfile.Create(s.Name, layout); err != nil {
		return err
	}
	b.files = append(b.files, unnamedFile{s.Name, b.forecasts})
	return nil
}

func (b *fileBook) abort() {
	for _, f := range b.files {
		f.file.Abort()
	}
}

// Number returns zeros: a file does not count runs.
func (b *fileBook) Number() (int64, int) { return 0, 0 }

// Finished returns nothing: a file cannot be taken up.
func (b *fileBook) Finished() map[int][]byte { return nil }

// Write writes the shard and those that waited for it.
func (b *fileBook) Write(_ context.Context, r ShardResult) error {
	b.early[r.Number] = r
	for r, ok := b.early[b.next]; ok; r, ok = b.early[b.next] {
		if err := b.write(r); err != nil {
			return err
		}
		delete(b.early, b.next)
		b.next++
	}
	return nil
}

func (b *fileBook) write(r ShardResult) error {
	if err := b.forecasts.Write(r.Forecast); err != nil {
		return err
	}
	if b.parts != nil {
		if err := b.parts.WriteParts(r.Forecast, r.Components); err != nil {
			return err
		}
	}
	if b.fits != nil {
		if _, err := b.fits.Write(r.Fits); err != nil {
			return err
		}
	}
	return nil
}

// Publish gives the files their names, the forecasts last.
func (b *fileBook) Publish(context.Context, *report.Report) error {
	if b.next != b.shards {
		return fmt.Errorf("write forecasts: %d of %d shards came; nothing was written", b.next, b.shards)
	}
	for k, f := range b.files {
		err := f.file.Close()
		if err == nil {
			continue
		}
		for _, named := range b.files[:k] { // without their forecasts they would be taken for those of another run
			err = errors.Join(err, os.Remove(named.name))
		}
		return err
	}
	return nil
}

// Tidy does nothing: a file keeps one run.
func (b *fileBook) Tidy(context.Context) error { return nil }

// Fail removes the unfinished files.
func (b *fileBook) Fail(context.Context, error) error {
	b.abort()
	return nil
}

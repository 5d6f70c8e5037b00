package jobs

import (
	"context"
	"errors"
	"runtime/debug"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/audit"
	"shelfcast/ingest"
)

// inputs is what a night reads: its series, part by part, and what it needs to know of all of them together.
type inputs struct {
	*ingest.Parts
	samples  []int           // series that the report draws
	units    []float64       // of all series together in each of the last periods
	findings []audit.Finding // of the read and of the series
	restore  func()          // to the limit of memory that was set before
}

// read reads the inputs. Where memory is bounded, they come in parts, and the collector keeps to the bound.
func (n Night) read(ctx context.Context, t *clock) (in *inputs, err error) {
	t.phase("read", 0)
	spec := n.Spec
	if n.Source != nil {
		var done func() error
		if spec.Queries, done, err = n.Source.Open(ctx); err != nil {
			return nil, err
		}
		defer func() {
			if err = errors.Join(err, done()); err != nil && in != nil {
				in.Close()
			}
		}()
	}
	spec.Step = n.ShardSeries
	spec.OnProgress = func(done, total int64) { n.Progress.Done(done) }
	restore := limitMemory(spec.Memory)
	var all seen
	parts, err := ingest.Open(ctx, spec, all.add)
	if err != nil {
		restore()
		return nil, err
	}
	if err := checkShape(n.Shape, all.features, all.events); err != nil {
		parts.Close()
		restore()
		return nil, err
	}
	return &inputs{Parts: parts, samples: all.samples(), units: all.units, restore: restore}, nil
}

// limitMemory has the collector hold the memory of the process a tenth below a number of bytes, which leaves that tenth to
// what the collector does not see; 0 changes nothing. Restore takes it back.
func limitMemory(bytes int64) (restore func()) {
	before := debug.SetMemoryLimit(-1)
	if bytes > 0 {
		debug.SetMemoryLimit(min(before, bytes-bytes/10))
	}
	return func() { debug.SetMemoryLimit(before) }
}

// Close gives up what was set aside.
func (in *inputs) Close() {
	in.Parts.Close()
	in.restore()
}

// each hands out the shards that are left, with the part of the series that they lie in, part by part. A part without any
// is not read.
func (in *inputs) each(ctx context.Context, shards []Shard, left func(Shard) bool, do func(*ingest.Result, []Shard) error) error {
	for k := range in.Len() {
		lo, hi := in.Range(k)
		var here []Shard
		for _, s := range shards {
			if s.First >= lo && s.First < hi && left(s) {
				here = append(here, s)
			}
		}
		if len(here) == 0 {
			continue
		}
		part, err := in.Read(ctx, k)
		if err != nil {
			return err
		}
		if err := do(part, here); err != nil {
			return err
		}
	}
	return nil
}

// totalSeen returns the units of all series together in each of the last periods, and the first of them.
func (in *inputs) totalSeen() (start demand.Period, units []float64) {
	start = max(in.Frame.First(), in.Frame.End-totalPeriods)
	return start, lastOf(in.units, int(in.Frame.End-start))
}

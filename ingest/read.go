package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/apache/arrow/go/v14/arrow/memory"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// Result is what the files hold, of all series or of a part of them: the past, the future and an account of every row.
type Result struct {
	First  int // number of the first series among all
	Panel  *demand.Panel
	Future *demand.Future
	Audit  Audit // of all series; a part has none
}

// Read reads the files that s names. The result is the same bytes for any number of workers.
//
// It returns an error where a file cannot be read, where columns are missing, misspelt or of the wrong type, where more
// rows than allowed are rejected, where a key has two rows at one time, where the related series do not cover every
// series up to the end of the horizon, or where the horizon is too long. The error is one line that names the place.
func Read(ctx context.Context, s Spec) (*Result, error) {
	return read(ctx, s, sizing{newPool, 4 << 20, 1 << 16})
}

// sizing says how work is cut, which the result does not depend on.
type sizing struct {
	newAllocator func() memory.Allocator // of Arrow memory, one for each worker
	blockBytes   int                     // of text in a piece of a CSV file; the longest line
	batchRows    int                     // of a Parquet row group in a record batch
}

func read(ctx context.Context, s Spec, size sizing) (*Result, error) {
	s.Memory = 0
	p, err := openParts(ctx, s, size, nil)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	out := p.only
	out.Audit = p.Audit
	return out, errors.Join(out.Audit.Check(), out.Panel.Check())
}

// reader is one read at work.
type reader struct {
	spec     Spec
	sizing   sizing
	clock    clock
	progress *progress
	audit    *Audit

	target, related, items, stores []*file
	features                       []Feature // in the order of the panel

	spill  *spill
	copies *os.File // of objects; nil where there are none
}

// prepare lists all files and matches all columns, so that a structural fault in any of them ends the read at once.
func prepare(ctx context.Context, s Spec, size sizing) (*reader, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	c, err := newClock(s)
	if err != nil {
		return nil, err
	}
	r := &reader{spec: s, sizing: size, clock: c, spill: &spill{}}
	r.newSpill()
	for _, in := range []struct {
		name     string
		patterns []string
		schema   []schemas.Column
		query    *Query
		files    *[]*file
	}{
		{"target", s.Target, s.TargetSchema, s.Queries.Target, &r.target},
		{"related", s.Related, s.RelatedSchema, s.Queries.Related, &r.related},
		{"items", named(s.Items), s.ItemsSchema, s.Queries.Items, &r.items},
		{"stores", named(s.Stores), nil, s.Queries.Stores, &r.stores},
	} {
		var err error
		if *in.files, err = inputOf(ctx, in.name, in.patterns, in.query); err != nil {
			return nil, err
		}
		if s.Import == Incremental {
			numberImports(*in.files)
		}
		for _, f := range *in.files {
			f.schema, f.renamed, f.zoned = in.schema, s.renamed(), s.Zone != ""
		}
	}
	files := r.files()
	r.progress = &progress{total: sizeOf(files) + objectBytes(files), report: s.OnProgress}
	r.copies, err = fetch(ctx, files, s.TempDir, r.progress)
	if err == nil {
		err = r.match()
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// files returns the files of all inputs.
func (r *reader) files() []*file { return slices.Concat(r.target, r.related, r.items, r.stores) }

// close gives up what was set aside and what was fetched.
func (r *reader) close() {
	r.spill.close()
	if r.copies != nil {
		r.copies.Close()
		os.Remove(r.copies.Name())
	}
}

func named(pattern string) []string {
	if pattern == "" {
		return nil
	}
	return []string{pattern}
}

func (r *reader) match() (err error) {
	if err = matchTarget(r.target, r.spec.dimensions()); err != nil {
		return err
	}
	target := r.target[0].table
	if r.features, err = matchRelated(r.related, r.spec.Features, target); err != nil {
		return err
	}
	if err = checkFilling(r.spec.Filling, r.features); err != nil {
		return err
	}
	if err = itemMetadata.match(r.items); err != nil {
		return err
	}
	if len(r.stores) > 0 && !target.stores {
		return fmt.Errorf("read stores: %s: the target has no store_id; leave the stores out, or give the target one", r.stores[0].path)
	}
	if err = storeMetadata.match(r.stores); err != nil {
		return err
	}
	return checkAttributes(r.items, r.stores)
}

// readTarget stages the target.
func (r *reader) readTarget(ctx context.Context, audit *Audit) (*staged, error) {
	cal := demand.Calendar{Freq: r.spec.Freq}
	asked := everything()
	if !r.spec.AsOf.IsZero() {
		asked.last = cal.Period(r.spec.AsOf)
	}
	shapers, err := r.stageTarget(ctx, audit, cal, asked)
	if err != nil {
		return nil, err
	}
	if whole := asked.within(shapers); whole != asked {
		r.newSpill()
		audit.Faults = nil
		again := *r
		again.progress = &progress{}
		if shapers, err = again.stageTarget(ctx, audit, cal, whole); err != nil {
			return nil, err
		}
	}
	return stage(shapers, r.spec, len(r.features), r.target, r.spill, audit)
}

// newSpill gives up what is set aside, and begins anew.
func (r *reader) newSpill() {
	r.spill.close()
	r.spill = &spill{dir: r.spec.TempDir, room: r.spec.Memory / stagedShare}
}

// stageTarget reads the rows of the target within bounds.
func (r *reader) stageTarget(ctx context.Context, audit *Audit, cal demand.Calendar, b bounds) ([]*targetShaper, error) {
	var shapers []*targetShaper
	in, err := r.decode(ctx, "target", r.target, r.spec.workers(), func(w *worker) shaper {
		s := newTargetShaper(w, cal, b, r.spill)
		shapers = append(shapers, s)
		return s
	})
	if err != nil {
		return nil, err
	}
	audit.Target = *in
	return shapers, nil
}

// decode reads the files of an input into the shapers and accounts for the rows. It fails where more rows than allowed
// are rejected, or where there are none.
func (r *reader) decode(ctx context.Context, in string, files []*file, n int, newShaper func(*worker) shaper) (*Input, error) {
	return r.decodeEach(ctx, in, [][]*file{files}, n, newShaper, func() {})
}

// decodeEach does so for groups of files, one group after the other. It calls done after each.
func (r *reader) decodeEach(ctx context.Context, in string, groups [][]*file, n int, newShaper func(*worker) shaper, done func()) (*Input, error) {
	rejects := &faults{}
	workers := make([]*worker, n)
	for i := range workers {
		workers[i] = newWorker(r.sizing, r.clock, rejects)
		workers[i].shaper = newShaper(workers[i])
	}
	for _, files := range groups {
		if err := decode(ctx, files, workers, r.progress); err != nil {
			return nil, err
		}
		done()
	}
	var t tally
	for _, w := range workers {
		t.add(&w.tally)
	}
	files := inOrder(groups)
	for _, f := range files {
		if f.query != nil {
			f.digest = f.sum.digest(f.query.Columns)
		}
	}
	if t.rows == 0 && files[0].query != nil {
		return nil, files[0].errorf("the query returns no row; mend it, or leave the input out")
	}
	if t.rows == 0 {
		return nil, fmt.Errorf("read %s: %s: there is a header and no row; give it rows, or leave the input out", in, files[0].path)
	}
	first := rejects.first()
	if err := r.fault(RejectedRows, t.rejected(), t.overShare(in, r.spec.MaxRejectShare, first)); err != nil {
		return nil, err
	}
	out := account(files, &t, first)
	out.Columns = r.columns(in, files)
	return out, nil
}

// fault returns err, or, where the read is tolerant, notes it and returns nil.
func (r *reader) fault(kind FaultKind, count int64, err error) error {
	if err == nil || !r.spec.Tolerant {
		return err
	}
	r.audit.Faults = append(r.audit.Faults, Fault{Kind: kind, Count: count, Text: err.Error()})
	return nil
}

// inOrder returns the files of all groups in the order that they are listed.
func inOrder(groups [][]*file) []*file {
	files := slices.Concat(groups...)
	slices.SortFunc(files, func(a, b *file) int { return cmp.Compare(a.index, b.index) })
	return files
}

func account(files []*file, t *tally, first []fault) *Input {
	in := &Input{Bytes: sizeOf(files), Rows: t.rows, Used: t.used, Corrected: t.corrected, Repeated: t.repeated}
	in.Rejected, in.NotNeeded = t.counts(0, rejectReasons), t.counts(rejectReasons, allReasons)
	for _, f := range first {
		in.Rejects = append(in.Rejects, f.reject())
	}
	all := sha256.New()
	for _, f := range files {
		if f.bare {
			in.Bare++
		}
		all.Write(f.digest[:])
		in.Files = append(in.Files, File{Path: f.path, Bytes: f.size, SHA256: hex.EncodeToString(f.digest[:])})
	}
	in.SHA256 = hex.EncodeToString(all.Sum(nil))
	return in
}

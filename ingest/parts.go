package ingest

import (
	"context"
	"runtime/debug"

	"shelfcast/algorithms/stockout"
	"shelfcast/engine/demand"
)

// Parts are what the files hold, cut by series into parts that the memory allowed has room for.
type Parts struct {
	Frame *demand.Panel // all series, with their keys, starts and attributes, and without their cells
	Audit Audit

	r       *reader
	staged  *staged
	aside   []relatedExtent
	reach   *reach
	differ  bits // numbers of related rows that a newer import has replaced with other values
	room    rows // of the extent at hand
	found   *relatedFound
	only    *Result        // where all series are one part
	shut    *stockout.Shut // nil where no stock-outs are proposed
	counted []bool         // parts whose proposals are in the audit
}

// Open reads the files that s names, each once, and checks all of it: it fails where Read does, and its result does not
// depend on s.Memory. Look, if not nil, is called with each part, in the order of keys, while the parts are checked; it
// must not keep them.
func Open(ctx context.Context, s Spec, look func(*Result)) (*Parts, error) {
	return openParts(ctx, s, sizing{newPool, 4 << 20, 1 << 16}, look)
}

func openParts(ctx context.Context, s Spec, size sizing, look func(*Result)) (*Parts, error) {
	r, err := prepare(ctx, s, size)
	if err != nil {
		return nil, err
	}
	p := &Parts{r: r}
	r.audit = &p.Audit
	if err := p.read(ctx, look); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Parts) read(ctx context.Context, look func(*Result)) (err error) {
	if p.staged, err = p.r.readTarget(ctx, &p.Audit); err != nil {
		return err
	}
	p.Frame = p.staged.frame
	if err := p.r.readMetadata(ctx, p.Frame, &p.Audit); err != nil {
		return err
	}
	if p.Frame.Events, err = p.r.spec.Occasions.events(p.Frame, p.r.spec.Horizon, &p.Audit); err != nil {
		return err
	}
	p.found = newRelatedFound(p.Frame, p.r.spec.Horizon, p.Len() > 1)
	if p.Len() == 1 {
		err = p.readWhole(ctx, look)
	} else {
		err = p.readParts(ctx, look)
	}
	if err != nil {
		return err
	}
	return p.Audit.Check()
}

// readWhole reads all series as one part, which stays in memory.
func (p *Parts) readWhole(ctx context.Context, look func(*Result)) error {
	out, twice, err := p.begin(0, &p.Audit)
	if err != nil {
		return err
	}
	if err := p.twice(ctx, twice, p.r.target); err != nil {
		return err
	}
	if len(p.r.related) > 0 {
		// What the target was staged in is garbage by now, and about as large as the columns that come next: to give it back
		// here keeps the two from adding up.
		debug.FreeOSMemory()
		rel := newRelation(out.Panel, out.Future, p.r.features)
		if err := p.readRelated(ctx, rel); err != nil {
			return err
		}
		if err := rel.finish(p.r.spec, p.r.clock.zone, &p.Audit, p.found, &p.reach.past, 0); err != nil {
			return err
		}
		if err := p.found.check(p.r, p.Frame); err != nil {
			return err
		}
	}
	p.only = out
	p.survey(out, look)
	return nil
}

// survey looks at a part that is shaped for the first time.
func (p *Parts) survey(part *Result, look func(*Result)) {
	if p.proposes() {
		if p.shut == nil {
			p.shut, p.counted = stockout.NewShut(p.Frame.First(), p.Frame.End), make([]bool, p.Len())
		}
		p.shut.Add(part.Panel)
	}
	if look != nil {
		look(part)
	}
}

// twice reports rows that are there twice, at their places.
func (p *Parts) twice(ctx context.Context, d *duplicate, files []*file) error {
	if d.count == 0 {
		return nil
	}
	return p.r.fault(DuplicateRows, d.count, p.r.locate(ctx, d, files))
}

// readParts sets the related rows aside, and checks part by part.
func (p *Parts) readParts(ctx context.Context, look func(*Result)) error {
	if len(p.r.related) > 0 {
		if err := p.readRelated(ctx, nil); err != nil {
			return err
		}
	}
	twice := &duplicate{in: "target", cal: p.Frame.Cal}
	for part := range p.Len() {
		out, here, err := p.shape(ctx, part, &p.Audit, p.found)
		if err != nil {
			return err
		}
		twice.merge(here)
		p.survey(out, look)
	}
	if err := p.twice(ctx, twice, p.r.target); err != nil || len(p.r.related) == 0 {
		return err
	}
	p.Audit.Related.countCorrected(p.differ, p.reach.superseded.Load())
	return p.found.check(p.r, p.Frame)
}

// Len returns the number of parts.
func (p *Parts) Len() int { return p.staged.parts() }

// Range returns the series of a part, lo to hi−1 among all.
func (p *Parts) Range(part int) (lo, hi int) { return p.staged.bounds[part], p.staged.bounds[part+1] }

// Read returns a part. It looks there for stock-outs that no feature tells of, as Spec.Censoring asks for, and by detector
// marks them. They are in the audit once every part has been read.
func (p *Parts) Read(ctx context.Context, part int) (out *Result, err error) {
	if out = p.only; out == nil {
		if out, _, err = p.shape(ctx, part, &Audit{}, newRelatedFound(p.Frame, p.r.spec.Horizon, false)); err != nil {
			return nil, err
		}
	}
	return out, p.proposeIn(ctx, part, out)
}

// Close gives up the rows that are set aside, and the copies of objects.
func (p *Parts) Close() { p.r.close() }

// begin makes the panel and the future of a part, without features.
func (p *Parts) begin(part int, audit *Audit) (*Result, *duplicate, error) {
	panel, twice, err := p.staged.shape(part, p.r.spec, p.r.clock.zone, audit)
	if err != nil {
		return nil, nil, err
	}
	f := &demand.Future{Keys: panel.Keys, Cal: panel.Cal, Start: panel.End, H: p.r.spec.Horizon, Static: panel.Static, Events: panel.Events}
	return &Result{First: p.staged.bounds[part], Panel: panel, Future: f}, twice, nil
}

// shape makes a part of what was set aside.
func (p *Parts) shape(ctx context.Context, part int, audit *Audit, found *relatedFound) (*Result, *duplicate, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, context.Cause(ctx)
	}
	out, twice, err := p.begin(part, audit)
	if err != nil || len(p.r.related) == 0 {
		return out, twice, err
	}
	rel := newRelation(out.Panel, out.Future, p.r.features)
	if err := p.fetchRelated(part, rel, p.differ); err != nil {
		return nil, nil, err
	}
	first := p.Frame.Off[p.staged.bounds[part]]
	return out, twice, rel.finish(p.r.spec, p.r.clock.zone, audit, found, &p.reach.past, first)
}

// readRelated reads the related series into the columns of rel or, where it is nil, sets them aside.
func (p *Parts) readRelated(ctx context.Context, rel *relation) error {
	p.reach = newReach(p.r.tables(), p.Frame, p.r.spec.Horizon)
	var shapers []*relatedShaper
	// The newest import comes first, so that a row of an older one is known for superseded when it is met.
	workers := p.r.spec.workers()
	if p.r.spec.Tolerant {
		workers = 1 // the first of two rows for one key and time counts, whoever reads them
	}
	in, err := p.r.decodeEach(ctx, "related", byImport(p.r.related), workers, func(w *worker) shaper {
		s := newRelatedShaper(w, p.staged, p.reach, rel)
		shapers = append(shapers, s)
		return s
	}, p.reach.nextImport)
	if err != nil {
		return err
	}
	p.Audit.Related = in
	twice := &duplicate{in: "related", cal: p.Frame.Cal, period: true}
	for _, s := range shapers {
		twice.merge(&s.dup)
		p.aside = append(p.aside, s.aside...)
	}
	p.differ = newBits(int(p.reach.superseded.Load()))
	return p.twice(ctx, twice, p.r.related)
}

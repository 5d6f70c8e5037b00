package ingest

import (
	"context"
	"math"
	"runtime/debug"
	"slices"

	"shelfcast/engine/demand"
)

// relation is where related rows go: the columns of the panel and of the future, shared by all workers.
type relation struct {
	p        *demand.Panel
	f        *demand.Future
	features []Feature
	covers   []*coverage // of each table, the series that its rows stand for
	past     reach
	ahead    reach
}

// reach is which cells of the panel, or of the future, rows have reached, for each table.
type reach struct {
	now   []bits // by the import at hand, or any before
	newer []bits // by the imports before, which are newer
}

func newReach(tables, cells int) (r reach) {
	for range tables {
		r.now, r.newer = append(r.now, newBits(cells)), append(r.newer, newBits(cells))
	}
	return r
}

// nextImport begins with an older import.
func (r *relation) nextImport() {
	for _, reached := range []reach{r.past, r.ahead} {
		for t := range reached.now {
			copy(reached.newer[t], reached.now[t])
		}
	}
}

func newRelation(p *demand.Panel, f *demand.Future, features []Feature, tables []*table) *relation {
	r := &relation{p: p, f: f, features: features, covers: coverages(tables, p.Keys)}
	r.past, r.ahead = newReach(len(tables), len(p.Y)), newReach(len(tables), len(p.Keys)*f.H)
	for _, feature := range features {
		p.X = append(p.X, demand.Column{Name: feature.Name, Role: feature.Role, V: nans(len(p.Y))})
		f.X = append(f.X, demand.Column{Name: feature.Name, Role: feature.Role, V: nans(len(p.Keys) * f.H)})
	}
	return r
}

func nans(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// readRelated reads the related series into the panel and the future of out.
func (r *reader) readRelated(ctx context.Context, out *Result) error {
	if len(r.related) == 0 {
		return nil
	}
	var tables []*table
	for _, f := range r.related {
		if f.table.index == len(tables) {
			tables = append(tables, f.table)
		}
	}
	// What the target was staged in is garbage by now, and about as large as the columns that come next: to give it back here
	// keeps the two from adding up.
	debug.FreeOSMemory()
	rel := newRelation(out.Panel, out.Future, r.features, tables)
	var shapers []*relatedShaper
	// The newest import comes first, so that a row of an older one is known for superseded when it is met.
	in, err := r.decodeEach(ctx, "related", byImport(r.related), r.spec.workers(), func(w *worker) shaper {
		s := newRelatedShaper(w, rel)
		shapers = append(shapers, s)
		return s
	}, rel.nextImport)
	if err != nil {
		return err
	}
	out.Audit.Related = in
	twice := &duplicate{in: "related", cal: out.Panel.Cal, period: true}
	for _, s := range shapers {
		twice.merge(&s.dup)
	}
	if twice.count > 0 {
		if err := r.fault(DuplicateRows, twice.count, r.locate(ctx, twice, r.related)); err != nil {
			return err
		}
	}
	r.clock.zone.carryOver(rel.p, rel.f)
	return rel.finish(r)
}

// finish turns what the feeds say into what a model gets, once all rows are in: values filled by rule, periods censored,
// features lagged. It reports what the rules on related series forbid.
func (r *relation) finish(by *reader) error {
	s, audit := by.spec, by.audit
	for i, x := range r.p.X {
		if rules, ok := s.Filling[fold(x.Name)]; ok {
			filled := fillFeature(r.p, x.V, r.f, r.f.X[i].V, rules)
			filled.Feature = x.Name
			audit.FilledFeatures = append(audit.FilledFeatures, filled)
		}
	}
	if err := r.censor(s.Censoring, audit); err != nil {
		return err
	}
	for i, x := range r.p.X {
		m := r.missingFeature(x, r.f.X[i].V)
		audit.MissingFeatures = append(audit.MissingFeatures, m)
		audit.NullFeatures += m.Values()
	}
	if audit.NullFeatures > 0 {
		if err := by.fault(RelatedFrequency, 0, r.checkFrequency()); err != nil {
			return err
		}
	}
	if s.StrictRelated {
		if err := by.fault(RelatedPast, audit.NullFeatures, strict(audit.MissingFeatures)); err != nil {
			return err
		}
	}
	if s.Tolerant {
		for i, x := range r.f.X {
			if r.features[i].Lag == 0 {
				by.fault(RelatedFuture, int64(countNaN(x.V)), r.checkAhead(i))
			}
		}
		return nil // features stay unlagged, as they came
	}
	if err := r.lag(); err != nil || s.HistoryOnly {
		return err
	}
	for i := range r.f.X {
		if err := r.checkAhead(i); err != nil {
			return err
		}
	}
	return nil
}

// relatedShaper writes the related rows that one worker decodes.
type relatedShaper struct {
	w       *worker
	rel     *relation
	periods periods
	pairs   []*pairs // of each table; nil where no row of it has come
	dup     duplicate
}

func newRelatedShaper(w *worker, rel *relation) *relatedShaper {
	return &relatedShaper{w: w, rel: rel, periods: periods{cal: rel.p.Cal, zone: w.clock.zone}, pairs: make([]*pairs, len(rel.covers))}
}

// pairsOf returns the pairs that rows of t name.
func (s *relatedShaper) pairsOf(t *table) *pairs {
	if s.pairs[t.index] == nil {
		s.pairs[t.index] = newPairs(func(item, site int32) (lo, hi int32) {
			texts := s.w.keyTexts(t, item, site)
			if c := slices.Index(texts, ""); c >= 0 {
				return emptyText(c), 0
			}
			return s.rel.covers[t.index].find(t.keyOf(texts))
		})
	}
	return s.pairs[t.index]
}

// relatedRows are the columns of a related batch.
type relatedRows struct {
	items   []int32
	seconds []int64
	values  [][]float64
	table   *table
	number  int32 // of the import
}

func readRelated(b *batch) relatedRows {
	at := b.file.table.keys()
	r := relatedRows{items: labelNumbers(b, 0), seconds: seconds(b, at), table: b.file.table, number: b.file.number}
	for i := range r.table.features {
		r.values = append(r.values, numbers(b, at+1+i))
	}
	return r
}

// take writes the rows of b.
func (s *relatedShaper) take(b *batch) error {
	r := readRelated(b)
	pairs, sites, site := s.pairsOf(r.table), s.w.sitesOf(b), int32(noSite)
	for i, item := range r.items {
		if sites != nil {
			site = sites[i]
		}
		if r.seconds[i] == noTime {
			continue
		}
		at := pairs.find(item, site)
		if at.lo < 0 {
			s.w.reject(s.w.keyFault(b.at(i), at.lo, item, site))
			continue
		}
		if at.lo == at.hi {
			s.w.skip(KeyNotInTarget)
			continue
		}
		if column := r.tooLarge(i); column >= 0 {
			v := r.values[column][i]
			s.w.reject(fault{b.at(i), s.rel.features[r.table.features[column]].Name, badSize(v), formatNumber(v)})
			continue
		}
		if isRepeatedHour(s.rel.p.Cal, r.seconds[i]) {
			s.w.skip(RepeatedHour)
			continue
		}
		period, _ := s.periods.at(r.seconds[i])
		s.write(&r, i, at, period)
	}
	return nil
}

// tooLarge returns the first number column that is too large in a row, or −1.
func (r *relatedRows) tooLarge(row int) int {
	for c, v := range r.values {
		if tooLarge(v[row]) {
			return c
		}
	}
	return -1
}

// write writes one row to the cells of all series that it stands for, and counts it once.
func (s *relatedShaper) write(r *relatedRows, row int, at *pair, period demand.Period) {
	p, f := s.rel.p, s.rel.f
	why := BeforeSeriesStart
	var all fate
	for _, i := range s.rel.covers[r.table.index].series[at.lo:at.hi] {
		ahead := int(period - p.End)
		switch {
		case period < p.Start[i]:
		case ahead < 0:
			all.add(s.put(r, row, i, p.X, &s.rel.past, p.Off[i]+int(period-p.Start[i]), period))
		case ahead < f.H:
			all.add(s.put(r, row, i, f.X, &s.rel.ahead, int(i)*f.H+ahead, period))
		default:
			why = AfterHorizon
		}
	}
	switch {
	case all.used:
		s.w.tally.used++
	case all.superseded:
		s.w.tally.supersede(all.differs)
	default:
		s.w.skip(why)
	}
}

// fate is what became of a row in the cells that it stands for.
type fate struct {
	used       bool // in a cell
	superseded bool // in a cell, which has a row of a newer import
	differs    bool // from that row, in a value
}

func (p *fate) add(q fate) {
	p.used, p.superseded, p.differs = p.used || q.used, p.superseded || q.superseded, p.differs || q.differs
}

// put writes one row to a cell.
func (s *relatedShaper) put(r *relatedRows, row int, series int32, x []demand.Column, reached *reach, cell int, period demand.Period) fate {
	if reached.newer[r.table.index].has(cell) {
		out := fate{superseded: true}
		for c, feature := range r.table.features {
			out.differs = out.differs || math.Float64bits(x[feature].V[cell]) != math.Float64bits(r.values[c][row])
		}
		return out
	}
	if !reached.now[r.table.index].claim(cell) {
		s.dup.found(s.rel.p.Keys[series], s.rel.p.Cal.Seconds(period), r.number)
		return fate{used: true}
	}
	for c, feature := range r.table.features {
		x[feature].V[cell] = r.values[c][row]
	}
	return fate{used: true}
}

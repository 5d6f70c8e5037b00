package ingest

import (
	"math"
	"slices"
	"sync"

	"shelfcast/engine/demand"
)

// relation is where related rows go: the columns of the panel and of the future of a part, shared by all workers.
type relation struct {
	p        *demand.Panel
	f        *demand.Future
	features []Feature
}

func newRelation(p *demand.Panel, f *demand.Future, features []Feature) *relation {
	r := &relation{p: p, f: f, features: features}
	p.X, f.X = make([]demand.Column, len(features)), make([]demand.Column, len(features))
	var wg sync.WaitGroup
	for i, feature := range features {
		wg.Go(func() {
			p.X[i] = demand.Column{Name: feature.Name, Role: feature.Role, V: nans(len(p.Y))}
			f.X[i] = demand.Column{Name: feature.Name, Role: feature.Role, V: nans(len(p.Keys) * f.H)}
		})
	}
	wg.Wait()
	return r
}

// cell returns the columns that a period of a series lies in, and its place in them.
func (r *relation) cell(series int32, period demand.Period) ([]demand.Column, int) {
	if ahead := int(period - r.p.End); ahead >= 0 {
		return r.f.X, int(series)*r.f.H + ahead
	}
	return r.p.X, r.p.Off[series] + int(period-r.p.Start[series])
}

// put writes the values of a row of a table.
func (r *relation) put(t *table, series int32, period demand.Period, values []float64) {
	x, cell := r.cell(series, period)
	for c, feature := range t.features {
		x[feature].V[cell] = values[c]
	}
}

// differs reports whether a row holds another value than what has been written.
func (r *relation) differs(t *table, series int32, period demand.Period, values []float64) bool {
	x, cell := r.cell(series, period)
	for c, feature := range t.features {
		if math.Float64bits(x[feature].V[cell]) != math.Float64bits(values[c]) {
			return true
		}
	}
	return false
}

func nans(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// finish turns what the feeds say into what a model gets, once all rows of a part are in: values filled by rule, periods
// censored, features lagged. What the rules on related series need to know is added to what was found in other parts.
// First is the number of the first cell among those of past.
func (r *relation) finish(s Spec, z *zone, audit *Audit, found *relatedFound, past *reached, first int) error {
	z.carryOver(r.p, r.f)
	filled := 0
	for i, x := range r.p.X {
		if rules, ok := s.Filling[fold(x.Name)]; ok {
			one := fillFeature(r.p, x.V, r.f, r.f.X[i].V, rules)
			one.Feature = x.Name
			audit.FilledFeatures = addFilled(audit.FilledFeatures, filled, one)
			filled++
		}
	}
	if err := r.censor(s.Censoring, audit); err != nil {
		return err
	}
	missing := int64(0)
	for i, x := range r.p.X {
		m := r.missingFeature(x, r.f.X[i].V)
		audit.MissingFeatures = addMissing(audit.MissingFeatures, i, m)
		missing += m.Values()
	}
	audit.NullFeatures += missing
	found.count(r, past, first, missing > 0)
	if !s.Tolerant { // which leaves features as they came
		r.lag()
	}
	if s.Tolerant || !s.HistoryOnly {
		found.countAhead(r)
	}
	return nil
}

func addFilled(list []FilledFeature, i int, f FilledFeature) []FilledFeature {
	if i == len(list) {
		return append(list, f)
	}
	list[i].Middle += f.Middle
	list[i].Back += f.Back
	list[i].Future += f.Future
	return list
}

// relatedShaper takes the related rows that one worker decodes: into the columns where all series are one part, else into
// the spill.
type relatedShaper struct {
	w       *worker
	of      *staged
	reach   *reach
	rel     *relation // nil where rows are set aside
	periods periods
	pairs   []*pairs // of each table; nil where no row of it has come
	dup     duplicate
	values  []float64 // of the row at hand
	older   []int32   // series that the row at hand comes too late for
	waiting asideRows
	late    asideRows // superseded; behind the values the number of the row
	aside   []relatedExtent
}

func newRelatedShaper(w *worker, of *staged, reach *reach, rel *relation) *relatedShaper {
	return &relatedShaper{
		w: w, of: of, reach: reach, rel: rel, periods: periods{cal: of.frame.Cal, zone: w.clock.zone}, pairs: make([]*pairs, len(reach.covers)),
	}
}

// pairsOf returns the pairs that rows of t name.
func (s *relatedShaper) pairsOf(t *table) *pairs {
	if s.pairs[t.index] == nil {
		s.pairs[t.index] = newPairs(func(item, site int32) (lo, hi int32) {
			texts := s.w.keyTexts(t, item, site)
			if c := slices.Index(texts, ""); c >= 0 {
				return emptyText(c), 0
			}
			return s.reach.covers[t.index].find(t.keyOf(texts))
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
			s.w.reject(fault{b.at(i), r.table.name(r.table.keys() + 1 + column), badSize(v), formatNumber(v)})
			continue
		}
		if isRepeatedHour(s.of.frame.Cal, r.seconds[i]) {
			s.w.skip(RepeatedHour)
			continue
		}
		period, _ := s.periods.at(r.seconds[i])
		if err := s.write(&r, i, at, period); err != nil {
			return err
		}
	}
	return s.makeRoom(r.table, 1)
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
func (s *relatedShaper) write(r *relatedRows, row int, at *pair, period demand.Period) error {
	p := s.of.frame
	used, differs, why := false, false, BeforeSeriesStart
	s.values, s.older = s.values[:0], s.older[:0]
	for _, v := range r.values {
		s.values = append(s.values, v[row])
	}
	for _, i := range s.reach.covers[r.table.index].series[at.lo:at.hi] {
		if period < p.Start[i] {
			continue
		}
		reached, cell := s.reach.cell(p, i, period)
		switch {
		case reached == nil:
			why = AfterHorizon
		case reached.isNewer(r.table.index, cell):
			s.older = append(s.older, i)
			differs = differs || s.rel != nil && s.rel.differs(r.table, i, period, s.values)
		case !reached.now[r.table.index].claim(cell):
			used = true
			s.dup.found(p.Keys[i], p.Cal.Seconds(period), r.number)
		default:
			used = true
			if err := s.put(r.table, i, period); err != nil {
				return err
			}
		}
	}
	switch {
	case used:
		s.w.tally.used++
	case len(s.older) > 0 && s.rel != nil:
		s.w.tally.supersede(differs)
	case len(s.older) > 0:
		return s.supersede(r.table, period)
	default:
		s.w.skip(why)
	}
	return nil
}

func (s *relatedShaper) put(t *table, series int32, period demand.Period) error {
	if s.rel != nil {
		s.rel.put(t, series, period, s.values)
		return nil
	}
	s.waiting.add(series, period, s.values)
	return s.makeRoom(t, s.w.sizing.batchRows)
}

// supersede sets a row aside that newer imports have replaced: whether it differs is seen where the newer ones are.
func (s *relatedShaper) supersede(t *table, period demand.Period) error {
	s.w.skip(Superseded)
	s.values = append(s.values, float64(s.reach.superseded.Add(1)-1))
	for _, i := range s.older {
		s.late.add(i, period, s.values)
	}
	return s.makeRoom(t, s.w.sizing.batchRows)
}

// tables returns the tables that the related files make.
func (r *reader) tables() []*table {
	var tables []*table
	for _, f := range r.related {
		if f.table.index == len(tables) {
			tables = append(tables, f.table)
		}
	}
	return tables
}

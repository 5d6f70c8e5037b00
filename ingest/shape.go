package ingest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"shelfcast/engine/demand"
)

// shape makes the panel of the staged rows.
func shape(shapers []*targetShaper, s Spec, files []*file, z *zone, audit *Audit) (*demand.Panel, error) {
	all := merge(shapers)
	if len(all.keys) == 0 {
		return nil, fmt.Errorf("read target: no row can be used: %d rows in, %d not needed, %d rejected; check the files and the as-of date",
			audit.Target.Rows, audit.Target.NotNeededRows(), audit.Target.RejectedRows())
	}
	p, err := all.panel(s)
	if err != nil {
		return nil, err
	}
	var twice *duplicate
	if all.mustSettle(files) {
		twice = all.settle(p, files, z, audit)
	}
	if left := all.scatter(p, s.Aggregation, z, audit); twice == nil {
		twice = left
	}
	z.skipHours(p)
	rules, said := targetFilling(s)
	fillTarget(p, all.spans, rules, said, audit)
	audit.Series, audit.Cells = p.Len(), int64(p.Cells())
	if twice.count > 0 {
		return p, twice // the caller looks up the places
	}
	return p, nil
}

// staged is the rows of all workers, with one numbering of series: the order of the panel.
type staged struct {
	keys   []demand.Key
	spans  []span
	number map[*targetShaper][]int32 // from a worker's series number to the panel's
	chunks []*chunk                  // in file order
}

func merge(shapers []*targetShaper) *staged {
	m := &staged{number: map[*targetShaper][]int32{}}
	for _, s := range shapers {
		for i, key := range s.keys {
			if s.spans[i].first <= s.spans[i].last {
				m.keys = append(m.keys, key)
			}
		}
		m.chunks = append(m.chunks, s.chunks...)
		s.chunks = nil
	}
	slices.SortFunc(m.keys, demand.Key.Compare)
	m.keys = slices.Compact(m.keys)
	slices.SortFunc(m.chunks, func(a, b *chunk) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.order, b.order))
	})
	m.renumber(shapers)
	return m
}

func (m *staged) renumber(shapers []*targetShaper) {
	index := indexOf(m.keys)
	m.spans = make([]span, len(m.keys))
	for i := range m.spans {
		m.spans[i] = span{math.MaxInt32, math.MinInt32}
	}
	for _, s := range shapers {
		number := make([]int32, len(s.keys))
		for i, key := range s.keys {
			if s.spans[i].first > s.spans[i].last {
				continue // all its rows lie after the last period
			}
			at := index[key]
			number[i] = at
			m.spans[at].first = min(m.spans[at].first, s.spans[i].first)
			m.spans[at].last = max(m.spans[at].last, s.spans[i].last)
		}
		m.number[s] = number
	}
}

func indexOf(keys []demand.Key) map[demand.Key]int32 {
	index := make(map[demand.Key]int32, len(keys))
	for i, key := range keys {
		index[key] = int32(i)
	}
	return index
}

// panel returns a panel of the right size whose cells are all unseen.
func (m *staged) panel(s Spec) (*demand.Panel, error) {
	p := &demand.Panel{Cal: demand.Calendar{Freq: s.Freq}, Keys: m.keys}
	last := demand.Period(math.MinInt32)
	first := demand.Period(math.MaxInt32)
	for _, sp := range m.spans {
		first, last = min(first, sp.first), max(last, sp.last)
	}
	if err := endsInTime(p.Cal, last, s.AsOf); err != nil {
		return nil, err
	}
	p.End = last + 1
	if err := checkHorizon(p.Cal, s.Horizon, first, last); err != nil {
		return nil, err
	}
	p.Start, p.Off = make([]demand.Period, len(m.keys)), make([]int, len(m.keys)+1)
	for i, sp := range m.spans {
		p.Start[i] = sp.first
		p.Off[i+1] = p.Off[i] + int(p.End-sp.first)
	}
	if err := m.checkSize(p, first); err != nil {
		return nil, err
	}
	rows := m.rowsOf(first, last)
	if err := checkGap(p.Cal, first, rows); err != nil {
		return nil, err
	}
	if err := checkFrequency(p.Cal, first, rows); err != nil {
		return nil, err
	}
	p.Y = make([]float64, p.Cells())
	for i := range p.Y {
		p.Y[i] = unseen
	}
	return p, nil
}

// endsInTime reports a target that ends before the period that was asked for. To fill the rest with zeros would say that
// nothing was sold, where in truth the feed is late.
func endsInTime(cal demand.Calendar, last demand.Period, asOf time.Time) error {
	if asOf.IsZero() || last >= cal.Period(asOf) {
		return nil
	}
	return fmt.Errorf("read target: %w: the last row is of %s, the as-of date is %s; wait for the feed, or set an earlier date",
		ErrLate, cal.Format(last), cal.Format(cal.Period(asOf)))
}

// checkHorizon reports a horizon that the longest series does not bear: h ≤ length − 1.
func checkHorizon(cal demand.Calendar, h int, first, last demand.Period) error {
	length := int(last-first) + 1
	if h < length {
		return nil
	}
	return fmt.Errorf("read target: the horizon is %d periods, and the longest series has %d (%s to %s); at most %d can be forecast",
		h, length, cal.Format(first), cal.Format(last), min(longestHorizon, length-1))
}

// A panel that is this much emptier than its rows comes of a wrong date, not of slow sellers.
const (
	emptyShare = 200       // cells for each row
	emptyCells = 1_000_000 // small panels may be as empty as they are
)

func (m *staged) checkSize(p *demand.Panel, first demand.Period) error {
	rows := 0
	for _, c := range m.chunks {
		rows += len(c.series)
	}
	cells := p.Cells()
	if cells <= emptyCells || cells/emptyShare <= rows {
		return nil
	}
	return fmt.Errorf("read target: %d rows would make %d cells, since they run from %s to %s; look for a wrong date, or choose a longer period than %v",
		rows, cells, p.Cal.Format(first), p.Cal.Format(p.End-1), p.Cal.Freq)
}

package ingest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"shelfcast/engine/demand"
)

// staged is the rows of all workers, with one numbering of series, which are cut into parts that memory has room for.
type staged struct {
	frame   *demand.Panel // all series, without their cells
	spans   []span
	chunks  []*chunk // in file order
	returns []*chunk // rows of a demand that is negative or no number, in any order
	seen    byPeriod
	finer   bool // true where a row does not begin its period
	files   []*file
	spill   *spill
	bounds  []int   // the first series of each part, and behind them the number of series
	partOf  []int32 // of each series
}

// stage makes one numbering of what the workers read, and the frame of the panel.
func stage(shapers []*targetShaper, s Spec, features int, files []*file, aside *spill, audit *Audit) (*staged, error) {
	m := merge(shapers)
	m.files, m.spill = files, aside
	numbers := m.number(shapers)
	if len(m.frame.Keys) == 0 {
		return nil, fmt.Errorf("read target: no row can be used: %d rows in, %d not needed, %d rejected; check the files and the as-of date",
			audit.Target.Rows, audit.Target.NotNeededRows(), audit.Target.RejectedRows())
	}
	if err := m.size(s, audit.Target.Used); err != nil {
		return nil, err
	}
	audit.Series, audit.Cells = m.frame.Len(), int64(m.frame.Cells())
	var err error
	if m.bounds, err = m.cut(s, features); err != nil {
		return nil, err
	}
	m.partOf = make([]int32, m.frame.Len())
	for part := range m.parts() {
		for i := m.bounds[part]; i < m.bounds[part+1]; i++ {
			m.partOf[i] = int32(part)
		}
	}
	return m, m.renumber(numbers)
}

func merge(shapers []*targetShaper) *staged {
	m := &staged{frame: &demand.Panel{}, seen: newByPeriod()}
	for _, s := range shapers {
		for i, key := range s.keys {
			if s.spans[i].first <= s.spans[i].last {
				m.frame.Keys = append(m.frame.Keys, key)
			}
		}
		m.chunks = append(m.chunks, s.chunks...)
		m.returns = append(m.returns, s.returns...)
		s.chunks, s.returns = nil, nil
		m.seen.merge(&s.seen)
		m.finer = m.finer || s.finer
	}
	slices.SortFunc(m.frame.Keys, demand.Key.Compare)
	m.frame.Keys = slices.Clip(slices.Compact(m.frame.Keys))
	slices.SortFunc(m.chunks, func(a, b *chunk) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.order, b.order))
	})
	return m
}

// number returns the numbers, among all series, of each worker's own, and gathers their spans.
func (m *staged) number(shapers []*targetShaper) map[*targetShaper][]int32 {
	index := indexOf(m.frame.Keys)
	m.spans = slices.Repeat([]span{{math.MaxInt32, math.MinInt32}}, len(index))
	numbers := map[*targetShaper][]int32{}
	for _, s := range shapers {
		numbers[s] = make([]int32, len(s.keys))
		for i, key := range s.keys {
			if s.spans[i].first > s.spans[i].last {
				numbers[s][i] = noSeries
				continue // none of its rows can be used
			}
			at := index[key]
			numbers[s][i] = at
			m.spans[at].first = min(m.spans[at].first, s.spans[i].first)
			m.spans[at].last = max(m.spans[at].last, s.spans[i].last)
		}
	}
	return numbers
}

// noSeries stands for the number of a key that is no series of the panel.
const noSeries = -1

func indexOf(keys []demand.Key) map[demand.Key]int32 {
	index := make(map[demand.Key]int32, len(keys))
	for i, key := range keys {
		index[key] = int32(i)
	}
	return index
}

// size gives the frame its calendar, and checks that such a panel can be meant.
func (m *staged) size(s Spec, rows int64) error {
	p := m.frame
	p.Cal = demand.Calendar{Freq: s.Freq}
	last := demand.Period(math.MinInt32)
	first := demand.Period(math.MaxInt32)
	for _, sp := range m.spans {
		first, last = min(first, sp.first), max(last, sp.last)
	}
	if err := endsInTime(p.Cal, last, s.AsOf); err != nil {
		return err
	}
	p.End = last + 1
	if err := checkHorizon(p.Cal, s.Horizon, first, last); err != nil {
		return err
	}
	p.Start, p.Off = make([]demand.Period, len(p.Keys)), make([]int, len(p.Keys)+1)
	for i, sp := range m.spans {
		p.Start[i] = sp.first
		p.Off[i+1] = p.Off[i] + int(p.End-sp.first)
	}
	if err := checkSize(p, first, rows); err != nil {
		return err
	}
	perPeriod := m.seen.rows(first, last)
	if err := checkGap(p.Cal, first, perPeriod); err != nil {
		return err
	}
	return checkFrequency(p.Cal, first, perPeriod)
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

func checkSize(p *demand.Panel, first demand.Period, rows int64) error {
	cells := p.Cells()
	if cells <= emptyCells || int64(cells/emptyShare) <= rows {
		return nil
	}
	return fmt.Errorf("read target: %d rows would make %d cells, since they run from %s to %s; look for a wrong date, or choose a longer period than %v",
		rows, cells, p.Cal.Format(first), p.Cal.Format(p.End-1), p.Cal.Freq)
}

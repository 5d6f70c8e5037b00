package ingest

import (
	"math"
	"slices"
	"sort"

	"shelfcast/engine/demand"
)

// unseen is the NaN of cells that no row has reached. Its payload keeps it apart from the NaN of an empty demand.
var unseen = math.Float64frombits(unseenBits)

const unseenBits = 0x7ff8_0000_05ee_d000

// scatter writes the rows into the panel. Rows of one period at different seconds of it are aggregated in file order; a
// second row of a series at the same second is reported. It gives the chunks up as it goes, where it can.
func (m *staged) scatter(p *demand.Panel, how Aggregation, z *zone, audit *Audit) *duplicate {
	w := &cellWriter{p: p, how: how, zone: z, audit: audit, dup: &duplicate{in: "target", cal: p.Cal}}
	if slices.ContainsFunc(m.chunks, func(c *chunk) bool { return c.into != nil }) {
		w.seconds = make([]between, len(p.Y))
		w.doubtful = newBits(len(p.Y))
		if how == Avg {
			w.more = make([]int32, len(p.Y))
		}
	}
	for i, c := range m.chunks {
		w.chunk(c, m.number[c.by])
		if w.seconds == nil {
			m.chunks[i] = nil
		}
	}
	w.mean()
	if w.doubts {
		w.recheck(m)
	}
	return w.dup
}

// cellWriter writes rows to cells.
type cellWriter struct {
	p        *demand.Panel
	how      Aggregation
	zone     *zone
	audit    *Audit
	seconds  []between // of the rows in each cell; nil where all rows begin their period
	more     []int32   // rows in each cell besides the first; nil where their number does not matter
	doubtful bits      // cells whose rows come in no order of time, so that a duplicate may hide in them
	doubts   bool
	dup      *duplicate
}

// between is the first and the last second, counted from the beginning of a period, that rows lie at.
type between struct{ lo, hi int32 }

func (w *cellWriter) chunk(c *chunk, number []int32) {
	p := w.p
	for i, local := range c.series {
		s := number[local]
		cell := p.Off[s] + int(c.period[i]-p.Start[s])
		if math.Float64bits(p.Y[cell]) != unseenBits {
			w.add(cell, c, i)
			continue
		}
		p.Y[cell] = c.value[i]
		if w.seconds != nil {
			w.seconds[cell] = between{c.second(i), c.second(i)}
		}
	}
}

func (c *chunk) second(i int) int32 {
	if c.into == nil {
		return 0
	}
	return c.into[i]
}

// add writes one more row to a cell that has one. Outside the seconds met so far it is surely no duplicate.
func (w *cellWriter) add(cell int, c *chunk, i int) {
	if w.seconds == nil {
		w.report(cell, 0)
		return
	}
	at, met := c.second(i), &w.seconds[cell]
	w.p.Y[cell] = w.how.of(w.p.Y[cell], c.value[i], at < met.lo)
	w.audit.Target.Aggregated++
	if w.more != nil {
		w.more[cell]++
	}
	if at >= met.lo && at <= met.hi {
		w.doubts = true
		w.doubtful.claim(cell)
	}
	met.lo, met.hi = min(met.lo, at), max(met.hi, at)
}

// mean divides the sums of cells that have several rows by their number.
func (w *cellWriter) mean() {
	for cell, n := range w.more {
		if n > 0 {
			w.p.Y[cell] /= float64(n + 1)
		}
	}
}

// seriesOfCell returns the series that a cell belongs to.
func seriesOfCell(p *demand.Panel, cell int) int { return sort.SearchInts(p.Off, cell+1) - 1 }

func (w *cellWriter) report(cell int, into int64) {
	p := w.p
	s := seriesOfCell(p, cell)
	w.dup.found(p.Keys[s], w.zone.stampAt(p.Cal, p.Start[s]+demand.Period(cell-p.Off[s]), into), 0)
}

// recheck looks for duplicates in the doubtful cells.
func (w *cellWriter) recheck(m *staged) {
	const secondBits = 25 // a year has fewer seconds than 2²⁵
	var met []uint64      // cell and second of each row
	for _, c := range m.chunks {
		number := m.number[c.by]
		for i, local := range c.series {
			s := number[local]
			cell := w.p.Off[s] + int(c.period[i]-w.p.Start[s])
			if w.doubtful.has(cell) {
				met = append(met, uint64(cell)<<secondBits|uint64(c.second(i)))
			}
		}
	}
	slices.Sort(met)
	for i := 1; i < len(met); i++ {
		if met[i] == met[i-1] {
			w.report(int(met[i]>>secondBits), int64(met[i]&(1<<secondBits-1)))
		}
	}
}

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

// The NaN of cells that are never filled: those of days on which the shop was closed, and those whose only rows tell that
// something was sold and not how much.
var (
	closedDay = math.Float64frombits(closedBits)
	withheld  = math.Float64frombits(withheldBits)
)

const (
	closedBits     = 0x7ff8_0000_05ee_d002
	withheldBits   = 0x7ff8_0000_05ee_d003
	unreadableBits = 0x7ff8_0000_05ee_d004 // of a row on its way to be rejected
)

// scatter writes the rows of a part into its panel. Rows of one period at different seconds of it are aggregated in file
// order; a second row of a series at the same second is reported.
func (m *staged) scatter(part int, p *demand.Panel, how Aggregation, z *zone, audit *Audit) (*duplicate, error) {
	w := &cellWriter{p: p, first: int32(m.bounds[part]), how: how, zone: z, audit: audit, dup: &duplicate{in: "target", cal: p.Cal}}
	if m.finer {
		w.seconds = make([]between, len(p.Y))
		w.doubtful = newBits(len(p.Y))
		if how == Avg {
			w.more = make([]int32, len(p.Y))
		}
	}
	each := func(do func(*rows)) error {
		return m.each(part, func(r *rows, _ int) { do(r) })
	}
	if m.mustSettle() {
		list, dup, err := m.settle(part, z, audit)
		if err != nil {
			return nil, err
		}
		w.dup = dup
		each = func(do func(*rows)) error {
			for _, r := range list {
				do(r)
			}
			return nil
		}
	}
	if err := each(w.write); err != nil {
		return nil, err
	}
	w.mean()
	if w.doubts {
		return w.dup, w.recheck(each)
	}
	return w.dup, nil
}

// cellWriter writes rows to cells.
type cellWriter struct {
	p        *demand.Panel
	first    int32 // number of its first series among all
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

func (w *cellWriter) cell(r *rows, i int) int {
	s := r.series[i] - w.first
	return w.p.Off[s] + int(r.period[i]-w.p.Start[s])
}

func (w *cellWriter) write(c *rows) {
	p := w.p
	for i := range c.series {
		cell := w.cell(c, i)
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

func (r *rows) second(i int) int32 {
	if r.into == nil {
		return 0
	}
	return r.into[i]
}

// add writes one more row to a cell that has one. Outside the seconds met so far it is surely no duplicate.
func (w *cellWriter) add(cell int, c *rows, i int) {
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
func (w *cellWriter) recheck(each func(func(*rows)) error) error {
	const secondBits = 25 // a year has fewer seconds than 2²⁵
	var met []uint64      // cell and second of each row
	err := each(func(r *rows) {
		for i := range r.series {
			if cell := w.cell(r, i); w.doubtful.has(cell) {
				met = append(met, uint64(cell)<<secondBits|uint64(r.second(i)))
			}
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(met)
	for i := 1; i < len(met); i++ {
		if met[i] == met[i-1] {
			w.report(int(met[i]>>secondBits), int64(met[i]&(1<<secondBits-1)))
		}
	}
	return nil
}

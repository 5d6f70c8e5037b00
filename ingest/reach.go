package ingest

import (
	"sync/atomic"

	"shelfcast/engine/demand"
)

// reach is which cells the related rows have reached, over all series.
type reach struct {
	covers      []*coverage // of each table, the series that its rows stand for
	past, ahead reached
	h           int
	superseded  atomic.Int64 // rows that are set aside and that newer imports have replaced
}

// reached is which cells of the panel, or of the future, rows have reached, for each table.
type reached struct {
	now   []bits // by the import at hand, or any before
	newer []bits // by the imports before, which are newer; nil where there was none
}

func newReach(tables []*table, frame *demand.Panel, h int) *reach {
	r := &reach{covers: coverages(tables, frame.Keys), h: h}
	for range tables {
		r.past.now = append(r.past.now, newBits(frame.Cells()))
		r.ahead.now = append(r.ahead.now, newBits(frame.Len()*h))
	}
	return r
}

// nextImport begins with an older import.
func (r *reach) nextImport() {
	for _, of := range []*reached{&r.past, &r.ahead} {
		of.newer = nil
		for _, b := range of.now {
			of.newer = append(of.newer, append(bits(nil), b...))
		}
	}
}

// cell returns what a period of a series, not before its start, is a cell of; nil behind the horizon.
func (r *reach) cell(frame *demand.Panel, series int32, period demand.Period) (of *reached, cell int) {
	ahead := int(period - frame.End)
	switch {
	case ahead < 0:
		return &r.past, frame.Off[series] + int(period-frame.Start[series])
	case ahead < r.h:
		return &r.ahead, int(series)*r.h + ahead
	}
	return nil, 0
}

// isNewer reports whether a newer import has a row for a cell.
func (r *reached) isNewer(table, cell int) bool { return r.newer != nil && r.newer[table].has(cell) }

package ingest

import (
	"cmp"
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// settledRow is a row on its way into the order of time.
type settledRow struct {
	period demand.Period
	into   int32 // seconds into the period
	number int32 // of the import
	value  float64
}

func (r settledRow) compare(s settledRow) int {
	return cmp.Or(r.sameTime(s), cmp.Compare(r.number, s.number))
}

func (r settledRow) sameTime(s settledRow) int {
	return cmp.Or(cmp.Compare(r.period, s.period), cmp.Compare(r.into, s.into))
}

// mustSettle reports whether the order in which rows came decides nothing, so that they are put in order first: several
// imports do, the newest of which counts, and a query does whose rows are finer than a period, since a database sends rows
// in any order and a sum of floats depends on it.
func (m *staged) mustSettle() bool {
	return m.files[len(m.files)-1].number > 0 || m.files[0].query != nil && m.finer
}

// settle puts the rows of a part in the order of series and time, and keeps one for each time: that of the newest import.
// Two rows of one import at one time are a duplicate.
func (m *staged) settle(part int, z *zone, audit *Audit) ([]*rows, *duplicate, error) {
	all, off, err := m.bySeries(part)
	if err != nil {
		return nil, nil, err
	}
	dup := &duplicate{in: "target", cal: m.frame.Cal}
	in := &audit.Target
	superseded := int64(0)
	var kept settledRows
	for s := range len(off) - 1 {
		own, number := all[off[s]:off[s+1]], m.bounds[part]+s
		if !slices.IsSortedFunc(own, settledRow.compare) {
			slices.SortFunc(own, settledRow.compare)
		}
		for i, r := range own {
			if i+1 == len(own) || r.sameTime(own[i+1]) != 0 {
				kept.add(int32(number), r)
				continue
			}
			next := own[i+1]
			if r.number == next.number {
				dup.found(m.frame.Keys[number], z.stampAt(m.frame.Cal, r.period, int64(r.into)), r.number)
				continue
			}
			superseded++
			if math.Float64bits(r.value) == math.Float64bits(next.value) {
				in.Repeated++
			} else {
				in.Corrected++
			}
		}
	}
	in.supersede(superseded)
	return kept.list, dup, nil
}

// supersede counts used rows of older imports as not needed, the last of the reasons.
func (in *Input) supersede(rows int64) {
	if rows == 0 {
		return
	}
	in.Used -= rows
	if n := len(in.NotNeeded); n > 0 && in.NotNeeded[n-1].Reason == Superseded {
		in.NotNeeded[n-1].Rows += rows
		return
	}
	in.NotNeeded = append(in.NotNeeded, Count{Superseded, rows})
}

// bySeries returns the rows of series s of a part in all[off[s]:off[s+1]].
func (m *staged) bySeries(part int) (all []settledRow, off []int, err error) {
	lo, hi := m.bounds[part], m.bounds[part+1]
	off = make([]int, hi-lo+1)
	err = m.each(part, func(r *rows, _ int) {
		for _, s := range r.series {
			off[int(s)-lo+1]++
		}
	})
	if err != nil {
		return nil, nil, err
	}
	for s := range hi - lo {
		off[s+1] += off[s]
	}
	all = make([]settledRow, off[hi-lo])
	next := slices.Clone(off)
	return all, off, m.each(part, func(r *rows, file int) {
		for i, s := range r.series {
			at := &next[int(s)-lo]
			all[*at] = settledRow{r.period[i], r.second(i), m.files[file].number, r.value[i]}
			*at++
		}
	})
}

const settledChunk = 1 << 16 // rows

// settledRows gathers rows that are in order.
type settledRows struct{ list []*rows }

func (g *settledRows) add(series int32, r settledRow) {
	if n := len(g.list); n == 0 || len(g.list[n-1].series) == settledChunk {
		g.list = append(g.list, &rows{})
	}
	c := g.list[len(g.list)-1]
	if r.into != 0 && c.into == nil {
		c.into = make([]int32, len(c.series), settledChunk)
	}
	if c.into != nil {
		c.into = append(c.into, r.into)
	}
	c.series, c.period, c.value = append(c.series, series), append(c.period, r.period), append(c.value, r.value)
}

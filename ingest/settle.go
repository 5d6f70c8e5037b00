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
func (m *staged) mustSettle(files []*file) bool {
	if files[len(files)-1].number > 0 {
		return true
	}
	return files[0].query != nil && slices.ContainsFunc(m.chunks, func(c *chunk) bool { return c.into != nil })
}

// settle puts the rows in the order of series and time, and keeps one for each time: that of the newest import. Two rows of
// one import at one time are a duplicate.
func (m *staged) settle(p *demand.Panel, files []*file, z *zone, audit *Audit) *duplicate {
	rows, off := m.bySeries(len(p.Keys), files)
	dup := &duplicate{in: "target", cal: p.Cal}
	in := &audit.Target
	superseded := int64(0)
	var kept chunks
	for s := range p.Keys {
		own := rows[off[s]:off[s+1]]
		if !slices.IsSortedFunc(own, settledRow.compare) {
			slices.SortFunc(own, settledRow.compare)
		}
		for i, r := range own {
			if i+1 == len(own) || r.sameTime(own[i+1]) != 0 {
				kept.add(int32(s), r)
				continue
			}
			next := own[i+1]
			if r.number == next.number {
				dup.found(p.Keys[s], z.stampAt(p.Cal, r.period, int64(r.into)), r.number)
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
	if superseded > 0 {
		in.Used -= superseded
		in.NotNeeded = append(in.NotNeeded, Count{Superseded, superseded}) // the last of the reasons
	}
	m.take(kept.list, len(p.Keys))
	return dup
}

// bySeries returns the rows of series s in rows[off[s]:off[s+1]], and gives the chunks up.
func (m *staged) bySeries(series int, files []*file) (rows []settledRow, off []int) {
	off = make([]int, series+1)
	for _, c := range m.chunks {
		number := m.number[c.by]
		for _, local := range c.series {
			off[number[local]+1]++
		}
	}
	for s := range series {
		off[s+1] += off[s]
	}
	rows = make([]settledRow, off[series])
	next := slices.Clone(off)
	for k, c := range m.chunks {
		number, of := m.number[c.by], files[c.file].number
		for i, local := range c.series {
			s := number[local]
			rows[next[s]] = settledRow{c.period[i], c.second(i), of, c.value[i]}
			next[s]++
		}
		m.chunks[k] = nil
	}
	return rows, off
}

// take sets the chunks, whose series are numbered as in the panel.
func (m *staged) take(list []*chunk, series int) {
	all := &targetShaper{}
	numbers := make([]int32, series)
	for i := range numbers {
		numbers[i] = int32(i)
	}
	for _, c := range list {
		c.by = all
	}
	m.number = map[*targetShaper][]int32{all: numbers}
	m.chunks = list
}

const settledChunk = 1 << 16 // rows

// chunks gathers rows in chunks.
type chunks struct{ list []*chunk }

func (g *chunks) add(series int32, r settledRow) {
	n := len(g.list)
	if n == 0 || len(g.list[n-1].series) == settledChunk {
		g.list = append(g.list, &chunk{order: int64(n)})
		n++
	}
	c := g.list[n-1]
	if r.into != 0 && c.into == nil {
		c.into = make([]int32, len(c.series), settledChunk)
	}
	if c.into != nil {
		c.into = append(c.into, r.into)
	}
	c.series, c.period, c.value = append(c.series, series), append(c.period, r.period), append(c.value, r.value)
}

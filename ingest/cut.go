package ingest

import (
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// partShare is the part of the memory allowed that the cells of one part may take, one in so many: as much again goes to
// what models make of them, and the rest to keys, rows at work and what the collector has not come to.
const partShare = 4

// stagedShare is the part of the memory allowed that rows may take before the others are set aside.
const stagedShare = 8

// forecastColumns stand for the quantiles of a forecast, which wait to be written while their part is worked through.
const forecastColumns = 8

func (m *staged) parts() int { return len(m.bounds) - 1 }

// cut divides the series into parts that the memory allowed has room for, each of whole steps.
func (m *staged) cut(s Spec, features int) ([]int, error) {
	n := m.frame.Len()
	if s.Memory == 0 || m.bytes(0, n, s, features) <= s.Memory/partShare {
		return []int{0, n}, nil
	}
	bounds := []int{0}
	step := max(1, s.Step)
	for lo := 0; lo < n; lo += step {
		hi := min(n, lo+step)
		if alone := m.bytes(lo, hi, s, features); alone > s.Memory/partShare {
			return nil, fmt.Errorf("read target: the %d series from %v on take %d KiB together, and 1 in %d of the %d KiB of memory is for them; allow more (run.memory), or take fewer series together (run.shard_series)",
				hi-lo, m.frame.Keys[lo], alone>>10, partShare, s.Memory>>10)
		}
		if from := bounds[len(bounds)-1]; m.bytes(from, hi, s, features) > s.Memory/partShare {
			bounds = append(bounds, lo)
		}
	}
	return append(bounds, n), nil
}

// bytes is what the series lo to hi−1 take: cells of the past with their marks and features, and those of the horizon.
func (m *staged) bytes(lo, hi int, s Spec, features int) int64 {
	cell, ahead := int64(8+2+9*features), int64(8*(features+forecastColumns))
	if m.finer {
		cell += 13
	}
	if m.mustSettle() {
		cell += 48
	}
	return int64(m.frame.Off[hi]-m.frame.Off[lo])*cell + int64(hi-lo)*int64(s.Horizon)*ahead
}

// renumber gives all rows the numbers of the frame. Where there are several parts, all rows are set aside, by parts.
func (m *staged) renumber(numbers map[*targetShaper][]int32) error {
	var room rows
	for _, c := range m.chunks {
		if err := m.renumberChunk(c, numbers[c.by], 1, &room); err != nil {
			return err
		}
	}
	for _, c := range m.returns {
		if err := m.renumberChunk(c, numbers[c.by], 0, &room); err != nil {
			return err
		}
	}
	return nil
}

func (m *staged) renumberChunk(c *chunk, numbers []int32, columns int, room *rows) (err error) {
	at := &c.rows
	if c.aside != nil {
		at = room
		if err := m.spill.get(c.aside, 0, at); err != nil {
			return err
		}
	}
	for i, s := range at.series {
		at.series[i] = numbers[s]
	}
	c.by = nil
	if columns == 0 {
		at.dropUnnumbered()
	}
	if m.parts() == 1 && c.aside == nil {
		return nil
	}
	c.aside, err = m.spill.writeParts(at, columns, m.partOf, m.parts(), c.aside)
	c.rows = rows{}
	return err
}

// dropUnnumbered drops the rows of keys that are no series of the panel. There are no columns.
func (r *rows) dropUnnumbered() {
	n := 0
	for i, s := range r.series {
		if s != noSeries {
			r.series[n], r.period[n] = s, r.period[i]
			n++
		}
	}
	r.series, r.period = r.series[:n], r.period[:n]
}

// each calls do with the rows of a part and the number of their file, in file order. It gives up those in memory where they
// are not asked for again.
func (m *staged) each(part int, do func(r *rows, file int)) error {
	return m.eachOf(m.chunks, part, func(c *chunk, r *rows) {
		do(r, c.file)
		if c.aside == nil && !m.finer && !m.mustSettle() {
			c.rows = rows{}
		}
	})
}

func (m *staged) eachOf(chunks []*chunk, part int, do func(c *chunk, r *rows)) error {
	var room rows
	for _, c := range chunks {
		if c.aside == nil {
			do(c, &c.rows)
			continue
		}
		if c.aside.parts[part] == 0 {
			continue
		}
		if err := m.spill.get(c.aside, part, &room); err != nil {
			return err
		}
		do(c, &room)
	}
	return nil
}

// keepReturns leaves the cells not observed whose only rows are of a demand that is negative, since more came back than was
// sold, or no number: what was sold is not known.
func (m *staged) keepReturns(part int, p *demand.Panel) error {
	first := int32(m.bounds[part])
	return m.eachOf(m.returns, part, func(_ *chunk, r *rows) {
		for i, s := range r.series {
			s -= first
			if r.period[i] < p.Start[s] || r.period[i] >= p.End {
				continue
			}
			if cell := p.Off[s] + int(r.period[i]-p.Start[s]); math.Float64bits(p.Y[cell]) == unseenBits {
				p.Y[cell] = withheld
			}
		}
	})
}

// panel returns the panel of a part, whose cells are all unseen.
func (m *staged) panel(part int) *demand.Panel {
	lo, hi := m.bounds[part], m.bounds[part+1]
	p := m.frame.Shard(lo, hi)
	p.Off = slices.Clone(p.Off)
	for i := range p.Off {
		p.Off[i] -= m.frame.Off[lo]
	}
	p.Y = make([]float64, p.Cells())
	for i := range p.Y {
		p.Y[i] = unseen
	}
	return p
}

// shape makes the panel of a part, and adds to the audit what was filled. Of rows that are there twice the first counts.
func (m *staged) shape(part int, s Spec, z *zone, audit *Audit) (*demand.Panel, *duplicate, error) {
	p := m.panel(part)
	twice, err := m.scatter(part, p, s.Aggregation, z, audit)
	if err != nil {
		return nil, nil, err
	}
	if err := m.keepReturns(part, p); err != nil {
		return nil, nil, err
	}
	z.skipHours(p)
	rules, said := targetFilling(s)
	closeDays(p, audit)
	fillTarget(p, m.spans[m.bounds[part]:m.bounds[part+1]], rules, said, audit)
	return p, twice, nil
}

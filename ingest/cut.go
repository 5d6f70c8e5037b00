package ingest

import (
	"fmt"
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
		at := &c.rows
		if c.aside != nil {
			if at = &room; m.spill.get(c.aside, 0, at) != nil {
				return m.spill.get(c.aside, 0, at)
			}
		}
		for i, s := range at.series {
			at.series[i] = numbers[c.by][s]
		}
		c.by = nil
		if m.parts() == 1 && c.aside == nil {
			continue
		}
		var err error
		if c.aside, err = m.spill.writeParts(at, 1, m.partOf, m.parts(), c.aside); err != nil {
			return err
		}
		c.rows = rows{}
	}
	return nil
}

// each calls do with the rows of a part and the number of their file, in file order. It gives up those in memory where they
// are not asked for again.
func (m *staged) each(part int, do func(r *rows, file int)) error {
	var room rows
	for _, c := range m.chunks {
		if c.aside == nil {
			do(&c.rows, c.file)
			if !m.finer && !m.mustSettle() {
				c.rows = rows{}
			}
			continue
		}
		if c.aside.parts[part] == 0 {
			continue
		}
		if err := m.spill.get(c.aside, part, &room); err != nil {
			return err
		}
		do(&room, c.file)
	}
	return nil
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
	z.skipHours(p)
	rules, said := targetFilling(s)
	fillTarget(p, m.spans[m.bounds[part]:m.bounds[part+1]], rules, said, audit)
	closeDays(p, s.Closed, audit)
	return p, twice, nil
}

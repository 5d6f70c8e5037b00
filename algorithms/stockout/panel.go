package stockout

import "shelfcast/engine/demand"

// fewestSellers is the number of series that must be alive before a period without any sale means that the store was shut.
const fewestSellers = 5

// Detector proposes stock-outs in the series of a panel. It knows when stores were shut: a period in which no series of a
// store sold anything says nothing of their stock and counts as not observed, where at least 5 of them were alive. A
// series is alive from its first sale to 14 periods after its last.
type Detector struct {
	p      *demand.Panel
	first  demand.Period
	stores map[string]*store
}

// store counts, for each period of a panel, the series of a store.
type store struct {
	alive []int // to be added up: how many more than in the period before
	sold  []bool
	shut  []bool
}

// NewDetector returns the detector of a panel, which it does not change.
func NewDetector(p *demand.Panel) *Detector {
	d := &Detector{p: p, first: p.First(), stores: map[string]*store{}}
	n := int(p.End - d.first)
	for i, key := range p.Keys {
		at := d.stores[key.Store]
		if at == nil {
			at = &store{alive: make([]int, n+1), sold: make([]bool, n), shut: make([]bool, n)}
			d.stores[key.Store] = at
		}
		at.add(p.At(i).Y, int(p.Start[i]-d.first))
	}
	for _, at := range d.stores {
		alive := 0
		for t := range n {
			alive += at.alive[t]
			at.shut[t] = alive >= fewestSellers && !at.sold[t]
		}
		at.alive, at.sold = nil, nil
	}
	return d
}

// add counts a series that begins at a period of the store.
func (s *store) add(y []float64, start int) {
	born, last := -1, 0
	for t, v := range y {
		if v > 0 {
			if born < 0 {
				born = start + t
			}
			last = start + t
			s.sold[last] = true
		}
	}
	if born >= 0 {
		s.alive[born]++
		s.alive[min(last+leastPeriods+1, len(s.sold))]--
	}
}

// Propose returns the runs of series i in which stock seems to have run out, as the function Propose does. It may be called
// by several goroutines at the same time.
func (d *Detector) Propose(i int) []Run {
	s := d.p.At(i)
	shut := d.stores[s.Key.Store].shut[s.Start-d.first:]
	return propose(s, shut)
}

package stockout

import (
	"sync"

	"shelfcast/engine/demand"
)

// fewestSellers is the number of series that must be alive before a period without any sale means that the store was shut.
const fewestSellers = 5

// Shut says when stores were shut: a period in which no series of a store sold anything says nothing of their stock and
// counts as not observed, where at least 5 of them were alive. A series is alive from its first sale to 14 periods after its
// last. All series must have been added before a Detector is asked for.
type Shut struct {
	first   demand.Period
	periods int
	stores  map[string]*store
	settle  sync.Once
}

// store counts, for each period of a panel, the series of a store.
type store struct {
	alive []int // to be added up: how many more than in the period before
	sold  []bool
	shut  []bool
}

// NewShut begins with the stores of a panel from a first period up to the one before end.
func NewShut(first, end demand.Period) *Shut {
	return &Shut{first: first, periods: int(end - first), stores: map[string]*store{}}
}

// Add adds the series of p, which may be some of those of the panel. It does not change them.
func (s *Shut) Add(p *demand.Panel) {
	n := s.periods
	for i, key := range p.Keys {
		at := s.stores[key.Store]
		if at == nil {
			at = &store{alive: make([]int, n+1), sold: make([]bool, n), shut: make([]bool, n)}
			s.stores[key.Store] = at
		}
		at.add(p.At(i).Y, int(p.Start[i]-s.first))
	}
}

// Detector returns the detector of p, whose series are among those that were added.
func (s *Shut) Detector(p *demand.Panel) *Detector {
	s.settle.Do(func() {
		for _, at := range s.stores {
			alive := 0
			for t := range s.periods {
				alive += at.alive[t]
				at.shut[t] = alive >= fewestSellers && !at.sold[t]
			}
			at.alive, at.sold = nil, nil
		}
	})
	return &Detector{p, s}
}

// Detector proposes stock-outs in the series of a panel. It knows when stores were shut.
type Detector struct {
	p    *demand.Panel
	shut *Shut
}

// NewDetector returns the detector of a whole panel, which it does not change.
func NewDetector(p *demand.Panel) *Detector {
	s := NewShut(p.First(), p.End)
	s.Add(p)
	return s.Detector(p)
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
	return propose(s, d.shut.stores[s.Key.Store].shut[s.Start-d.shut.first:])
}

package ingest

import "shelfcast/engine/demand"

// byPeriod counts the rows of each period, and keeps the first and the last second into it that a row lies at. Memory goes with the
// periods that have rows, not with how far they lie apart.
type byPeriod struct {
	pages map[demand.Period]*periodPage
	at    demand.Period // the page of the row before
	page  *periodPage
}

const periodPageBits = 8

type periodPage [1 << periodPageBits]seen

type seen struct {
	rows             int64
	earliest, latest int32
}

func (s *seen) add(t seen) {
	if s.rows == 0 {
		s.earliest = t.earliest
	}
	s.rows += t.rows
	s.earliest = min(s.earliest, t.earliest)
	s.latest = max(s.latest, t.latest)
}

func newByPeriod() byPeriod { return byPeriod{pages: map[demand.Period]*periodPage{}} }

func (b *byPeriod) of(p demand.Period) *seen {
	if at := p >> periodPageBits; b.page == nil || at != b.at {
		if b.at, b.page = at, b.pages[at]; b.page == nil {
			b.page = &periodPage{}
			b.pages[at] = b.page
		}
	}
	return &b.page[p&(1<<periodPageBits-1)]
}

func (b *byPeriod) add(p demand.Period, into int32) {
	b.of(p).add(seen{1, into, into})
}

// merge adds what another worker counted.
func (b *byPeriod) merge(c *byPeriod) {
	for at, page := range c.pages {
		for i, s := range page {
			if s.rows > 0 {
				b.of(at<<periodPageBits + demand.Period(i)).add(s)
			}
		}
	}
}

// rows returns the rows of each period from first to last.
func (b *byPeriod) rows(first, last demand.Period) []int64 {
	rows := make([]int64, int64(last)-int64(first)+1)
	for at, page := range b.pages {
		for i, s := range page {
			if s.rows > 0 {
				rows[at<<periodPageBits+demand.Period(i)-first] = s.rows
			}
		}
	}
	return rows
}

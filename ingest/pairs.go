package ingest

// pairs finds what the item and the site of a row stand for. Rows mostly repeat the pair of the row before, or follow the
// order of an earlier run of rows, so those two are tried before the map.
type pairs struct {
	byPair  map[uint64]int32
	entries []pair
	last    int32
	resolve func(item, site int32) (lo, hi int32) // asked once for each pair
}

// pair is an item and a site as one worker numbers them, and what resolve says they stand for.
type pair struct {
	item, site int32
	lo, hi     int32
	next       int32 // the pair that came after this one the last time
}

func newPairs(resolve func(item, site int32) (lo, hi int32)) *pairs {
	return &pairs{byPair: map[uint64]int32{}, last: -1, resolve: resolve}
}

func (p *pairs) find(item, site int32) *pair {
	if p.last >= 0 {
		e := &p.entries[p.last]
		if e.item == item && e.site == site {
			return e
		}
		if n := &p.entries[e.next]; n.item == item && n.site == site {
			p.last = e.next
			return n
		}
	}
	at := p.lookup(item, site)
	if p.last >= 0 {
		p.entries[p.last].next = at
	}
	p.last = at
	return &p.entries[at]
}

func (p *pairs) lookup(item, site int32) int32 {
	code := uint64(uint32(item))<<32 | uint64(uint32(site))
	at, ok := p.byPair[code]
	if !ok {
		at = int32(len(p.entries))
		lo, hi := p.resolve(item, site)
		p.entries = append(p.entries, pair{item: item, site: site, lo: lo, hi: hi, next: at})
		p.byPair[code] = at
	}
	return at
}

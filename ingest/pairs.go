package ingest

// pairs finds what a row's item and store stand for. Rows mostly repeat the pair of the row before, or follow the order
// of an earlier run of rows, so those two are tried before the map.
type pairs struct {
	byPair  map[uint64]int32
	entries []pair
	last    int32
	resolve func(item, store int32) (lo, hi int32) // asked once for each pair
}

// pair is an item and a store as one worker numbers them, and the series lo to hi−1 that they stand for.
type pair struct {
	item, store int32
	lo, hi      int32
	next        int32 // the pair that came after this one the last time
}

const noStore = -1 // store number of rows that name none

func newPairs(resolve func(item, store int32) (lo, hi int32)) *pairs {
	return &pairs{byPair: map[uint64]int32{}, last: -1, resolve: resolve}
}

func (p *pairs) find(item, store int32) *pair {
	if p.last >= 0 {
		e := &p.entries[p.last]
		if e.item == item && e.store == store {
			return e
		}
		if n := &p.entries[e.next]; n.item == item && n.store == store {
			p.last = e.next
			return n
		}
	}
	at := p.lookup(item, store)
	if p.last >= 0 {
		p.entries[p.last].next = at
	}
	p.last = at
	return &p.entries[at]
}

func (p *pairs) lookup(item, store int32) int32 {
	code := uint64(uint32(item))<<32 | uint64(uint32(store))
	at, ok := p.byPair[code]
	if !ok {
		at = int32(len(p.entries))
		lo, hi := p.resolve(item, store)
		p.entries = append(p.entries, pair{item: item, store: store, lo: lo, hi: hi, next: at})
		p.byPair[code] = at
	}
	return at
}

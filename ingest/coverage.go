package ingest

import (
	"fmt"

	"shelfcast/engine/demand"
)

// coverage says which series the rows of a table stand for: those whose keys have what a row names. A row that names no
// store stands for its item in every store, and so with the further dimensions.
type coverage struct {
	number map[demand.Key]int32 // of the parts of keys that rows can name
	begin  []int32              // part n stands for series[begin[n]:begin[n+1]]
	series []int32
}

// coverages returns the coverage of each table. Tables that name the same share theirs.
func coverages(tables []*table, keys []demand.Key) []*coverage {
	all := make([]*coverage, len(tables))
	shared := map[string]*coverage{}
	for i, t := range tables {
		names := fmt.Sprint(t.stores, t.dims)
		if shared[names] == nil {
			shared[names] = newCoverage(t, keys)
		}
		all[i] = shared[names]
	}
	return all
}

func newCoverage(t *table, keys []demand.Key) *coverage {
	c := &coverage{number: make(map[demand.Key]int32, len(keys)), series: make([]int32, len(keys))}
	of := make([]int32, len(keys))
	var size []int32
	for i, key := range keys {
		part := t.part(key)
		n, ok := c.number[part]
		if !ok {
			n = int32(len(size))
			c.number[part], size = n, append(size, 0)
		}
		of[i] = n
		size[n]++
	}
	c.begin = make([]int32, len(size)+1)
	for n, count := range size {
		c.begin[n+1] = c.begin[n] + count
	}
	next := size
	copy(next, c.begin)
	for i, n := range of {
		c.series[next[n]] = int32(i)
		next[n]++
	}
	return c
}

// find returns the stretch of c.series that a part of a key stands for; an empty one where the target has none.
func (c *coverage) find(part demand.Key) (lo, hi int32) {
	n, ok := c.number[part]
	if !ok {
		return 0, 0
	}
	return c.begin[n], c.begin[n+1]
}

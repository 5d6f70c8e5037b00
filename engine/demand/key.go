package demand

import (
	"cmp"
	"math/rand/v2"
)

// Key names a series: one item in one store and, where the target has further dimensions, at one value of each.
type Key struct {
	Item  string
	Store string // empty where the target has no store_id
	Dims  string // the further dimensions, as JoinDimensions writes them; empty where there are none
}

// Compare orders keys by item, then by store, then by dimensions, byte by byte: the order of every panel and of every
// file that is written.
func (k Key) Compare(l Key) int {
	if c := cmp.Compare(k.Item, l.Item); c != 0 {
		return c
	}
	if c := cmp.Compare(k.Store, l.Store); c != 0 {
		return c
	}
	return cmp.Compare(k.Dims, l.Dims)
}

// String returns item@store[dimensions], without the parts that the key has not.
func (k Key) String() string {
	s := k.Item
	if k.Store != "" {
		s += "@" + k.Store
	}
	if k.Dims != "" {
		s += "[" + k.Dims + "]"
	}
	return s
}

// Seed returns a number that depends on the key alone, so that what is random about a series does not depend on which
// worker, shard or order it came in. It is the 64-bit FNV-1a hash of item, a zero byte and store and, where there are
// dimensions, another zero byte and those.
func (k Key) Seed() uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // Fowler, Noll and Vo, FNV-1a, 64 bits
	h := uint64(offset)
	for i := range len(k.Item) {
		h = (h ^ uint64(k.Item[i])) * prime
	}
	h *= prime // the zero byte between the two
	for i := range len(k.Store) {
		h = (h ^ uint64(k.Store[i])) * prime
	}
	if k.Dims == "" {
		return h
	}
	h *= prime
	for i := range len(k.Dims) {
		h = (h ^ uint64(k.Dims[i])) * prime
	}
	return h
}

// Rand returns the random stream of the series with the given number. Different streams of one key, and the same stream
// of different keys, are independent.
func (k Key) Rand(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(k.Seed(), stream)) }

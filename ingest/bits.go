package ingest

import "sync/atomic"

// bits is a set of small numbers that many goroutines may add to.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

// claim adds i and reports whether it was new.
func (b bits) claim(i int) bool {
	bit := uint64(1) << (i & 63)
	return atomic.OrUint64(&b[i>>6], bit)&bit == 0
}

func (b bits) has(i int) bool { return atomic.LoadUint64(&b[i>>6])>>(i&63)&1 == 1 }

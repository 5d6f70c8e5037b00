package ingest

import "github.com/apache/arrow/go/v14/arrow/memory"

// pool is an Arrow allocator that keeps what is freed for the next batch of the same worker. It is not safe for
// concurrent use: each worker has its own.
type pool struct{ free [][]byte }

var _ memory.Allocator = (*pool)(nil)

const keptBuffers = 32 // more than a batch has

func newPool() memory.Allocator { return &pool{} }

// Allocate returns size bytes that are not cleared.
func (p *pool) Allocate(size int) []byte {
	for i, b := range p.free {
		if cap(b) >= size && cap(b) <= 2*size+64 {
			last := len(p.free) - 1
			p.free[i], p.free[last] = p.free[last], nil
			p.free = p.free[:last]
			return b[:size]
		}
	}
	return make([]byte, size)
}

// Reallocate returns size bytes that begin with those of b.
func (p *pool) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	grown := p.Allocate(size)
	copy(grown, b)
	p.Free(b)
	return grown
}

// Free takes b back.
func (p *pool) Free(b []byte) {
	if cap(b) == 0 {
		return
	}
	if len(p.free) == keptBuffers {
		p.free = append(p.free[:0], p.free[1:]...)
	}
	p.free = append(p.free, b)
}

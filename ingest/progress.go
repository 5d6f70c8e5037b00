package ingest

import "sync"

// progress adds up the bytes read by all workers.
type progress struct {
	mu          sync.Mutex
	done, total int64
	report      func(done, total int64)
}

func (p *progress) add(bytes int64) {
	if p.report == nil || bytes == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += bytes
	p.report(p.done, p.total)
}

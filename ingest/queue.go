package ingest

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"
)

// source cuts one file into pieces.
type source interface {
	// next returns the next piece, or io.EOF. The piece may use the block of w until the next one is asked for by w.
	next(w *worker) (piece, error)
	bytes() int64 // read from the file so far
	close()
}

// piece is a part of a file that one worker decodes.
type piece interface {
	decode(w *worker) error
	order() int64 // ascending in the file
}

// queue hands the pieces of files to workers: lower files first, one reader for a file at a time. A worker reads a piece
// itself, so that unpacking is parallel over files and decoding over pieces.
//
// After a fault only the files before the faulty one are read on, so that the fault that is reported is the first in
// file order whatever the number of workers.
type queue struct {
	mu       sync.Mutex
	idle     *sync.Cond
	files    []*file
	states   []fileState
	progress *progress
	first    int // files before this one are done
	limit    int // files from here on are not read any more
	err      error
	errOrder int64 // of the piece, in the file at limit, that err is about
}

type fileState struct {
	source source
	busy   bool
	done   bool
	bytes  int64
}

func newQueue(files []*file, p *progress) *queue {
	q := &queue{files: files, states: make([]fileState, len(files)), limit: len(files), progress: p}
	q.idle = sync.NewCond(&q.mu)
	return q
}

// work decodes pieces until there are none.
func (q *queue) work(ctx context.Context, w *worker) {
	for {
		if err := ctx.Err(); err != nil {
			q.fail(0, 0, err)
			return
		}
		i, ok := q.take()
		if !ok {
			return
		}
		p, err := q.read(ctx, i, w)
		if err != nil {
			q.fail(i, math.MaxInt64, err)
			continue
		}
		if p == nil {
			continue
		}
		if err := p.decode(w); err != nil {
			q.fail(i, p.order(), err)
		}
	}
}

// take claims the first file that nobody reads; false where nothing is left.
func (q *queue) take() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for q.first < q.limit && q.states[q.first].done {
			q.first++
		}
		waiting := false
		for i := q.first; i < q.limit; i++ {
			s := &q.states[i]
			if s.done {
				continue
			}
			if !s.busy {
				s.busy = true
				return i, true
			}
			waiting = true
		}
		if !waiting {
			return 0, false
		}
		q.idle.Wait()
	}
}

// read reads the next piece of file i, which has been taken; nil where there is none.
func (q *queue) read(ctx context.Context, i int, w *worker) (piece, error) {
	s := &q.states[i]
	var p piece
	var err error
	if s.source == nil {
		s.source, err = open(ctx, q.files[i])
	}
	if err == nil {
		p, err = s.source.next(w)
	}
	end := err != nil
	if errors.Is(err, io.EOF) {
		err = nil
	}
	q.putBack(i, end)
	return p, err
}

func (q *queue) putBack(i int, end bool) {
	s := &q.states[i]
	read := int64(0)
	if s.source != nil {
		read = s.source.bytes() - s.bytes
		s.bytes += read
		if end {
			s.source.close()
			s.source = nil
		}
	}
	q.progress.add(read)
	q.mu.Lock()
	defer q.mu.Unlock()
	s.busy, s.done = false, end
	q.idle.Broadcast()
}

// fail keeps err as the reason why the read ends, unless an earlier piece has one.
func (q *queue) fail(i int, order int64, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil || i < q.limit || i == q.limit && order < q.errOrder {
		q.err, q.limit, q.errOrder = err, i, order
	}
	q.idle.Broadcast()
}

// closeAll closes the files that were given up.
func (q *queue) closeAll() {
	for i := range q.states {
		if s := q.states[i].source; s != nil {
			s.close()
		}
	}
}

// decode reads all files with the given workers and returns when the last piece has been shaped.
func decode(ctx context.Context, files []*file, workers []*worker, p *progress) error {
	q := newQueue(files, p)
	defer q.closeAll()
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() { q.work(ctx, w) })
	}
	wg.Wait()
	return q.err
}

package ingest

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"

	"shelfcast/engine/demand"
)

// spill is a file beside the inputs that holds rows which memory has no room for. It has no name once it is open, so that
// it is gone with the process, however that ends.
type spill struct {
	dir  string
	room int64 // bytes of rows that may stay in memory; 0: all may
	held atomic.Int64

	once sync.Once
	file *os.File
	err  error
	end  atomic.Int64
}

// keeps reports whether so many more bytes of rows may stay in memory.
func (s *spill) keeps(bytes int64) bool { return s.room == 0 || s.held.Add(bytes) <= s.room }

func (s *spill) open() error {
	s.once.Do(func() {
		if s.file, s.err = os.CreateTemp(s.dir, "shelfcast-*.rows"); s.err == nil {
			os.Remove(s.file.Name()) // where an open file cannot be removed, close does it
		}
	})
	return s.failed(s.err)
}

func (s *spill) failed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("set rows aside that the memory allowed has no room for: %w; make room there, name another folder (run.temp_dir), or allow more memory (run.memory)", err)
}

func (s *spill) close() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}

// rows are rows of an input, column by column, and the series that they belong to.
type rows struct {
	series []int32
	period []demand.Period
	into   []int32   // seconds into the period; nil where all rows begin their period
	value  []float64 // of each row its columns, one after the other
}

func (r *rows) bytes() int64 {
	return 4*int64(len(r.series)+len(r.period)+len(r.into)) + 8*int64(len(r.value))
}

// extent is where rows lie in the spill: those of each part in one piece, one after the other.
type extent struct {
	at      int64
	parts   []int32 // rows in each
	into    bool
	columns int
}

func (e *extent) rowBytes() int64 {
	if e.into {
		return 12 + 8*int64(e.columns)
	}
	return 8 + 8*int64(e.columns)
}

// write sets rows aside as one part, behind what the spill holds.
func (s *spill) write(r *rows, columns int) (*extent, error) {
	e := &extent{at: s.end.Add(r.bytes()) - r.bytes(), parts: []int32{int32(len(r.series))}, into: r.into != nil, columns: columns}
	return e, s.put(e, 0, r)
}

// writeParts sets rows aside by parts, where they lie already if from is not nil, or behind what the spill holds.
func (s *spill) writeParts(r *rows, columns int, of []int32, parts int, from *extent) (*extent, error) {
	e := &extent{parts: make([]int32, parts), into: r.into != nil, columns: columns}
	if from != nil {
		e.at = from.at
	} else {
		e.at = s.end.Add(r.bytes()) - r.bytes()
	}
	for part, piece := range r.split(columns, of, e.parts) {
		if err := s.put(e, part, &piece); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// split returns the rows of each part, in the order that they have, and sets counts to how many there are. Of says the part
// of each series.
func (r *rows) split(columns int, of []int32, counts []int32) []rows {
	for _, s := range r.series {
		counts[of[s]]++
	}
	out := make([]rows, len(counts))
	for p, k := range counts {
		out[p] = rows{series: make([]int32, 0, k), period: make([]demand.Period, 0, k), value: make([]float64, 0, int(k)*columns)}
		if r.into != nil {
			out[p].into = make([]int32, 0, k)
		}
	}
	for i, s := range r.series {
		p := &out[of[s]]
		p.series, p.period = append(p.series, s), append(p.period, r.period[i])
		p.value = append(p.value, r.value[i*columns:(i+1)*columns]...)
		if r.into != nil {
			p.into = append(p.into, r.into[i])
		}
	}
	return out
}

// put writes the rows of one part of an extent.
func (s *spill) put(e *extent, part int, r *rows) error {
	if err := s.open(); err != nil {
		return err
	}
	return s.failed(e.each(part, r, func(b []byte, at int64) error {
		_, err := s.file.WriteAt(b, at)
		return err
	}))
}

// get reads the rows of one part of an extent into r, whose room is used again.
func (s *spill) get(e *extent, part int, r *rows) error {
	n := int(e.parts[part])
	r.series, r.period, r.value = resize(r.series, n), resize(r.period, n), resize(r.value, n*e.columns)
	if r.into = r.into[:0]; e.into {
		r.into = resize(r.into, n)
	} else {
		r.into = nil
	}
	return s.failed(e.each(part, r, func(b []byte, at int64) error {
		_, err := s.file.ReadAt(b, at)
		return err
	}))
}

// each calls do with the bytes of each column of a part and where they lie.
func (e *extent) each(part int, r *rows, do func(b []byte, at int64) error) error {
	at := e.at
	for _, n := range e.parts[:part] {
		at += int64(n) * e.rowBytes()
	}
	for _, b := range [][]byte{bytesOf(r.series), bytesOf(r.period), bytesOf(r.into), bytesOf(r.value)} {
		if len(b) == 0 {
			continue
		}
		if err := do(b, at); err != nil {
			return err
		}
		at += int64(len(b))
	}
	return nil
}

// bytesOf returns the memory of v. What is written so is read by the same process alone.
func bytesOf[T int32 | demand.Period | float64](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(*new(T))))
}

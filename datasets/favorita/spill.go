package favorita

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// row is a row of train.csv or test.csv: item and store by their number in order, units NaN where they are not known.
type row struct {
	item, store uint16
	day         int32
	promotion   float32
	units       float64
}

const (
	rowBytes    = 20
	bufferBytes = 1 << 16 // a file; there are 65 of them
)

// spill is a folder of temporary files that rows are scattered over.
type spill struct {
	dir   string
	files []*os.File
	to    []*bufio.Writer
	buf   [rowBytes]byte
}

// newSpill opens n temporary files in a hidden folder beside out.
func newSpill(out string, n int) (*spill, error) {
	dir, err := os.MkdirTemp(filepath.Dir(filepath.Clean(out)), "."+filepath.Base(out)+".rows-")
	if err != nil {
		return nil, fmt.Errorf("scatter the rows: %w", err)
	}
	s := &spill{dir: dir}
	for i := range n {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%05d", i)))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("scatter the rows: %w", err), s.remove())
		}
		s.files = append(s.files, f)
		s.to = append(s.to, bufio.NewWriterSize(f, bufferBytes))
	}
	return s, nil
}

// add appends a row to file n.
func (s *spill) add(n int, r row) error {
	b := s.buf[:0]
	b = binary.LittleEndian.AppendUint16(b, r.item)
	b = binary.LittleEndian.AppendUint16(b, r.store)
	b = binary.LittleEndian.AppendUint32(b, uint32(r.day))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(r.promotion))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.units))
	if _, err := s.to[n].Write(b); err != nil {
		return fmt.Errorf("scatter the rows: %w; free some space beside the data set", err)
	}
	return nil
}

// each calls use with the rows of file n in the order that they were added.
func (s *spill) each(n int, use func(row) error) error {
	if err := s.to[n].Flush(); err != nil {
		return fmt.Errorf("scatter the rows: %w; free some space beside the data set", err)
	}
	if _, err := s.files[n].Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(s.files[n], bufferBytes)
	for {
		b := s.buf[:]
		if _, err := io.ReadFull(in, b); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the rows back: %w", err)
		}
		err := use(row{
			item: binary.LittleEndian.Uint16(b), store: binary.LittleEndian.Uint16(b[2:]),
			day:       int32(binary.LittleEndian.Uint32(b[4:])),
			promotion: math.Float32frombits(binary.LittleEndian.Uint32(b[8:])),
			units:     math.Float64frombits(binary.LittleEndian.Uint64(b[12:])),
		})
		if err != nil {
			return err
		}
	}
}

// remove closes and removes the files.
func (s *spill) remove() error {
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"shelfcast/schemas"
)

// parquetSource cuts a Parquet file into its row groups, and one piece more that digests the file.
type parquetSource struct {
	file   *file
	raw    content
	groups []parquet.RowGroup
	footer *format.FileMetaData
	given  int
	users  atomic.Int32 // the source itself and its pieces at work; the last one closes the file
}

func openParquet(f *file) (*parquetSource, error) {
	raw, opened, err := openFooter(f)
	if err != nil {
		return nil, err
	}
	s := &parquetSource{file: f, raw: raw, groups: opened.RowGroups(), footer: opened.Metadata()}
	s.users.Add(1)
	return s, nil
}

func openFooter(f *file) (content, *parquet.File, error) {
	raw, err := f.open()
	if err != nil {
		return nil, nil, f.errorf("%w", err)
	}
	opened, err := footer(raw, f.size)
	if err != nil {
		raw.Close()
		return nil, nil, f.errorf("the Parquet file is cut off or damaged: %w; copy it again", err)
	}
	if usesLZ4(opened) {
		raw.Close()
		return nil, nil, f.errorf("the Parquet file is compressed with LZ4, which is not read; write it with zstd, snappy or gzip")
	}
	return raw, opened, nil
}

// footer opens a Parquet file. The library panics on some damaged footers, and makes room for as many bytes as the file
// says that its footer has before it looks for them.
func footer(raw io.ReaderAt, size int64) (opened *parquet.File, err error) {
	defer recoverDamage(&err)
	var end [8]byte // the length of the footer, and the magic
	if _, err := raw.ReadAt(end[:], size-int64(len(end))); err != nil {
		return nil, fmt.Errorf("it has %d bytes", size)
	}
	if length := int64(binary.LittleEndian.Uint32(end[:])); string(end[4:]) == "PAR1" && length > size-int64(len(end)) {
		return nil, fmt.Errorf("it has %d bytes, and says that its footer has %d", size, length)
	}
	return parquet.OpenFile(raw, size,
		parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(1<<20))
}

// usesLZ4 reports whether a column is compressed with LZ4. The library does not read what other software writes so, and
// takes ever more memory where such a page is damaged.
func usesLZ4(opened *parquet.File) bool {
	for _, g := range opened.Metadata().RowGroups {
		for _, c := range g.Columns {
			if codec := c.MetaData.Codec; codec == format.Lz4Raw || codec == format.Lz4 {
				return true
			}
		}
	}
	return false
}

// inspectParquet finds the columns of f. Nested columns have a name and no leaf.
func inspectParquet(f *file) error {
	raw, opened, err := openFooter(f)
	if err != nil {
		return err
	}
	defer raw.Close()
	for _, c := range opened.Root().Columns() {
		f.header = append(f.header, c.Name())
		if c.Leaf() && !c.Repeated() && !ofGroup(c.Type()) {
			f.leaves = append(f.leaves, newLeaf(c))
		} else {
			f.leaves = append(f.leaves, leaf{index: -1})
		}
	}
	return nil
}

// bindParquet checks the types of the columns that f.table reads.
func (f *file) bindParquet() error {
	for i, k := range f.table.kinds {
		name, l := f.table.name(i), &f.leaves[f.fields[i]]
		if l.index < 0 {
			return f.errorf("column %q is nested; a column holds one value a row", name)
		}
		ok, want := l.isNumber(), numberTypes
		switch {
		case k == moment:
			ok, want = l.isMoment(), momentTypes
		case k == text && (name == schemas.ItemID || name == schemas.StoreID):
			ok, want = l.isText() || l.isInteger(), keyTypes
		case k == text:
			ok, want = l.isLabel(), labelTypes
		case name == schemas.Demand:
			ok, want = l.isNumber() && l.typ.Kind() != parquet.Boolean, demandTypes
		}
		if !ok {
			return f.errorf("column %q has the Parquet type %v; it must be %s", name, l.typ, want)
		}
	}
	return nil
}

// bytes reports the file as read in proportion to the row groups given out.
func (s *parquetSource) bytes() int64 {
	return s.file.size * int64(min(s.given, len(s.groups)+1)) / int64(len(s.groups)+1)
}

func (s *parquetSource) next(*worker) (piece, error) {
	i := s.given
	s.given++
	switch {
	case i < len(s.groups):
		s.users.Add(1)
		return &groupPiece{source: s, group: i}, nil
	case i == len(s.groups):
		s.users.Add(1)
		return &digestPiece{source: s}, nil
	}
	return nil, io.EOF
}

func (s *parquetSource) close() {
	if s.users.Add(-1) == 0 {
		s.raw.Close()
	}
}

// digestPiece digests the bytes of a Parquet file.
type digestPiece struct{ source *parquetSource }

func (p *digestPiece) order() int64 { return int64(len(p.source.groups)) }

func (p *digestPiece) decode(*worker) error {
	defer p.source.close()
	f := p.source.file
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(p.source.raw, 0, f.size)); err != nil {
		return f.errorf("%w", err)
	}
	sum.Sum(f.digest[:0])
	return nil
}

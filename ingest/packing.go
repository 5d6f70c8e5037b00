package ingest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packing is how the bytes of a file are packed, found by its first bytes and not by its name.
type packing uint8

const (
	plain packing = iota
	gzipped
	zstandard
	parquetFile
)

var formatNames = [...]string{"text", "gzip", "zstd", "Parquet"}

var magics = []struct {
	packing packing
	bytes   []byte
}{
	{gzipped, []byte{0x1f, 0x8b}},
	{zstandard, []byte{0x28, 0xb5, 0x2f, 0xfd}},
	{parquetFile, []byte("PAR1")},
}

// sniff sets the packing of f.
func (f *file) sniff() error {
	r, err := f.open()
	if err != nil {
		return f.errorf("%w", err)
	}
	defer r.Close()
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return f.errorf("%w", err)
	}
	if n == 0 {
		return f.errorf("the file is empty; give it a header and rows, or take it away")
	}
	for _, m := range magics {
		if bytes.HasPrefix(head[:n], m.bytes) {
			f.packing = m.packing
		}
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return f.errorf("the text is UTF-16; save it as UTF-8")
	}
	return nil
}

func (f *file) errorf(format string, args ...any) error {
	return fmt.Errorf("read %s: %s: "+format, append([]any{f.in, f.path}, args...)...)
}

// textReader reads the text in a file, whatever it is packed in, and digests the bytes at rest as they pass.
type textReader struct {
	io.Reader
	file  *file
	raw   content
	sum   hash.Hash
	bytes int64 // read from the file so far
	close func()
}

func openText(f *file) (*textReader, error) {
	raw, err := f.open()
	if err != nil {
		return nil, f.errorf("%w", err)
	}
	t := &textReader{file: f, raw: raw, sum: sha256.New(), close: func() {}}
	if err := t.unpack(); err != nil {
		raw.Close()
		return nil, t.explain(err)
	}
	return t, nil
}

func (t *textReader) unpack() error {
	packed := packedReader{t}
	switch t.file.packing {
	case gzipped:
		r, err := gzip.NewReader(packed)
		t.Reader = r
		return err
	case zstandard:
		// One goroutine: the workers are the only concurrency.
		r, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return err
		}
		t.Reader, t.close = r, r.Close
		return nil
	}
	t.Reader = packed
	return nil
}

// packedReader is the side of a textReader that faces the file.
type packedReader struct{ t *textReader }

func (p packedReader) Read(b []byte) (int, error) {
	n, err := p.t.raw.Read(b)
	p.t.sum.Write(b[:n])
	p.t.bytes += int64(n)
	return n, err
}

// finish reads what lies behind the text, so that the digest covers the whole file, and writes the digest down.
func (t *textReader) finish() error {
	if _, err := io.Copy(io.Discard, packedReader{t}); err != nil {
		return t.explain(err)
	}
	t.sum.Sum(t.file.digest[:0])
	return nil
}

// Close closes the file.
func (t *textReader) Close() {
	t.close()
	t.raw.Close()
}

// explain says what is wrong with a file that cannot be unpacked.
func (t *textReader) explain(err error) error {
	kind := formatNames[t.file.packing]
	switch {
	case t.file.packing == plain:
		return t.file.errorf("%w", err)
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return t.file.errorf("the %s stream ends early: the file is cut off; copy it again", kind)
	}
	return t.file.errorf("the %s stream is damaged: %w; copy the file again", kind, err)
}

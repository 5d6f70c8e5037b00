// Package source opens the files that data sets come in: plain, gzip or zstd, told apart by their first bytes. A UTF-8
// byte order mark at the beginning of a text is left out.
package source

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

const bufferBytes = 1 << 20

// Endings are what may follow a file's name.
var endings = []string{"", ".gz", ".zst"}

// Find returns the path in dir of the first of names that is there, as it is or followed by .gz or .zst. Where none is,
// the error wraps fs.ErrNotExist, names them and says that they come from the address where.
func Find(dir, where string, names ...string) (string, error) {
	for _, name := range names {
		for _, end := range endings {
			path := filepath.Join(dir, name+end)
			info, err := os.Stat(path)
			if err == nil && info.Mode().IsRegular() {
				return path, nil
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", fmt.Errorf("find %s in %s: %w", name, dir, err)
			}
		}
	}
	return "", fmt.Errorf("find %s[.gz|.zst] in %s: %w; get it from %s and put it there",
		strings.Join(names, " or "), dir, fs.ErrNotExist, where)
}

// Open opens the file at path and undoes its compression.
func Open(path string) (io.ReadCloser, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	r, err := decompress(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open %s: %w; the file is damaged, get it anew", path, err)
	}
	if r.Reader, err = withoutMark(r.Reader); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w; the file is damaged, get it anew", path, err), r.Close())
	}
	return r, nil
}

var mark = []byte("\xef\xbb\xbf")

// withoutMark leaves a byte order mark out.
func withoutMark(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, bufferBytes)
	head, err := b.Peek(len(mark))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.Equal(head, mark) {
		_, err := b.Discard(len(mark))
		return b, err
	}
	return b, nil
}

// IsParquet reports whether the file at path begins as a Parquet file does.
func IsParquet(path string) (bool, error) {
	f, err := openRegular(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	magic := make([]byte, 4)
	n, err := io.ReadFull(f, magic)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, fmt.Errorf("read %s: %w", path, err)
	}
	return string(magic[:n]) == "PAR1", nil
}

// Header reads the names of columns, which a file begins with.
func Header(r *csv.Reader) ([]string, error) {
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		err = errors.New("the file is empty; get it anew")
	}
	if err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	return names, nil
}

// openRegular opens a plain file. To open a pipe could wait for ever.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no plain file; write it to one first")
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return f, nil
}

// file is a decoder and what must be closed after it.
type file struct {
	io.Reader
	close []func() error
}

// Read reads what the decoder gives.
func (f *file) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: the file is cut off; get it anew", err)
	}
	return n, err
}

// Close closes the decoder and the file under it.
func (f *file) Close() error {
	var err error
	for _, c := range f.close {
		err = errors.Join(err, c())
	}
	return err
}

func decompress(f *os.File) (*file, error) {
	b := bufio.NewReaderSize(f, bufferBytes)
	magic, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		g, err := gzip.NewReader(b)
		if err != nil {
			return nil, err
		}
		return &file{g, []func() error{g.Close, f.Close}}, nil
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b)
		if err != nil {
			return nil, err
		}
		return &file{z, []func() error{func() error { z.Close(); return nil }, f.Close}}, nil
	}
	return &file{b, []func() error{f.Close}}, nil
}

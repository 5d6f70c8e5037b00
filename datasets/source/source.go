// Package source opens the files that data sets come in: plain, gzip or zstd, told apart by their first bytes.
package source

import (
	"bufio"
	"bytes"
	"compress/gzip"
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
			if err == nil && !info.IsDir() {
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
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	r, err := decompress(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open %s: %w; the file is damaged, get it anew", path, err)
	}
	return r, nil
}

// file is a decoder and what must be closed after it.
type file struct {
	io.Reader
	close []func() error
}

// Close closes the decoder and the file under it.
func (f *file) Close() error {
	var err error
	for _, c := range f.close {
		err = errors.Join(err, c())
	}
	return err
}

func decompress(f *os.File) (io.ReadCloser, error) {
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

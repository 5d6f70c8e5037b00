package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"shelfcast/ingest/objectstore"
	"shelfcast/schemas"
)

// file is one file of an input.
type file struct {
	in      string // the input it belongs to
	path    string
	size    int64
	index   int // its place in the order of reading
	packing packing
	schema  []schemas.Column  // declared; nil where columns are found by the header alone
	renamed map[string]string // of columns that have another name in the files: what they are read as, by that name
	written []string          // the names of its columns in the file, or in the schema where it has no header
	header  []string          // what its columns are read as; "" where one is not read
	bare    bool              // it has no header: its columns are in the order of the schema
	leaves  []leaf            // of a Parquet file, one for each name in the header
	table   *table
	fields  []int    // for each column of the table, its place in the header
	digest  [32]byte // SHA-256 of its bytes; set once it has been read
	zoned   bool     // its instants are read on the clock of a zone
	root    string   // the file or the folder that was named, or that a glob matched
	number  int32    // of the import that it belongs to, oldest first
	query   *Query   // whose rows it stands for; nil of a file
	sum     *rowSum  // of the rows of the query
	object  *object  // in an object store; nil of a file here
}

// list returns the files that the patterns name, in the order that they are read: patterns as given, the matches of a
// glob and the parts of a folder by name. A file that is named twice would count twice, so that is an error.
func list(ctx context.Context, in string, patterns []string) ([]*file, error) {
	var files []*file
	seen := map[string]bool{}
	for _, pattern := range patterns {
		paths, err := filesOf(ctx, in, pattern)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			at := p.path
			if p.object == nil {
				at = filepath.Clean(at)
			}
			if seen[at] {
				return nil, fmt.Errorf("read %s: %s is named twice; name each file once", in, p.path)
			}
			seen[at] = true
			p.in, p.index = in, len(files)
			files = append(files, p)
		}
	}
	return files, nil
}

func filesOf(ctx context.Context, in, pattern string) ([]*file, error) {
	if objectstore.Is(pattern) {
		return objectsOf(ctx, in, pattern)
	}
	if pattern == "" {
		return nil, fmt.Errorf("read %s: an empty name is no file; name a file, a folder of parts or a glob", in)
	}
	paths := []string{pattern}
	_, err := os.Stat(pattern)
	if errors.Is(err, fs.ErrNotExist) {
		if paths, err = filepath.Glob(pattern); err != nil {
			return nil, fmt.Errorf("read %s: %s: no such file, and no pattern: %w; close its brackets", in, pattern, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", in, err)
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("read %s: %s: no such file; check the path", in, pattern)
	}
	var files []*file
	for _, path := range paths {
		parts, err := partsOf(in, path)
		if err != nil {
			return nil, err
		}
		for _, f := range parts {
			f.root = path
		}
		files = append(files, parts...)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("read %s: %s: the folder holds no file; names that begin with . or _ do not count", in, pattern)
	}
	return files, nil
}

// partsOf returns the file at path, or the files in the folder at path. Names that begin with . or _ are left out: other
// software marks its own files so.
func partsOf(in, path string) ([]*file, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", in, err)
	}
	if info.Mode().IsRegular() {
		return []*file{{path: path, size: info.Size()}}, nil
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("read %s: %s is a pipe or a device, and a file is read more than once; write it to a file first", in, path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", in, err)
	}
	var files []*file
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") {
			continue
		}
		parts, err := partsOf(in, filepath.Join(path, e.Name()))
		if err != nil {
			return nil, err
		}
		files = append(files, parts...)
	}
	slices.SortFunc(files, func(a, b *file) int { return cmp.Compare(a.path, b.path) })
	return files, nil
}

func sizeOf(files []*file) (bytes int64) {
	for _, f := range files {
		bytes += f.size
	}
	return bytes
}

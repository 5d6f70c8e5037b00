package ingest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Import says how the files of one input go together.
type Import uint8

// The kinds of import.
const (
	// Full takes all files as one data set, in which a key has one row at one time.
	Full Import = iota
	// Incremental takes each file, and each sub-folder of a folder, as an import of its own, oldest first: as they are listed,
	// then by name. A row replaces the row that an older import has for its key and time, which is counted as corrected or,
	// where it holds the same, as repeated. Within an import a key has one row at one time.
	Incremental
)

var importNames = []string{"full", "incremental"}

// String returns the name: full or incremental.
func (i Import) String() string { return importNames[i] }

// MarshalText writes the name.
func (i Import) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads a name.
func (i *Import) UnmarshalText(b []byte) error {
	at := slices.Index(importNames, string(b))
	if at < 0 {
		return fmt.Errorf("read import %q: not known; use full or incremental", b)
	}
	*i = Import(at)
	return nil
}

// numberImports numbers the imports that the files, in the order of reading, belong to.
func numberImports(files []*file) {
	number, last := int32(-1), ""
	for _, f := range files {
		of := f.root
		if rest, err := filepath.Rel(f.root, f.path); err == nil && rest != "." {
			part, _, _ := strings.Cut(rest, string(filepath.Separator))
			of = filepath.Join(f.root, part)
		}
		if of != last || number < 0 {
			number, last = number+1, of
		}
		f.number = number
	}
}

// byImport returns the files of each import, newest first.
func byImport(files []*file) [][]*file {
	var groups [][]*file
	for i, f := range files {
		if i == 0 || f.number != files[i-1].number {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], f)
	}
	slices.Reverse(groups)
	return groups
}

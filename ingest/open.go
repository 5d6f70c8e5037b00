package ingest

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// open opens a file whose columns have been matched.
func open(ctx context.Context, f *file) (source, error) {
	if f.query != nil {
		return openCopy(ctx, f), nil
	}
	if f.packing == parquetFile {
		return openParquet(f)
	}
	return openCSV(f)
}

// inspect finds the format of f and what its columns are read as. Of a CSV file it returns the first rows too.
func inspect(f *file) (*csvPiece, error) {
	if f.query != nil {
		return nil, inspectQuery(f)
	}
	if err := f.sniff(); err != nil {
		return nil, err
	}
	if f.packing == parquetFile {
		if err := inspectParquet(f); err != nil {
			return nil, err
		}
		return nil, f.nameColumns()
	}
	p, err := firstPiece(f)
	if err != nil {
		return nil, err
	}
	if !isText(f.header) {
		return nil, f.errorf("the first line is not UTF-8 text; is this a CSV file?")
	}
	if f.bare = f.schema != nil && !f.hasHeader(); f.bare {
		return f.inspectBare()
	}
	for _, name := range f.header {
		if _, _, _, ok := parseStamp([]byte(name)); ok {
			return nil, f.errorf("the first line holds %q and looks like data; name the columns in a header, or declare them (input.schema)", name)
		}
	}
	return p, f.nameColumns()
}

// firstPiece returns the first rows of f, and sets its header.
func firstPiece(f *file) (*csvPiece, error) {
	s, err := openCSV(f)
	if err != nil {
		return nil, err
	}
	defer s.close()
	p, err := s.cut(make([]byte, inspectedBytes))
	if err != nil && s.header == nil {
		return nil, err
	}
	f.header = s.header
	return p, nil
}

// isText reports whether names are UTF-8 without control characters. A tab may separate columns, which is told apart.
func isText(names []string) bool {
	control := func(r rune) bool { return unicode.IsControl(r) && r != '\t' }
	return !slices.ContainsFunc(names, func(name string) bool {
		return !utf8.ValidString(name) || strings.ContainsFunc(name, control)
	})
}

// inspectedBytes is the most that is read of a text to learn its columns.
const inspectedBytes = 64 << 10

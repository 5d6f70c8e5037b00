package ingest

import (
	"slices"

	"shelfcast/schemas"
)

// hasHeader reports whether the first line of f names a column that the schema declares. A file without a header holds
// data there.
func (f *file) hasHeader() bool {
	return slices.ContainsFunc(f.schema, func(c schemas.Column) bool { return slices.Contains(folded(f.header), fold(c.Name)) })
}

// inspectBare reads the first rows of a file without a header, whose columns are in the order of the schema.
func (f *file) inspectBare() (*csvPiece, error) {
	if len(f.header) != len(f.schema) {
		return nil, f.errorf("the first line has %d fields and names none of the %d columns that the schema declares; a file has a header, or all columns in the order of the schema",
			len(f.header), len(f.schema))
	}
	f.header, f.written = make([]string, len(f.schema)), make([]string, len(f.schema))
	for i, c := range f.schema {
		f.header[i], f.written[i] = c.As, c.Name
	}
	return firstPiece(f)
}

// nameColumns turns the names in the header of f into what its columns are read as: by the schema, which leaves out what
// it does not declare, or by the names that are given for single columns.
func (f *file) nameColumns() error {
	f.written = slices.Clone(f.header)
	if f.schema == nil {
		for i, name := range f.header {
			if as, ok := f.renamed[fold(name)]; ok {
				f.header[i] = as
			}
		}
		return nil
	}
	named := make([]string, len(f.header))
	for _, c := range f.schema {
		i := slices.Index(folded(f.header), fold(c.Name))
		if i < 0 {
			return f.errorf("column %q, which the schema declares, is missing; the file has %s", c.Name, listed(f.header))
		}
		named[i] = c.As
	}
	f.header = named
	return nil
}

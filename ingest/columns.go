package ingest

import (
	"fmt"
	"slices"
	"strings"

	"shelfcast/engine/nearest"
	"shelfcast/schemas"
)

// fold returns the form of a column name that is compared.
func fold(name string) string { return strings.ToLower(name) }

// fieldsOf returns the places of the columns of f by folded name. A name that is empty, or there twice, is an error.
func fieldsOf(f *file) (map[string]int, error) {
	at := make(map[string]int, len(f.header))
	for i, name := range f.header {
		if name == "" && f.schema != nil {
			continue // the schema does not declare it
		}
		if name == "" {
			return nil, f.errorf("column %d has no name; name every column", i+1)
		}
		if first, twice := at[fold(name)]; twice {
			return nil, f.errorf("column %q is there twice, as columns %d and %d; keep one (case does not count)", fold(name), first+1, i+1)
		}
		at[fold(name)] = i
	}
	return at, nil
}

// require reports the first of the columns that f has not.
func require(f *file, at map[string]int, columns ...string) error {
	for _, name := range columns {
		if _, ok := at[name]; ok {
			continue
		}
		if len(f.header) == 1 && strings.ContainsAny(f.header[0], ";\t|") {
			return f.errorf("the header is one column, %q; separate columns with commas", f.header[0])
		}
		if like := nearest.Name(name, f.header); like != "" {
			return f.errorf("column %q is missing; is it the one named %q? the file has %s", name, like, listed(f.header))
		}
		return f.errorf("column %q is missing; the file has %s", name, listed(f.header))
	}
	return nil
}

const namesListed = 20 // of columns, in an error

func listed(names []string) string {
	first := names[:min(len(names), namesListed)]
	return andMore(first, len(names))
}

func folded(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fold(n)
	}
	return out
}

// bind matches the columns of f to those of t.
func (f *file) bind(t *table, at map[string]int) error {
	f.table = t
	f.fields = make([]int, len(t.kinds))
	for i := range t.kinds {
		f.fields[i] = at[fold(t.name(i))]
	}
	if f.query != nil {
		return f.bindQuery()
	}
	if f.packing == parquetFile {
		return f.bindParquet()
	}
	return nil
}

var targetColumns = []string{schemas.ItemID, schemas.StoreID, schemas.Timestamp, schemas.Demand}

// matchTarget finds the columns of the target in every file. Either all files have store_id or none has.
func matchTarget(files []*file, dimensions []string) error {
	var t *table
	for _, f := range files {
		if _, err := inspect(f); err != nil {
			return err
		}
		at, err := fieldsOf(f)
		if err != nil {
			return err
		}
		if err := onlyTarget(f, dimensions); err != nil {
			return err
		}
		if err := require(f, at, append([]string{schemas.ItemID, schemas.Timestamp, schemas.Demand}, dimensions...)...); err != nil {
			return err
		}
		_, stores := at[schemas.StoreID]
		if t == nil {
			t = newTable(f.in, schemas.Target(stores, dimensions))
			t.dims = dimensions
		}
		if t.stores != stores {
			return fmt.Errorf("read target: only one of %s and %s has the column store_id; give it to all files or to none", files[0].path, f.path)
		}
		if err := f.bind(t, at); err != nil {
			return err
		}
	}
	return nil
}

// onlyTarget reports a column that the target does not have: a misspelt one must not be read as a missing one, and a
// feature beside the demand would be lost in silence.
func onlyTarget(f *file, dimensions []string) error {
	columns := slices.Concat(targetColumns, dimensions)
	for _, name := range f.header {
		if name == "" && f.schema != nil || slices.Contains(columns, fold(name)) {
			continue
		}
		if len(f.header) == 1 {
			return require(f, map[string]int{}, schemas.ItemID)
		}
		if like := nearest.Name(name, columns); like != "" {
			return f.errorf("column %q is not expected; did you mean %q?", name, like)
		}
		return f.errorf("column %q is not expected; the target has %s; features belong in the related series, and further dimensions are declared (input.dimensions)", name, strings.Join(columns, ", "))
	}
	return nil
}

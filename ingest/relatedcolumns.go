package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"shelfcast/engine/nearest"
	"shelfcast/schemas"
)

// layouts gathers the columns of the related files. Files with the same columns share a table; each feature lives in
// files of one table, so that every cell of it can come once.
type layouts struct {
	files    []*file
	at       []map[string]int // of each file, the place of each column
	features []Feature        // in the order of the panel
	dims     []string         // further dimensions of the target, in the order declared
	index    map[string]int   // of a feature's folded name
	tables   map[string]*table
}

// matchRelated finds the keys and the features of every related file, and returns the features in the order of the panel.
func matchRelated(files []*file, asked []Feature, target *table) ([]Feature, error) {
	if len(files) == 0 {
		return nil, nil
	}
	l := &layouts{files: files, features: asked, dims: target.dims, tables: map[string]*table{}}
	samples := make([]*csvPiece, len(files))
	for i, f := range files {
		var err error
		if samples[i], err = inspect(f); err != nil {
			return nil, err
		}
		at, err := relatedFields(f, target.stores)
		if err != nil {
			return nil, err
		}
		l.at = append(l.at, at)
	}
	if err := l.choose(); err != nil {
		return nil, err
	}
	for i, f := range files {
		if err := l.bind(f, l.at[i]); err != nil {
			return nil, err
		}
		if err := checkNumbers(f, samples[i]); err != nil {
			return nil, err
		}
	}
	return l.features, l.checkOwners()
}

// relatedFields returns the places of the columns of f, which must have keys that the target has and no target.
func relatedFields(f *file, stores bool) (map[string]int, error) {
	at, err := fieldsOf(f)
	if err != nil {
		return nil, err
	}
	if err := require(f, at, schemas.ItemID, schemas.Timestamp); err != nil {
		return nil, err
	}
	if _, ok := at[schemas.Demand]; ok {
		return nil, f.errorf("the related series must not hold %q: a model would read what it is to predict", schemas.Demand)
	}
	if _, ok := at[schemas.StoreID]; ok && !stores {
		return nil, f.errorf("the related series has %q and the target has not; give it to both", schemas.StoreID)
	}
	return at, nil
}

func (l *layouts) isKey(name string) bool {
	return name == schemas.ItemID || name == schemas.StoreID || name == schemas.Timestamp || slices.Contains(l.dims, name)
}

// choose settles which features there are: those asked for, which must be there, or all.
func (l *layouts) choose() error {
	there := map[string]string{} // folded name → name as it is first written
	for i, f := range l.files {
		for name, at := range l.at[i] {
			if _, ok := there[name]; !ok && !l.isKey(name) {
				there[name] = f.header[at]
			}
		}
	}
	if l.features == nil {
		for _, name := range slices.Sorted(maps.Keys(there)) {
			l.features = append(l.features, Feature{Name: there[name], Role: RoleOf(name)})
		}
	}
	l.index = map[string]int{}
	for i, feature := range l.features {
		name := fold(feature.Name)
		if _, twice := l.index[name]; twice {
			return fmt.Errorf("read related: feature %q is listed twice; list it once", feature.Name)
		}
		if _, ok := there[name]; !ok {
			return l.missing(feature.Name, slices.Sorted(maps.Keys(there)))
		}
		l.index[name] = i
	}
	if len(l.features) == 0 {
		return l.files[0].errorf("there is no feature beside the keys; add a column of numbers, or leave the related series out")
	}
	return nil
}

func (l *layouts) missing(name string, there []string) error {
	if like := nearest.Name(name, there); like != "" {
		return fmt.Errorf("read related: feature %q is in no file; did you mean %q?", name, like)
	}
	return fmt.Errorf("read related: feature %q is in no file; the files have %s", name, listed(there))
}

// bind gives f the table of its columns.
func (l *layouts) bind(f *file, at map[string]int) error {
	var own []int
	for name := range at {
		if i, ok := l.index[name]; ok {
			own = append(own, i)
		}
	}
	if len(own) == 0 {
		return f.errorf("none of the features is in this file; leave the file out")
	}
	slices.Sort(own)
	_, stores := at[schemas.StoreID]
	dims := slices.DeleteFunc(slices.Clone(l.dims), func(name string) bool { _, ok := at[name]; return !ok })
	layout := fmt.Sprint(stores, dims, own)
	t := l.tables[layout]
	if t == nil {
		names := make([]string, len(own))
		for i, feature := range own {
			names[i] = l.features[feature].Name
		}
		t = newTable(f.in, schemas.Related(stores, dims, names))
		t.dims = dims
		t.features, t.index = own, len(l.tables)
		l.tables[layout] = t
	}
	return f.bind(t, at)
}

// checkOwners reports a feature that files of different columns hold: which of them would speak for a cell?
func (l *layouts) checkOwners() error {
	owner := make([]*file, len(l.features))
	for _, f := range l.files {
		for _, feature := range f.table.features {
			if first := owner[feature]; first != nil && first.table != f.table {
				return f.errorf("feature %q is in %s too, which has other columns; keep a feature in files of the same columns",
					l.features[feature].Name, first.path)
			}
			owner[feature] = cmp.Or(owner[feature], f)
		}
	}
	return nil
}

const sampledRows = 100

// checkNumbers reports a feature of a CSV file whose first rows hold texts and no number.
func checkNumbers(f *file, sample *csvPiece) error {
	if sample == nil {
		return nil
	}
	for i, k := range f.table.kinds {
		if k != number {
			continue
		}
		if text, line := firstText(sample, len(f.header), f.fields[i]); text != "" {
			return f.errorf("column %q is not numeric (line %d: %q); features are numbers: code it, leave it out, or list the features to use",
				f.table.name(i), line, text)
		}
	}
	return nil
}

// firstText returns the first value of a field, and its line, if it has values among the first rows and none is a number.
func firstText(sample *csvPiece, width, field int) (text string, line int64) {
	rows, number := 0, false
	sample.each(width, func(cells [][]byte, at int64) bool {
		rows++
		if field < len(cells) && len(cells[field]) > 0 {
			if _, ok := parseNumber(cells[field]); ok {
				number = true
			} else if text == "" {
				text, line = string(cells[field]), at
			}
		}
		return rows < sampledRows && !number
	})
	if number {
		return "", 0
	}
	return text, line
}

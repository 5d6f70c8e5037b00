package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v14/arrow"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// metadata is one of the two kinds of metadata: of items or of stores.
type metadata struct {
	in     string
	key    string // its key column
	schema func(attributes []string) *arrow.Schema
	name   func(demand.Key) string
}

var (
	itemMetadata  = metadata{"items", schemas.ItemID, schemas.Items, func(k demand.Key) string { return k.Item }}
	storeMetadata = metadata{"stores", schemas.StoreID, schemas.Stores, func(k demand.Key) string { return k.Store }}
)

// match finds the key and the attributes of every file. All files have the same columns.
func (m metadata) match(files []*file) error {
	var t *table
	for _, f := range files {
		if _, err := inspect(f); err != nil {
			return err
		}
		at, err := fieldsOf(f)
		if err != nil {
			return err
		}
		if err := require(f, at, m.key); err != nil {
			return err
		}
		if t == nil {
			t = newTable(m.in, m.schema(m.attributes(f, at)))
		}
		if len(at) != len(t.kinds) {
			return f.errorf("the file has %d columns and %s has %d; give all files the same", len(at), files[0].path, len(t.kinds))
		}
		for i := range t.kinds {
			if err := require(f, at, fold(t.name(i))); err != nil {
				return err
			}
		}
		if err := f.bind(t, at); err != nil {
			return err
		}
	}
	return nil
}

// attributes returns the columns of f besides the key, sorted by name.
func (m metadata) attributes(f *file, at map[string]int) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(at)) {
		if name != m.key {
			names = append(names, f.header[at[name]])
		}
	}
	return names
}

// checkAttributes reports an attribute that items and stores both have: a condition could not say which one it means.
func checkAttributes(items, stores []*file) error {
	if len(items) == 0 || len(stores) == 0 {
		return nil
	}
	for _, name := range stores[0].header {
		if name != "" && slices.Contains(folded(items[0].header), fold(name)) {
			return stores[0].errorf("column %q is in %s too; give the two different names", name, items[0].path)
		}
	}
	return nil
}

// readMetadata reads the attributes of items and stores into the frame of the panel.
func (r *reader) readMetadata(ctx context.Context, p *demand.Panel, audit *Audit) (err error) {
	if len(r.items) > 0 {
		if audit.Items, audit.NoItem, err = r.readAttributes(ctx, itemMetadata, r.items, p, &audit.Named); err != nil {
			return err
		}
	}
	if len(r.stores) > 0 {
		if audit.Stores, audit.NoStore, err = r.readAttributes(ctx, storeMetadata, r.stores, p, &audit.Named); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) readAttributes(ctx context.Context, m metadata, files []*file, p *demand.Panel, named *Named) (in *Input, without int, err error) {
	var s *metadataShaper
	// One worker reads rows in file order, so that the second row of a key is known for what it is.
	in, err = r.decode(ctx, m.in, files, 1, func(w *worker) shaper {
		s = newMetadataShaper(w, m, p.Keys)
		return s
	})
	if err != nil {
		return nil, 0, err
	}
	unused, missing := &named.NoSeries.Items, &named.NoItem
	if m.key == schemas.StoreID {
		unused, missing = &named.NoSeries.Stores, &named.NoStore
	}
	*unused = s.unused
	named.NoSeries.Differ += s.differ
	named.NoSeries.Variants = append(named.NoSeries.Variants, s.variants...)
	rows := make([]int32, len(p.Keys))
	for i, key := range p.Keys {
		row, ok := s.rows[m.name(key)]
		if !ok {
			row = -1
			without++
			nameOne(missing, key.String())
		}
		rows[i] = row
	}
	for a := range s.codes {
		p.Static = append(p.Static, s.attribute(a, rows, files[0].table))
	}
	return in, without, nil
}

// metadataShaper gathers the rows of metadata that the target needs.
type metadataShaper struct {
	w      *worker
	of     metadata
	needed map[string]bool
	folded map[string]string // of the folded names of what is needed, the name
	seen   map[string]place
	rows   map[string]int32 // of a needed item or store its row in codes
	codes  [][]int32        // of each attribute the label numbers, one for each row

	unused   []string
	variants []Variant
	differ   int64
}

func newMetadataShaper(w *worker, m metadata, keys []demand.Key) *metadataShaper {
	s := &metadataShaper{w: w, of: m, needed: map[string]bool{}, folded: map[string]string{}, seen: map[string]place{}, rows: map[string]int32{}}
	for _, key := range keys {
		if name := m.name(key); !s.needed[name] {
			s.needed[name], s.folded[FoldKey(name)] = true, name
		}
	}
	return s
}

func (s *metadataShaper) take(b *batch) error {
	attributes := len(b.file.table.kinds) - 1
	if s.codes == nil {
		s.codes = make([][]int32, attributes)
	}
	columns := make([][]int32, attributes)
	for a := range columns {
		columns[a] = labelNumbers(b, a+1)
	}
	for i, id := range labelNumbers(b, 0) {
		name := s.w.labels[0].names[id]
		switch {
		case name == "" && s.of.key == schemas.ItemID:
			s.w.reject(fault{b.at(i), s.of.key, EmptyItem, ""})
		case name == "":
			s.w.reject(fault{b.at(i), s.of.key, EmptyStore, ""})
		case !s.needed[name]:
			s.w.skip(KeyNotInTarget)
			s.skipped(b.at(i), name)
		default:
			if a := s.badText(i, columns); a >= 0 {
				s.w.reject(fault{b.at(i), b.file.table.name(a + 1), BadText, s.label(a, columns[a][i])})
				continue
			}
			if err := s.keep(b, i, name, columns); err != nil {
				return err
			}
		}
	}
	return nil
}

// skipped notes a row that no series needs.
func (s *metadataShaper) skipped(at place, name string) {
	nameOne(&s.unused, fmt.Sprintf("%v: %s", at, name))
	like, ok := s.folded[FoldKey(name)]
	if !ok {
		return
	}
	if s.differ++; s.differ <= keysListed {
		s.variants = append(s.variants, Variant{Where: at.String(), Column: s.of.key, Has: name, Target: like})
	}
}

// label returns the text that number id stands for in attribute a.
func (s *metadataShaper) label(a int, id int32) string { return s.w.labels[a+1].names[id] }

// badText returns the first attribute of a row that cannot be stored, or −1.
func (s *metadataShaper) badText(row int, columns [][]int32) int {
	for a, ids := range columns {
		if !storable(s.label(a, ids[row])) {
			return a
		}
	}
	return -1
}

func (s *metadataShaper) keep(b *batch, row int, name string, columns [][]int32) error {
	if first, twice := s.seen[name]; twice && first.file.number != b.file.number {
		s.seen[name] = b.at(row)
		s.w.tally.supersede(s.replace(s.rows[name], row, columns))
		return nil
	} else if twice {
		return fmt.Errorf("read %s: two rows for %s %s: %v and %v; keep one", s.of.in, s.of.key, name, first, b.at(row))
	}
	s.seen[name] = b.at(row)
	s.rows[name] = int32(len(s.rows))
	for a := range s.codes {
		s.codes[a] = append(s.codes[a], columns[a][row])
	}
	s.w.tally.used++
	return nil
}

// replace sets the attributes of a row that is kept, and reports whether one differs.
func (s *metadataShaper) replace(kept int32, row int, columns [][]int32) (differs bool) {
	for a := range s.codes {
		differs = differs || s.codes[a][kept] != columns[a][row]
		s.codes[a][kept] = columns[a][row]
	}
	return differs
}

// attribute returns attribute a of the series that have the given rows, −1 for none, with its labels sorted.
func (s *metadataShaper) attribute(a int, rows []int32, t *table) demand.Attribute {
	names := s.w.labels[a+1].names
	out := demand.Attribute{Name: t.name(a + 1), OfStore: s.of.key == schemas.StoreID, Code: make([]int32, len(rows))}
	for _, id := range s.codes[a] {
		if names[id] != "" {
			out.Labels = append(out.Labels, names[id])
		}
	}
	slices.Sort(out.Labels)
	out.Labels = slices.Compact(out.Labels)
	for i, row := range rows {
		out.Code[i] = -1
		if row < 0 {
			continue
		}
		if name := names[s.codes[a][row]]; name != "" {
			at, _ := slices.BinarySearch(out.Labels, name)
			out.Code[i] = int32(at)
		}
	}
	return out
}

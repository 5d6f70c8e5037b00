package ingest

import (
	"strings"
	"unicode/utf8"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// checkKey returns what is wrong with the texts of a key, or 0. It stands in place of a series: emptyText(c) where text c
// is empty, and one less where no database or Parquet file can hold it.
func checkKey(texts []string) int32 {
	for c, s := range texts {
		switch {
		case s == "":
			return emptyText(c)
		case !storable(s):
			return emptyText(c) - 1
		}
	}
	return 0
}

func emptyText(c int) int32 { return int32(-1 - 2*c) }

// storable reports whether a text can be written to every place that results rest in: Postgres takes UTF-8 without the
// byte zero.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// keyTexts returns the texts that an item and a site stand for in rows of t: one for each column of its key.
func (w *worker) keyTexts(t *table, item, site int32) []string {
	texts := make([]string, t.keys())
	texts[0] = w.labels[0].names[item]
	for c := len(texts) - 1; c > 0; c-- {
		label := site
		if len(texts) > 2 {
			label, site = w.sites.at[site].label, w.sites.at[site].before
		}
		texts[c] = w.labels[c].names[label]
	}
	return texts
}

// keyOf returns the key that such texts make.
func (t *table) keyOf(texts []string) demand.Key {
	key, rest := demand.Key{Item: texts[0]}, texts[1:]
	if t.stores {
		key.Store, rest = rest[0], rest[1:]
	}
	key.Dims = demand.JoinDimensions(t.dims, rest)
	return key
}

// keyFault rejects a row whose key is wrong.
func (w *worker) keyFault(at place, bad, item, site int32) fault {
	t := at.file.table
	c := int(-1-bad) / 2
	switch column := t.name(c); {
	case bad != emptyText(c):
		return fault{at, column, BadText, w.keyTexts(t, item, site)[c]}
	case column == schemas.ItemID:
		return fault{at: at, column: column, reason: EmptyItem}
	case column == schemas.StoreID:
		return fault{at: at, column: column, reason: EmptyStore}
	default:
		return fault{at: at, column: column, reason: EmptyDimension}
	}
}

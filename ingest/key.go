package ingest

import (
	"strings"
	"unicode/utf8"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// In place of a series, what is wrong with a key.
const (
	emptyItem  = -1
	emptyStore = -2
	badItem    = -3 // no text that a database or a Parquet file can hold
	badStore   = -4
)

// checkKey returns what is wrong with a key, or 0. The store counts only where rows name one.
func checkKey(k demand.Key, stores bool) int32 {
	switch {
	case k.Item == "":
		return emptyItem
	case !storable(k.Item):
		return badItem
	case stores && k.Store == "":
		return emptyStore
	case !storable(k.Store):
		return badStore
	}
	return 0
}

// storable reports whether a text can be written to every place that results rest in: Postgres takes UTF-8 without the
// byte zero.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// keyFault rejects a row whose key is wrong.
func (w *worker) keyFault(at place, bad, item, store int32) fault {
	switch bad {
	case emptyItem:
		return fault{at: at, column: schemas.ItemID, reason: EmptyItem}
	case emptyStore:
		return fault{at: at, column: schemas.StoreID, reason: EmptyStore}
	case badItem:
		return fault{at, schemas.ItemID, BadText, w.labels[0].names[item]}
	}
	return fault{at, schemas.StoreID, BadText, w.labels[1].names[store]}
}

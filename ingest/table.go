package ingest

import (
	"github.com/apache/arrow/go/v14/arrow"

	"shelfcast/schemas"
)

// table is what the rows of one or more files become: record batches of one schema.
type table struct {
	in     string // target, related, items or stores
	schema *arrow.Schema
	kinds  []kind // of each column
	stores bool   // true where rows name a store

	features []int // of a related table, the place in the panel of each number column
	index    int   // of a related table, its number among them
}

// kind says how the cells of a column are read.
type kind uint8

const (
	text kind = iota
	moment
	number
)

func newTable(in string, schema *arrow.Schema) *table {
	t := &table{in: in, schema: schema, kinds: make([]kind, len(schema.Fields()))}
	for i, f := range schema.Fields() {
		switch f.Type.ID() {
		case arrow.DICTIONARY:
			t.kinds[i] = text
		case arrow.TIMESTAMP:
			t.kinds[i] = moment
		default:
			t.kinds[i] = number
		}
	}
	t.stores = schema.HasField(schemas.StoreID) && schema.HasField(schemas.ItemID)
	return t
}

func (t *table) name(column int) string { return t.schema.Field(column).Name }

// texts returns the number of text columns. They come first.
func (t *table) texts() int {
	n := 0
	for _, k := range t.kinds {
		if k == text {
			n++
		}
	}
	return n
}

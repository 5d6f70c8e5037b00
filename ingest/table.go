package ingest

import (
	"slices"

	"github.com/apache/arrow/go/v14/arrow"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// table is what the rows of one or more files become: record batches of one schema.
type table struct {
	in     string // target, related, items or stores
	schema *arrow.Schema
	kinds  []kind   // of each column
	stores bool     // true where rows name a store
	dims   []string // further dimensions that rows name, folded, in the order declared

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

// keys returns the number of columns that make up a key. They come first: the item, the store, the further dimensions.
func (t *table) keys() int {
	if t.stores {
		return 2 + len(t.dims)
	}
	return 1 + len(t.dims)
}

// part returns what rows of t can name of a key.
func (t *table) part(key demand.Key) demand.Key {
	part := demand.Key{Item: key.Item}
	if t.stores {
		part.Store = key.Store
	}
	if len(t.dims) == 0 {
		return part
	}
	var values []string
	for name, value := range key.Dimensions() {
		if slices.Contains(t.dims, name) {
			values = append(values, value)
		}
	}
	part.Dims = demand.JoinDimensions(t.dims, values)
	return part
}

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

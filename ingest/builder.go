package ingest

import (
	"math"

	"github.com/apache/arrow/go/v14/arrow"
	"github.com/apache/arrow/go/v14/arrow/array"
	"github.com/apache/arrow/go/v14/arrow/bitutil"
	"github.com/apache/arrow/go/v14/arrow/memory"
)

// noTime stands where a row has no usable timestamp; the row has been rejected already.
const noTime = math.MinInt64

// builder gathers rows of a table in Arrow buffers, column by column.
type builder struct {
	mem     memory.Allocator
	table   *table
	n       int // rows so far
	columns []buildColumn
}

// buildColumn is one column being gathered. Only the slice of its kind is in use.
type buildColumn struct {
	buf     *memory.Buffer
	labels  *labels
	ids     []int32
	seconds []int64
	values  []float64
	nulls   []int32 // rows without a value, ascending
}

// begin makes room for rows of t. Text columns share the labels given, in order.
func (b *builder) begin(t *table, rows int, l []*labels) {
	b.table, b.n = t, 0
	if cap(b.columns) < len(t.kinds) {
		b.columns = make([]buildColumn, len(t.kinds))
	}
	b.columns = b.columns[:len(t.kinds)]
	texts := 0
	for i, k := range t.kinds {
		c := &b.columns[i]
		*c = buildColumn{buf: memory.NewResizableBuffer(b.mem), nulls: c.nulls[:0]}
		switch k {
		case text:
			c.buf.Resize(4 * rows)
			c.ids = arrow.Int32Traits.CastFromBytes(c.buf.Bytes())
			c.labels = l[texts]
			texts++
		case moment:
			c.buf.Resize(8 * rows)
			c.seconds = arrow.Int64Traits.CastFromBytes(c.buf.Bytes())
		case number:
			c.buf.Resize(8 * rows)
			c.values = arrow.Float64Traits.CastFromBytes(c.buf.Bytes())
		}
	}
}

// dropRow forgets what has been written to row n, which is not whole.
func (b *builder) dropRow() {
	for i := range b.columns {
		c := &b.columns[i]
		if last := len(c.nulls) - 1; last >= 0 && int(c.nulls[last]) == b.n {
			c.nulls = c.nulls[:last]
		}
	}
}

// record returns the rows so far as a record batch, which the caller releases.
func (b *builder) record() (arrow.Record, error) {
	arrays := make([]arrow.Array, len(b.columns))
	for i := range b.columns {
		c := &b.columns[i]
		if c.labels != nil {
			if err := c.labels.check(); err != nil {
				return nil, err
			}
		}
		arrays[i] = c.array(b.table.schema.Field(i).Type, b.n, b.mem)
	}
	rec := array.NewRecord(b.table.schema, arrays, int64(b.n))
	for _, a := range arrays {
		a.Release()
	}
	return rec, nil
}

func (c *buildColumn) array(typ arrow.DataType, n int, mem memory.Allocator) arrow.Array {
	valid := validity(c.nulls, n, mem)
	width := 8
	if c.labels != nil {
		width = 4
	}
	c.buf.ResizeNoShrink(n * width)
	defer func() {
		c.buf.Release()
		if valid != nil {
			valid.Release()
		}
	}()
	buffers := []*memory.Buffer{valid, c.buf}
	if c.labels == nil {
		data := array.NewData(typ, n, buffers, nil, len(c.nulls), 0)
		defer data.Release()
		return array.MakeFromData(data)
	}
	data := array.NewData(arrow.PrimitiveTypes.Int32, n, buffers, nil, len(c.nulls), 0)
	defer data.Release()
	ids, dict := array.NewInt32Data(data), c.labels.array()
	defer ids.Release()
	defer dict.Release()
	return array.NewDictionaryArray(typ, ids, dict)
}

// validity returns the Arrow bitmap of n rows without the given ones, or nil where all rows have a value.
func validity(nulls []int32, n int, mem memory.Allocator) *memory.Buffer {
	if len(nulls) == 0 {
		return nil
	}
	buf := memory.NewResizableBuffer(mem)
	buf.Resize(int(bitutil.BytesForBits(int64(n))))
	memory.Set(buf.Bytes(), 0xff)
	for _, row := range nulls {
		bitutil.ClearBit(buf.Bytes(), int(row))
	}
	return buf
}

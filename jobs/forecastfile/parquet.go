package forecastfile

import (
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"shelfcast/engine/demand"
)

// rowGroup is the number of rows in a row group.
const rowGroup = 1_000_000

// parquetRows writes rows with dictionary-coded keys and zstd pages. The timestamp is a DATE for days and longer, else
// microseconds of business time.
type parquetRows struct {
	out    *parquet.GenericWriter[any]
	layout Layout
	rows   []parquet.Row
}

func newParquetRows(w io.Writer, layout Layout) *parquetRows {
	schema := parquet.NewSchema("forecast", parquet.SchemaOf(reflect.New(rowType(layout)).Interface()))
	return &parquetRows{
		out:    parquet.NewGenericWriter[any](w, schema, parquet.Compression(&parquet.Zstd), parquet.MaxRowsPerRowGroup(rowGroup)),
		layout: layout,
	}
}

// rowType is the struct of one row: a struct, since the columns of a parquet.Group are sorted by name.
func rowType(layout Layout) reflect.Type {
	var fields []reflect.StructField
	add := func(example any, tag string) {
		fields = append(fields, reflect.StructField{
			Name: "C" + strconv.Itoa(len(fields)), Type: reflect.TypeOf(example), Tag: reflect.StructTag(`parquet:"` + tag + `"`),
		})
	}
	for _, name := range layout.Columns() {
		switch name {
		case "item_id", "store_id", "dimensions", "model", "component":
			add("", name+",dict")
		case "timestamp":
			if layout.Cal.Freq.Unit < demand.Day {
				add(int64(0), name+",timestamp(microsecond)")
			} else {
				add(int32(0), name+",date")
			}
		default:
			add(0.0, name)
		}
	}
	return reflect.StructOf(fields)
}

func (r *parquetRows) write(f *demand.Forecast) error {
	for i, key := range f.Keys {
		r.rows = r.rows[:0]
		fan := f.Fan(i)
		for j := range f.H {
			row := r.row(key, f.Start+demand.Period(j))
			row.put(parquet.DoubleValue(fan.Mean[j]))
			for _, q := range fan.At(j) {
				row.put(parquet.DoubleValue(q))
			}
			row.put(parquet.ByteArrayValue([]byte(f.By[i])))
			r.rows = append(r.rows, parquet.Row(row))
		}
		if _, err := r.out.WriteRows(r.rows); err != nil {
			return err
		}
	}
	return nil
}

func (r *parquetRows) writeParts(f *demand.Forecast, parts [][]demand.Component) error {
	for i, key := range f.Keys {
		r.rows = r.rows[:0]
		for j := range f.H {
			for _, c := range parts[i] {
				row := r.row(key, f.Start+demand.Period(j))
				row.put(parquet.ByteArrayValue([]byte(c.Name)))
				row.put(parquet.DoubleValue(c.Value[j]))
				r.rows = append(r.rows, parquet.Row(row))
			}
		}
		if _, err := r.out.WriteRows(r.rows); err != nil {
			return err
		}
	}
	return nil
}

// cells are those of one row, in the order of the columns.
type cells parquet.Row

func (c *cells) put(v parquet.Value) { *c = append(*c, v.Level(0, 0, len(*c))) }

// row begins a row with the cells of its key and period.
func (r *parquetRows) row(key demand.Key, p demand.Period) cells {
	row := make(cells, 0, 6+len(r.layout.Levels))
	row.put(parquet.ByteArrayValue([]byte(key.Item)))
	row.put(parquet.ByteArrayValue([]byte(key.Store)))
	if r.layout.Dimensions {
		row.put(parquet.ByteArrayValue([]byte(key.Dims)))
	}
	row.put(r.stamp(p))
	return row
}

func (r *parquetRows) stamp(p demand.Period) parquet.Value {
	sec := r.layout.Cal.Seconds(p)
	if r.layout.Cal.Freq.Unit < demand.Day {
		return parquet.Int64Value(sec * 1_000_000)
	}
	return parquet.Int32Value(int32(sec / (24 * 60 * 60)))
}

func (r *parquetRows) close() error { return r.out.Close() }

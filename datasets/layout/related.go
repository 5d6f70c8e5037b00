package layout

import (
	"errors"
	"fmt"
	"os"
	"reflect"

	"github.com/parquet-go/parquet-go"
)

// Related writes a part of a related time series, whose features are named by the data set. It is for one goroutine.
type Related struct {
	name  string
	file  *os.File
	w     *parquet.GenericWriter[any]
	cols  []*parquet.ColumnWriter
	batch [][]parquet.Value // one batch a column: item_id, store_id, timestamp, then the features
	group int               // rows in the current row group
	rows  int64
}

const keyColumns = 3 // item_id, store_id and timestamp stand before the features

// NewRelated opens a part of a related time series with the given features; name is rts.parquet, or another where a data
// set has more than one.
func NewRelated(b *Builder, name string, p Part, features []string) (*Related, error) {
	f, err := b.create(name, p)
	if err != nil {
		return nil, err
	}
	options := append(writerOptions(), relatedSchema(features))
	w := parquet.NewGenericWriter[any](f, options...)
	r := &Related{name: name, file: f, w: w, cols: w.ColumnWriters()}
	r.batch = make([][]parquet.Value, keyColumns+len(features))
	return r, nil
}

// relatedSchema is made from a struct type, because a schema made from a map of columns would sort them by name.
func relatedSchema(features []string) *parquet.Schema {
	fields := []reflect.StructField{
		field(0, reflect.TypeFor[string](), "item_id,dict"),
		field(1, reflect.TypeFor[string](), "store_id,dict"),
		field(2, reflect.TypeFor[int32](), "timestamp,date,delta"),
	}
	for _, name := range features {
		fields = append(fields, field(len(fields), reflect.TypeFor[float64](), name+",dict"))
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}

func field(i int, t reflect.Type, tag string) reflect.StructField {
	return reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: t, Tag: reflect.StructTag(fmt.Sprintf("parquet:%q", tag))}
}

// Write adds a series: x[f][i] is feature f on day first+i, in days since 1970-01-01. Every x[f] has one length.
func (r *Related) Write(item, store string, first int32, x [][]float64) error {
	itemID := parquet.ByteArrayValue([]byte(item)).Level(0, 0, 0)
	storeID := parquet.ByteArrayValue([]byte(store)).Level(0, 0, 1)
	for i := range x[0] {
		r.batch[0] = append(r.batch[0], itemID)
		r.batch[1] = append(r.batch[1], storeID)
		r.batch[2] = append(r.batch[2], parquet.Int32Value(first+int32(i)).Level(0, 0, 2))
		for f, v := range x {
			c := keyColumns + f
			r.batch[c] = append(r.batch[c], parquet.DoubleValue(v[i]).Level(0, 0, c))
		}
		if len(r.batch[0]) == batchRows || r.group+len(r.batch[0]) == rowGroupRows {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Related) flush() error {
	for c, values := range r.batch {
		if _, err := r.cols[c].WriteRowValues(values); err != nil {
			return fmt.Errorf("write %s: %w", r.name, diskFull(err))
		}
		r.batch[c] = values[:0]
		if c == 0 {
			r.group += len(values)
			r.rows += int64(len(values))
		}
	}
	if r.group < rowGroupRows {
		return nil
	}
	r.group = 0
	if err := r.w.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", r.name, diskFull(err))
	}
	return nil
}

// Rows returns the number of rows written so far.
func (r *Related) Rows() int64 { return r.rows + int64(len(r.batch[0])) }

// Close writes what is left and closes the file; closing twice, or what was never opened, is harmless.
func (r *Related) Close() error {
	if r == nil || r.file == nil {
		return nil
	}
	err := r.flush()
	if e := r.w.Close(); e != nil && err == nil {
		err = fmt.Errorf("write %s: %w", r.name, diskFull(e))
	}
	if e := r.file.Close(); e != nil {
		err = errors.Join(err, fmt.Errorf("close %s: %w", r.name, diskFull(e)))
	}
	r.file = nil
	return err
}

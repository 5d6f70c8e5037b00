package m5

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

const batchRows = 8192

func (f *forecast) readParquet(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	pf, err := parquet.OpenFile(file, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	c, err := columnsOf(pf.Schema())
	if err != nil {
		return err
	}
	for _, g := range pf.RowGroups() {
		if err := f.readGroup(ctx, g, c); err != nil {
			return err
		}
	}
	return nil
}

// parquetColumns says where the columns stand and how to read the two that are not text.
type parquetColumns struct {
	at   [4]int
	day  func(parquet.Value) (int32, error)
	mean func(parquet.Value) (float64, error)
}

func columnsOf(s *parquet.Schema) (c parquetColumns, err error) {
	var header []string
	for _, path := range s.Columns() {
		if len(path) > 1 {
			return c, fmt.Errorf("the column %s is nested", path[0])
		}
		header = append(header, path[0])
	}
	if c.at, err = findColumns(header); err != nil {
		return c, err
	}
	leaf := func(i int) parquet.Type {
		l, _ := s.Lookup(header[c.at[i]])
		return l.Node.Type()
	}
	for i := range 2 {
		if leaf(i).Kind() != parquet.ByteArray {
			return c, fmt.Errorf("the column %s is %v, not text", forecastColumns[i], leaf(i))
		}
	}
	if c.day, err = dayReader(leaf(2)); err != nil {
		return c, err
	}
	c.mean, err = meanReader(leaf(3))
	return c, err
}

func dayReader(t parquet.Type) (func(parquet.Value) (int32, error), error) {
	if t.Kind() == parquet.ByteArray {
		return func(v parquet.Value) (int32, error) { return parseDay(string(v.ByteArray())) }, nil
	}
	if logical := t.LogicalType(); logical != nil {
		switch value := logical.Value.(type) {
		case *format.DateType:
			return func(v parquet.Value) (int32, error) { return v.Int32(), nil }, nil
		case *format.TimestampType:
			day := int64(24 * time.Hour / value.Unit.Value.Duration())
			return func(v parquet.Value) (int32, error) { return int32(floorDiv(v.Int64(), day)), nil }, nil
		}
	}
	return nil, fmt.Errorf("the column timestamp is %v; write it as DATE, TIMESTAMP or text", t)
}

func floorDiv(a, b int64) int64 {
	if q := a / b; a%b >= 0 {
		return q
	}
	return a/b - 1
}

func meanReader(t parquet.Type) (func(parquet.Value) (float64, error), error) {
	notNull := func(v parquet.Value) error {
		if v.IsNull() {
			return errors.New("a mean is null")
		}
		return nil
	}
	switch t.Kind() {
	case parquet.Double:
		return func(v parquet.Value) (float64, error) { return v.Double(), notNull(v) }, nil
	case parquet.Float:
		return func(v parquet.Value) (float64, error) { return float64(v.Float()), notNull(v) }, nil
	}
	return nil, fmt.Errorf("the column mean is %v, not double", t)
}

func (f *forecast) readGroup(ctx context.Context, g parquet.RowGroup, c parquetColumns) error {
	rows := g.Rows()
	defer rows.Close()
	batch := make([]parquet.Row, batchRows)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := rows.ReadRows(batch)
		for _, row := range batch[:n] {
			if err := f.addRow(row, c); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (f *forecast) addRow(row parquet.Row, c parquetColumns) error {
	day, err := c.day(row[c.at[2]])
	if err != nil {
		return err
	}
	mean, err := c.mean(row[c.at[3]])
	if err != nil {
		return err
	}
	return f.add(string(row[c.at[0]].ByteArray()), string(row[c.at[1]].ByteArray()), day, mean)
}

package layout

import (
	"errors"
	"fmt"
	"os"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

const (
	batchRows         = 8192      // rows handed to the encoder at a time
	rowGroupRows      = 1_000_000 // the unit that readers stream by
	dictionaryBytes   = 1 << 20   // beyond it a column goes on without dictionary
	parquetSoftware   = "shelfcast"
	parquetSoftwareOf = "datasets"
)

// codec is shared because it keeps its encoders, each with a history of 8 MiB, for the next page.
var codec = &zstd.Codec{Level: zstd.SpeedFastest}

func writerOptions() []parquet.WriterOption {
	return []parquet.WriterOption{
		parquet.Compression(codec),
		parquet.MaxRowsPerRowGroup(rowGroupRows),
		parquet.DictionaryMaxBytes(dictionaryBytes),
		parquet.CreatedBy(parquetSoftware, parquetSoftwareOf, ""),
	}
}

// Table writes rows of the struct T, whose parquet tags give the columns, to one part of a table. It is for one goroutine.
type Table[T any] struct {
	name  string
	file  *os.File
	w     *parquet.GenericWriter[T]
	batch []T
	rows  int64
}

// NewTable opens a part of the table with the given name, such as items.parquet or truth/series.parquet.
func NewTable[T any](b *Builder, name string, p Part) (*Table[T], error) {
	f, err := b.create(name, p)
	if err != nil {
		return nil, err
	}
	return &Table[T]{name: name, file: f, w: parquet.NewGenericWriter[T](f, writerOptions()...)}, nil
}

// Write adds a row.
func (t *Table[T]) Write(row T) error {
	t.batch = append(t.batch, row)
	t.rows++
	if len(t.batch) < batchRows {
		return nil
	}
	return t.flush()
}

func (t *Table[T]) flush() error {
	if _, err := t.w.Write(t.batch); err != nil {
		return fmt.Errorf("write %s: %w", t.name, diskFull(err))
	}
	t.batch = t.batch[:0]
	return nil
}

// Rows returns the number of rows written so far.
func (t *Table[T]) Rows() int64 { return t.rows }

// Close writes what is left and closes the file. Closing twice, or a table that was never opened, is harmless, so that a
// Close may be deferred for the paths that end in an error.
func (t *Table[T]) Close() error {
	if t == nil || t.file == nil {
		return nil
	}
	err := t.flush()
	if e := t.w.Close(); e != nil && err == nil {
		err = fmt.Errorf("write %s: %w", t.name, diskFull(e))
	}
	if e := t.file.Close(); e != nil {
		err = errors.Join(err, fmt.Errorf("close %s: %w", t.name, diskFull(e)))
	}
	t.file, t.batch = nil, nil
	return err
}

// WriteAll writes a whole table that fits in memory.
func WriteAll[T any](b *Builder, name string, rows []T) error {
	t, err := NewTable[T](b, name, Whole)
	if err != nil {
		return err
	}
	defer t.Close()
	for _, row := range rows {
		if err := t.Write(row); err != nil {
			return err
		}
	}
	return t.Close()
}

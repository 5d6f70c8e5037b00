package ingest

import (
	"strconv"

	"github.com/apache/arrow/go/v14/arrow"
	"github.com/apache/arrow/go/v14/arrow/array"
)

// labelNumbers returns a text column of b as numbers of the worker's labels.
func labelNumbers(b *batch, column int) []int32 {
	return b.rec.Column(column).(*array.Dictionary).Indices().(*array.Int32).Int32Values()
}

// seconds returns a timestamp column of b; noTime where the row has been rejected.
func seconds(b *batch, column int) []int64 {
	return arrow.Int64Traits.CastFromBytes(arrow.TimestampTraits.CastToBytes(b.rec.Column(column).(*array.Timestamp).TimestampValues()))
}

// numbers returns a number column of b; NaN where there is none.
func numbers(b *batch, column int) []float64 {
	return b.rec.Column(column).(*array.Float64).Float64Values()
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

package ingest

import "github.com/apache/arrow/go/v14/arrow"

// batch is a record batch and where its rows came from.
type batch struct {
	rec   arrow.Record
	file  *file
	order int64   // ascending in the file, so that file order can be restored after decoding in parallel
	lines []int64 // of each row in a CSV file; nil for Parquet and queries
	group int     // row group of a Parquet file
	first int64   // row of its first row in the row group, or in the query
}

func (b *batch) at(row int) place {
	if b.lines != nil {
		return place{file: b.file, line: b.lines[row]}
	}
	if b.file.query != nil {
		return place{file: b.file, line: b.first + int64(row) + 1}
	}
	return place{file: b.file, group: b.group, row: b.first + int64(row)}
}

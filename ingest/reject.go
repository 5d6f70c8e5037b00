package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// Reject is a row that cannot be used, and why.
type Reject struct {
	File     string `json:"file"`
	Line     int64  `json:"line,omitempty"`      // in a CSV file, or the row of a query in the order it came, counted from 1; 0 in a Parquet file
	RowGroup int    `json:"row_group,omitempty"` // in a Parquet file, counted from 0
	Row      int64  `json:"row,omitempty"`       // in the row group, counted from 0
	Column   string `json:"column,omitempty"`    // empty where the row as a whole is at fault
	Reason   Reason `json:"reason"`
	Value    string `json:"value"` // as it was read, cut to 80 bytes
}

const (
	keptRejects   = 1000
	keptValueSize = 80
)

// place is where a row came from.
type place struct {
	file  *file
	line  int64 // of a CSV file, or the row of a query, from 1; 0 for Parquet
	group int   // row group, from 0
	row   int64 // in the row group, from 0
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.file.index, q.file.index), cmp.Compare(p.line, q.line), cmp.Compare(p.group, q.group), cmp.Compare(p.row, q.row))
}

// String returns file:line, or the file with its row group and row, or the query with its row.
func (p place) String() string {
	if p.file.query != nil {
		return p.file.path + " row " + strconv.FormatInt(p.line, 10)
	}
	if p.line > 0 {
		return p.file.path + ":" + strconv.FormatInt(p.line, 10)
	}
	return fmt.Sprintf("%s row group %d row %d", p.file.path, p.group, p.row)
}

// fault is a reject before it is written down.
type fault struct {
	at     place
	column string
	reason Reason
	value  string
}

func (f fault) reject() Reject {
	return Reject{
		File: f.at.file.path, Line: f.at.line, RowGroup: f.at.group, Row: f.at.row,
		Column: f.column, Reason: f.reason, Value: f.value,
	}
}

// faults keeps the first rejects in file order, whichever worker met them first.
type faults struct {
	mu   sync.Mutex
	kept []fault
}

func (l *faults) add(f fault) {
	if len(f.value) > keptValueSize {
		f.value = f.value[:keptValueSize]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, f)
	if len(l.kept) >= 4*keptRejects {
		l.cut()
	}
}

func (l *faults) cut() {
	slices.SortFunc(l.kept, func(a, b fault) int { return a.at.compare(b.at) })
	l.kept = l.kept[:min(len(l.kept), keptRejects)]
}

// first returns the first rejects in file order.
func (l *faults) first() []fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut()
	return l.kept
}

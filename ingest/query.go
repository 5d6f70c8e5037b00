package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	carrying "math/bits"
	"sync"
)

// Queries are inputs that come from a database instead of files. An input is files, or a query, or is not there.
type Queries struct{ Target, Related, Items, Stores *Query }

// Query is a table whose rows come as a stream in the binary COPY format of Postgres.
type Query struct {
	Columns []QueryColumn

	// Copy writes the stream to w, from its header to its trailer, and returns at once where ctx ends or w fails. Called
	// again it writes the same rows, in any order. Calls do not overlap with those of other queries.
	Copy func(ctx context.Context, w io.Writer) error
}

// QueryColumn is a column of a query.
type QueryColumn struct {
	Name string
	Type string // as pg_type.typname has it: text, int4, float8, numeric, date, …
}

// inputOf returns the files of an input, or the one that stands for its query.
func inputOf(ctx context.Context, in string, patterns []string, q *Query) ([]*file, error) {
	if q == nil {
		return list(ctx, in, patterns)
	}
	if len(patterns) > 0 {
		return nil, fmt.Errorf("read %s: %s and a query are named; name files or a query", in, patterns[0])
	}
	return []*file{{in: in, path: "query " + in, query: q, sum: &rowSum{}}}, nil
}

// inspectQuery finds the columns of f.
func inspectQuery(f *file) error {
	for _, c := range f.query.Columns {
		f.header = append(f.header, c.Name)
	}
	return f.nameColumns()
}

// rowSum adds up digests of rows, so that the order in which a database sends them, and in which workers decode them, does
// not matter: the sum of SHA-256(row) modulo 2²⁵⁶.
type rowSum struct {
	mu   sync.Mutex
	rows int64
	sum  [4]uint64
}

// row adds a row.
func (s *rowSum) row(b []byte) {
	d := sha256.Sum256(b)
	var v [4]uint64
	for i := range v {
		v[i] = binary.LittleEndian.Uint64(d[8*i:])
	}
	s.add(1, v)
}

func (s *rowSum) add(rows int64, v [4]uint64) {
	s.rows += rows
	carry := uint64(0)
	for i := range v {
		s.sum[i], carry = carrying.Add64(s.sum[i], v[i], carry)
	}
}

// merge adds the rows of a piece, which another worker may do at the same time.
func (s *rowSum) merge(piece *rowSum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(piece.rows, piece.sum)
}

// digest returns the digest of a table: its columns, the number of its rows and their sum.
func (s *rowSum) digest(columns []QueryColumn) (d [32]byte) {
	h := sha256.New()
	for _, c := range columns {
		fmt.Fprintf(h, "%q %q\n", c.Name, c.Type)
	}
	fmt.Fprintf(h, "%d %x\n", s.rows, s.sum)
	h.Sum(d[:0])
	return d
}

package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
)

// field is one column of a table and how a value of it is written in Postgres' binary COPY format. A table's list of
// fields is the only place that orders its columns: the statement, the rows and the check against the catalogue are all
// made of it, since the server checks the widths of what it is sent and not the meaning.
type field[R any] struct {
	name    string
	sqlType string // as format_type prints it
	put     func(buf []byte, row *R) []byte
}

// Wire format of COPY BINARY: https://www.postgresql.org/docs/current/sql-copy.html
var (
	copyHeader  = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	copyTrailer = []byte{0xff, 0xff}
)

const (
	copyChunk        = 64 << 10 // bytes handed to the connection at a time
	float8OID        = 701      // pg_type.oid of double precision
	textOID          = 25       // that of text
	epoch2000Seconds = 946684800
)

// copyReader encodes rows on demand, so that a COPY holds one chunk of them and not all.
type copyReader[R any] struct {
	fields []field[R]
	next   func(*R) bool // fills the next row; false at the end
	buf    []byte
	off    int // bytes of buf already handed out
	rows   int64
	row    R
	ended  bool
}

func newCopyReader[R any](fields []field[R], next func(*R) bool) *copyReader[R] {
	r := &copyReader[R]{fields: fields, next: next, buf: make([]byte, 0, copyChunk+copyChunk/4)}
	r.buf = append(r.buf, copyHeader...)
	return r
}

// Read implements io.Reader.
func (r *copyReader[R]) Read(p []byte) (int, error) {
	if r.off == len(r.buf) {
		if r.ended {
			return 0, io.EOF
		}
		r.buf, r.off = r.buf[:0], 0
	}
	for !r.ended && len(r.buf) < copyChunk {
		r.encode()
	}
	n := copy(p, r.buf[r.off:])
	r.off += n
	return n, nil
}

// encode appends the next row, or the trailer where there is none.
func (r *copyReader[R]) encode() {
	if !r.next(&r.row) {
		r.buf = append(r.buf, copyTrailer...)
		r.ended = true
		return
	}
	r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(len(r.fields)))
	for i := range r.fields {
		r.buf = r.fields[i].put(r.buf, &r.row)
	}
	r.rows++
}

// copyRows writes rows into a table by one binary COPY, and returns how many.
func copyRows[R any](ctx context.Context, conn *pgx.Conn, table pgx.Identifier, fields []field[R], next func(*R) bool) (int64, error) {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = pgx.Identifier{f.name}.Sanitize()
	}
	r := newCopyReader(fields, next)
	statement := fmt.Sprintf("copy %s (%s) from stdin (format binary)", table.Sanitize(), strings.Join(names, ", "))
	tag, err := conn.PgConn().CopyFrom(ctx, r, statement)
	if err != nil {
		return 0, fmt.Errorf("copy into %s: %w", strings.Join(table, "."), err)
	}
	if tag.RowsAffected() != r.rows {
		return 0, fmt.Errorf("copy into %s: sent %d rows, the server took %d: %w", strings.Join(table, "."), r.rows, tag.RowsAffected(), ErrIncomplete)
	}
	return r.rows, nil
}

// each returns a source of rows made of the elements of a slice.
func each[T, R any](list []T, row func(*R, *T)) func(*R) bool {
	i := 0
	return func(r *R) bool {
		if i == len(list) {
			return false
		}
		row(r, &list[i])
		i++
		return true
	}
}

func putNull(b []byte) []byte { return append(b, 0xff, 0xff, 0xff, 0xff) } // length −1

func putInt32(b []byte, v int32) []byte {
	return binary.BigEndian.AppendUint32(append(b, 0, 0, 0, 4), uint32(v))
}

func putInt64(b []byte, v int64) []byte {
	return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), uint64(v))
}

func putFloat64(b []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), math.Float64bits(v))
}

// putDefined writes NaN, the mark of an undefined number in Go, as NULL: in Postgres NaN sorts above every number.
func putDefined(b []byte, v float64) []byte {
	if math.IsNaN(v) {
		return putNull(b)
	}
	return putFloat64(b, v)
}

func putText(b []byte, v string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
}

// putSome writes an empty text as NULL.
func putSome(b []byte, v string) []byte {
	if v == "" {
		return putNull(b)
	}
	return putText(b, v)
}

// putSecond writes business seconds since 1970-01-01 as a timestamp: microseconds since 2000-01-01.
func putSecond(b []byte, sec int64) []byte { return putInt64(b, (sec-epoch2000Seconds)*1_000_000) }

// putFloats writes a one-dimensional array of double precision without NULLs.
func putFloats(b []byte, v []float64) []byte {
	const header = 5 * 4 // dimensions, null flag, element type, length, lower bound
	if len(v) == 0 {
		return append(b, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, float8OID>>8, float8OID&0xff)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(header+12*len(v)))
	for _, word := range [...]uint32{1, 0, float8OID, uint32(len(v)), 1} {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	for _, x := range v {
		b = putFloat64(b, x)
	}
	return b
}

// putTexts writes a one-dimensional array of text without NULLs, and no texts as NULL.
func putTexts(b []byte, v []string) []byte {
	if len(v) == 0 {
		return putNull(b)
	}
	at := len(b)
	b = binary.BigEndian.AppendUint32(b, 0) // its length, known below
	for _, word := range [...]uint32{1, 0, textOID, uint32(len(v)), 1} {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	for _, s := range v {
		b = putText(b, s)
	}
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}

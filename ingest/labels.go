package ingest

import (
	"fmt"
	"math"
	"strings"

	"github.com/apache/arrow/go/v14/arrow"
	"github.com/apache/arrow/go/v14/arrow/array"
	"github.com/apache/arrow/go/v14/arrow/memory"
)

// labels numbers the distinct texts of a column in the order that one worker meets them.
//
// It only grows, so that every record batch can share its bytes as a dictionary without a copy.
type labels struct {
	ids     map[string]int32
	names   []string
	offsets []int32
	data    []byte
	last    int32
	odd     bool // true where a label holds what ends a field without quotes
}

func newLabels() *labels {
	return &labels{ids: map[string]int32{}, offsets: []int32{0}, last: -1}
}

// id returns the number of b. Rows mostly repeat the label of the row before, or follow the order of an earlier run of
// rows, so those two are tried before the map.
func (l *labels) id(b []byte) int32 {
	if l.last >= 0 && string(b) == l.names[l.last] {
		return l.last
	}
	if next := l.last + 1; int(next) < len(l.names) && string(b) == l.names[next] {
		l.last = next
		return next
	}
	id, ok := l.ids[string(b)]
	if !ok {
		id = l.add(string(b))
	}
	l.last = id
	return id
}

// field returns the number and the length of the label that line begins with, if it is one of the two likely ones and a
// comma ends it there; else a length of −1.
func (l *labels) field(line []byte) (id int32, n int) {
	if l.last < 0 || l.odd {
		return 0, -1
	}
	if name := l.names[l.last]; begins(line, name) {
		return l.last, len(name)
	}
	if next := l.last + 1; int(next) < len(l.names) && begins(line, l.names[next]) {
		l.last = next
		return next, len(l.names[next])
	}
	return 0, -1
}

func begins(line []byte, field string) bool {
	n := len(field)
	return len(line) > n && line[n] == ',' && string(line[:n]) == field
}

func (l *labels) add(s string) int32 {
	id := int32(len(l.names))
	l.ids[s] = id
	l.odd = l.odd || strings.ContainsAny(s, ",\r\n")
	l.names = append(l.names, s)
	l.data = append(l.data, s...)
	l.offsets = append(l.offsets, int32(len(l.data)))
	return id
}

// check reports labels that outgrew the 32-bit offsets of an Arrow string array.
func (l *labels) check() error {
	if len(l.data) > math.MaxInt32 {
		return fmt.Errorf("the distinct texts of one column take %d bytes; 2 GiB is the most", len(l.data))
	}
	return nil
}

// array returns the labels so far as an Arrow array that shares their bytes.
func (l *labels) array() arrow.Array {
	data := array.NewData(arrow.BinaryTypes.String, len(l.names), []*memory.Buffer{
		nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(l.offsets)), memory.NewBufferBytes(l.data),
	}, nil, 0, 0)
	defer data.Release()
	return array.NewStringData(data)
}

package ingest

import (
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// leaf is one column of a Parquet file and how its values are read.
type leaf struct {
	index    int // of its column chunk in a row group
	typ      parquet.Type
	optional bool
	ticks    int64   // units of a timestamp in a second; 0 where it is no timestamp
	divisor  float64 // of a decimal; 1 where it is none
	days     bool    // a date
	unsigned bool
	instants bool // a timestamp that is adjusted to UTC
}

// The Parquet types that each kind of column takes, as an error names them.
const (
	momentTypes = "DATE, TIMESTAMP or STRING"
	numberTypes = "INT, FLOAT, DOUBLE, BOOLEAN or DECIMAL of at most 18 digits"
	demandTypes = "INT, FLOAT, DOUBLE or DECIMAL of at most 18 digits"
	keyTypes    = "STRING or INT"
	labelTypes  = "STRING, INT, FLOAT, DOUBLE, BOOLEAN or DATE"
)

func newLeaf(c *parquet.Column) leaf {
	l := leaf{index: c.Index(), typ: c.Type(), optional: c.Optional(), divisor: 1}
	logical := l.typ.LogicalType()
	if logical == nil {
		return l
	}
	switch v := logical.Value.(type) {
	case *format.DateType:
		l.days = true
	case *format.TimestampType:
		l.ticks = int64(time.Second / v.Unit.Value.Duration())
		l.instants = v.IsAdjustedToUTC
	case *format.DecimalType:
		if int(v.Scale) < len(pow10) {
			l.divisor = pow10[v.Scale]
		}
	case *format.IntType:
		l.unsigned = !v.IsSigned
	}
	return l
}

// ofGroup reports whether a type is one of groups, which a damaged file may say of a column; the library has no kind for it.
func ofGroup(t parquet.Type) bool {
	logical := t.LogicalType()
	if logical == nil {
		return false
	}
	switch logical.Value.(type) {
	case *format.ListType, *format.MapType, *format.VariantType:
		return true
	}
	return false
}

// isPlain reports whether the values are what their physical type says, numbers or texts, and no dates, times, decimals,
// lists or the like.
func (l *leaf) isPlain() bool {
	logical := l.typ.LogicalType()
	if logical == nil {
		return true
	}
	switch logical.Value.(type) {
	case nil, *format.IntType, *format.StringType, *format.EnumType, *format.JsonType:
		return true
	}
	return false
}

func (l *leaf) isDecimal() bool {
	logical := l.typ.LogicalType()
	if logical == nil {
		return false
	}
	d, ok := logical.Value.(*format.DecimalType)
	return ok && int(d.Scale) < len(pow10)
}

// isNumber reports whether the values are numbers.
func (l *leaf) isNumber() bool {
	switch l.typ.Kind() {
	case parquet.Int32, parquet.Int64:
		return l.isPlain() || l.isDecimal()
	case parquet.Float, parquet.Double, parquet.Boolean:
		return l.isPlain()
	}
	return false
}

func (l *leaf) isText() bool { return l.typ.Kind() == parquet.ByteArray && l.isPlain() }

func (l *leaf) isInteger() bool {
	return l.isPlain() && (l.typ.Kind() == parquet.Int32 || l.typ.Kind() == parquet.Int64)
}

func (l *leaf) isMoment() bool { return l.days || l.ticks > 0 || l.isText() }

// isLabel reports whether the values can be attributes.
func (l *leaf) isLabel() bool { return l.isText() || l.days || l.isNumber() && !l.isDecimal() }

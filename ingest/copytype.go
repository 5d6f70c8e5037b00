package ingest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"shelfcast/schemas"
)

// copyType is a type of Postgres and how its values are written in binary.
type copyType uint8

const (
	copyUnknown copyType = iota
	copyText
	copyChar // padded with blanks, which mean nothing
	copyUUID
	copyInt2
	copyInt4
	copyInt8
	copyFloat4
	copyFloat8
	copyNumeric
	copyBool
	copyDate
	copyTimestamp
	copyInstant
)

// copyTypes are the types that can be read, by their names in pg_type. An enumeration comes as the text of its label.
var copyTypes = map[string]copyType{
	"text": copyText, "varchar": copyText, "name": copyText, "citext": copyText, "enum": copyText, "bpchar": copyChar, "uuid": copyUUID,
	"int2": copyInt2, "int4": copyInt4, "int8": copyInt8, "float4": copyFloat4, "float8": copyFloat8, "numeric": copyNumeric,
	"bool": copyBool, "date": copyDate, "timestamp": copyTimestamp, "timestamptz": copyInstant,
}

// The types that each kind of column takes.
var (
	copyKeys    = []copyType{copyText, copyChar, copyUUID, copyInt2, copyInt4, copyInt8}
	copyMoments = []copyType{copyDate, copyTimestamp, copyInstant, copyText, copyChar}
	copyDemand  = []copyType{copyInt2, copyInt4, copyInt8, copyFloat4, copyFloat8, copyNumeric}
	copyNumbers = append([]copyType{copyBool}, copyDemand...)
	copyLabels  = append(append([]copyType{copyDate}, copyKeys...), copyNumbers...)
)

// bindQuery checks the types of the columns that f.table reads.
func (f *file) bindQuery() error {
	for i, k := range f.table.kinds {
		name, c := f.table.name(i), f.query.Columns[f.fields[i]]
		takes, want := copyNumbers, "a number or boolean: cast it, as in "+c.Name+"::float8"
		switch {
		case k == moment && c.Type == "timestamptz" && !f.zoned:
			return f.errorf("column %q is a timestamptz, and an instant has no business time of its own; name the zone (input.zone), or convert it: (%s at time zone 'Europe/Berlin') as %s", c.Name, c.Name, c.Name)
		case k == moment:
			takes, want = copyMoments, "date, timestamp or text"
		case k == text && (name == schemas.ItemID || name == schemas.StoreID):
			takes, want = copyKeys, "text, an integer or uuid: cast it, as in "+c.Name+"::text"
		case k == text:
			takes, want = copyLabels, "text, a number, boolean or date: cast it, as in "+c.Name+"::text"
		case name == schemas.Demand:
			takes, want = copyDemand, "a number: cast it, as in "+c.Name+"::float8"
		}
		if !slices.Contains(takes, copyTypes[c.Type]) {
			return f.errorf("column %q has the type %s; it must be %s", c.Name, c.Type, want)
		}
	}
	return nil
}

// epoch2000 is 2000-01-01, from which Postgres counts days and microseconds, in seconds since 1970-01-01.
const epoch2000 = 946_684_800

var copyWidths = [...]int{copyUUID: 16, copyInt2: 2, copyInt4: 4, copyInt8: 8, copyFloat4: 4, copyFloat8: 8, copyBool: 1, copyDate: 4, copyTimestamp: 8, copyInstant: 8}

// checkWidth reports a value of a width that its type does not have.
func (t copyType) checkWidth(b []byte) error {
	if t == copyText || t == copyChar || t == copyNumeric || len(b) == copyWidths[t] {
		return nil
	}
	return fmt.Errorf("a value has %d bytes instead of %d; the stream is damaged", len(b), copyWidths[t])
}

// number returns a value as the nearest float64.
func (t copyType) number(b []byte, scratch *[]byte) (float64, error) {
	if err := t.checkWidth(b); err != nil {
		return 0, err
	}
	switch t {
	case copyFloat8:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
	case copyFloat4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b))), nil
	case copyNumeric:
		text, err := appendNumeric((*scratch)[:0], b)
		if err != nil {
			return 0, err
		}
		*scratch = text
		v, ok := parseNumber(text)
		if !ok && !math.IsInf(v, 0) {
			return 0, fmt.Errorf("the numeric %q cannot be read", text)
		}
		return v, nil
	case copyBool:
		return float64(b[0] & 1), nil
	}
	return float64(t.integer(b)), nil
}

func (t copyType) integer(b []byte) int64 {
	switch t {
	case copyInt2:
		return int64(int16(binary.BigEndian.Uint16(b)))
	case copyInt4:
		return int64(int32(binary.BigEndian.Uint32(b)))
	}
	return int64(binary.BigEndian.Uint64(b))
}

// moment returns a value as seconds of business time. Where ok is false, why says what is wrong with it.
func (t copyType) moment(b []byte, day *dayMemo) (sec int64, why Reason, ok bool, err error) {
	if err := t.checkWidth(b); err != nil {
		return 0, 0, false, err
	}
	switch t {
	case copyDate:
		days := int64(int32(binary.BigEndian.Uint32(b)))
		sec = usableStamp(days*secondsInDay+epoch2000+day.clock.dayBegins, 0)
	case copyTimestamp:
		s, rest := microseconds(b)
		sec = usableStamp(s, rest)
	case copyInstant:
		s, rest := microseconds(b)
		if rest == 0 {
			sec, why, ok = day.instant(s)
			return sec, why, ok, nil
		}
		sec = usableStamp(s, rest)
	default:
		sec, why, ok = day.parse(t.trim(b))
		return sec, why, ok, nil
	}
	if sec < badStamp+int64(allReasons) {
		return 0, Reason(sec - badStamp), false, nil
	}
	return sec, 0, true, nil
}

// microseconds returns a timestamp as seconds since 1970-01-01 and what is left of a second.
func microseconds(b []byte) (sec, rest int64) {
	const second = 1_000_000
	v := int64(binary.BigEndian.Uint64(b))
	sec, rest = v/second, v%second
	if rest < 0 {
		sec, rest = sec-1, rest+second
	}
	return sec + epoch2000, rest
}

func (t copyType) trim(b []byte) []byte {
	if t == copyChar {
		return bytes.TrimRight(b, " ")
	}
	return b
}

// appendText writes a value the way a CSV file would hold it.
func (t copyType) appendText(to, b []byte) ([]byte, error) {
	if err := t.checkWidth(b); err != nil {
		return to, err
	}
	switch t {
	case copyText, copyChar:
		return append(to, t.trim(b)...), nil
	case copyUUID:
		for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
			if i > 0 {
				to = append(to, '-')
			}
			to = hex.AppendEncode(to, part)
		}
		return to, nil
	case copyFloat8:
		return strconv.AppendFloat(to, math.Float64frombits(binary.BigEndian.Uint64(b)), 'g', -1, 64), nil
	case copyFloat4:
		return strconv.AppendFloat(to, float64(math.Float32frombits(binary.BigEndian.Uint32(b))), 'g', -1, 32), nil
	case copyNumeric:
		return appendNumeric(to, b)
	case copyBool:
		return strconv.AppendBool(to, b[0] != 0), nil
	case copyDate:
		return time.Unix(int64(int32(binary.BigEndian.Uint32(b)))*secondsInDay+epoch2000, 0).UTC().AppendFormat(to, time.DateOnly), nil
	case copyTimestamp, copyInstant:
		sec, rest := microseconds(b)
		return time.Unix(sec, rest*1000).UTC().AppendFormat(to, "2006-01-02T15:04:05.999999999"), nil
	}
	return strconv.AppendInt(to, t.integer(b), 10), nil
}

// appendNumeric writes a numeric in decimal digits: a sign and digits of base 10,000, the first of which has the weight
// 10,000^weight. After the point stand as many digits as its scale says.
func appendNumeric(to, b []byte) ([]byte, error) {
	const (
		negative, nan, infinite, minusInfinite = 0x4000, 0xc000, 0xd000, 0xf000
	)
	if len(b) < 8 {
		return to, fmt.Errorf("a numeric has %d bytes; the stream is damaged", len(b))
	}
	word := func(i int) int { return int(binary.BigEndian.Uint16(b[2*i:])) }
	groups, weight, sign, scale := word(0), int(int16(word(1))), word(2), word(3)
	switch sign {
	case nan:
		return append(to, "NaN"...), nil
	case infinite:
		return append(to, "Inf"...), nil
	case minusInfinite:
		return append(to, "-Inf"...), nil
	case negative:
		to = append(to, '-')
	}
	if len(b) != 8+2*groups {
		return to, fmt.Errorf("a numeric of %d digit groups has %d bytes; the stream is damaged", groups, len(b))
	}
	group := func(i int) int {
		if i < 0 || i >= groups {
			return 0
		}
		return word(4 + i)
	}
	whole := len(to)
	for i := 0; i <= weight; i++ {
		to = appendGroup(to, group(i), len(to) == whole)
	}
	if len(to) == whole {
		to = append(to, '0')
	}
	if scale == 0 {
		return to, nil
	}
	to = append(to, '.')
	point := len(to)
	for i := weight + 1; len(to) < point+scale; i++ {
		to = appendGroup(to, group(i), false)
	}
	return to[:point+scale], nil
}

// appendGroup writes four decimal digits, without leading zeros where they are the first of a number.
func appendGroup(to []byte, v int, first bool) []byte {
	if first {
		if v == 0 {
			return to
		}
		return strconv.AppendInt(to, int64(v), 10)
	}
	return append(to, byte('0'+v/1000%10), byte('0'+v/100%10), byte('0'+v/10%10), byte('0'+v%10))
}

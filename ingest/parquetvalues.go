package ingest

import (
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// numbers turns the values of a page into float64s.
func (l *leaf) numbers(dst []float64, data encoding.Values) {
	switch l.typ.Kind() {
	case parquet.Double:
		copy(dst, data.Double())
	case parquet.Float:
		widen(dst, data.Float())
	case parquet.Boolean:
		bits := data.Boolean()
		for i := range dst {
			dst[i] = float64(bits[i>>3] >> (i & 7) & 1)
		}
	case parquet.Int32:
		if l.unsigned {
			widen(dst, data.Uint32())
		} else {
			widen(dst, data.Int32())
		}
	case parquet.Int64:
		if l.unsigned {
			widen(dst, data.Uint64())
		} else {
			widen(dst, data.Int64())
		}
	}
	if l.divisor != 1 {
		for i := range dst {
			dst[i] /= l.divisor
		}
	}
}

func widen[T int32 | int64 | uint32 | uint64 | float32](dst []float64, src []T) {
	for i := range dst {
		dst[i] = float64(src[i])
	}
}

// moments turns the values of a page into business seconds, or badStamp plus the reason. A timestamp that is adjusted to
// UTC is an instant where a zone is set. Without one it is read by its fields in UTC: many writers set the flag on
// whatever they write.
func (l *leaf) moments(dst []int64, data encoding.Values, day *dayMemo) {
	switch {
	case l.days:
		for i, d := range data.Int32()[:len(dst)] {
			dst[i] = usableStamp(int64(d)*secondsInDay+day.clock.dayBegins, 0)
		}
	case l.ticks > 0:
		for i, v := range data.Int64()[:len(dst)] {
			sec, rest := v/l.ticks, v%l.ticks
			if rest < 0 {
				sec--
			}
			dst[i] = usableStamp(sec, rest)
			if l.instants && rest == 0 && day.clock.zone != nil {
				dst[i] = day.usableInstant(sec)
			}
		}
	default:
		bytes, offsets := data.ByteArray()
		for i := range dst {
			sec, why, ok := day.parse(bytes[offsets[i]:offsets[i+1]])
			if !ok {
				sec = badStamp + int64(why)
			}
			dst[i] = sec
		}
	}
}

func (m *dayMemo) usableInstant(at int64) int64 {
	sec, why, ok := m.instant(at)
	if !ok {
		return badStamp + int64(why)
	}
	return sec
}

func usableStamp(sec, rest int64) int64 {
	switch {
	case !inRange(sec):
		return badStamp + int64(TimestampRange)
	case rest != 0:
		return badStamp + int64(TimestampFraction)
	}
	return sec
}

// texts turns the values of a page into numbers of labels.
func (l *leaf) texts(dst []int32, data encoding.Values, to *labels) {
	if l.typ.Kind() == parquet.ByteArray {
		bytes, offsets := data.ByteArray()
		for i := range dst {
			dst[i] = to.id(bytes[offsets[i]:offsets[i+1]])
		}
		return
	}
	var scratch []byte
	for i := range dst {
		scratch = l.appendText(scratch[:0], data, i)
		dst[i] = to.id(scratch)
	}
}

// appendText writes value i the way a CSV file would hold it.
func (l *leaf) appendText(b []byte, data encoding.Values, i int) []byte {
	switch l.typ.Kind() {
	case parquet.ByteArray:
		bytes, offsets := data.ByteArray()
		return append(b, bytes[offsets[i]:offsets[i+1]]...)
	case parquet.Int64:
		v := data.Int64()[i]
		switch {
		case l.ticks > 0:
			tick := int64(time.Second) / l.ticks
			return time.Unix(v/l.ticks, v%l.ticks*tick).UTC().AppendFormat(b, "2006-01-02T15:04:05.999999999")
		case l.unsigned:
			return strconv.AppendUint(b, uint64(v), 10)
		}
		return strconv.AppendInt(b, v, 10)
	case parquet.Int32:
		v := data.Int32()[i]
		switch {
		case l.days:
			return time.Unix(int64(v)*secondsInDay, 0).UTC().AppendFormat(b, time.DateOnly)
		case l.unsigned:
			return strconv.AppendUint(b, uint64(uint32(v)), 10)
		}
		return strconv.AppendInt(b, int64(v), 10)
	case parquet.Double:
		return strconv.AppendFloat(b, data.Double()[i], 'g', -1, 64)
	case parquet.Float:
		return strconv.AppendFloat(b, float64(data.Float()[i]), 'g', -1, 32)
	case parquet.Boolean:
		return strconv.AppendBool(b, data.Boolean()[i>>3]>>(i&7)&1 == 1)
	}
	return b
}

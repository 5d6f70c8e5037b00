package ingest

import (
	"encoding/binary"
	mathbits "math/bits"
)

// numberMemo remembers numbers by their texts of seven bytes or fewer. A column of prices or of units holds few distinct
// ones, so that a look is most often enough.
type numberMemo [1 << memoBits]struct {
	text  uint64 // its bytes, the first one lowest
	value float64
}

const memoBits = 9

// field reads the number that line begins with, and returns its length; 0 where there is none, or where it is long or odd
// or close to the end of line.
func (m *numberMemo) field(line []byte) (v float64, n int) {
	if len(line) < 8 {
		return 0, 0
	}
	word := binary.LittleEndian.Uint64(line)
	const each = 0x0101010101010101
	// The top bit of the lowest byte that is less than '-'. Such bytes end a field, or are no part of a plain number.
	ends := (word - each*'-') & ^word & (each << 7)
	if ends == 0 {
		return 0, 0
	}
	at := mathbits.TrailingZeros64(ends) &^ 7
	text := word & (1<<at - 1)
	known := &m[text*0x9e3779b97f4a7c15>>(64-memoBits)]
	if known.text != text {
		v, ok := parseNumber(line[:at/8])
		if !ok {
			return 0, 0
		}
		known.text, known.value = text, v
	}
	return known.value, at / 8
}

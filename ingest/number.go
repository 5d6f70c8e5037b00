package ingest

import (
	"bytes"
	"math"
	"strconv"
)

// pow10 are the powers of ten that a float64 holds exactly and a number of 15 digits can need.
var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

const exactDigits = 15 // any integer of 15 digits is exact in a float64, and so is one division by an exact power of ten

// parseNumber reads a decimal number, to the nearest float64. Digits with at most one point take the short way: the
// digits as an integer, divided by a power of ten, are one correctly rounded operation on two exact numbers.
func parseNumber(b []byte) (v float64, ok bool) {
	var mantissa uint64
	i, point := 0, -1
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		i = 1
	}
	first := i
	for ; i < len(b); i++ {
		d := b[i] - '0'
		if d > 9 {
			if b[i] != '.' || point >= 0 {
				return parseOddNumber(b)
			}
			point = i
			continue
		}
		mantissa = mantissa*10 + uint64(d)
	}
	digits := i - first
	decimals := 0
	if point >= 0 {
		digits--
		decimals = i - point - 1
	}
	if digits == 0 || digits > exactDigits {
		return parseOddNumber(b)
	}
	v = float64(mantissa)
	if decimals > 0 {
		v /= pow10[decimals]
	}
	if negative {
		v = -v
	}
	return v, true
}

// parseOddNumber reads exponents, long numbers, NaN and infinities; hexadecimal digits and underscores are Go's and no
// feed's.
func parseOddNumber(b []byte) (float64, bool) {
	if bytes.ContainsAny(b, "xX_") {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil
}

// largestNumber is the largest demand, and the largest feature in size, that is accepted: sums and squares of such
// numbers are finite.
const largestNumber = 1e100

func tooLarge(v float64) bool { return math.Abs(v) > largestNumber }

// badSize says what is wrong with a number that is too large.
func badSize(v float64) Reason {
	if math.IsInf(v, 0) {
		return InfiniteNumber
	}
	return NumberTooLarge
}

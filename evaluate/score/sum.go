package score

import (
	"math"
	"math/bits"
)

const (
	chunkBits = 32
	chunkMask = 1<<chunkBits - 1

	// chunkCount covers the 2,098 bits from 2⁻¹⁰⁷⁴ to the top of the largest
	// float64 and leaves 2⁷⁷ additions of that largest number of headroom.
	chunkCount = 67

	// addsPerCarry keeps a chunk inside int64: one Add puts at most 2⁵² into a
	// chunk that holds at most 2³², and 2¹⁰·2⁵² + 2³² < 2⁶³.
	addsPerCarry = 1 << 10
)

const (
	sawNaN uint8 = 1 << iota
	sawPosInf
	sawNegInf
)

// Sum is an exact sum of float64 values: the rounding happens once, in Value.
// So the result does not depend on the order of the additions, nor on how they
// were grouped into shards and merged. The zero Sum is an empty sum.
//
// It is a fixed-point number of 67 overlapping chunks, chunk i counting units
// of 2^(32·i − 1074): the small superaccumulator of Neal, "Fast exact summation
// using small and large superaccumulators", arXiv:1505.05571 (2015).
//
// NaN and infinities are remembered rather than summed: Value is NaN after a
// NaN or after infinities of both signs, else the infinity that was added.
// A Sum is not safe for concurrent writes; concurrent Value and MarshalText are.
type Sum struct {
	chunk     [chunkCount]int64
	adds      int
	nonFinite uint8
}

// Add adds x.
func (s *Sum) Add(x float64) {
	b := math.Float64bits(x)
	exponent := uint(b>>52) & 0x7ff
	mantissa := b & (1<<52 - 1)
	switch exponent {
	case 0x7ff:
		s.addNonFinite(x)
		return
	case 0:
		exponent = 1 // subnormals share the exponent of the smallest normal
	default:
		mantissa |= 1 << 52
	}
	i, shift := (exponent-1)/chunkBits, (exponent-1)%chunkBits
	low := int64(mantissa << shift & chunkMask)
	high := int64(mantissa >> (chunkBits - shift))
	sign := int64(b) >> 63 // 0 or −1; (v ^ sign) − sign negates without a branch
	s.chunk[i] += (low ^ sign) - sign
	s.chunk[i+1] += (high ^ sign) - sign
	if s.adds++; s.adds >= addsPerCarry {
		s.carry()
	}
}

// Merge adds everything that was added to t. t is left as it is.
func (s *Sum) Merge(t *Sum) {
	other := *t
	other.carry()
	s.carry()
	for i, c := range other.chunk {
		s.chunk[i] += c
	}
	s.carry()
	s.nonFinite |= other.nonFinite
}

// Value returns the sum, correctly rounded (to nearest, ties to even). An empty
// sum and an exact cancellation are +0; a sum beyond the largest float64 is ±Inf.
func (s *Sum) Value() float64 {
	if s.nonFinite != 0 {
		return s.nonFiniteValue()
	}
	magnitude, negative := s.magnitude()
	value := math.Float64frombits(roundToFloat(&magnitude))
	if negative {
		return -value
	}
	return value
}

func (s *Sum) addNonFinite(x float64) {
	switch {
	case math.IsInf(x, 1):
		s.nonFinite |= sawPosInf
	case math.IsInf(x, -1):
		s.nonFinite |= sawNegInf
	default:
		s.nonFinite |= sawNaN
	}
}

func (s *Sum) nonFiniteValue() float64 {
	switch s.nonFinite {
	case sawPosInf:
		return math.Inf(1)
	case sawNegInf:
		return math.Inf(-1)
	}
	return math.NaN()
}

// carry brings every chunk but the last into [0, 2³²); the last keeps the sign.
// That form is unique for a value.
func (s *Sum) carry() {
	carryChunks(&s.chunk)
	s.adds = 0
}

func carryChunks(chunk *[chunkCount]int64) {
	var carried int64
	for i := range chunkCount - 1 {
		c := chunk[i] + carried
		chunk[i] = c & chunkMask
		carried = c >> chunkBits
	}
	chunk[chunkCount-1] += carried
}

// magnitude returns |sum| with carries done, and whether the sum is below zero.
func (s *Sum) magnitude() (chunk [chunkCount]int64, negative bool) {
	chunk = s.chunk
	carryChunks(&chunk)
	if chunk[chunkCount-1] >= 0 {
		return chunk, false
	}
	for i := range chunk {
		chunk[i] = -chunk[i]
	}
	carryChunks(&chunk)
	return chunk, true
}

// roundToFloat returns the bits of the float64 nearest to a carried magnitude.
func roundToFloat(chunk *[chunkCount]int64) uint64 {
	const infinity = 0x7ff << 52
	top := chunkCount - 1
	for top > 0 && chunk[top] == 0 {
		top--
	}
	if top == chunkCount-1 {
		return infinity
	}
	length := top*chunkBits + bits.Len64(uint64(chunk[top]))
	if length <= 53 { // fits a mantissa: the bit pattern is the integer itself
		return uint64(chunk[1])<<chunkBits | uint64(chunk[0])
	}
	drop := length - 53
	mantissa := bitsFrom(chunk, drop) & (1<<53 - 1)
	// The leading bit of the mantissa raises the exponent field from drop to drop+1.
	rounded := uint64(drop)<<52 + mantissa
	if half := bitsFrom(chunk, drop-1)&1 == 1; half && (mantissa&1 == 1 || anyBitBelow(chunk, drop-1)) {
		rounded++ // may carry into the exponent, which is then right too
	}
	return min(rounded, infinity)
}

// bitsFrom returns 64 bits of a carried magnitude, from bit position up.
func bitsFrom(chunk *[chunkCount]int64, position int) uint64 {
	i, shift := position/chunkBits, position%chunkBits
	word := uint64(chunk[i])
	if i+1 < chunkCount {
		word |= uint64(chunk[i+1]) << chunkBits
	}
	word >>= shift
	if i+2 < chunkCount {
		word |= uint64(chunk[i+2]) << (64 - shift)
	}
	return word
}

// anyBitBelow reports whether a carried magnitude has a bit below position.
func anyBitBelow(chunk *[chunkCount]int64, position int) bool {
	i, shift := position/chunkBits, position%chunkBits
	if uint64(chunk[i])&(1<<shift-1) != 0 {
		return true
	}
	for _, c := range chunk[:i] {
		if c != 0 {
			return true
		}
	}
	return false
}

package score

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// lowestExponent is the power of two of a Sum's last bit.
const lowestExponent = -1074

// highestLength bounds a decoded sum, in bits, so that it can still be added to.
const highestLength = (chunkCount-1)*chunkBits + 40

// MarshalText writes the exact sum, unrounded, as an odd integer times a power
// of two in hexadecimal ("-0x3p-1" is −1.5), as "0", or as "NaN", "+Inf" or
// "-Inf". Equal sums give equal text, however they were accumulated, and
// encoding/json stores a Sum as that string.
func (s Sum) MarshalText() ([]byte, error) {
	if s.nonFinite != 0 {
		return strconv.AppendFloat(nil, s.nonFiniteValue(), 'g', -1, 64), nil
	}
	chunk, negative := s.magnitude()
	number := bigMagnitude(&chunk)
	if number.Sign() == 0 {
		return []byte("0"), nil
	}
	zeros := number.TrailingZeroBits()
	number.Rsh(number, zeros)
	var text []byte
	if negative {
		text = append(text, '-')
	}
	text = append(text, "0x"...)
	text = number.Append(text, 16)
	text = append(text, 'p')
	return strconv.AppendInt(text, int64(zeros)+lowestExponent, 10), nil
}

// UnmarshalText reads what MarshalText wrote, exactly. It errs on other text
// and on numbers that a Sum cannot hold, and then leaves s as it was.
func (s *Sum) UnmarshalText(text []byte) error {
	sum, err := parseSum(string(text))
	if err != nil {
		return fmt.Errorf("read exact sum %.60q: %w", text, err)
	}
	*s = sum
	return nil
}

func parseSum(text string) (Sum, error) {
	switch text {
	case "0":
		return Sum{}, nil
	case "NaN":
		return Sum{nonFinite: sawNaN}, nil
	case "+Inf":
		return Sum{nonFinite: sawPosInf}, nil
	case "-Inf":
		return Sum{nonFinite: sawNegInf}, nil
	}
	digits, negative := strings.CutPrefix(text, "-")
	digits, hasPrefix := strings.CutPrefix(digits, "0x")
	mantissa, exponent, hasExponent := strings.Cut(digits, "p")
	if !hasPrefix || !hasExponent || strings.Trim(mantissa, "0123456789abcdef") != "" || mantissa == "" {
		return Sum{}, fmt.Errorf("not of the form -0x<hexadecimal>p<exponent>")
	}
	power, err := strconv.Atoi(exponent)
	if err != nil {
		return Sum{}, fmt.Errorf("exponent: %w", err)
	}
	outside := power < lowestExponent || power > highestLength || 4*len(mantissa) > highestLength
	number := new(big.Int)
	if !outside {
		number.SetString(mantissa, 16)
		outside = number.BitLen()+power-lowestExponent > highestLength
	}
	if outside {
		return Sum{}, fmt.Errorf("outside the range of a sum of float64 values")
	}
	return sumOf(number.Lsh(number, uint(power-lowestExponent)), negative), nil
}

// sumOf returns the sum ±number·2⁻¹⁰⁷⁴.
func sumOf(number *big.Int, negative bool) Sum {
	var s Sum
	var word big.Int
	mask := big.NewInt(chunkMask)
	for i := 0; number.Sign() != 0; i++ {
		c := word.And(number, mask).Int64()
		if i == chunkCount-1 {
			c = number.Int64()
			number.SetInt64(0)
		}
		if negative {
			c = -c
		}
		s.chunk[i] = c
		number.Rsh(number, chunkBits)
	}
	s.carry()
	return s
}

func bigMagnitude(chunk *[chunkCount]int64) *big.Int {
	number := new(big.Int)
	var word big.Int
	for i := chunkCount - 1; i >= 0; i-- {
		number.Lsh(number, chunkBits)
		number.Or(number, word.SetInt64(chunk[i]))
	}
	return number
}

package audit

import (
	"fmt"
	"math"
	"slices"
)

const (
	outlierSales   = 30 // positive periods that a series needs before one of them can be an outlier
	outlierSpreads = 8  // robust standard deviations of log demand
	outlierMedians = 10 // times the median sale

	shiftBlocks  = 8  // seasons on either side of a level shift
	shiftSpreads = 6  // robust standard deviations of the demand of a season
	shiftRatio   = 2  // of the two levels, at least
	levelBlocks  = 26 // seasons on either side that the levels are taken of
	madToSD      = 1.4826
)

// unitFactors lie between units that feeds mix up: pieces and cases of 6, 10, 12 or 24, hundreds, grams and kilograms. A
// move by one of them, give or take unitTolerance, is taken for a change of unit.
var unitFactors = []float64{6, 10, 12, 24, 100, 1000}

const unitTolerance = 0.1

var levels = []detector{
	{
		finding: Finding{
			Code: "V003", Severity: Warning, Unit: "periods", What: "outliers: demand far above anything the series sells",
			Effect: "they are used as they are", Decides: "input.target",
		},
		find: outliers,
	},
	{
		finding: Finding{
			Code: "V004", Severity: Warning, Unit: "series", What: "level shift: demand moves to another level and stays there",
			Effect: "models that remember long are slow to follow", Decides: "forecast.models",
		},
		find: shifted(false), series: true,
	},
	{
		finding: Finding{
			Code: "V005", Severity: Warning, Unit: "series", What: "change of unit of the demand: cases for pieces, or thousands for units",
			Effect: "the values are used as they are, on both sides", Decides: "input.target",
		},
		find: shifted(true), series: true,
	},
}

// outliers finds periods whose demand y > 0 has
//
//	log y > median + outlierSpreads·1.4826·MAD of the logarithms of all sales, the MAD being 0.1 or more,
//
// and is outlierMedians times the median sale, among outlierSales sales or more. Where the level of the series moves, each
// side of the move is looked at by itself.
func outliers(s *series) (n, worst int, text string) {
	for _, part := range [][2]int{{0, s.move.at}, {s.move.at, len(s.Y)}} {
		y := s.Y[part[0]:part[1]]
		limit, usual := s.outlierLimit(y)
		for t, v := range y {
			if !(v > limit) {
				continue
			}
			if n == 0 || v > s.Y[worst] {
				worst, text = part[0]+t, fmt.Sprintf("%.6g units, the median sale is %.4g", v, usual)
			}
			n++
		}
	}
	return n, worst, text
}

// outlierLimit returns the demand above which a period is an outlier, and the median sale.
func (s *series) outlierLimit(y []float64) (limit, usual float64) {
	logs := s.buffers[0][:0]
	for _, v := range y {
		if v > 0 {
			logs = append(logs, math.Log(v))
		}
	}
	s.buffers[0] = logs
	if len(logs) < outlierSales {
		return math.Inf(1), 0
	}
	middle := median(logs)
	for i := range logs {
		logs[i] = math.Abs(logs[i] - middle)
	}
	return math.Exp(middle + max(outlierSpreads*madToSD*max(median(logs), 0.1), math.Log(outlierMedians))), math.Exp(middle)
}

// move is a lasting change of level.
type move struct {
	at      int     // the first period of the new level
	was, is float64 // units a period
}

func (m move) ratio() float64 { return max(m.was, m.is) / min(m.was, m.is) }

// ofUnit reports whether the move is one between two units.
func (m move) ofUnit() bool {
	return slices.ContainsFunc(unitFactors, func(f float64) bool { return math.Abs(m.ratio()/f-1) <= unitTolerance })
}

// shifted finds the move of a series, where it is one between two units, or where it is not.
func shifted(unit bool) func(*series) (int, int, string) {
	return func(s *series) (int, int, string) {
		if m := s.move; m.was > 0 && m.ofUnit() == unit {
			return 1, m.at, fmt.Sprintf("from %.4g to %.4g units a period, a factor of %.3g", m.was, m.is, m.is/m.was)
		}
		return 0, 0, ""
	}
}

// findMove finds the season at which demand moves most. Demand is added up over seasons, and the medians of the shiftBlocks
// seasons before and after are compared: their ratio is shiftRatio or more, and they differ by more than shiftSpreads robust
// standard deviations, which are those of the seasons about their own median, and at least the square root of the larger
// median and a twentieth of it. Neither may be below one unit a period: what begins or ends to sell is another matter.
func (s *series) findMove() (m move) {
	blocks, size := s.blocks(), float64(s.blockPeriods())
	best, at := 0.0, 0
	var was, is float64
	for k := shiftBlocks; k+shiftBlocks <= len(blocks); k++ {
		before, after := s.about(1, blocks[k-shiftBlocks:k]), s.about(2, blocks[k:k+shiftBlocks])
		smaller, larger := min(before.middle, after.middle), max(before.middle, after.middle)
		if smaller < size || larger < shiftRatio*smaller {
			continue
		}
		sd := max(madToSD*max(before.spread, after.spread), math.Sqrt(larger), larger/20)
		if moved := (larger - smaller) / sd * larger / smaller; moved > best && larger-smaller > shiftSpreads*sd {
			best, at, was, is = moved, k, before.middle, after.middle
		}
	}
	if best == 0 {
		return move{}
	}
	at = splitOf(blocks, at, shiftBlocks, was, is)
	was = s.about(1, blocks[max(0, at-levelBlocks):at]).middle / size
	is = s.about(2, blocks[at:min(len(blocks), at+levelBlocks)]).middle / size
	first := len(s.Y) % s.blockPeriods()
	return move{at: splitOf(s.Y, first+at*s.blockPeriods(), 2*s.blockPeriods(), was, is), was: was, is: is}
}

// splitOf returns the place, near k, where the values before lie closest to one level and those from it on to the other.
func splitOf(values []float64, k, near int, was, is float64) int {
	lo, hi := max(0, k-near), min(len(values), k+near)
	best, at := math.Inf(1), k
	for split := lo + 1; split < hi; split++ {
		sum := 0.0
		for i := lo; i < hi; i++ {
			level := was
			if i >= split {
				level = is
			}
			if v := values[i]; v == v {
				sum += math.Abs(v - level)
			}
		}
		if sum < best {
			best, at = sum, split
		}
	}
	return at
}

// blockPeriods is the periods that are added up: a season, or one period where there is none.
func (s *series) blockPeriods() int {
	if s.season > 31 {
		return 31
	}
	return s.season
}

// blocks adds demand up over seasons, the last of which ends with the series. What is not observed counts as the mean of
// its season; a season of which less than half is observed counts as zero.
func (s *series) blocks() []float64 {
	size := s.blockPeriods()
	out := s.buffers[3][:0]
	for lo := len(s.Y) % size; lo < len(s.Y); lo += size {
		sum, n := 0.0, 0
		for _, y := range s.Y[lo : lo+size] {
			if y == y {
				sum += y
				n++
			}
		}
		if 2*n < size {
			sum, n = 0, size
		}
		out = append(out, sum*float64(size)/float64(n))
	}
	s.buffers[3] = out
	return out
}

// level is the median of some values and their median distance from it.
type level struct{ middle, spread float64 }

func (s *series) about(buffer int, values []float64) level {
	b := append(s.buffers[buffer][:0], values...)
	l := level{middle: median(b)}
	for i := range b {
		b[i] = math.Abs(b[i] - l.middle)
	}
	l.spread = median(b)
	s.buffers[buffer] = b
	return l
}

// median sorts values and returns their median; NaN where there are none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return values[(n-1)/2]/2 + values[n/2]/2
}

package audit

import (
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

// How short a series is new, and how long a silence makes it dead.
const (
	newPeriods  = 8 // at least, and newSeasons
	newSeasons  = 4
	deadSeasons = 8  // at least, and
	deadPeriods = 28 // at least, and
	deadGaps    = 10 // times the mean distance between two sales
)

var life = []detector{
	{
		finding: Finding{
			Code: "S001", Severity: Info, Unit: "series", What: "dead series: nothing sold for long",
			Effect: "they are forecast near zero; end their feed if they are delisted", Decides: "input.target",
		},
		find: dead, series: true,
	},
	{
		finding: Finding{
			Code: "S002", Severity: Info, Unit: "series", What: "new series: too short to know their season",
			Effect: "they are forecast by their level; they fall back where a model needs more periods", Decides: "input.target",
		},
		find: young, series: true,
	},
	{
		finding: Finding{
			Code: "V002", Severity: Info, Unit: "series", What: "leading zeros: a series begins long before its first sale",
			Effect: "they count as observed zeros", Decides: "input.target",
		},
		find: leadingZeros, series: true,
	},
}

// dead finds a series that sold once, and whose last sale lies further back than deadPeriods, deadSeasons seasons and
// deadGaps times the mean distance between its sales.
func dead(s *series) (int, int, string) {
	first, last, sales := -1, -1, 0
	for t, y := range s.Y {
		if y > 0 {
			if first < 0 {
				first = t
			}
			last = t
			sales++
		}
	}
	if sales == 0 {
		return 0, 0, ""
	}
	silence := len(s.Y) - 1 - last
	gap := float64(last-first+1) / float64(sales)
	if silence < deadPeriods || silence < deadSeasons*s.season || float64(silence) < deadGaps*gap {
		return 0, 0, ""
	}
	return 1, last, fmt.Sprintf("the last sale, %d periods before the end", silence)
}

// young finds a series that has fewer periods than newPeriods or newSeasons seasons.
func young(s *series) (int, int, string) {
	if n := len(s.Y); n < max(newPeriods, newSeasons*s.season) {
		return 1, 0, fmt.Sprintf("it has %d periods", n)
	}
	return 0, 0, ""
}

// leadingZeros finds a series whose first sale comes after more than a tenth of its periods, and after at least deadPeriods
// and deadSeasons seasons.
func leadingZeros(s *series) (int, int, string) {
	for t, y := range s.Y {
		if !(y > 0) {
			continue
		}
		if t < deadPeriods || t < deadSeasons*s.season || 10*t < len(s.Y) {
			return 0, 0, ""
		}
		return 1, t, fmt.Sprintf("the first sale, after %d periods without one", t)
	}
	return 0, 0, ""
}

// known returns the first and the last place of a value that is known, and false where there is none.
func known(v []float64) (first, last int, ok bool) {
	first, last = -1, -1
	for t, x := range v {
		if math.IsNaN(x) {
			continue
		}
		if first < 0 {
			first = t
		}
		last = t
	}
	return first, last, first >= 0
}

// column returns the values of the first feature of a role, or nil.
func (s *series) column(role demand.Role) []float64 {
	for _, x := range s.X {
		if x.Role == role {
			return x.V
		}
	}
	return nil
}

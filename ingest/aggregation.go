package ingest

import (
	"fmt"
	"slices"
)

// Aggregation says what becomes of several target rows of a series in one period, where the feed is finer than the
// frequency. A row whose demand was left empty makes the period not observed; with First it does where it is the first.
type Aggregation uint8

// The aggregations.
const (
	Sum   Aggregation = iota // of the rows, added in file order
	Avg                      // their mean
	First                    // the row that is earliest in the period, wherever it stands in the files
	Min
	Max
)

var aggregationNames = []string{"sum", "avg", "first", "min", "max"}

// String returns the name: sum, avg, first, min or max.
func (a Aggregation) String() string { return aggregationNames[a] }

// MarshalText writes the name.
func (a Aggregation) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a name.
func (a *Aggregation) UnmarshalText(b []byte) error {
	i := slices.Index(aggregationNames, string(b))
	if i < 0 {
		return fmt.Errorf("read aggregation %q: not known; use one of %v", b, aggregationNames)
	}
	*a = Aggregation(i)
	return nil
}

// of returns what a cell holds after one more row, whose value is v. Earlier says that the row comes before all rows the
// cell has had. Of Avg it is the sum, which mean divides.
func (a Aggregation) of(y, v float64, earlier bool) float64 {
	switch a {
	case First:
		if earlier {
			return v
		}
		return y
	case Min:
		return min(y, v)
	case Max:
		return max(y, v)
	}
	return y + v
}

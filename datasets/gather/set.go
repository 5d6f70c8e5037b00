package gather

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

// OnlyStore is the store of series that have an item alone.
const OnlyStore = "all"

// Set collects the rows of series in any order. It holds 12 bytes a row and 8 for each of its own features.
type Set struct {
	// Own are the features that each row comes with. Shared are those that Lookup writes to dst for a series and a day
	// when the rows are written: what holds for a whole store or city is then held once. NaN is not known.
	Own, Shared []layout.Feature
	Lookup      func(k demand.Key, day int32, dst []float64)
	// Returns says that a demand below zero is goods returned: it is written as zero, and counted. Otherwise it is an error.
	Returns bool

	series   map[demand.Key]*rows
	returns  int     // rows below zero
	returned float64 // what they are below zero, in all
}

// rows is one series: its days, and for each the demand and its own features.
type rows struct {
	days   []int32
	values []float64
}

// Add adds a row: the demand of a series on a day, in days since 1970-01-01, and its own features. A demand of NaN was not
// observed: the row has features alone. The names may be parts of a buffer.
func (s *Set) Add(k demand.Key, day int32, y float64, own ...float64) error {
	if k.Item == "" || k.Store == "" {
		return errors.New("the item or the store is empty")
	}
	if y < 0 {
		if !s.Returns {
			return fmt.Errorf("the demand %v of %v is below zero", y, k)
		}
		s.returns++
		s.returned -= y
		y = 0
	}
	x := s.series[k]
	if x == nil {
		if s.series == nil {
			s.series = map[demand.Key]*rows{}
		}
		x = &rows{}
		s.series[demand.Key{Item: strings.Clone(k.Item), Store: strings.Clone(k.Store)}] = x
	}
	x.days = append(x.days, day)
	x.values = append(append(x.values, y), own...)
	return nil
}

// Keys returns the series that have a demand on some day, by item and store.
func (s *Set) Keys() []demand.Key {
	keys := make([]demand.Key, 0, len(s.series))
	for k, x := range s.series {
		if x.first(1+len(s.Own)) >= 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, demand.Key.Compare)
	return keys
}

// Drop removes the series that are not to be kept, and returns how many it removed.
func (s *Set) Drop(keep func(k demand.Key, demand float64) bool) int {
	dropped := 0
	for k, x := range s.series {
		sum := 0.0
		for i := 0; i < len(x.values); i += 1 + len(s.Own) {
			if y := x.values[i]; y == y {
				sum += y
			}
		}
		if !keep(k, sum) {
			delete(s.series, k)
			dropped++
		}
	}
	return dropped
}

// Items returns the names of the items of keys, and Stores those of the stores, each once and in order.
func Items(keys []demand.Key) []string {
	return distinct(keys, func(k demand.Key) string { return k.Item })
}

// Stores is described at Items.
func Stores(keys []demand.Key) []string {
	return distinct(keys, func(k demand.Key) string { return k.Store })
}

func distinct(keys []demand.Key, of func(demand.Key) string) []string {
	seen := map[string]bool{}
	var names []string
	for _, k := range keys {
		if name := of(k); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// first returns the number of the first row that has a demand, −1 where none has.
func (x *rows) first(stride int) int {
	for i := range x.days {
		if y := x.values[i*stride]; !math.IsNaN(y) {
			return i
		}
	}
	return -1
}

// order puts the rows of a series in the order of their days, of which each must be there once.
func (x *rows) order(k demand.Key, stride int) error {
	if !slices.IsSorted(x.days) {
		x.sort(stride)
	}
	for i := 1; i < len(x.days); i++ {
		if x.days[i] == x.days[i-1] {
			return fmt.Errorf("%v has two rows of %s", k, date(x.days[i]).Format("2006-01-02"))
		}
	}
	return nil
}

func (x *rows) sort(stride int) {
	at := make([]int, len(x.days))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return int(x.days[a]) - int(x.days[b]) })
	sorted := rows{make([]int32, 0, len(x.days)), make([]float64, 0, len(x.values))}
	for _, i := range at {
		sorted.days = append(sorted.days, x.days[i])
		sorted.values = append(sorted.values, x.values[i*stride:(i+1)*stride]...)
	}
	*x = sorted
}

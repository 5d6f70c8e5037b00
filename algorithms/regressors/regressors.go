// Package regressors makes the columns that a regression of demand is on: waves of the calendar, events, prices and other covariates,
// the same over the periods that are fitted and those that are forecast.
package regressors

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"shelfcast/engine/demand"
)

// Options say what a regression is on.
type Options struct {
	Covariates bool   // what is known of every period: prices by their logarithm, all else as it is
	Events     bool   // a column for each event, and for each day of its window
	MostEvents int    // at most so many of these, those that lie in the most periods; all where 0
	Waves      []Wave // smooth seasons
}

// Wave is a season of some length as a sum of sines and cosines.
type Wave struct {
	Days  float64 `json:"days"`  // its length, such as 365.25
	Order int     `json:"order"` // how many: of once, twice, … in the season
}

// Set are the columns of one series. It is a plain value that encoding/json writes and reads back equal, and is kept with a fit.
type Set struct {
	Terms []Term          `json:"terms"`
	Cal   demand.Calendar `json:"calendar"`
	Next  demand.Period   `json:"next"` // the first period after those that are fitted
}

// Term is one column. Exactly one of Covariate, On and Turns says where its values come from.
type Term struct {
	Name string `json:"name"`
	// Covariate is the name of a covariate. With Log the value is log(covariate/Typical): the coefficient over a hundred is about what
	// one per cent more adds.
	Covariate string  `json:"covariate,omitempty"`
	Log       bool    `json:"log,omitempty"`
	Typical   float64 `json:"typical,omitempty"` // geometric mean, in units of the covariate
	// Event is the name of an event, On are its periods, or those of a day of its window, ascending, and Days how many of its days lie
	// in each.
	Event string          `json:"event,omitempty"`
	On    []demand.Period `json:"on,omitempty"`
	Days  []float64       `json:"days,omitempty"`
	// Turns is how often the wave comes round in a day, of which the value is the sine, or the cosine.
	Turns float64 `json:"turns,omitempty"`
	Cos   bool    `json:"cos,omitempty"`
}

// Cause returns the name of the covariate or the event that the column comes from; empty for a wave.
func (t Term) Cause() string { return cmp.Or(t.Covariate, t.Event) }

// Waves returns how many columns are those of waves: the last ones.
func (s Set) Waves() int {
	n := 0
	for _, t := range s.Terms {
		if t.Turns != 0 {
			n++
		}
	}
	return n
}

// leastSeen is in how many periods that are fitted an event must lie for its column to be there.
const leastSeen = 2

// Of returns the columns of the last n periods of a series, those that do not vary in them left out, and those of waves of which
// there are not two turns.
func Of(s demand.Series, n int, o Options) Set {
	end := s.Start + demand.Period(len(s.Y))
	set := Set{Cal: s.Cal, Next: end}
	if o.Covariates {
		for _, col := range s.X {
			if t, ok := covariate(col, col.V[len(col.V)-n:]); ok {
				set.Terms = append(set.Terms, t)
			}
		}
	}
	if o.Events && s.Events != nil {
		set.Terms = append(set.Terms, frequent(events(s, end-demand.Period(n), end), end, o.MostEvents)...)
	}
	length := float64(s.Cal.Seconds(end)-s.Cal.Seconds(end-demand.Period(n))) / daySeconds
	for _, w := range o.Waves {
		if length < 2*w.Days {
			continue
		}
		for i := 1; i <= w.Order; i++ {
			turns := float64(i) / w.Days
			name := fmt.Sprintf("wave of %.6g days", w.Days/float64(i))
			set.Terms = append(set.Terms, Term{Name: name + ", sine", Turns: turns}, Term{Name: name + ", cosine", Turns: turns, Cos: true})
		}
	}
	return set
}

const daySeconds = 24 * 60 * 60

func covariate(col demand.Column, v []float64) (Term, bool) {
	t := Term{Name: col.Name, Covariate: col.Name}
	if col.Role == demand.Price {
		t.Log = true
		sum := 0.0
		for _, p := range v {
			if !(p > 0) {
				return t, false
			}
			sum += math.Log(p)
		}
		t.Typical = math.Exp(sum / float64(len(v)))
	}
	varies := false
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return t, false
		}
		varies = varies || x != v[0]
	}
	return t, varies
}

// frequent returns the terms that lie in the most periods before end, at most so many where that is not 0, in their order.
func frequent(terms []Term, end demand.Period, most int) []Term {
	if most == 0 || len(terms) <= most {
		return terms
	}
	seen := func(t Term) int {
		n, _ := slices.BinarySearch(t.On, end)
		return n
	}
	counts := make([]int, len(terms))
	for i, t := range terms {
		counts[i] = seen(t)
	}
	slices.Sort(counts)
	least := counts[len(counts)-most]
	spare := most - (len(counts) - sort.SearchInts(counts, least+1)) // of those with the least count, the first
	var out []Term
	for _, t := range terms {
		switch n := seen(t); {
		case n > least:
			out = append(out, t)
		case n == least && spare > 0:
			out = append(out, t)
			spare--
		}
	}
	return out
}

// events returns a column for each event and day of its window that lies in two periods from first up to, but not including, end.
func events(s demand.Series, first, end demand.Period) []Term {
	type day struct{ event, offset int32 }
	found := map[day]*Term{}
	var order []day
	for _, e := range s.Events.On {
		if e.Period < first {
			continue
		}
		d := day{e.Event, e.Offset}
		t := found[d]
		if t == nil {
			t = &Term{}
			found[d] = t
			order = append(order, d)
		}
		t.On = append(t.On, e.Period)
		t.Days = append(t.Days, max(float64(e.Days), 1))
	}
	slices.SortFunc(order, func(a, b day) int { return cmp.Or(cmp.Compare(a.event, b.event), cmp.Compare(a.offset, b.offset)) })
	var out []Term
	for _, d := range order {
		t := found[d]
		seen, _ := slices.BinarySearch(t.On, end)
		if seen < leastSeen || seen == int(end-first) {
			continue
		}
		t.Event = s.EventNames[d.event]
		t.Name = t.Event
		if d.offset != 0 {
			t.Name = fmt.Sprintf("%s%+d", t.Name, d.offset)
		}
		out = append(out, *t)
	}
	return out
}

// Columns returns the values of the terms in the periods that are fitted, the last n of x, in the order of Terms.
func (s Set) Columns(x []demand.Column, n int) ([]demand.Column, error) {
	return s.values(x, s.Next-demand.Period(n), n)
}

// Ahead returns the values of the terms in the next h periods, for which x holds the covariates.
func (s Set) Ahead(x []demand.Column, h int) ([]demand.Column, error) {
	return s.values(x, s.Next, h)
}

// values returns n periods from first on. Of x it takes the last n values.
func (s Set) values(x []demand.Column, first demand.Period, n int) ([]demand.Column, error) {
	out := make([]demand.Column, len(s.Terms))
	for k, t := range s.Terms {
		v := make([]float64, n)
		var err error
		switch {
		case t.Covariate != "":
			err = t.covariate(x, v)
		case t.On != nil:
			t.event(first, v)
		default:
			t.wave(s.Cal, first, v)
		}
		if err != nil {
			return nil, err
		}
		out[k] = demand.Column{Name: t.Name, V: v}
	}
	return out, nil
}

func (t Term) covariate(x []demand.Column, dst []float64) error {
	k := slices.IndexFunc(x, func(c demand.Column) bool { return c.Name == t.Covariate })
	if k < 0 || len(x[k].V) < len(dst) {
		return fmt.Errorf("covariate %s was fitted and has no values here", t.Covariate)
	}
	v := x[k].V[len(x[k].V)-len(dst):]
	for i, a := range v {
		if math.IsNaN(a) || math.IsInf(a, 0) || t.Log && !(a > 0) {
			return fmt.Errorf("covariate %s was fitted and is %v in period %d of %d", t.Covariate, a, i+1, len(dst))
		}
		if dst[i] = a; t.Log {
			dst[i] = math.Log(a / t.Typical)
		}
	}
	return nil
}

func (t Term) event(first demand.Period, dst []float64) {
	from, _ := slices.BinarySearch(t.On, first)
	for i := from; i < len(t.On) && t.On[i] < first+demand.Period(len(dst)); i++ {
		dst[t.On[i]-first] = t.Days[i]
	}
}

// wave counts days from 1970-01-01, at the beginning of each period.
func (t Term) wave(cal demand.Calendar, first demand.Period, dst []float64) {
	for i := range dst {
		angle := 2 * math.Pi * t.Turns * float64(cal.Seconds(first+demand.Period(i))) / daySeconds
		if t.Cos {
			dst[i] = math.Cos(angle)
		} else {
			dst[i] = math.Sin(angle)
		}
	}
}

// Check reports what makes a set that was read unusable.
func (s Set) Check() error {
	for _, t := range s.Terms {
		if len(t.On) != len(t.Days) || t.Log && !(t.Typical > 0) || !slices.IsSorted(t.On) {
			return fmt.Errorf("column %q is not whole", t.Name)
		}
	}
	return nil
}

package demand

import (
	"fmt"
	"math"
	"slices"
)

// Role says what a covariate is, so that a model knows what it may do with it.
type Role uint8

// The roles of covariates.
const (
	Other Role = iota
	Price
	Promotion
	InStock // share of a period in which the item could be bought
	Weather
	Stock // units on hand when a period ends
)

var roleNames = []string{"other", "price", "promotion", "in_stock", "weather", "stock"}

// String returns the role's name in configuration files: other, price, promotion, in_stock, weather or stock.
func (r Role) String() string { return roleNames[r] }

// ParseRole reads a role's name.
func ParseRole(s string) (Role, error) {
	if i := slices.Index(roleNames, s); i >= 0 {
		return Role(i), nil
	}
	return Other, fmt.Errorf("read role %q: not known; use one of %v", s, roleNames)
}

// Column is one known covariate: a number for each period of each series, beside the target.
// NaN means that the value is not known.
type Column struct {
	Name string
	Role Role
	V    []float64
}

// Attribute is one piece of item or store metadata, coded: series i has the value Labels[Code[i]], or none where
// Code[i] is negative.
type Attribute struct {
	Name    string
	OfStore bool // true where it describes the store, false where it describes the item
	Labels  []string
	Code    []int32
}

// Label returns the value of series i, or "" where it has none.
func (a Attribute) Label(i int) string {
	if a.Code[i] < 0 {
		return ""
	}
	return a.Labels[a.Code[i]]
}

// Panel holds all series of a run, or of a shard of it, on one calendar, in one allocation a column.
//
// Series i is Y[Off[i]:Off[i+1]] and begins at Start[i]; it may be empty. All series end together: the first period
// after the last is End, and Off[i+1]−Off[i] = End−Start[i]. Off[0] need not be 0, since a shard shares the columns of
// its panel. Keys are sorted and distinct. A panel is read-only once it is built.
type Panel struct {
	Cal   Calendar
	Keys  []Key
	Start []Period
	Off   []int
	End   Period

	Y        []float64 // units a period; NaN = not observed, never "sold zero"
	Filled   []bool    // nil, or true where a filling rule and not the feed gave the value
	Censored []bool    // nil, or true where stock ran out: demand was at least Y
	Proposed []bool    // nil, or true where Censored is what Proposer says and not the feed
	Proposer Proposer  // nil where nothing is proposed
	X        []Column  // known covariates, with one value for each of Y
	Static   []Attribute
	Events   *Events // what is special about days; nil = nothing
}

// Proposer marks as Censored and Proposed in a panel what seems to be a stock-out by all that is in the panel, before and
// after it. It is asked again where a panel is cut, so that nothing is known there of what came later.
type Proposer interface{ Propose(p *Panel) }

// Series is a view of one series of a panel. Its slices are cap-limited, so that an append does not write into the next
// series; they must not be written to.
type Series struct {
	Key      Key
	Cal      Calendar
	Start    Period
	Y        []float64 // units a period; NaN = not observed
	Filled   []bool
	Censored []bool
	X        []Column
	Events   *EventCalendar // also of the periods to forecast; never nil in a series of a panel
	// EventNames are those of the events, by the numbers that Events gives them.
	EventNames []string
}

// Len returns the number of series.
func (p *Panel) Len() int { return len(p.Keys) }

// Cells returns the number of periods of all series together.
func (p *Panel) Cells() int { return p.Off[p.Len()] - p.Off[0] }

// First returns the earliest start of any series, and End where there is none.
func (p *Panel) First() Period {
	first := p.End
	for _, s := range p.Start {
		first = min(first, s)
	}
	return first
}

// At returns a view of series i.
func (p *Panel) At(i int) Series {
	lo, hi := p.Off[i], p.Off[i+1]
	s := Series{Key: p.Keys[i], Cal: p.Cal, Start: p.Start[i], Y: p.Y[lo:hi:hi], Events: p.Events.Calendar(i)}
	if p.Filled != nil {
		s.Filled = p.Filled[lo:hi:hi]
	}
	if p.Censored != nil {
		s.Censored = p.Censored[lo:hi:hi]
	}
	s.X = cutColumns(p.X, lo, hi)
	if p.Events != nil {
		s.EventNames = p.Events.Names
	}
	return s
}

func cutColumns(x []Column, lo, hi int) []Column {
	if len(x) == 0 {
		return nil
	}
	cut := make([]Column, len(x))
	for c, col := range x {
		cut[c] = Column{Name: col.Name, Role: col.Role, V: col.V[lo:hi:hi]}
	}
	return cut
}

// Shard returns the series lo to hi−1 as a panel that shares the columns of p.
func (p *Panel) Shard(lo, hi int) *Panel {
	q := *p
	q.Keys = p.Keys[lo:hi:hi]
	q.Start = p.Start[lo:hi:hi]
	q.Off = p.Off[lo : hi+1 : hi+1]
	q.Static = cutAttributes(p.Static, lo, hi)
	q.Events = p.Events.Shard(lo, hi)
	return &q
}

func cutAttributes(list []Attribute, lo, hi int) []Attribute {
	if len(list) == 0 {
		return nil
	}
	cut := slices.Clone(list)
	for a := range cut {
		cut[a].Code = cut[a].Code[lo:hi:hi]
	}
	return cut
}

// Split cuts p at origin, the last observed period, for a forecast of the h periods after it. The training panel is a
// copy that holds nothing later than origin, so that a model cannot read what it must predict; a series that begins
// later is there, and empty. The future holds the covariates of the h periods, NaN before a series begins.
//
// The h periods must lie inside p: origin+h < End.
func (p *Panel) Split(origin Period, h int) (train *Panel, f *Future, err error) {
	if origin+Period(h) >= p.End || h < 1 {
		return nil, nil, fmt.Errorf("split panel at %s for %d periods: the panel ends at %s; move the origin back or shorten the horizon",
			p.Cal.Format(origin), h, p.Cal.Format(p.End-1))
	}
	train = p.until(origin)
	f = &Future{Keys: p.Keys, Cal: p.Cal, Start: origin + 1, H: h, X: make([]Column, len(p.X)), Static: p.Static, Events: p.Events}
	for c, col := range p.X {
		f.X[c] = Column{Name: col.Name, Role: col.Role, V: make([]float64, len(p.Keys)*h)}
		for i := range p.Keys {
			for j := range h {
				f.X[c].V[i*h+j] = p.cell(col.V, i, origin+1+Period(j))
			}
		}
	}
	return train, f, nil
}

// cell returns the value of series i in a column at period t, and NaN where the series has not begun.
func (p *Panel) cell(v []float64, i int, t Period) float64 {
	if t < p.Start[i] {
		return math.NaN()
	}
	return v[p.Off[i]+int(t-p.Start[i])]
}

// until returns a copy of p that ends at origin.
func (p *Panel) until(origin Period) *Panel {
	q := &Panel{Cal: p.Cal, Keys: p.Keys, End: origin + 1, Static: p.Static, Events: p.Events}
	q.Start = make([]Period, p.Len())
	q.Off = make([]int, p.Len()+1)
	for i, s := range p.Start {
		q.Start[i] = min(s, q.End)
		q.Off[i+1] = q.Off[i] + int(q.End-q.Start[i])
	}
	q.Y = copyCells(p, q, p.Y)
	if p.Filled != nil {
		q.Filled = copyCells(p, q, p.Filled)
	}
	if p.Censored != nil {
		q.Censored = copyCells(p, q, p.Censored)
	}
	q.proposeAgain(p)
	q.X = make([]Column, len(p.X))
	for c, col := range p.X {
		q.X[c] = Column{Name: col.Name, Role: col.Role, V: copyCells(p, q, col.V)}
	}
	return q
}

// proposeAgain takes back the proposals of p, which q is the past of, and makes those of q.
func (q *Panel) proposeAgain(p *Panel) {
	if p.Proposer == nil {
		return
	}
	if p.Proposed != nil {
		for cell, proposed := range copyCells(p, q, p.Proposed) {
			q.Censored[cell] = q.Censored[cell] && !proposed
		}
	}
	q.Proposer = p.Proposer
	q.Proposer.Propose(q)
}

func copyCells[T any](p, q *Panel, v []T) []T {
	out := make([]T, q.Cells())
	for i := range q.Keys {
		copy(out[q.Off[i]:q.Off[i+1]], v[p.Off[i]:])
	}
	return out
}

// Check reports the first breach of the promises in the comment of Panel.
func (p *Panel) Check() error {
	n := p.Len()
	if len(p.Start) != n || len(p.Off) != n+1 {
		return fmt.Errorf("check panel: %d keys, %d starts and %d offsets do not belong together", n, len(p.Start), len(p.Off))
	}
	for i := range n {
		if i > 0 && p.Keys[i-1].Compare(p.Keys[i]) >= 0 {
			return fmt.Errorf("check panel: keys %v and %v are not in order", p.Keys[i-1], p.Keys[i])
		}
		if p.Off[i+1]-p.Off[i] != int(p.End-p.Start[i]) {
			return fmt.Errorf("check panel: series %v has %d cells, its calendar %d", p.Keys[i], p.Off[i+1]-p.Off[i], p.End-p.Start[i])
		}
	}
	cells := p.Off[n]
	if len(p.Y) < cells || p.Filled != nil && len(p.Filled) < cells || p.Censored != nil && len(p.Censored) < cells {
		return fmt.Errorf("check panel: a column of the target is shorter than the %d cells", cells)
	}
	for _, col := range p.X {
		if len(col.V) < cells {
			return fmt.Errorf("check panel: column %s has %d values for %d cells", col.Name, len(col.V), cells)
		}
	}
	for _, a := range p.Static {
		if len(a.Code) != n {
			return fmt.Errorf("check panel: attribute %s has %d codes for %d series", a.Name, len(a.Code), n)
		}
	}
	if p.Events != nil && len(p.Events.Of) != n {
		return fmt.Errorf("check panel: %d series have a calendar of events, of %d", len(p.Events.Of), n)
	}
	return nil
}

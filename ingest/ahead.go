package ingest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"shelfcast/engine/demand"
)

const keysListed = 10 // stores, or keys, that an error names

// relatedFound is what the rules on related series need to know of all series, gathered part by part.
type relatedFound struct {
	several  bool      // parts
	features []Feature // without those that say what was in stock

	first      demand.Period // of any series
	rows       []int64       // rows of each period from the first on
	knownAhead []bool        // of each feature, whether it has a value in the horizon before it is lagged
	ahead      []aheadFound  // of each feature
}

// aheadFound is what is missing of a feature in the horizon.
type aheadFound struct {
	name            string
	missing, values int
	series          []*hole // the first ten
	stores          map[string]*hole
	without         []string // the first ten series that have no value at all
	allWithout      int
	allSeries       int
	last            demand.Period // of the past that has a value
}

func newRelatedFound(frame *demand.Panel, h int, several bool) *relatedFound {
	first := frame.First()
	return &relatedFound{
		several: several, first: first, rows: make([]int64, int(frame.End-first)+h),
	}
}

// count adds what the feeds say of a part, whose first cell has the number first among all. The rows of each period matter
// where values are missing.
func (f *relatedFound) count(r *relation, past *reached, first int, missing bool) {
	f.features = r.features
	if f.knownAhead == nil {
		f.knownAhead = make([]bool, len(r.features))
	}
	for i, x := range r.f.X {
		f.knownAhead[i] = f.knownAhead[i] || countNaN(x.V) < len(x.V)
	}
	if !missing && !f.several {
		return
	}
	for i := range r.p.Keys {
		for t := range int(r.p.End - r.p.Start[i]) {
			for _, reached := range past.now {
				if reached.has(first + r.p.Off[i] + t) {
					f.rows[int(r.p.Start[i]-f.first)+t]++
				}
			}
		}
	}
}

// countAhead adds what models get of the horizon of a part.
func (f *relatedFound) countAhead(r *relation) {
	if f.ahead == nil {
		f.ahead = make([]aheadFound, len(r.f.X))
	}
	for i := range f.ahead {
		f.ahead[i].add(r, i)
	}
}

func (a *aheadFound) add(r *relation, feature int) {
	x := r.f.X[feature]
	if a.stores == nil {
		a.name, a.stores, a.last = x.Name, map[string]*hole{}, r.p.First()
	}
	a.values += len(x.V)
	if countNaN(x.V) == 0 {
		return
	}
	for i, key := range r.f.Keys {
		past, ahead := r.p.X[feature].V[r.p.Off[i]:r.p.Off[i+1]], x.V[i*r.f.H:(i+1)*r.f.H]
		missing := countNaN(ahead)
		if missing == 0 {
			continue
		}
		a.missing += missing
		at := lastKnown(past)
		if at >= 0 {
			a.last = max(a.last, r.p.Start[i]+demand.Period(at))
		} else if missing == len(ahead) {
			if a.allWithout++; a.allWithout <= keysListed {
				a.without = append(a.without, key.String())
			}
		}
		a.addHole(key, r.f.Start, ahead)
	}
}

func (a *aheadFound) addHole(key demand.Key, start demand.Period, ahead []float64) {
	own := &hole{name: key.String()}
	if a.stores[key.Store] == nil {
		a.stores[key.Store] = &hole{name: key.Store}
	}
	for t, v := range ahead {
		if math.IsNaN(v) {
			own.add(start + demand.Period(t))
			a.stores[key.Store].add(start + demand.Period(t))
		}
	}
	if a.allSeries++; a.allSeries <= keysListed {
		a.series = append(a.series, own)
	}
}

// check reports what the rules on related series forbid.
func (f *relatedFound) check(by *reader, frame *demand.Panel) error {
	s, audit := by.spec, by.audit
	if audit.NullFeatures > 0 {
		if err := by.fault(RelatedFrequency, 0, f.checkFrequency(frame.Cal)); err != nil {
			return err
		}
	}
	if s.StrictRelated {
		if err := by.fault(RelatedPast, audit.NullFeatures, strict(audit.MissingFeatures)); err != nil {
			return err
		}
	}
	if !s.Tolerant {
		if err := f.checkLag(s); err != nil {
			return err
		}
	}
	for i := range f.ahead {
		if s.Tolerant && f.features[i].Lag > 0 {
			continue
		}
		if err := by.fault(f.ahead[i].kind(), int64(f.ahead[i].missing), f.ahead[i].check(frame, s.Horizon)); err != nil {
			return err
		}
	}
	return nil
}

// kind says whether some values are missing in the horizon, or the feature is one that nobody knows ahead.
func (a *aheadFound) kind() FaultKind {
	if a.allWithout == 0 && a.missing == a.values {
		return RelatedHistory
	}
	return RelatedFuture
}

// check reports a feature that is not known for every series and every period to forecast.
func (a *aheadFound) check(p *demand.Panel, h int) error {
	if a.missing == 0 {
		return nil
	}
	if a.allWithout > 0 {
		return fmt.Errorf("read related: %d of the %d series of the target have no %s: %s; give every series of the target its related rows",
			a.allWithout, p.Len(), a.name, andMore(a.without, a.allWithout))
	}
	last := p.End + demand.Period(h) - 1
	if a.kind() == RelatedHistory {
		return fmt.Errorf("read related: %s is historical: it has no value after %s, and nobody knows it ahead; lag it by %d periods or more (input.features: {name: %s, lag: %d}), give its values up to %s, or leave it out",
			a.name, p.Cal.Format(a.last), h, a.name, h, p.Cal.Format(last))
	}
	return fmt.Errorf("read related: %s has %d of the %d values that %d series need from %s to %s; %s; give every series every feature up to the end of the horizon, fill it (input.filling, future), or leave the feature out",
		a.name, a.values-a.missing, a.values, p.Len(), p.Cal.Format(p.End), p.Cal.Format(last), a.missingAhead(p))
}

func countNaN(v []float64) (n int) {
	for _, x := range v {
		if math.IsNaN(x) {
			n++
		}
	}
	return n
}

// hole is what is missing of one store or of one series: how many values, and from when to when.
type hole struct {
	name        string
	values      int
	first, last demand.Period
}

func (h *hole) add(p demand.Period) {
	if h.values == 0 || p < h.first {
		h.first = p
	}
	if h.values == 0 || p > h.last {
		h.last = p
	}
	h.values++
}

// text writes a hole: S3 from 2026-06-24 to 2026-06-30 (700).
func (h *hole) text(cal demand.Calendar) string {
	if h.first == h.last {
		return fmt.Sprintf("%s at %s (%d)", h.name, cal.Format(h.first), h.values)
	}
	return fmt.Sprintf("%s from %s to %s (%d)", h.name, cal.Format(h.first), cal.Format(h.last), h.values)
}

// missingAhead says which values are missing in the horizon: the stores, where there are some, and the first series.
func (a *aheadFound) missingAhead(p *demand.Panel) string {
	series := listHoles(p.Cal, a.series, a.allSeries)
	if a.stores[""] != nil {
		return "missing: " + series
	}
	byName := slices.SortedFunc(maps.Values(a.stores), func(a, b *hole) int { return strings.Compare(a.name, b.name) })
	return fmt.Sprintf("missing in %d of %d stores: %s; by series: %s", len(byName), countStores(p.Keys), listHoles(p.Cal, byName, len(byName)), series)
}

func countStores(keys []demand.Key) int {
	seen := map[string]bool{}
	for _, k := range keys {
		seen[k.Store] = true
	}
	return len(seen)
}

func listHoles(cal demand.Calendar, holes []*hole, total int) string {
	var out []string
	for _, h := range holes[:min(keysListed, len(holes))] {
		out = append(out, h.text(cal))
	}
	return andMore(out, total)
}

func andMore(first []string, total int) string {
	s := strings.Join(first, ", ")
	if total > len(first) {
		s += fmt.Sprintf(" and %d more", total-len(first))
	}
	return s
}

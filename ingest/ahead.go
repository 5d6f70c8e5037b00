package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"shelfcast/engine/demand"
)

const keysListed = 10 // stores, or keys, that an error names

// checkAhead reports a feature that is not known for every series and every period to forecast.
func (r *relation) checkAhead(feature int) error {
	x := r.f.X[feature]
	missing := countNaN(x.V)
	if missing == 0 {
		return nil
	}
	if err := r.seriesWithout(feature); err != nil {
		return err
	}
	if missing == len(x.V) {
		return r.historical(r.p.X[feature])
	}
	cal, last := r.f.Cal, r.f.Start+demand.Period(r.f.H)-1
	return fmt.Errorf("read related: %s has %d of the %d values that %d series need from %s to %s; %s; give every series every feature up to the end of the horizon, fill it (input.filling, future), or leave the feature out",
		x.Name, len(x.V)-missing, len(x.V), len(r.f.Keys), cal.Format(r.f.Start), cal.Format(last), r.missingAhead(x))
}

// historical reports a feature that has values in the past alone.
func (r *relation) historical(x demand.Column) error {
	last := r.p.First()
	for i := range r.p.Keys {
		if at := lastKnown(x.V[r.p.Off[i]:r.p.Off[i+1]]); at >= 0 {
			last = max(last, r.p.Start[i]+demand.Period(at))
		}
	}
	return fmt.Errorf("read related: %s is historical: it has no value after %s, and nobody knows it ahead; lag it by %d periods or more (input.features: {name: %s, lag: %d}), give its values up to %s, or leave it out",
		x.Name, r.f.Cal.Format(last), r.f.H, x.Name, r.f.H, r.f.Cal.Format(r.f.Start+demand.Period(r.f.H)-1))
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

// missingAhead says which values of a feature are missing in the horizon: the stores, where there are some, and the first
// series.
func (r *relation) missingAhead(x demand.Column) string {
	stores, series := map[string]*hole{}, []*hole{}
	for i, key := range r.f.Keys {
		own := &hole{name: key.String()}
		for t, v := range x.V[i*r.f.H : (i+1)*r.f.H] {
			if !math.IsNaN(v) {
				continue
			}
			period := r.f.Start + demand.Period(t)
			own.add(period)
			if stores[key.Store] == nil {
				stores[key.Store] = &hole{name: key.Store}
			}
			stores[key.Store].add(period)
		}
		if own.values > 0 {
			series = append(series, own)
		}
	}
	text := "missing: " + listHoles(r.f.Cal, series)
	if stores[""] != nil {
		return text
	}
	byName := make([]*hole, 0, len(stores))
	for _, h := range stores {
		byName = append(byName, h)
	}
	slices.SortFunc(byName, func(a, b *hole) int { return strings.Compare(a.name, b.name) })
	return fmt.Sprintf("missing in %d of %d stores: %s; by series: %s", len(stores), countStores(r.f.Keys), listHoles(r.f.Cal, byName), listHoles(r.f.Cal, series))
}

func countStores(keys []demand.Key) int {
	seen := map[string]bool{}
	for _, k := range keys {
		seen[k.Store] = true
	}
	return len(seen)
}

func listHoles(cal demand.Calendar, holes []*hole) string {
	var out []string
	for _, h := range holes[:min(keysListed, len(holes))] {
		out = append(out, h.text(cal))
	}
	return andMore(out, len(holes))
}

// seriesWithout reports the series that have no value of a feature at all.
func (r *relation) seriesWithout(feature int) error {
	var out []string
	total := 0
	for i, key := range r.p.Keys {
		past := r.p.X[feature].V[r.p.Off[i]:r.p.Off[i+1]]
		ahead := r.f.X[feature].V[i*r.f.H : (i+1)*r.f.H]
		if countNaN(past) < len(past) || countNaN(ahead) < len(ahead) {
			continue
		}
		if total++; total <= keysListed {
			out = append(out, key.String())
		}
	}
	if total == 0 {
		return nil
	}
	return fmt.Errorf("read related: %d of the %d series of the target have no %s: %s; give every series of the target its related rows",
		total, len(r.p.Keys), r.p.X[feature].Name, andMore(out, total))
}

func andMore(first []string, total int) string {
	s := strings.Join(first, ", ")
	if total > len(first) {
		s += fmt.Sprintf(" and %d more", total-len(first))
	}
	return s
}

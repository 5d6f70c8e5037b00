package ingest

import (
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

// MissingFeature counts the values of a feature that are missing in the past, over all series, by where they lie. They
// are NaN in the panel. It names the first ten series that have some.
type MissingFeature struct {
	Feature  string   `json:"feature"`
	Front    int64    `json:"front"`  // before the first value of a series, from where the demand begins
	Middle   int64    `json:"middle"` // between the first and the last value
	Back     int64    `json:"back"`   // after the last, up to the end of the panel
	Of       int64    `json:"of"`     // values that all series together should have
	Examples []string `json:"examples"`
}

// Values returns how many are missing.
func (m MissingFeature) Values() int64 { return m.Front + m.Middle + m.Back }

// missingFeature counts what is missing of a column of the panel.
func (r *relation) missingFeature(x demand.Column, ahead []float64) MissingFeature {
	m := MissingFeature{Feature: x.Name, Of: int64(len(x.V))}
	for i, key := range r.p.Keys {
		v := x.V[r.p.Off[i]:r.p.Off[i+1]]
		last := lastKnown(v)
		if horizon := ahead[i*r.f.H : (i+1)*r.f.H]; countNaN(horizon) < len(horizon) {
			last = len(v)
		}
		own, known := hole{name: key.String()}, false
		for t, value := range v {
			if !math.IsNaN(value) {
				known = true
				continue
			}
			own.add(r.p.Start[i] + demand.Period(t))
			switch {
			case !known:
				m.Front++
			case t < last:
				m.Middle++
			default:
				m.Back++
			}
		}
		if own.values > 0 && len(m.Examples) < keysListed {
			m.Examples = append(m.Examples, own.text(r.p.Cal))
		}
	}
	return m
}

func addMissing(list []MissingFeature, i int, m MissingFeature) []MissingFeature {
	if i == len(list) {
		return append(list, m)
	}
	to := &list[i]
	to.Front += m.Front
	to.Middle += m.Middle
	to.Back += m.Back
	to.Of += m.Of
	to.Examples = append(to.Examples, m.Examples[:min(len(m.Examples), keysListed-len(to.Examples))]...)
	return list
}

// strict reports the first feature with a value missing in the past.
func strict(missing []MissingFeature) error {
	for _, m := range missing {
		if m.Values() == 0 {
			continue
		}
		return fmt.Errorf("read related: %s is missing %d of the %d values of the past: %d before the first of their series, %d in the middle, %d after the last; %s; give the values, fill them (input.filling), or let them be missing (input.strict_related: false)",
			m.Feature, m.Values(), m.Of, m.Front, m.Middle, m.Back, andMoreSeries(m))
	}
	return nil
}

func andMoreSeries(m MissingFeature) string {
	s := "the first: " + m.Examples[0]
	for _, e := range m.Examples[1:] {
		s += ", " + e
	}
	return s
}

// checkFrequency reports related series that are coarser than the panel: their rows would stand for one period each,
// and leave the periods between without a value. Features are not spread, as the demand is not.
func (f *relatedFound) checkFrequency(cal demand.Calendar) error {
	if f, coarser := coarserFrequency(cal, f.first, f.rows); coarser {
		return fmt.Errorf("read related: the frequency is %v, and the related rows lie a period of %v apart; features are neither spread nor added up: give one row for each series and period",
			cal.Freq, f)
	}
	return nil
}

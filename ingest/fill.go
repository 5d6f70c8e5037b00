package ingest

import (
	"math"

	"shelfcast/engine/demand"
)

// fillTarget gives every unseen cell what the rules say, and marks it where that is a value: a cell that the rule leaves
// not observed holds nothing that could be scored. Before a series' first row there are no cells.
func fillTarget(p *demand.Panel, spans []span, rules Filling, audit *Audit) {
	for i, sp := range spans {
		last := p.Off[i] + int(sp.last-p.Start[i])
		before := &recent{}
		for cell := p.Off[i]; cell < p.Off[i+1]; cell++ {
			y := p.Y[cell]
			if y >= 0 {
				before.add(y)
				continue
			}
			if math.Float64bits(y) != unseenBits {
				audit.NullDemand++
				continue
			}
			rule := rules.Middle
			if cell > last {
				rule = rules.Back
				audit.FilledBack++
			} else {
				audit.FilledMiddle++
			}
			p.Y[cell] = before.fill(rule)
			if math.IsNaN(p.Y[cell]) {
				audit.FilledNaN++
				continue
			}
			if p.Filled == nil {
				p.Filled = make([]bool, len(p.Y))
			}
			p.Filled[cell] = true
		}
	}
}

// fillFeature gives the missing values of a feature what the rules say, and returns how many they gave. Values before the
// first stay missing, and so do those that a statistic would have to be taken of where there is nothing before.
func fillFeature(p *demand.Panel, past []float64, f *demand.Future, ahead []float64, rules Filling) FilledFeature {
	var count FilledFeature
	for i := range p.Keys {
		history, horizon := past[p.Off[i]:p.Off[i+1]], ahead[i*f.H:(i+1)*f.H]
		last := lastKnown(history)
		if countNaN(horizon) < len(horizon) {
			last = len(history)
		}
		before := &recent{}
		known := false
		for t, v := range history {
			if !math.IsNaN(v) {
				before.add(v)
				known = true
				continue
			}
			if !known {
				continue
			}
			if t < last {
				count.Middle += put(&history[t], before, rules.Middle)
			} else {
				count.Back += put(&history[t], before, rules.Back)
			}
		}
		for t, v := range horizon {
			if !math.IsNaN(v) {
				before.add(v)
				continue
			}
			count.Future += put(&horizon[t], before, rules.Future)
		}
	}
	return count
}

// put fills one missing value, and returns 1 where the rule gave one.
func put(v *float64, before *recent, rule Fill) int64 {
	*v = before.fill(rule)
	if math.IsNaN(*v) {
		return 0
	}
	return 1
}

// lastKnown returns the place of the last value that is known, and −1 where none is.
func lastKnown(v []float64) int {
	for i := len(v) - 1; i >= 0; i-- {
		if !math.IsNaN(v[i]) {
			return i
		}
	}
	return -1
}

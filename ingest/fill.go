package ingest

import (
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// fillTarget gives the missing cells what the rules say, and marks them where that is a value: a cell that the rule leaves
// not observed holds nothing that could be scored. Before a series' first row there are no cells. A cell is missing where
// no row has reached it and, where the rules are said and not the default, where its demand was left empty; then a series
// begins with its first value.
func fillTarget(p *demand.Panel, spans []span, rules Filling, said bool, audit *Audit) {
	for i, sp := range spans {
		y := p.Y[p.Off[i]:p.Off[i+1]]
		first, last := 0, int(sp.last-p.Start[i])
		if said {
			last = lastKnown(y)
			first = max(0, slices.IndexFunc(y, func(v float64) bool { return v >= 0 }))
		}
		before := &recent{}
		filled, null := hole{}, hole{}
		for t, v := range y {
			switch {
			case v >= 0:
				before.add(v)
			case math.Float64bits(v) == neverBits:
				y[t] = math.NaN()
				audit.SkippedHours++
			case math.Float64bits(v) == closedBits:
				y[t] = math.NaN()
			case math.Float64bits(v) == withheldBits || t < first || !said && math.Float64bits(v) != unseenBits:
				y[t] = math.NaN()
				audit.NullDemand++
				null.add(p.Start[i] + demand.Period(t))
			case t > last:
				audit.FilledBack++
				filled.add(p.Start[i] + demand.Period(t))
				fillCell(p, p.Off[i]+t, before.fill(rules.Back), audit)
			default:
				audit.FilledMiddle++
				filled.add(p.Start[i] + demand.Period(t))
				fillCell(p, p.Off[i]+t, before.fill(rules.Middle), audit)
			}
		}
		filled.name, null.name = p.Keys[i].String(), p.Keys[i].String()
		nameHole(&audit.Named.Filled, &filled, p.Cal)
		nameHole(&audit.Named.NullDemand, &null, p.Cal)
	}
}

func fillCell(p *demand.Panel, cell int, v float64, audit *Audit) {
	p.Y[cell] = v
	if math.IsNaN(v) {
		audit.FilledNaN++
		return
	}
	if p.Filled == nil {
		p.Filled = make([]bool, len(p.Y))
	}
	p.Filled[cell] = true
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

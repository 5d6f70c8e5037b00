package ingest

import (
	"fmt"
	"slices"

	"shelfcast/engine/demand"
)

// censor marks the periods in which stock ran out, and takes the features that say so out of the panel: whether stock will
// last is not known ahead. A period of a series is censored where a feature of the role in_stock, the share of the period
// in which the item could be bought, is below 1, or where one of the role stock, the units on hand when the period ends,
// is zero or less. Where the feature has no value, nothing is known and nothing is marked; uncensored, nothing is at all.
func (r *relation) censor(how Censoring, audit *Audit) error {
	for _, x := range r.take(demand.InStock) {
		audit.tellsStock(x.Name)
		for cell, v := range x.V {
			if v < 0 || v > 1 {
				return fmt.Errorf("read related: %s is %g for %s; it is the share of a period in which the item is in stock, from 0 to 1: for units on hand use the role stock",
					x.Name, v, r.cellText(cell))
			}
			if v < 1 && how != Uncensored {
				censor(r.p, cell, audit)
			}
		}
	}
	for _, x := range r.take(demand.Stock) {
		audit.tellsStock(x.Name)
		for cell, v := range x.V {
			if v <= 0 && how != Uncensored {
				censor(r.p, cell, audit)
			}
		}
	}
	r.nameCensored(audit)
	return nil
}

func (r *relation) nameCensored(audit *Audit) {
	if r.p.Censored == nil {
		return
	}
	for i, key := range r.p.Keys {
		own := hole{name: key.String()}
		for t, out := range r.p.Censored[r.p.Off[i]:r.p.Off[i+1]] {
			if out {
				own.add(r.p.Start[i] + demand.Period(t))
			}
		}
		nameHole(&audit.Named.Censored, &own, r.p.Cal)
	}
}

// censor marks a cell, where it is observed and not marked yet, and counts it.
func censor(p *demand.Panel, cell int, audit *Audit) {
	if p.Y[cell] != p.Y[cell] {
		return
	}
	if p.Censored == nil {
		p.Censored = make([]bool, len(p.Y))
	}
	if !p.Censored[cell] {
		p.Censored[cell] = true
		audit.Censored++
	}
}

// cellText names the series and the period of a cell.
func (r *relation) cellText(cell int) string {
	i := seriesOfCell(r.p, cell)
	return fmt.Sprintf("%v at %s", r.p.Keys[i], r.p.Cal.Format(r.p.Start[i]+demand.Period(cell-r.p.Off[i])))
}

// tellsStock notes a feature that says when stock ran out.
func (a *Audit) tellsStock(feature string) {
	if !slices.Contains(a.StockFeatures, feature) {
		a.StockFeatures = append(a.StockFeatures, feature)
	}
}

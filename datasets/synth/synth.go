// Package synth makes a retail chain whose truth is known, and writes the truth beside the data: the elasticity and the
// promotion lift of every series, the distribution of demand over the horizon, and the demand that empty shelves hid.
//
// Demand of item i in store s on day t is negative binomial with mean μ and size r, Var = μ + μ²/r, and
//
//	ln μ_ist = ln b_is + σ_i·season_c(t) + g_is·t/365.25 + j_is·1{t ≥ τ_is}
//	           + ε_is·ln(price_irt / price_i) + λ_is·promotion_irt + w_c·temperature_rt
//
// b is the base mean, season the weekly, yearly and holiday shape of category c, σ the item's share in it, g growth a
// year from the middle of the history, j a level shift at the break τ, ε the elasticity, λ the promotion lift, w the
// response to the temperature's deviation from the season in region r (0 without Options.Weather). Demands are
// independent given μ, so the quantiles over the horizon are those of the negative binomial.
//
// Promotions are confounded, as real ones are: the retailer holds them in weeks in which it expects high demand, so that
// a regression of sales on price without the calendar overstates how price moves demand. Sales are min(demand, stock):
// the retailer orders by the season and underestimates promotions, so shelves run empty when demand is high.
//
// The package knows nothing of models.
package synth

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"shelfcast/datasets/layout"
)

// Options say what chain to make. The zero value of a field has the stated default.
type Options struct {
	Series  int       // item-store pairs; 1,000
	Periods int       // days of history; 730, at least 28
	Horizon int       // days after the history whose truth is written; 28
	Stores  int       // stores; a third of the root of Series, from 1 to 100
	Seed    uint64    // another seed makes another chain
	Start   time.Time // first day; 2023-01-02
	Weather bool      // add the feature temperature, to which demand and promotions respond
}

const (
	defaultSeries  = 1000
	defaultPeriods = 730
	defaultHorizon = 28
	minPeriods     = 28
	usualStores    = 100     // the most stores that a chain has by default
	storeNumbers   = 1000    // stores that ST000 … ST999 can name
	rowsPerPart    = 500_000 // bounds what a goroutine holds in memory, and lets small chains use several
	secondsPerDay  = 24 * 60 * 60

	backtestWindows = 3
)

var defaultStart = time.Date(2023, time.January, 2, 0, 0, 0, 0, time.UTC)

// complete fills in defaults and checks what was asked.
func (o Options) complete() (Options, error) {
	if o.Series == 0 {
		o.Series = defaultSeries
	}
	if o.Periods == 0 {
		o.Periods = defaultPeriods
	}
	if o.Horizon == 0 {
		o.Horizon = defaultHorizon
	}
	if o.Start.IsZero() {
		o.Start = defaultStart
	}
	if o.Stores == 0 {
		o.Stores = min(max(int(math.Sqrt(float64(o.Series))/3), 1), usualStores)
	}
	switch {
	case o.Series < 1:
		return o, fmt.Errorf("make synthetic chain: %d series are too few; ask for 1 or more", o.Series)
	case o.Periods < minPeriods:
		return o, fmt.Errorf("make synthetic chain: %d periods are too few; ask for %d or more", o.Periods, minPeriods)
	case o.Horizon < 1:
		return o, fmt.Errorf("make synthetic chain: a horizon of %d is too short; ask for 1 or more", o.Horizon)
	case o.Stores < 1 || o.Stores > storeNumbers:
		return o, fmt.Errorf("make synthetic chain: %d stores; ask for 1 to %d", o.Stores, storeNumbers)
	}
	return o, nil
}

// Write makes the chain and writes it to the folder dir, in the form of package layout, with its truth in truth/. Series
// are made and written one after another, so memory does not grow with their number; the bytes depend on o alone.
func Write(ctx context.Context, dir string, o Options, w layout.Options) (*layout.Summary, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	b, err := layout.Create(dir, w.Force)
	if err != nil {
		return nil, err
	}
	defer b.Discard()
	c := newChain(o)
	s, err := c.writeSeries(ctx, b, w)
	if err != nil {
		return nil, fmt.Errorf("write synthetic chain: %w", err)
	}
	if err := errors.Join(c.writeItems(ctx, b), c.writeStores(b), c.writeConfig(b)); err != nil {
		return nil, fmt.Errorf("write synthetic chain: %w", err)
	}
	if err := b.Commit(); err != nil {
		return nil, err
	}
	return s, nil
}

// writeSeries writes all that has a row a series or a day. A part holds whole items.
func (c *chain) writeSeries(ctx context.Context, b *layout.Builder, w layout.Options) (*layout.Summary, error) {
	itemsPerPart := max(1, rowsPerPart/(c.days*len(c.stores)))
	parts := (c.items + itemsPerPart - 1) / itemsPerPart
	tallies := make([]tally, parts)
	var mu sync.Mutex
	done := 0
	err := layout.EachPart(ctx, parts, w.Goroutines(), func(ctx context.Context, part int) error {
		lo, hi := part*itemsPerPart, min((part+1)*itemsPerPart, c.items)
		p := layout.Part{Number: part, Of: parts}
		var err error
		if tallies[part], err = c.writePart(ctx, b, p, lo, hi); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if done += tallies[part].series; w.Progress != nil {
			w.Progress(done, c.Series)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c.summary(tallies), nil
}

// tally counts what a part holds.
type tally struct {
	series                 int
	units                  float64
	days, related, outDays int64
	classes                [len(classNames)]int
}

func (c *chain) summary(parts []tally) *layout.Summary {
	s := &layout.Summary{
		Items: c.items, Stores: len(c.stores),
		First: c.Start, Last: c.Start.AddDate(0, 0, c.Periods-1),
	}
	var all tally
	for _, p := range parts {
		s.Series += p.series
		s.Units += p.units
		s.TargetRows += p.days
		s.RelatedRows += p.related
		all.outDays += p.outDays
		for k, n := range p.classes {
			all.classes[k] += n
		}
	}
	for k, n := range all.classes {
		s.Notes = append(s.Notes, fmt.Sprintf("%d series are %s", n, Class(k)))
	}
	s.Notes = append(s.Notes, fmt.Sprintf("stock ran out on %.1f %% of the days", 100*float64(all.outDays)/float64(s.TargetRows)))
	return s
}

// writePart writes the items lo to hi−1.
func (c *chain) writePart(ctx context.Context, b *layout.Builder, p layout.Part, lo, hi int) (n tally, err error) {
	w, err := c.open(b, p)
	if err != nil {
		return n, err
	}
	defer w.Close()
	var path path
	for i := lo; i < hi; i++ {
		it := c.item(i)
		plans := c.plans(it)
		for s := range c.stores {
			if i*len(c.stores)+s >= c.Series {
				break
			}
			if err := ctx.Err(); err != nil {
				return n, err
			}
			sr := c.series(it, s)
			path.make(c, it, sr, plans[c.stores[s].region])
			if err := w.write(c, sr, &path); err != nil {
				return n, err
			}
			n.count(c, sr, &path)
		}
	}
	return n, w.Close()
}

func (n *tally) count(c *chain, s series, p *path) {
	n.series++
	n.classes[s.class]++
	n.days += int64(len(p.sales))
	n.related += int64(c.days - s.launch)
	for i, y := range p.sales {
		n.units += y
		if y < p.demand[i] {
			n.outDays++
		}
	}
}

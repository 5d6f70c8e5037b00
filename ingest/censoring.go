package ingest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"shelfcast/algorithms/stockout"
	"shelfcast/engine/demand"
)

// Censoring says which periods count as sold out: demand was at least what was sold.
type Censoring uint8

// What tells of sold-out periods.
const (
	ByFeature  Censoring = iota // features of the roles in_stock and stock; where there are none, proposals are counted and change nothing
	ByDetector                  // those features, and the proposals of package stockout
	Uncensored                  // nothing: every period counts as it was sold
)

var censoringNames = []string{"feature", "detect", "off"}

// String returns the name: feature, detect or off.
func (c Censoring) String() string { return censoringNames[c] }

// MarshalText writes the name.
func (c Censoring) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a name.
func (c *Censoring) UnmarshalText(b []byte) error {
	i := slices.Index(censoringNames, string(b))
	if i < 0 {
		return fmt.Errorf("read censoring %q: not known; use one of %v", b, censoringNames)
	}
	*c = Censoring(i)
	return nil
}

// Stockouts counts the runs of periods without sales that package stockout proposes as stock-outs.
type Stockouts struct {
	Censored bool       `json:"censored"` // they are censored in the panel; otherwise they count as they were sold
	Series   int        `json:"series"`   // that have some
	Runs     int        `json:"runs"`
	Cells    int64      `json:"cells"`              // observed periods in the runs
	Examples []Stockout `json:"examples,omitempty"` // the least likely run of each of the first ten series that have some
}

// Stockout is a run of periods without sales.
type Stockout struct {
	Key   demand.Key `json:"key"`
	First string     `json:"first"` // period
	Last  string     `json:"last"`
	P     float64    `json:"p"` // probability of such a run where the item can be bought
}

// ProposeStockouts looks for stock-outs in the panel of r that no feature tells of, as s.Censoring asks for, counts them in
// the audit and, by detector, marks them in the panel. It is a pass over the panel, which Read leaves to those who want
// it. The result is the same for any number of workers.
func ProposeStockouts(ctx context.Context, s Spec, r *Result) error {
	if s.Censoring == Uncensored || s.Censoring == ByFeature && len(r.Audit.StockFeatures) > 0 {
		return nil
	}
	runs, err := propose(ctx, r.Panel, s.workers())
	if err != nil {
		return err
	}
	found := &Stockouts{Censored: s.Censoring == ByDetector}
	r.Audit.Stockouts = found
	for i, list := range runs {
		if len(list) > 0 {
			found.add(r.Panel, i, list)
		}
		for _, run := range list {
			lo := r.Panel.Off[i] + int(run.First-r.Panel.Start[i])
			for cell := lo; cell <= lo+int(run.Last-run.First); cell++ {
				if r.Panel.Y[cell] == r.Panel.Y[cell] {
					found.Cells++
				}
				if found.Censored {
					censor(r.Panel, cell, &r.Audit)
				}
			}
		}
	}
	return nil
}

// propose returns the proposed runs of every series.
func propose(ctx context.Context, p *demand.Panel, workers int) ([][]stockout.Run, error) {
	d := stockout.NewDetector(p)
	runs := make([][]stockout.Run, p.Len())
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(runs) && ctx.Err() == nil; i += workers {
				runs[i] = d.Propose(i)
			}
		})
	}
	wg.Wait()
	return runs, ctx.Err()
}

// add counts the runs of a series, of which there is one at least.
func (s *Stockouts) add(p *demand.Panel, i int, runs []stockout.Run) {
	s.Series++
	s.Runs += len(runs)
	if len(s.Examples) == keysListed {
		return
	}
	least := slices.MinFunc(runs, func(a, b stockout.Run) int { return cmp.Compare(a.P, b.P) })
	s.Examples = append(s.Examples, Stockout{p.Keys[i], p.Cal.Format(least.First), p.Cal.Format(least.Last), least.P})
}

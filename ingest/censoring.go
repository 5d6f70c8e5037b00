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
	Examples []Stockout `json:"examples,omitempty"` // the ten series with the least likely runs, that one first, and of each its least likely run
}

// Stockout is a run of periods without sales.
type Stockout struct {
	Key   demand.Key `json:"key"`
	First string     `json:"first"` // period
	Last  string     `json:"last"`
	P     float64    `json:"p"` // probability of such a run where the item can be bought
}

// proposes reports whether stock-outs are looked for that no feature tells of.
func (p *Parts) proposes() bool {
	how := p.r.spec.Censoring
	return how == ByDetector || how == ByFeature && len(p.Audit.StockFeatures) == 0
}

// proposeIn looks for stock-outs in a part that has just been shaped, or that is the only one. They are counted the first
// time; later they are looked for where a part that was shaped again must be marked again.
func (p *Parts) proposeIn(ctx context.Context, part int, r *Result) error {
	marks := p.r.spec.Censoring == ByDetector
	if p.shut == nil || p.counted[part] && (p.only != nil || !marks) {
		return nil
	}
	runs, err := propose(ctx, p.shut.Detector(r.Panel), r.Panel.Len(), p.r.spec.workers())
	if err != nil {
		return err
	}
	audit := &p.Audit
	if p.counted[part] {
		audit = &Audit{}
	}
	p.counted[part] = true
	if audit.Stockouts == nil {
		audit.Stockouts = &Stockouts{Censored: marks}
	}
	if marks {
		r.Panel.Proposer = proposer{p.shut}
	}
	for i, list := range runs {
		if len(list) > 0 {
			audit.Stockouts.add(r.Panel, i, list)
		}
		for _, run := range list {
			audit.markRun(r.Panel, i, run)
		}
	}
	return nil
}

// markRun counts the observed periods of a run in series i, and marks them where that is asked for.
func (a *Audit) markRun(p *demand.Panel, i int, run stockout.Run) {
	lo := p.Off[i] + int(run.First-p.Start[i])
	for cell := lo; cell <= lo+int(run.Last-run.First); cell++ {
		if p.Y[cell] == p.Y[cell] {
			a.Stockouts.Cells++
		}
		if a.Stockouts.Censored {
			markProposed(p, cell, a)
		}
	}
}

// markProposed censors a cell that no feature says is censored.
func markProposed(p *demand.Panel, cell int, audit *Audit) {
	if p.Y[cell] != p.Y[cell] || p.Censored != nil && p.Censored[cell] {
		return
	}
	censor(p, cell, audit)
	if p.Proposed == nil {
		p.Proposed = make([]bool, len(p.Y))
	}
	p.Proposed[cell] = true
}

// proposer proposes again in the past of a panel. That a store was shut on a day was known on that day.
type proposer struct{ shut *stockout.Shut }

// Propose marks the stock-outs that the past of a panel alone tells of.
func (s proposer) Propose(p *demand.Panel) {
	d := s.shut.Detector(p)
	for i := range p.Len() {
		for _, run := range d.Propose(i) {
			lo := p.Off[i] + int(run.First-p.Start[i])
			for cell := lo; cell <= lo+int(run.Last-run.First); cell++ {
				markProposed(p, cell, &Audit{})
			}
		}
	}
}

// propose returns the proposed runs of every series. They are the same for any number of workers.
func propose(ctx context.Context, d *stockout.Detector, series, workers int) ([][]stockout.Run, error) {
	runs := make([][]stockout.Run, series)
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
	least := slices.MinFunc(runs, func(a, b stockout.Run) int { return cmp.Compare(a.P, b.P) })
	at := len(s.Examples)
	for at > 0 && s.Examples[at-1].P > least.P {
		at--
	}
	if at < keysListed {
		one := Stockout{p.Keys[i], p.Cal.Format(least.First), p.Cal.Format(least.Last), least.P}
		s.Examples = slices.Insert(s.Examples, at, one)[:min(len(s.Examples)+1, keysListed)]
	}
}

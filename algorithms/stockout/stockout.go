// Package stockout finds runs of periods without sales that are unlikely to be want of demand, in series that have nothing
// to say when stock ran out. It proposes; whether a proposal is believed is for the caller to decide.
//
// Take a run of periods without sales. A unit is 1 where all sales of the series are whole numbers, otherwise the smallest
// of them. Let the periods within 8 seasons before and after the run, less those of other proposals, be its surroundings.
// With ȳ their mean, D their variance about the means of their seasonal classes over ȳ, all in units, and n_c, Σ_c their
// number and sum in class c,
//
//	λ       = min(ȳ_before, (Σ_after + ȳ_before)/(n_after + 1))
//	μ_t     = λ·(Σ_c + κ)/(n_c·ȳ + κ), κ = max(D, 1)·7/C    c the class of t, of C: weekday, hour of the week, month
//	P₀(t)   = (1 + μ_t/r)^(−r), r = ȳ/(D − 1);  exp(−μ_t) where D ≤ 1
//	P       = Π P₀(t) over the observed periods of the run, the first 7 or the first season at most
//
// P is the probability of so long a run at this place where demand is negative binomial and the item can be bought. The
// smaller of the two levels asks for sales at the old level on both sides of the run. Only a run's beginning counts: what
// is not plain by then, a change of price, of season or of assortment explains as well. So slow sellers, which sell less
// than about a unit a period, get no proposals.
//
// A run may begin after every sale, so a series has as many tests as periods with sales, and one: N. The runs that are
// proposed are those of the rule of Benjamini and Hochberg, Journal of the Royal Statistical Society B 57(1), 1995: with
// P₁ ≤ P₂ ≤ …, the first i, for the largest i with P_i ≤ 0.1·i/N, so that a tenth of the proposed runs may be chance. The
// search is made twice: what the first found is no longer part of the surroundings of other runs. A third would find
// little more.
//
// Not proposed are runs of more than 8 weeks (an item out of season or out of the assortment looks alike), runs of more
// than 14 periods or 2 seasons at the end of a series (so does one that was delisted), runs before which fewer periods
// than that were observed (for hours and minutes 8 weeks), runs in which fewer than 3 units were to be expected (ȳ_before
// times the periods that P counts), and periods in which stock ran out after some sales. Quarters and years have no
// proposals.
//
// What it finds of two sets whose stock-outs are known stands in the tests.
package stockout

import (
	"cmp"
	"slices"

	"shelfcast/engine/demand"
)

// Run is a run of periods without sales that stock-out explains better than chance. Periods in it that were not observed
// are part of it.
type Run struct {
	First, Last demand.Period // both observed, without sales
	P           float64       // probability of such a run where the item can be bought
}

const (
	seasonsAround = 8   // before, and as many after
	longestDays   = 56  // of a run
	searches      = 2   // of a series
	priorClasses  = 7.0 // of which each has a prior that weighs as much as max(D, 1) units; more classes share it
	falseShare    = 0.1 // of the proposed runs, by chance
	leastSeasons  = 2   // observed before a run; in the longest run at the end of a series
	leastPeriods  = 14  // the same in periods
	leastExpected = 3.0 // units in a run, at the level before it, in as many periods as count
	evidence      = 7   // periods at the beginning of a run whose probabilities are multiplied
)

// Propose returns the runs of s in which stock seems to have run out, in order of time. Periods that are known to be
// censored count as not observed, negative sales as none. For a panel, which tells when a store was shut, use a Detector.
func Propose(s demand.Series) []Run { return propose(s, nil) }

func propose(s demand.Series, shut []bool) []Run {
	d := newSearch(s, shut)
	if d == nil {
		return nil
	}
	for n := 0; n < searches && d.pass(); n++ {
	}
	slices.SortFunc(d.found, func(a, b candidate) int { return cmp.Compare(a.lo, b.lo) })
	var runs []Run
	for _, c := range d.found {
		runs = append(runs, Run{s.Start + demand.Period(c.lo), s.Start + demand.Period(c.hi), c.p})
	}
	return runs
}

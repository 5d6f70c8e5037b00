package jobs

import "math"

// scoreGrid holds one metric of every model in every backtest window for every series of a shard: grid[model][window][series],
// lower is better, NaN where the series could not be scored.
type scoreGrid [][][]float64

// margin is how much better than the first candidate, on average, another must be before a series leaves the first for it.
// A few windows of one series are noise: on M5, on the store-item-demand set and on a synthetic chain the plain best of four
// candidates is 0.4 to 1.5 % worse in wQL than the first of them alone, on windows that the choice did not see. With this
// rule the two are equal within 0.15 %. See engine/docs/decisions/0007-choice.md.
const margin = 0.2

// choose returns, for each series, the number of its candidate, leaving out window skip (−1 leaves out none): the first,
// unless another was better in every window and by more than the margin on average; among several such, the best.
//
// Candidates are compared over the windows in which all of them have a score, so that none wins by having missed a hard
// window.
func (g scoreGrid) choose(candidates []int, skip, series int) []int {
	picked := make([]int, series)
	for i := range series {
		first := candidates[0]
		picked[i] = first
		best := (1 - margin) * g.meanOver(first, candidates, skip, i)
		for _, m := range candidates[1:] {
			if v := g.meanOver(m, candidates, skip, i); v < best && g.alwaysBeats(m, first, candidates, skip, i) {
				picked[i], best = m, v
			}
		}
	}
	return picked
}

// alwaysBeats tells whether model m was better than model n on series i in every window that counts.
func (g scoreGrid) alwaysBeats(m, n int, candidates []int, skip, i int) bool {
	for w := range g[m] {
		if w != skip && g.allScored(candidates, w, i) && g[m][w][i] >= g[n][w][i] {
			return false
		}
	}
	return true
}

// meanOver returns the mean score of model m on series i over the windows that count, and NaN where there is none.
func (g scoreGrid) meanOver(m int, candidates []int, skip, i int) float64 {
	sum, n := 0.0, 0
	for w := range g[m] {
		if w == skip || !g.allScored(candidates, w, i) {
			continue
		}
		sum += g[m][w][i]
		n++
	}
	return sum / float64(n)
}

func (g scoreGrid) allScored(candidates []int, w, i int) bool {
	for _, m := range candidates {
		if math.IsNaN(g[m][w][i]) {
			return false
		}
	}
	return true
}

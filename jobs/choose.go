package jobs

import "math"

// scoreGrid holds one metric of every model in every backtest window for every series of a shard: grid[model][window][series],
// lower is better, NaN where the series could not be scored.
type scoreGrid [][][]float64

// choose returns, for each series, the number of the candidate with the lowest mean score over the windows, leaving out
// window skip (−1 leaves out none). The first candidate wins a tie. A series without a score gets fallback.
//
// Candidates are compared over the windows in which all of them have a score, so that none wins by having missed a hard
// window.
func (g scoreGrid) choose(candidates []int, skip, series, fallback int) []int {
	picked := make([]int, series)
	for i := range series {
		picked[i] = fallback
		best := math.Inf(1)
		for _, m := range candidates {
			if v := g.meanOver(m, candidates, skip, i); v < best {
				picked[i], best = m, v
			}
		}
	}
	return picked
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

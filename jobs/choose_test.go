package jobs

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSeriesLeavesTheFirstModelOnlyForOneThatIsClearlyAndAlwaysBetter(t *testing.T) {
	nan := math.NaN()
	cases := []struct {
		name         string
		first, other []float64 // scores in three windows
		skip, want   int
	}{
		{"clearly and always better", []float64{2, 2, 2}, []float64{1, 1, 1}, -1, 1},
		{"better on average but not always", []float64{2, 2, 2}, []float64{0.1, 0.1, 2.1}, -1, 0},
		{"always better but not by the margin", []float64{2, 2, 2}, []float64{1.7, 1.7, 1.7}, -1, 0},
		{"the window it lost is left out", []float64{2, 2, 2}, []float64{0.1, 0.1, 2.1}, 2, 1},
		{"the window it won is left out", []float64{2, 2, 9}, []float64{1.9, 1.9, 1}, 2, 0},
		{"a window without a score counts for neither", []float64{2, nan, 2}, []float64{1, 9, 1}, -1, 1},
		{"no score at all", []float64{nan, nan, nan}, []float64{1, 1, 1}, -1, 0},
		{"equal", []float64{0, 0, 0}, []float64{0, 0, 0}, -1, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			grid := make(scoreGrid, 2)
			for w := range 3 {
				grid[0] = append(grid[0], []float64{c.first[w]})
				grid[1] = append(grid[1], []float64{c.other[w]})
			}
			if got := grid.choose([]int{0, 1}, c.skip, 1); got[0] != c.want {
				t.Errorf("chose %d, want %d", got[0], c.want)
			}
		})
	}
}

func TestBestOfSeveralBetterModelsIsChosen(t *testing.T) {
	grid := scoreGrid{{{4, 4}}, {{2, 1}}, {{1, 2}}}
	if diff := cmp.Diff([]int{2, 1}, grid.choose([]int{0, 1, 2}, -1, 2)); diff != "" {
		t.Error(diff)
	}
}

package jobs

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var nan = math.NaN()

// grid has two models, three windows and three series.
var grid = scoreGrid{
	{{1, 2, nan}, {1, nan, nan}, {4, 2, nan}},
	{{2, 1, nan}, {2, 9, nan}, {1, 2, nan}},
}

func TestSeriesChoosesTheModelWithTheLowestMeanScore(t *testing.T) {
	// Series 0: model 0 has (1+1+4)/3 = 2, model 1 has (2+2+1)/3 = 5/3. Series 1: the second window, in which model 0 has
	// no score, counts for neither: 2 against 3/2. Series 2 has no score at all.
	if diff := cmp.Diff([]int{1, 1, 0}, grid.choose([]int{0, 1}, -1, 3, 0)); diff != "" {
		t.Error(diff)
	}
}

func TestChoiceForAWindowDoesNotLookAtThatWindow(t *testing.T) {
	// Without the third window series 0 has 1 against 2.
	if diff := cmp.Diff([]int{0, 1, 1}, grid.choose([]int{0, 1}, 2, 3, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestFirstCandidateWinsATie(t *testing.T) {
	tied := scoreGrid{{{1}}, {{1}}}
	if got := tied.choose([]int{1, 0}, -1, 1, 0); got[0] != 1 {
		t.Errorf("got %v", got)
	}
}

// Package crossfit makes folds: which rows are predicted by a model that was fitted on which others. Folds are data, so that the same
// ones serve several estimators and can be given by a user, and none of them is drawn anew when a worker more is at hand.
package crossfit

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Fold are the rows that are predicted, and those that the model for them is fitted on. Both ascend.
type Fold struct{ Test, Train []int }

// Folds are folds of which the test rows are all rows, each once.
type Folds []Fold

// Of returns the folds in which row i is tested in fold fold[i] and all other rows are trained on. Folds are numbered from 0.
func Of(fold []int) (Folds, error) {
	k := 0
	for i, f := range fold {
		if f < 0 {
			return nil, fmt.Errorf("make folds: row %d is in fold %d; number folds from 0", i, f)
		}
		k = max(k, f+1)
	}
	if k < 2 {
		return nil, fmt.Errorf("make folds: there are %d; use 2 or more", k)
	}
	out := make(Folds, k)
	for i, f := range fold {
		out[f].Test = append(out[f].Test, i)
	}
	for f := range out {
		for i, g := range fold {
			if g != f {
				out[f].Train = append(out[f].Train, i)
			}
		}
	}
	return out, out.Check(len(fold))
}

// Units returns k folds of n rows at random, whose sizes differ by at most one.
func Units(n, k int, seed uint64) (Folds, error) {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i
	}
	return Clusters(ids, k, seed)
}

// Clusters returns k folds at random, each of as many whole clusters but for one, where the rows of a cluster share an id.
func Clusters(id []int, k int, seed uint64) (Folds, error) {
	distinct := slices.Clone(id)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	if k < 2 || k > len(distinct) {
		return nil, fmt.Errorf("make folds: %d of %d units; use 2 or more, and no more than there are units", k, len(distinct))
	}
	of := map[int]int{}
	for i, j := range rand.New(rand.NewPCG(seed, 0x666f6c64)).Perm(len(distinct)) {
		of[distinct[j]] = i % k
	}
	fold := make([]int, len(id))
	for i, c := range id {
		fold[i] = of[c]
	}
	return Of(fold)
}

// Blocks returns k folds of blocks of time that alternate: day t is tested in fold ⌊t/length⌋ mod k, and rows within gap days of a tested
// day are not trained on, so that what hangs together in time is on one side. Days are the same for all series.
func Blocks(day []int, length, k, gap int) (Folds, error) {
	if length < 1 || k < 2 || gap < 0 {
		return nil, fmt.Errorf("make folds: %d blocks of %d days with a gap of %d; use blocks of 1 or more days, 2 or more folds and no gap below 0", k, length, gap)
	}
	fold := func(t int) int { return floorMod(floorDiv(t, length), k) }
	out := make(Folds, k)
	for i, t := range day {
		out[fold(t)].Test = append(out[fold(t)].Test, i)
	}
	near := map[[2]int]bool{} // whether day and fold are too near
	for i, t := range day {
		for f := range out {
			key := [2]int{t, f}
			tooNear, known := near[key]
			if !known {
				for s := t - gap; s <= t+gap && !tooNear; s++ {
					tooNear = fold(s) == f
				}
				near[key] = tooNear
			}
			if !tooNear {
				out[f].Train = append(out[f].Train, i)
			}
		}
	}
	out = slices.DeleteFunc(out, func(f Fold) bool { return len(f.Test) == 0 })
	return out, out.Check(len(day))
}

func floorDiv(a, b int) int { return (a - floorMod(a, b)) / b }

func floorMod(a, b int) int { return (a%b + b) % b }

// Check reports a row of n that is not tested once, one that is tested and trained on in the same fold, and a fold without rows to train
// on.
func (f Folds) Check(n int) error {
	tested := make([]bool, n)
	inTest := make([]int, n)
	for k, fold := range f {
		for _, i := range fold.Test {
			if i < 0 || i >= n || tested[i] {
				return fmt.Errorf("check folds: row %d is tested twice, or is none of the %d rows", i, n)
			}
			tested[i], inTest[i] = true, k
		}
	}
	if i := slices.Index(tested, false); i >= 0 {
		return fmt.Errorf("check folds: row %d is in no fold", i)
	}
	for k, fold := range f {
		if len(fold.Train) == 0 {
			return errors.New("check folds: a fold has no rows to train on; use fewer folds, or shorter blocks and gaps")
		}
		for _, i := range fold.Train {
			if i < 0 || i >= n || inTest[i] == k {
				return fmt.Errorf("check folds: row %d is tested and trained on in fold %d, or is none of the %d rows", i, k, n)
			}
		}
	}
	return nil
}

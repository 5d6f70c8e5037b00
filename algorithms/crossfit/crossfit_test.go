package crossfit

import (
	"math/rand/v2"
	"testing"
)

func TestFoldsTestEachRowOnceAndKeepWhatBelongsTogether(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n, k := 2+rng.IntN(60), 2+rng.IntN(4)
		cluster, day := make([]int, n), make([]int, n)
		for i := range n {
			cluster[i], day[i] = rng.IntN(12)-5, rng.IntN(300)-100
		}
		if f, err := Units(n, k, 7); err == nil {
			if f.Check(n) != nil || len(f) != k {
				t.Fatalf("%d folds of %d rows: %v", k, n, f.Check(n))
			}
			for _, fold := range f {
				if d := len(fold.Test) - n/k; d < 0 || d > 1 {
					t.Errorf("a fold has %d of %d rows, of %d folds", len(fold.Test), n, k)
				}
			}
		} else if k <= n {
			t.Error(err)
		}
		if f, err := Clusters(cluster, k, 7); err == nil {
			of := map[int]int{}
			for j, fold := range f {
				for _, i := range fold.Test {
					if before, seen := of[cluster[i]]; seen && before != j {
						t.Fatalf("cluster %d is in folds %d and %d", cluster[i], before, j)
					}
					of[cluster[i]] = j
				}
			}
		}
		length, gap := 1+rng.IntN(30), rng.IntN(8)
		f, err := Blocks(day, length, k, gap)
		if err != nil {
			continue // too little is left to train on
		}
		for _, fold := range f {
			tested := map[int]bool{}
			for _, i := range fold.Test {
				tested[day[i]] = true
			}
			for _, i := range fold.Train {
				for s := day[i] - gap; s <= day[i]+gap; s++ {
					if tested[s] {
						t.Fatalf("day %d is trained on, and day %d tested", day[i], s)
					}
				}
			}
		}
	}
}

func TestFoldsAreDataThatNoWorkerChanges(t *testing.T) {
	t.Parallel()
	f, err := Blocks([]int{0, 27, 28, 35, 36, 55, 56, 140}, 28, 5, 7)
	if err != nil {
		t.Fatal(err)
	}
	// Days 0, 27 and 140 are in fold 0; 35 lies within a week of it, and so do 28 and 140 − 7 days later.
	if len(f) != 3 || len(f[0].Test) != 3 || f[0].Test[2] != 7 {
		t.Errorf("the folds are %v", f)
	}
	for _, i := range f[0].Train {
		if i == 2 {
			t.Error("day 28 is trained on where day 27 is tested")
		}
	}
	for _, bad := range [][]int{{0, 0, 0}, {0, -1}, {}} {
		if _, err := Of(bad); err == nil {
			t.Errorf("folds %v are taken", bad)
		}
	}
	if _, err := Units(3, 4, 1); err == nil {
		t.Error("four folds of three rows are taken")
	}
	if err := (Folds{{Test: []int{0}, Train: []int{0, 1}}, {Test: []int{1}, Train: []int{0}}}).Check(2); err == nil {
		t.Error("a row is tested and trained on in one fold")
	}
}

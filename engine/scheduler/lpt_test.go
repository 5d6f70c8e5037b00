package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shelfcast/engine/scheduler"
)

// makespan submits tasks of one core each, on m one-core nodes, and returns when
// the last one ends if each runs exactly as long as predicted.
func makespan(t rapid.TB, m int, lengths []int) int {
	s := scheduler.New()
	for i := range m {
		if err := s.AddNode(scheduler.Node{ID: fmt.Sprintf("n%d", i), CPUMilli: 1000}); err != nil {
			t.Fatal(err)
		}
	}
	length := map[string]int{}
	for i, seconds := range lengths {
		id := fmt.Sprintf("t%d", i)
		length[id] = seconds
		submit(t, s, scheduler.Task{
			ID: id, Ask: scheduler.Ask{CPUMilli: 1000}, Predicted: time.Duration(seconds) * time.Second,
		})
	}
	ends := map[string]int{}
	for now := 0; ; {
		for _, start := range s.Pass(noon.Add(time.Duration(now) * time.Second)) {
			ends[start.TaskID] = now + length[start.TaskID]
		}
		if len(ends) == 0 {
			return now
		}
		now = earliest(ends)
		for id, end := range ends {
			if end == now {
				if err := s.Done(id); err != nil {
					t.Fatal(err)
				}
				delete(ends, id)
			}
		}
	}
}

func earliest(ends map[string]int) int {
	first := -1
	for _, end := range ends {
		if first < 0 || end < first {
			first = end
		}
	}
	return first
}

// TestMakespanKeepsGrahamsConstructiveBound: when the last task to end started,
// all m nodes were busy, so C ≤ Σp/m + (1 − 1/m)·max p for any order of the list.
// Graham, Bell System Technical Journal 45(9), 1966.
func TestMakespanKeepsGrahamsConstructiveBound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(1, 9).Draw(t, "m")
		lengths := rapid.SliceOfN(rapid.IntRange(1, 1000), 1, 60).Draw(t, "lengths")
		sum, longest := 0, 0
		for _, p := range lengths {
			sum += p
			longest = max(longest, p)
		}
		// both sides times m: integers, no tolerance
		if c := makespan(t, m, lengths); m*c > sum+(m-1)*longest {
			t.Fatalf("makespan %d on %d nodes exceeds %d/%d", c, m, sum+(m-1)*longest, m)
		}
	})
}

// TestMakespanIsWithinFourThirdsOfTheOptimum: C ≤ (4/3 − 1/(3m))·C* for the
// longest task first. Graham, SIAM J. Appl. Math. 17(2), 1969, theorem 2.
func TestMakespanIsWithinFourThirdsOfTheOptimum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(1, 4).Draw(t, "m")
		lengths := rapid.SliceOfN(rapid.IntRange(1, 50), 1, 8).Draw(t, "lengths")
		best := optimum(lengths, make([]int, m))
		// both sides times 3m: integers, no tolerance
		if c := makespan(t, m, lengths); 3*m*c > (4*m-1)*best {
			t.Fatalf("makespan %d on %d nodes, optimum %d", c, m, best)
		}
	})
}

// TestMakespanReachesTheWorstCaseOfLPT: Graham's own example, lengths 2m−1,
// 2m−1, …, m+1, m+1, m, m, m, is exactly (4/3 − 1/(3m))·C* with C* = 3m.
func TestMakespanReachesTheWorstCaseOfLPT(t *testing.T) {
	t.Parallel()
	for m := 2; m <= 6; m++ {
		var lengths []int
		for p := 2*m - 1; p > m; p-- {
			lengths = append(lengths, p, p)
		}
		lengths = append(lengths, m, m, m)
		if c := makespan(t, m, lengths); c != 4*m-1 {
			t.Errorf("m = %d: makespan %d, want 4m − 1 = %d", m, c, 4*m-1)
		}
	}
}

// optimum tries every assignment of lengths to nodes that already carry load.
// Of several nodes with equal load it tries the first only: the rest mirror it.
func optimum(lengths, load []int) int {
	if len(lengths) == 0 {
		longest := 0
		for _, l := range load {
			longest = max(longest, l)
		}
		return longest
	}
	best := -1
	tried := map[int]bool{}
	for i, l := range load {
		if tried[l] {
			continue
		}
		tried[l] = true
		load[i] += lengths[0]
		if c := optimum(lengths[1:], load); best < 0 || c < best {
			best = c
		}
		load[i] -= lengths[0]
	}
	return best
}

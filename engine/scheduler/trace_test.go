package scheduler_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shelfcast/engine/scheduler"
)

// trace runs a random workload to its end and returns every placement in order.
// The nodes are added in the order of perm; the workload depends on seed alone.
func trace(t rapid.TB, seed uint64, perm []int) []scheduler.Start {
	rng := rand.New(rand.NewPCG(seed, 1))
	nodes := make([]scheduler.Node, len(perm))
	for i := range nodes {
		nodes[i] = scheduler.Node{
			ID: fmt.Sprintf("n%d", i), CPUMilli: 4000 + 1000*rng.Int64N(5), MemBytes: 40 + rng.Int64N(40),
		}
	}
	s := scheduler.New()
	for _, i := range perm {
		if err := s.AddNode(nodes[i]); err != nil {
			t.Fatal(err)
		}
	}
	const tasks = 120
	var starts []scheduler.Start
	var running []string
	for i := 0; i < tasks || len(running) > 0; i++ {
		if i < tasks {
			submit(t, s, scheduler.Task{
				ID: fmt.Sprintf("t%d", i), Priority: rng.IntN(2), Predicted: time.Duration(rng.IntN(100)),
				Ask: scheduler.Ask{CPUMilli: 500 + 500*rng.Int64N(8), MemBytes: rng.Int64N(41)},
			})
		}
		for _, start := range s.Pass(noon) {
			starts = append(starts, start)
			running = append(running, start.TaskID)
		}
		for len(running) > 0 && (i >= tasks || rng.IntN(3) == 0) {
			k := rng.IntN(len(running))
			if err := s.Done(running[k]); err != nil {
				t.Fatal(err)
			}
			running = slices.Delete(running, k, k+1)
			if i >= tasks {
				break // one at a time at the end: every placement is a choice
			}
		}
	}
	if waits := s.Waiting(); len(starts) != tasks || len(waits) != 0 {
		t.Fatalf("seed %d: %d of %d tasks started, waiting %v", seed, len(starts), tasks, waits)
	}
	return starts
}

func TestEverythingFinishesAndTheSameSeedGivesTheSameTrace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		first := trace(t, seed, []int{0, 1, 2, 3, 4})
		perm := rapid.Permutation([]int{0, 1, 2, 3, 4}).Draw(t, "order of nodes")
		if again := trace(t, seed, perm); !slices.Equal(first, again) {
			t.Fatalf("nodes added in order %v: another trace", perm)
		}
	})
}

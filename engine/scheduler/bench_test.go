package scheduler_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"shelfcast/engine/scheduler"
)

// shards returns n tasks of one core with lengths that no two share, in three
// sizes of memory.
func shards(n int) []scheduler.Task {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	tasks := make([]scheduler.Task, n)
	for i := range tasks {
		tasks[i] = scheduler.Task{
			ID:        fmt.Sprintf("shard-%07d", i),
			Ask:       scheduler.Ask{CPUMilli: 1000, MemBytes: (1 + rng.Int64N(3)) << 30},
			Predicted: time.Duration(rng.Int64N(int64(30 * time.Second))),
		}
	}
	return tasks
}

// BenchmarkNight submits a night's shards and ends one running task at random
// before each further pass, so nearly every pass places one task among full nodes.
func BenchmarkNight(b *testing.B) {
	for _, size := range []struct{ nodes, tasks int }{{1, 1_000}, {10, 10_000}, {1_000, 100_000}, {10_000, 400_000}} {
		b.Run(fmt.Sprintf("nodes=%d/tasks=%d", size.nodes, size.tasks), func(b *testing.B) {
			tasks := shards(size.tasks)
			for b.Loop() {
				night(b, size.nodes, tasks)
			}
			b.ReportMetric(float64(b.N*size.tasks)/b.Elapsed().Seconds(), "placements/s")
		})
	}
}

func night(b *testing.B, nodes int, tasks []scheduler.Task) {
	s := scheduler.New()
	for i := range nodes {
		n := scheduler.Node{ID: fmt.Sprintf("node-%05d", i), CPUMilli: 16_000, MemBytes: 40 << 30}
		if err := s.AddNode(n); err != nil {
			b.Fatal(err)
		}
	}
	submit(b, s, tasks...)
	rng := rand.New(rand.NewPCG(2, 0))
	running := s.Pass(noon)
	for len(running) > 0 {
		last, k := len(running)-1, rng.IntN(len(running))
		ended := running[k]
		running[k] = running[last]
		if err := s.Done(ended.TaskID); err != nil {
			b.Fatal(err)
		}
		running = append(running[:last], s.Pass(noon)...)
	}
	if n := len(s.Waiting()); n > 0 {
		b.Fatalf("%d tasks never started", n)
	}
}

// BenchmarkLive is the cost of running a job that does nothing.
func BenchmarkLive(b *testing.B) {
	const n = 10_000
	jobs := make([]scheduler.Job, n)
	for i, task := range shards(n) {
		jobs[i] = scheduler.Job{Task: task, Run: func(context.Context) error { return nil }}
	}
	live := scheduler.Live{Node: scheduler.ThisNode(8, 0)}
	for b.Loop() {
		if err := live.Run(b.Context(), jobs, func(scheduler.Outcome) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "jobs/s")
}

package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"shelfcast/engine/scheduler"
)

// A driver submits, passes, starts what the pass returns, and reports the end
// of each task. The scheduler itself runs nothing.
func ExampleScheduler() {
	s := scheduler.New()
	if err := s.AddNode(scheduler.Node{ID: "node-1", CPUMilli: 4000, MemBytes: 8 << 30}); err != nil {
		log.Fatal(err)
	}
	for _, t := range []scheduler.Task{
		{ID: "shard-1", Ask: scheduler.Ask{CPUMilli: 1000, MemBytes: 1 << 30}, Predicted: 10 * time.Second},
		{ID: "shard-2", Ask: scheduler.Ask{CPUMilli: 1000, MemBytes: 1 << 30}, Predicted: 30 * time.Second},
		{ID: "pool", Ask: scheduler.Ask{CPUMilli: 4000, MemBytes: 2 << 30}, Predicted: 20 * time.Second},
	} {
		if err := s.Submit(t); err != nil {
			log.Fatal(err)
		}
	}
	now := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	for _, start := range s.Pass(now) {
		fmt.Println("start", start.TaskID, "on", start.NodeID)
	}
	for _, w := range s.Waiting() {
		fmt.Println(w.Task.ID, w.Reason)
	}
	err := s.Submit(scheduler.Task{ID: "giant", Ask: scheduler.Ask{CPUMilli: 64000}})
	fmt.Println(errors.Is(err, scheduler.ErrNeverFits))
	// Output:
	// start shard-2 on node-1
	// start shard-1 on node-1
	// pool needs 4000 millicores, the most free on one node is 2000
	// true
}

// One job fails and one panics; the rest of the night goes on.
func ExampleLive_Run() {
	fit := func(context.Context) error { return nil }
	shard := func(n int, run func(context.Context) error) scheduler.Job {
		return scheduler.Job{
			Task: scheduler.Task{
				ID:        fmt.Sprintf("shard-%d", n),
				Ask:       scheduler.Ask{CPUMilli: 1000, MemBytes: 64 << 20},
				Predicted: time.Duration(10-n) * time.Second,
				Timeout:   time.Minute,
			},
			Run: run,
		}
	}
	jobs := []scheduler.Job{
		shard(1, fit),
		shard(2, func(context.Context) error { return errors.New("no history before the origin") }),
		shard(3, func(context.Context) error { panic("negative season length") }),
		shard(4, fit),
	}
	live := scheduler.Live{Node: scheduler.ThisNode(1, 1<<30)}
	err := live.Run(context.Background(), jobs, func(o scheduler.Outcome) error {
		fmt.Println(o.ID, o.Err)
		return nil
	})
	fmt.Println("run:", err)
	// Output:
	// shard-1 <nil>
	// shard-2 no history before the origin
	// shard-3 panic: negative season length
	// shard-4 <nil>
	// run: <nil>
}

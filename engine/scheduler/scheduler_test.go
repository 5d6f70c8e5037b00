package scheduler_test

import (
	"errors"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shelfcast/engine/scheduler"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// cluster returns a scheduler with the given nodes.
func cluster(t rapid.TB, nodes ...scheduler.Node) *scheduler.Scheduler {
	t.Helper()
	s := scheduler.New()
	for _, n := range nodes {
		if err := s.AddNode(n); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func submit(t rapid.TB, s *scheduler.Scheduler, tasks ...scheduler.Task) {
	t.Helper()
	for _, task := range tasks {
		if err := s.Submit(task); err != nil {
			t.Fatal(err)
		}
	}
}

func TestARefusalHasAReasonInWordsAndOneToDecideBy(t *testing.T) {
	t.Parallel()
	small := scheduler.Node{ID: "small", CPUMilli: 1500, MemBytes: 900}
	wide := scheduler.Node{ID: "wide", CPUMilli: 4000, MemBytes: 100}
	ok := scheduler.Ask{CPUMilli: 1000}
	cases := map[string]struct {
		task scheduler.Task
		want error
		text string
	}{
		"too many cores": {
			scheduler.Task{ID: "a", Ask: scheduler.Ask{CPUMilli: 4001}},
			scheduler.ErrNeverFits,
			`submit task "a": needs 4001 millicores, the most on one node is 4000: no node could ever fit the ask; lower the ask or add a larger node`,
		},
		"too many bytes": {
			scheduler.Task{ID: "a", Ask: scheduler.Ask{MemBytes: 901}},
			scheduler.ErrNeverFits,
			`submit task "a": needs 901 bytes of memory, the most on one node is 900: no node could ever fit the ask; lower the ask or add a larger node`,
		},
		"each on another node": {
			scheduler.Task{ID: "a", Ask: scheduler.Ask{CPUMilli: 2000, MemBytes: 500}},
			scheduler.ErrNeverFits,
			`submit task "a": needs 2000 millicores and 500 bytes of memory together, the most on one node is 4000 and 900 but on different nodes: no node could ever fit the ask; lower the ask or add a larger node`,
		},
		"known ID": {
			scheduler.Task{ID: "known", Ask: ok},
			scheduler.ErrDuplicate,
			`submit task "known": it already waits or runs: duplicate ID`,
		},
		"no ID": {
			scheduler.Task{Ask: ok},
			scheduler.ErrInvalid,
			`submit task "": a task needs an ID: not valid`,
		},
		"nothing asked": {
			scheduler.Task{ID: "a"},
			scheduler.ErrInvalid,
			`submit task "a": no millicores and no bytes of memory: name at least one: not valid`,
		},
		"negative amount": {
			scheduler.Task{ID: "a", Ask: scheduler.Ask{CPUMilli: 1, MemBytes: -1}},
			scheduler.ErrInvalid,
			`submit task "a": 1 millicores and -1 bytes of memory: amounts must not be negative: not valid`,
		},
		"negative duration": {
			scheduler.Task{ID: "a", Ask: ok, Timeout: -time.Second},
			scheduler.ErrInvalid,
			`submit task "a": predicted 0s, timeout -1s: durations must not be negative: not valid`,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := cluster(t, small, wide)
			submit(t, s, scheduler.Task{ID: "known", Ask: ok})
			err := s.Submit(c.task)
			if !errors.Is(err, c.want) || err.Error() != c.text {
				t.Errorf("got  %v\nwant %s", err, c.text)
			}
			if waits := s.Waiting(); len(waits) != 1 {
				t.Errorf("a refused task changed the queue: %v", waits)
			}
		})
	}
}

func TestWithoutNodesEveryTaskIsRefused(t *testing.T) {
	t.Parallel()
	err := scheduler.New().Submit(scheduler.Task{ID: "a", Ask: scheduler.Ask{CPUMilli: 1}})
	if !errors.Is(err, scheduler.ErrNeverFits) {
		t.Errorf("got %v", err)
	}
}

func TestANodeIsCheckedWhenItIsAdded(t *testing.T) {
	t.Parallel()
	s := cluster(t, scheduler.Node{ID: "n", CPUMilli: 1000})
	for want, n := range map[error]scheduler.Node{
		scheduler.ErrDuplicate: {ID: "n", CPUMilli: 2000},
		scheduler.ErrInvalid:   {ID: "m"},
	} {
		if err := s.AddNode(n); !errors.Is(err, want) {
			t.Errorf("add %+v: got %v, want %v", n, err, want)
		}
	}
	if err := s.AddNode(scheduler.Node{CPUMilli: 1}); !errors.Is(err, scheduler.ErrInvalid) {
		t.Errorf("a node without ID: got %v", err)
	}
}

func TestOnlyARunningTaskCanBeDone(t *testing.T) {
	t.Parallel()
	s := cluster(t, scheduler.Node{ID: "n", CPUMilli: 1000})
	submit(t, s, scheduler.Task{ID: "a", Ask: scheduler.Ask{CPUMilli: 1000}})
	for _, id := range []string{"a", "unknown"} { // a waits
		if err := s.Done(id); !errors.Is(err, scheduler.ErrNotRunning) {
			t.Errorf("done %s: got %v", id, err)
		}
	}
	s.Pass(noon)
	if err := s.Done("a"); err != nil {
		t.Error(err)
	}
	submit(t, s, scheduler.Task{ID: "a", Ask: scheduler.Ask{CPUMilli: 1000}}) // the ID is free again
}

func TestRunningTellsWhereAndSinceWhen(t *testing.T) {
	t.Parallel()
	s := cluster(t, scheduler.Node{ID: "n", CPUMilli: 2000})
	a := scheduler.Task{ID: "a", Ask: scheduler.Ask{CPUMilli: 1000}}
	b := scheduler.Task{ID: "b", Ask: scheduler.Ask{CPUMilli: 1000}, Priority: 1}
	submit(t, s, a)
	s.Pass(noon)
	submit(t, s, b)
	s.Pass(noon.Add(time.Minute))
	want := []scheduler.Placement{
		{Task: b, NodeID: "n", Since: noon.Add(time.Minute)},
		{Task: a, NodeID: "n", Since: noon},
	}
	if diff := cmp.Diff(want, s.Running()); diff != "" {
		t.Error(diff)
	}
}

func TestThisNodeCountsWholeCores(t *testing.T) {
	t.Parallel()
	want := scheduler.Node{ID: "local", CPUMilli: 3000, MemBytes: 1 << 30}
	if got := scheduler.ThisNode(3, 1<<30); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	all := scheduler.Node{ID: "local", CPUMilli: int64(runtime.GOMAXPROCS(0)) * 1000, MemBytes: math.MaxInt64}
	if got := scheduler.ThisNode(0, 0); got != all {
		t.Errorf("got %+v, want %+v", got, all)
	}
}

package scheduler

import (
	"fmt"
	"math"
	"runtime"
)

// Node is a place where tasks run, with what it has when nothing runs there.
type Node struct {
	ID       string // unique among the nodes present; not empty
	CPUMilli int64  // thousandths of a core
	MemBytes int64  // bytes of memory for tasks; 0 = none, so only asks without memory fit
}

// ThisNode returns the node that stands for this process, with ID "local":
// workers whole cores and memBytes bytes of memory. Workers below 1 means as
// many as Go runs goroutines at once (GOMAXPROCS); memBytes below 1 means that
// memory is not limited. It measures nothing.
func ThisNode(workers int, memBytes int64) Node {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	if memBytes < 1 {
		memBytes = math.MaxInt64
	}
	return Node{ID: "local", CPUMilli: int64(workers) * 1000, MemBytes: memBytes}
}

// capacity is the largest ask that fits on n while nothing runs there.
func (n Node) capacity() Ask {
	return Ask{CPUMilli: n.CPUMilli, MemBytes: n.MemBytes}
}

func (n Node) check() error {
	if n.ID == "" {
		return fmt.Errorf("a node needs an ID: %w", ErrInvalid)
	}
	return n.capacity().check()
}

// node is a Node at work. free and whole are its rooms in the two indexes of
// the scheduler; free.Ask is the largest ask that still fits.
type node struct {
	Node
	free, whole room
	running     map[*entry]struct{}
}

func newNode(n Node) *node {
	at := &node{Node: n, running: map[*entry]struct{}{}}
	at.free = room{Ask: n.capacity(), node: at}
	at.whole = room{Ask: n.capacity(), node: at}
	return at
}

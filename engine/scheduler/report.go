package scheduler

import (
	"maps"
	"slices"
	"time"
)

// Wait is a task in the queue and why it has not started, in words, such as
// "needs 4000 millicores, the most free on one node is 1500".
type Wait struct {
	Task   Task
	Reason string
}

// Waiting returns the tasks in the queue, first in line first, each with the
// reason why it waits at this moment.
func (s *Scheduler) Waiting() []Wait {
	var queued []*entry
	reasons := make(map[Ask]string, len(s.line))
	for _, sh := range s.line {
		queued = append(queued, sh.waiting.items...)
		reasons[sh.ask] = s.whyWaits(sh.ask)
	}
	slices.SortFunc(queued, compareEntries)
	waits := make([]Wait, len(queued))
	for i, e := range queued {
		waits[i] = Wait{Task: e.task, Reason: reasons[e.task.Ask]}
	}
	return waits
}

func (s *Scheduler) whyWaits(ask Ask) string {
	switch {
	case s.whole.bestFit(ask) == nil:
		return s.whole.shortage(ask, "the most on one node") + "; waits for another node"
	case s.free.bestFit(ask) == nil:
		return s.free.shortage(ask, "the most free on one node")
	}
	return "fits; waits for the next pass"
}

// Placement is a running task, where it runs and since when: the time that was
// given to the Pass that started it.
type Placement struct {
	Task   Task
	NodeID string
	Since  time.Time
}

// Running returns the running tasks in queue order.
func (s *Scheduler) Running() []Placement {
	running := map[*entry]struct{}{}
	for _, n := range s.nodes {
		maps.Copy(running, n.running)
	}
	placements := make([]Placement, 0, len(running))
	for _, e := range inQueueOrder(running) {
		placements = append(placements, Placement{Task: e.task, NodeID: e.on.ID, Since: e.since})
	}
	return placements
}

// NodeState is a node, what it has free and how many tasks run there.
type NodeState struct {
	Node
	FreeCPUMilli int64 // thousandths of a core
	FreeMemBytes int64 // bytes
	Tasks        int   // tasks running there
}

// Nodes returns the nodes present, sorted by ID.
func (s *Scheduler) Nodes() []NodeState {
	states := make([]NodeState, 0, len(s.nodes))
	for _, id := range slices.Sorted(maps.Keys(s.nodes)) {
		n := s.nodes[id]
		states = append(states, NodeState{
			Node:         n.Node,
			FreeCPUMilli: n.free.CPUMilli,
			FreeMemBytes: n.free.MemBytes,
			Tasks:        len(n.running),
		})
	}
	return states
}

package scheduler

import (
	"container/heap"
	"slices"
	"time"
)

// Start says that a task begins on a node.
type Start struct {
	TaskID string
	NodeID string
}

// Pass starts every waiting task that fits now, in the order of the queue, and
// returns the starts in that order; nil when nothing fits. Afterwards no waiting
// task fits on any node. Call it after a change: submission, end of a task, new
// node. now is recorded as the starting time and decides nothing.
func (s *Scheduler) Pass(now time.Time) []Start {
	var starts []Start
	turn := heapOf[*shape]{items: slices.Clone(s.line), compare: compareHeads}
	heap.Init(&turn)
	for turn.Len() > 0 {
		first := turn.items[0]
		n := s.free.bestFit(first.ask)
		if n == nil {
			heap.Pop(&turn) // nothing is freed during a pass: the shape will not fit later in it
			continue
		}
		e := heap.Pop(&first.waiting).(*entry)
		s.start(e, n, now)
		starts = append(starts, Start{TaskID: e.task.ID, NodeID: n.ID})
		if first.empty() {
			heap.Remove(&turn, 0)
		} else {
			heap.Fix(&turn, 0)
		}
	}
	s.dropEmptyShapes()
	return starts
}

func (s *Scheduler) start(e *entry, n *node, now time.Time) {
	e.on, e.since = n, now
	n.running[e] = struct{}{}
	s.setFree(n, n.free.minus(e.task.Ask))
}

// Package scheduler decides where work runs and runs it there.
//
// It knows cores, bytes, nodes and tasks with a predicted length. It knows
// nothing of forecasts, of files or of databases, and imports the standard
// library only, so that training, scoring and serving can share one queue.
//
// It comes in two layers.
//
//   - [Scheduler] is a pure state machine. [Scheduler.Submit], [Scheduler.Done],
//     [Scheduler.AddNode], [Scheduler.RemoveNode] and [Scheduler.Pass] change
//     it; it starts no goroutine, reads no clock and does no input or output.
//     The same calls in the same order give the same placements.
//   - [Live] is a driver: it runs Go functions on this machine under a
//     Scheduler, with goroutines, contexts and timeouts.
//
// # Policy
//
// Higher priority first; among equals the longest predicted task first (LPT,
// Graham, SIAM Journal on Applied Mathematics 17(2), 1969), so that the night
// does not end waiting for one long task that started last; then the order of
// submission. A task goes to the node where it fits best: the fewest free
// millicores left, then the fewest free bytes, then the smallest node ID.
//
// Placement is work conserving: when the first task in line fits nowhere, tasks
// behind it that do fit start, and may pass it again and again. A task that
// needs a whole node can therefore wait until the small ones run out; nothing
// is held back for it.
//
// Amounts are promises, not measurements: a task that uses more than it asked
// for is not noticed here.
//
// Ask, Node and Task gain fields as the scheduler learns of further resources;
// write their literals with field names.
package scheduler

import (
	"fmt"
	"time"
)

// Scheduler is the state of the queue and of the nodes. Create it with [New].
// It is not safe for concurrent use: one goroutine, the driver's, owns it.
//
// A pass costs about (distinct asks waiting) × log(nodes), whatever the length
// of the queue. Rounding asks up to a few sizes keeps the first factor small.
type Scheduler struct {
	entries map[string]*entry // every task that waits or runs, by its ID
	shapes  map[Ask]*shape    // waiting tasks, grouped by identical ask
	line    []*shape          // the same shapes as a slice; none of them is empty
	nodes   map[string]*node  // by node ID
	free    index             // one room a node: what it has free
	whole   index             // one room a node: what it has when empty
	nextSeq int64             // submission number of the next task
}

// New returns a scheduler without nodes and without tasks.
func New() *Scheduler {
	return &Scheduler{
		entries: map[string]*entry{},
		shapes:  map[Ask]*shape{},
		nodes:   map[string]*node{},
	}
}

// Submit puts t in the queue; a later [Scheduler.Pass] starts it.
//
// It is refused at once, and the scheduler is unchanged, with
//   - [ErrInvalid] when t has no ID, a negative amount or duration, or asks for nothing;
//   - [ErrDuplicate] when a task of that ID waits or runs (an ID is free again after Done);
//   - [ErrNeverFits] when no node of those present, even empty, has what t asks for:
//     add the nodes before the tasks.
func (s *Scheduler) Submit(t Task) error {
	if err := t.check(); err != nil {
		return fmt.Errorf("submit task %q: %w", t.ID, err)
	}
	if _, known := s.entries[t.ID]; known {
		return fmt.Errorf("submit task %q: it already waits or runs: %w", t.ID, ErrDuplicate)
	}
	if s.whole.bestFit(t.Ask) == nil {
		return fmt.Errorf("submit task %q: %s: %w; lower the ask or add a larger node",
			t.ID, s.whole.shortage(t.Ask, "the most on one node"), ErrNeverFits)
	}
	e := &entry{task: t, seq: s.nextSeq}
	s.nextSeq++
	s.entries[t.ID] = e
	s.enqueue(e)
	return nil
}

// Done tells that the task no longer runs, however it ended: its amounts are
// free again and its ID is forgotten. The error is [ErrNotRunning] when no task
// of that ID runs, for instance because its node was removed and it waits again.
func (s *Scheduler) Done(id string) error {
	e, known := s.entries[id]
	if !known || e.on == nil {
		return fmt.Errorf("finish task %q: %w", id, ErrNotRunning)
	}
	delete(s.entries, id)
	delete(e.on.running, e)
	s.setFree(e.on, e.on.free.plus(e.task.Ask))
	return nil
}

// AddNode makes n available from the next pass on. The error is [ErrDuplicate]
// when a node of that ID is present, [ErrInvalid] when n has no ID, a negative
// amount or nothing to give.
func (s *Scheduler) AddNode(n Node) error {
	if err := n.check(); err != nil {
		return fmt.Errorf("add node %q: %w", n.ID, err)
	}
	if _, known := s.nodes[n.ID]; known {
		return fmt.Errorf("add node %q: it is already present: %w", n.ID, ErrDuplicate)
	}
	added := newNode(n)
	s.nodes[n.ID] = added
	s.free.insert(&added.free)
	s.whole.insert(&added.whole)
	return nil
}

// RemoveNode takes a node away, puts the tasks that ran there back in the queue
// at their old places, and returns them in queue order, so that the driver can
// give up their old runs. It returns nil when the node is not present. A task
// that no remaining node can fit waits until such a node is added.
func (s *Scheduler) RemoveNode(id string) []Task {
	gone, known := s.nodes[id]
	if !known {
		return nil
	}
	delete(s.nodes, id)
	s.free.remove(&gone.free)
	s.whole.remove(&gone.whole)

	var requeued []Task
	for _, e := range inQueueOrder(gone.running) {
		e.on, e.since = nil, time.Time{}
		s.enqueue(e)
		requeued = append(requeued, e.task)
	}
	return requeued
}

// setFree records what n has free now and keeps the index sorted.
func (s *Scheduler) setFree(n *node, free Ask) {
	s.free.remove(&n.free)
	n.free.Ask = free
	s.free.insert(&n.free)
}

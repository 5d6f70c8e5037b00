package scheduler

import (
	"cmp"
	"container/heap"
	"maps"
	"slices"
	"time"
)

// entry is a task that waits (on is nil) or runs.
type entry struct {
	task  Task
	seq   int64     // submission number; kept when the task is requeued
	on    *node     // where it runs
	since time.Time // when it started
}

// compareEntries is the order of the queue. It is total: seq differs.
func compareEntries(a, b *entry) int {
	return cmp.Or(
		cmp.Compare(b.task.Priority, a.task.Priority),
		cmp.Compare(b.task.Predicted, a.task.Predicted),
		cmp.Compare(a.seq, b.seq),
	)
}

func inQueueOrder(set map[*entry]struct{}) []*entry {
	return slices.SortedFunc(maps.Keys(set), compareEntries)
}

// shape is the waiting tasks of one ask. When one of them does not fit, none does.
type shape struct {
	ask     Ask
	waiting heapOf[*entry]
}

func (s *shape) head() *entry { return s.waiting.items[0] }

func (s *shape) empty() bool { return len(s.waiting.items) == 0 }

func compareHeads(a, b *shape) int { return compareEntries(a.head(), b.head()) }

// enqueue puts a waiting entry among those of its shape.
func (s *Scheduler) enqueue(e *entry) {
	sh, known := s.shapes[e.task.Ask]
	if !known {
		sh = &shape{ask: e.task.Ask, waiting: heapOf[*entry]{compare: compareEntries}}
		s.shapes[sh.ask] = sh
		s.line = append(s.line, sh)
	}
	heap.Push(&sh.waiting, e)
}

// dropEmptyShapes forgets the shapes whose tasks have all started.
func (s *Scheduler) dropEmptyShapes() {
	s.line = slices.DeleteFunc(s.line, func(sh *shape) bool {
		if sh.empty() {
			delete(s.shapes, sh.ask)
		}
		return sh.empty()
	})
}

// heapOf is a heap.Interface with the first item by compare at items[0].
type heapOf[T any] struct {
	items   []T
	compare func(a, b T) int
}

func (h *heapOf[T]) Len() int           { return len(h.items) }
func (h *heapOf[T]) Less(i, j int) bool { return h.compare(h.items[i], h.items[j]) < 0 }
func (h *heapOf[T]) Swap(i, j int)      { h.items[i], h.items[j] = h.items[j], h.items[i] }
func (h *heapOf[T]) Push(x any)         { h.items = append(h.items, x.(T)) }

func (h *heapOf[T]) Pop() any {
	last := len(h.items) - 1
	x := h.items[last]
	h.items = slices.Delete(h.items, last, last+1) // Delete clears the slot: no task is kept alive by it
	return x
}

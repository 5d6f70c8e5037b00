package scheduler

import (
	"fmt"
	"time"
)

// Ask is what one task occupies while it runs, all of it on one node.
type Ask struct {
	CPUMilli int64 // thousandths of a core; 0 for a task that spends its time waiting for a disk or a database
	MemBytes int64 // bytes of memory at its peak; 0 when negligible
}

// within tells whether a fits into room.
func (a Ask) within(room Ask) bool {
	return a.CPUMilli <= room.CPUMilli && a.MemBytes <= room.MemBytes
}

func (a Ask) plus(b Ask) Ask {
	return Ask{CPUMilli: a.CPUMilli + b.CPUMilli, MemBytes: a.MemBytes + b.MemBytes}
}

func (a Ask) minus(b Ask) Ask {
	return Ask{CPUMilli: a.CPUMilli - b.CPUMilli, MemBytes: a.MemBytes - b.MemBytes}
}

// check refuses negative amounts, and nothing at all: tasks that occupy nothing
// would all run at once.
func (a Ask) check() error {
	if a.CPUMilli < 0 || a.MemBytes < 0 {
		return fmt.Errorf("%d millicores and %d bytes of memory: amounts must not be negative: %w",
			a.CPUMilli, a.MemBytes, ErrInvalid)
	}
	if a == (Ask{}) {
		return fmt.Errorf("no millicores and no bytes of memory: name at least one: %w", ErrInvalid)
	}
	return nil
}

// Task is a piece of work as the scheduler sees it: a name and what it takes.
type Task struct {
	ID        string        // unique among the tasks that wait or run; not empty
	Priority  int           // higher goes first; 0 is the usual
	Ask       Ask           // what it occupies while it runs
	Predicted time.Duration // expected running time, for the order only; 0 = unknown, goes last in its priority
	Timeout   time.Duration // longest running time the driver allows; 0 = no limit
}

func (t Task) check() error {
	if t.ID == "" {
		return fmt.Errorf("a task needs an ID: %w", ErrInvalid)
	}
	if t.Predicted < 0 || t.Timeout < 0 {
		return fmt.Errorf("predicted %v, timeout %v: durations must not be negative: %w",
			t.Predicted, t.Timeout, ErrInvalid)
	}
	return t.Ask.check()
}

package scheduler

import (
	"errors"
	"fmt"
)

// The reasons a caller can decide by, with errors.Is.
var (
	// ErrInvalid: a task or node contradicts itself, such as a negative amount.
	ErrInvalid = errors.New("not valid")
	// ErrDuplicate: the ID is in use.
	ErrDuplicate = errors.New("duplicate ID")
	// ErrNeverFits: no node present has what the task asks for, even when empty.
	ErrNeverFits = errors.New("no node could ever fit the ask")
	// ErrNotRunning: no task of that ID runs.
	ErrNotRunning = errors.New("not running")
	// ErrTimeout: the task ran longer than its own Timeout. An error that is
	// ErrTimeout is context.DeadlineExceeded too.
	ErrTimeout = errors.New("timeout")
	// ErrNotStarted: the run was stopped while the task waited.
	ErrNotStarted = errors.New("not started")
)

// PanicError is the outcome of a job that panicked, or that left its goroutine
// with runtime.Goexit, in which case Value is nil.
type PanicError struct {
	Value any    // what was passed to panic
	Stack []byte // the goroutine's stack at the panic, as debug.Stack prints it
}

// Error gives the value without the stack, in one line.
func (e *PanicError) Error() string {
	if e.Value == nil {
		return "goroutine left by runtime.Goexit"
	}
	return fmt.Sprintf("panic: %v", e.Value)
}

// Unwrap returns the value when it is an error, so that errors.Is sees it.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

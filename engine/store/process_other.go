//go:build unix && !linux

package store

import (
	"errors"
	"syscall"
)

// endsWithOwner is false: only Linux tells a child that its parent has ended. A server whose owner was killed goes on
// until the next process attaches to it, or until StopServer.
const endsWithOwner = false

func endWithOwner(*syscall.SysProcAttr) {}

// serves cannot be told without /proc; whether the server answers is asked next.
func serves(int, string) bool { return true }

// alive reports whether a process of that number exists, whoever owns it.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

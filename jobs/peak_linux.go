package jobs

import "syscall"

// peakBytes returns the most memory that this process has held, in bytes.
func peakBytes() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Maxrss * 1024 // the kernel counts in KiB
}

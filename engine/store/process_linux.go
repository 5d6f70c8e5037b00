package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// endsWithOwner is true where the kernel ends the server when its owner ends.
const endsWithOwner = true

// endWithOwner makes the kernel send the server SIGINT, a fast and clean shutdown, when its owner ends.
func endWithOwner(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }

// serves reports whether a process is a server on that data directory, which is where a server works, and not one that
// has got the number of a server that crashed. Where it may not be asked, it is taken for one.
func serves(pid int, data string) bool {
	works, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return errors.Is(err, fs.ErrPermission)
	}
	mine, err := os.Stat(data)
	return err == nil && os.SameFile(works, mine)
}

// alive reports whether a process runs, whoever owns it. One that has ended and whose parent has not asked yet does not.
func alive(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	// pid (name) state …; the name may hold brackets.
	i := bytes.LastIndexByte(text, ')')
	return i >= 0 && i+2 < len(text) && text[i+2] != 'Z'
}

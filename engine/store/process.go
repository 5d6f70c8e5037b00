//go:build unix

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a server that this process has started.
type process struct {
	home    home
	cmd     *exec.Cmd
	ended   chan struct{} // closed when the server has ended
	logFrom int64         // size of the log before the server began to write
}

// settings of the server: a nightly batch that loads much, builds indexes and is read by few. What makes data safe
// (fsync, full_page_writes, synchronous_commit) keeps its default, on.
var settings = []string{
	"listen_addresses=",
	"unix_socket_permissions=0700",
	"max_connections=60",
	"shared_buffers=256MB",
	"work_mem=32MB",
	"maintenance_work_mem=256MB", // the primary keys of a night are built in it
	"max_wal_size=4GB",           // a night is one long load: fewer checkpoints, fewer full pages
	"checkpoint_timeout=15min",
	"wal_compression=on",
	"random_page_cost=1.1", // solid-state disks
	"jit=off",              // costs more than it gives on queries of this size
	"log_line_prefix=%m [%p] %a ",
	"log_timezone=UTC",
	"timezone=UTC",
	"logging_collector=off", // the log is the file that the server is started with
}

// startProcess starts the server. Unless it stays, the kernel tells it to shut down when its owner ends, however that
// comes about; where the kernel cannot, Stop does.
func startProcess(h home, b binaries, a account, socket string, stay bool) (*process, error) {
	log, err := h.openLog()
	if err != nil {
		return nil, err
	}
	defer log.Close()
	info, err := log.Stat()
	if err != nil {
		return nil, err
	}
	args := []string{"-D", h.data(), "-c", "unix_socket_directories=" + socket, "-c", fmt.Sprintf("port=%d", serverPort)}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	p := &process{home: h, cmd: exec.Command(b.path("postgres"), args...), ended: make(chan struct{}), logFrom: info.Size()}
	prepareCommand(p.cmd, a)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if stay {
		p.cmd.SysProcAttr.Setpgid, p.cmd.SysProcAttr.Setsid = false, true
	} else {
		endWithOwner(p.cmd.SysProcAttr)
	}
	started := make(chan error)
	go p.watch(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run %s: %w", p.cmd.Path, err)
	}
	return p, nil
}

// watch starts the server and waits for its end. It keeps its thread for as long, because the kernel takes the end of
// the thread that started a child for the end of its parent.
func (p *process) watch(started chan<- error) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // how it ended stands in its log
	close(p.ended)
}

// awaitReady waits until the server accepts connections, which after a crash takes as long as its recovery.
func (p *process) awaitReady(ctx context.Context) (postmaster, error) {
	for {
		select {
		case <-p.ended:
			return postmaster{}, fmt.Errorf("it ended at once: %s", p.cmd.ProcessState)
		default:
		}
		if pm, running, err := readPostmaster(p.home); err == nil && running && pm.pid == p.cmd.Process.Pid && pm.ready(ctx) {
			return pm, nil
		}
		if err := pause(ctx, startPoll); err != nil {
			return postmaster{}, fmt.Errorf("wait until it is ready: %w", err)
		}
	}
}

// stop asks for a fast shutdown, which does not wait for clients, and waits for its end.
func (p *process) stop(ctx context.Context) error {
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for process %d to end: %w; it is still shutting down", p.cmd.Process.Pid, context.Cause(ctx))
	}
}

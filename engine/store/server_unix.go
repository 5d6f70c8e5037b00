//go:build unix

package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// startServer attaches or starts, with the lock of the data home held, so that of two processes one starts the server
// and the other attaches to it.
func startServer(ctx context.Context, h home, stay bool) (*Server, error) {
	lock, err := h.open(ctx)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if s, err := h.attach(ctx); s != nil || err != nil {
		return s, errors.Join(err, h.checkStays(s, stay))
	}
	return h.start(ctx, stay, lock)
}

func findServer(ctx context.Context, h home) (*Server, error) {
	if _, err := os.Stat(h.data()); os.IsNotExist(err) {
		return nil, nil
	}
	return h.attach(ctx)
}

// attach returns the server that runs on the data home, nil where none does. It waits for a server that is on its way
// up or down: one whose owner has been killed still answers for a moment.
func (h home) attach(ctx context.Context) (*Server, error) {
	for {
		p, running, err := readPostmaster(h)
		if err != nil || !running {
			return nil, err
		}
		if !h.orphaned() && p.ready(ctx) {
			err := p.ensureDatabase(ctx)
			if err == nil {
				return &Server{url: p.url(databaseName), home: h, attached: true}, nil
			}
			if p.ready(ctx) { // it is not that the server has just begun to end
				return nil, err
			}
		}
		if err := pause(ctx, startPoll); err != nil {
			return nil, fmt.Errorf("wait for server process %d, which is %s: %w; %s", p.pid, p.status, err, h.logTail(0))
		}
	}
}

// start starts a server of its own, with the lock of the data home held.
func (h home) start(ctx context.Context, stay bool, lock *os.File) (*Server, error) {
	major, err := dataVersion(h)
	if err != nil {
		return nil, err
	}
	b, err := findBinaries(ctx, major)
	if err != nil {
		return nil, err
	}
	a, err := serverAccount(h)
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(string(h))
	if err != nil {
		return nil, err
	}
	if err := a.checkReach(real); err != nil {
		return nil, err
	}
	if major == 0 {
		if err := h.initialise(ctx, b, a, lock); err != nil {
			return nil, err
		}
	}
	return h.launch(ctx, b, a, stay)
}

func (h home) launch(ctx context.Context, b binaries, a account, stay bool) (*Server, error) {
	socket, err := h.socketDir(a)
	if err != nil {
		return nil, err
	}
	if err := h.writeOwner(stay); err != nil {
		return nil, err
	}
	p, err := startProcess(h, b, a, socket, stay)
	if err != nil {
		return nil, err
	}
	pm, err := p.awaitReady(ctx)
	if err == nil {
		err = pm.ensureDatabase(ctx)
	}
	if err != nil {
		why := h.logTail(p.logFrom)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failTimeout)
		defer cancel()
		return nil, errors.Join(fmt.Errorf("%w; %s", err, why), p.stop(ctx))
	}
	return &Server{url: pm.url(databaseName), home: h, process: p}, nil
}

// writeOwner records which process the server ends with: 0 for one that stays.
func (h home) writeOwner(stay bool) error {
	pid := os.Getpid()
	if stay {
		pid = 0
	}
	return os.WriteFile(h.owner(), []byte(strconv.Itoa(pid)), 0o644)
}

// ownerPID returns the process that the running server ends with; 0 where it stays, or where that is not known.
func (h home) ownerPID() int {
	text, err := os.ReadFile(h.owner())
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}

// orphaned reports whether the running server's owner is gone, and so the server about to end.
func (h home) orphaned() bool {
	pid := h.ownerPID()
	return endsWithOwner && pid != 0 && !alive(pid)
}

// checkStays reports a server that was attached to and will not stay though one that stays was asked for.
func (h home) checkStays(s *Server, stay bool) error {
	if pid := h.ownerPID(); s != nil && stay && pid != 0 {
		return fmt.Errorf("it runs already, as part of process %d, and ends with it; wait until that process has ended and try again", pid)
	}
	return nil
}

// stopServer ends whatever server runs on the data home.
func stopServer(ctx context.Context, h home) (stopped bool, err error) {
	p, running, err := readPostmaster(h)
	if err != nil || !running {
		return false, err
	}
	if err := syscall.Kill(p.pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return false, fmt.Errorf("signal process %d: %w; stop it as the user that it runs as", p.pid, err)
	}
	for now := p; running && now.pid == p.pid; {
		if err := pause(ctx, startPoll); err != nil {
			return false, fmt.Errorf("wait for process %d to end: %w; it is still shutting down", p.pid, err)
		}
		if now, running, err = readPostmaster(h); err != nil {
			return false, err
		}
	}
	return true, nil
}

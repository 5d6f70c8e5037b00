//go:build unix

package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

// starterVar makes the test program a process that starts a server: its value is own or stay.
const starterVar = "SHELFCAST_TEST_STARTER"

func TestMain(m *testing.M) {
	if mode := os.Getenv(starterVar); mode != "" {
		os.Exit(startAndWait(mode))
	}
	code := m.Run()
	os.RemoveAll(initialised.dir)
	storetest.Stop()
	os.Exit(code)
}

// startAndWait starts a server, says so, and waits until its input ends; then it stops the server that it owns.
func startAndWait(mode string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := store.StartServer(ctx, store.ServerConfig{Stay: mode == "stay"})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("started", s.Attached(), s.URL())
	io.Copy(io.Discard, os.Stdin)
	if mode == "stay" {
		return 0
	}
	if err := s.Stop(ctx); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

// starter is a process that has started a server or attached to one.
type starter struct {
	cmd      *exec.Cmd
	stdin    io.Closer
	out      *bufio.Reader
	attached bool
	url      string
}

// spawn runs a starter on a data home without waiting for its server.
func spawn(t *testing.T, dir, mode string) *starter {
	t.Helper()
	s := &starter{cmd: exec.Command(os.Args[0])}
	s.cmd.Env = append(os.Environ(), starterVar+"="+mode, "SHELFCAST_HOME="+dir)
	in, err := s.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.stdin, s.out = in, bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	return s
}

// await waits until the starter's server is up.
func (s *starter) await(t *testing.T) *starter {
	t.Helper()
	line, err := s.out.ReadString('\n')
	word := strings.Fields(line)
	if err != nil || len(word) != 3 || word[0] != "started" {
		t.Fatalf("the starter said %q: %v", line, err)
	}
	s.attached, s.url = word[1] == "true", word[2]
	return s
}

// kill ends the starter as a crash would.
func (s *starter) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// leave lets the starter end as it wants to.
func (s *starter) leave(t *testing.T) {
	t.Helper()
	s.stdin.Close()
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

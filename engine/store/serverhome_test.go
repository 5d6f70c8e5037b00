//go:build unix

package store_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"shelfcast/engine/store"
)

// homeDir is a data home that the server's user can reach: a test's own directory may lie under a closed one.
func homeDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "shelfcast-home-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := store.StopServer(context.Background(), store.ServerConfig{Dir: dir}); err != nil {
			t.Error(err)
		}
		os.RemoveAll(dir)
	})
	return dir
}

// initialised is a data home that was started once, for tests to copy: to initialise one takes a second.
var initialised struct {
	sync.Once
	dir string
	err error
}

func makeInitialised() (string, error) {
	dir, err := os.MkdirTemp("", "shelfcast-initialised-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		return dir, err
	}
	s, err := store.StartServer(context.Background(), store.ServerConfig{Dir: dir})
	if err != nil {
		return dir, err
	}
	return dir, s.Stop(context.Background())
}

// initialisedHome is a data home whose server has run before and does not run.
func initialisedHome(t *testing.T) string {
	t.Helper()
	initialised.Do(func() { initialised.dir, initialised.err = makeInitialised() })
	if initialised.err != nil {
		t.Fatal(initialised.err)
	}
	dir := homeDir(t)
	if out, err := exec.Command("cp", "-a", filepath.Join(initialised.dir, "data"), dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

func startServer(t *testing.T, dir string) *store.Server {
	t.Helper()
	s, err := store.StartServer(t.Context(), store.ServerConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// processesOn returns the processes that work in a data home.
func processesOn(dir string) []int {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var pids []int
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil && strings.HasPrefix(to, dir+"/") {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			pids = append(pids, pid)
		}
	}
	return pids
}

func awaitNone(t *testing.T, dir string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); len(processesOn(dir)) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("processes %v are still there", processesOn(dir))
		}
	}
}

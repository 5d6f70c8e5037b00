//go:build unix

package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"shelfcast/engine/store"
)

func TestDataThatIsNotOursToReadIsRefusedAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, content, want string }{
		"of another version": {"PG_VERSION", "9\n", "written by Postgres 9"},
		"of no version":      {"PG_VERSION", "?\n", "is no version of Postgres"},
		"of another program": {"photos.txt", "mine", "holds files and no PG_VERSION"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := homeDir(t)
			for file, content := range map[string]string{c.file: c.content, "base.dat": "precious"} {
				path := filepath.Join(dir, "data", file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			_, err := store.StartServer(t.Context(), store.ServerConfig{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "nothing was changed") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %v", err)
			}
			entries, _ := os.ReadDir(filepath.Join(dir, "data"))
			if len(entries) != 2 {
				t.Errorf("%d of 2 files are left", len(entries))
			}
			if text, err := os.ReadFile(filepath.Join(dir, "data", "base.dat")); string(text) != "precious" {
				t.Errorf("a file holds %q: %v", text, err)
			}
		})
	}
}

func TestWithoutPostgresTheErrorSaysWhatToInstall(t *testing.T) {
	dir := homeDir(t)
	t.Setenv("SHELFCAST_PGBIN", "/nowhere")
	_, err := store.StartServer(t.Context(), store.ServerConfig{Dir: dir})
	if !errors.Is(err, store.ErrNoBinaries) || !strings.Contains(err.Error(), "/nowhere") {
		t.Errorf("error is %v", err)
	}
}

func TestADirectoryThatTheServersUserCannotEnterIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root drops to another user")
	}
	closed := homeDir(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := store.StartServer(t.Context(), store.ServerConfig{Dir: filepath.Join(closed, "inner")})
	if err == nil || !strings.Contains(err.Error(), "may not enter "+closed+" ") || !strings.Contains(err.Error(), "chmod o+x") {
		t.Errorf("error is %v", err)
	}
}

func TestALongDirectoryGetsItsSocketElsewhere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(homeDir(t), strings.Repeat("long", 25))
	s := startServer(t, dir)
	if n := one[int32](t, open(t, s.URL()), "select 1"); n != 1 {
		t.Error("it does not answer")
	}
	sockets := column[string](t, open(t, s.URL()), "select current_setting('unix_socket_directories')")
	info, err := os.Stat(sockets[0])
	if err != nil || info.Mode().Perm() != 0o700 || strings.HasPrefix(sockets[0], dir) {
		t.Errorf("the socket lies in %s: %v", sockets, err)
	}
	t.Cleanup(func() { os.RemoveAll(sockets[0]) })
}

func TestAServerThatDoesNotStartShowsTheEndOfItsLog(t *testing.T) {
	t.Parallel()
	dir := initialisedHome(t)
	f, err := os.OpenFile(filepath.Join(dir, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "no_such_setting = 1")
	f.Close()
	_, err = store.StartServer(t.Context(), store.ServerConfig{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") || !strings.Contains(err.Error(), filepath.Join(dir, "server.log")) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error is %v", err)
	}
}

func TestAnInitialisationThatWasCutShortIsDoneAgain(t *testing.T) {
	t.Parallel()
	dir := homeDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "data.init", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.StartServer(ended, store.ServerConfig{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("a start that was cancelled gives %v", err)
	}
	var wg sync.WaitGroup
	urls := make([]string, 2)
	for i := range urls {
		wg.Go(func() { urls[i] = startServer(t, dir).URL() })
	}
	wg.Wait()
	if len(slices.Compact(urls)) != 1 {
		t.Errorf("two goroutines got %v", urls)
	}
}

func TestAnInitialisationThatFailsShowsWhy(t *testing.T) {
	bin := homeDir(t)
	for name, script := range map[string]string{
		"postgres": "echo 'postgres (PostgreSQL) 99.0'",
		"initdb":   "echo 'creating subdirectories ... ok'; echo 'FATAL:  could not write to file: No space left on device'; echo 'a\nb\nc\nd\ne'; exit 1",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SHELFCAST_PGBIN", bin)
	_, err := store.StartServer(t.Context(), store.ServerConfig{Dir: homeDir(t)})
	if err == nil || !strings.Contains(err.Error(), "No space left on device") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error is %v", err)
	}
}

func TestTheDataHomeIsWhereTheConfigurationOrTheEnvironmentSays(t *testing.T) {
	for _, name := range []string{"SHELFCAST_HOME", "XDG_DATA_HOME", "HOME"} {
		t.Setenv(name, "")
	}
	home := func(cfg store.ServerConfig) string {
		t.Helper()
		dir, err := store.DataHome(cfg)
		if err != nil {
			return err.Error()
		}
		return dir
	}
	if os.Geteuid() == 0 {
		if got := home(store.ServerConfig{}); got != "/var/lib/shelfcast" {
			t.Errorf("for root it is %s", got)
		}
	} else {
		if got := home(store.ServerConfig{}); !strings.Contains(got, "set SHELFCAST_HOME") {
			t.Errorf("without a home it is %s", got)
		}
		t.Setenv("HOME", "/home/ann")
		if got := home(store.ServerConfig{}); got != "/home/ann/.local/share/shelfcast" {
			t.Errorf("under HOME it is %s", got)
		}
		t.Setenv("XDG_DATA_HOME", "/home/ann/data")
		if got := home(store.ServerConfig{}); got != "/home/ann/data/shelfcast" {
			t.Errorf("under XDG_DATA_HOME it is %s", got)
		}
	}
	t.Setenv("SHELFCAST_HOME", "/srv/shelfcast")
	if got := home(store.ServerConfig{}); got != "/srv/shelfcast" {
		t.Errorf("with SHELFCAST_HOME it is %s", got)
	}
	if got := home(store.ServerConfig{Dir: "/data"}); got != "/data" {
		t.Errorf("as configured it is %s", got)
	}
}

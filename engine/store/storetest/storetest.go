// Package storetest gives each test a database of its own: migrated, empty, on a real Postgres.
//
// One embedded server is started for the test process, on first use, in a directory of temporary files. It ends with
// the process. Where Postgres is not installed the test fails and says what to install.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"shelfcast/engine/store"
)

const (
	dirPrefix = "shelfcast-storetest-"
	template  = "shelfcast_template"
	patience  = 90 * time.Second // a first start takes about two seconds on an idle machine
)

// once is the server of this test process.
var once struct {
	sync.Mutex
	server *store.Server
	dir    string
	err    error
	tried  bool
}

var databases atomic.Int64

// URL returns the connection string of a fresh database that is migrated and empty. It is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := execute(ctx, s.URL(), "create database "+name+" template "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := execute(ctx, s.URL(), "drop database if exists "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	return named(s.URL(), name)
}

// Open returns a fresh database, open. It is closed and dropped when the test ends.
func Open(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// Main runs the tests of a package and stops the server: call it from TestMain, or call Stop there. Without either the
// server ends with the process, and its files are removed by the next test process that starts one.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop stops the server of this test process, if it was started, and removes its files.
func Stop() {
	once.Lock()
	defer once.Unlock()
	if once.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := once.server.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.RemoveAll(once.dir)
}

// start starts the server, once, and makes the template that each database is a copy of.
func start(ctx context.Context) (*store.Server, error) {
	once.Lock()
	defer once.Unlock()
	if !once.tried {
		once.tried = true
		sweep()
		once.server, once.err = launch(ctx)
	}
	return once.server, once.err
}

func launch(ctx context.Context) (*store.Server, error) {
	once.dir = filepath.Join(os.TempDir(), dirPrefix+strconv.Itoa(os.Getpid()))
	s, err := store.StartServer(ctx, store.ServerConfig{Dir: once.dir})
	if err != nil {
		return nil, err
	}
	// The data of a test need not outlive the power of the machine.
	for _, statement := range []string{"alter system set fsync = off", "select pg_reload_conf()", "create database " + template} {
		if err := execute(ctx, s.URL(), statement); err != nil {
			return nil, err
		}
	}
	db, err := store.Open(ctx, named(s.URL(), template))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return s, db.Migrate(ctx)
}

// named returns the connection string of another database of the same server.
func named(url, database string) string {
	return strings.Replace(url, "/shelfcast?", "/"+database+"?", 1)
}

func execute(ctx context.Context, url, statement string) error {
	db, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Rows(ctx, statement)
	if err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}

// sweep removes what test processes that were killed have left.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), dirPrefix+"*")) // the pattern is a constant and valid
	for _, dir := range left {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), dirPrefix))
		if err != nil || running(pid) {
			continue
		}
		if s, err := store.FindServer(context.Background(), store.ServerConfig{Dir: dir}); err == nil && s == nil {
			os.RemoveAll(dir)
		}
	}
}

func running(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && p.Signal(syscall.Signal(0)) == nil
}

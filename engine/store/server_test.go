//go:build unix

package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"shelfcast/engine/store"
)

func TestAKilledOwnerLeavesNoServerBehindAndNoDataIsLost(t *testing.T) {
	t.Parallel()
	dir := initialisedHome(t)
	owner := spawn(t, dir, "own").await(t)
	db := open(t, owner.url)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	spec := specOf(monday, 20, 10, 7, 0.5)
	run := begin(t, db, spec)
	write(t, run, spec, 0)
	if len(processesOn(dir)) == 0 {
		t.Fatal("the server's processes are not found, so their absence would prove nothing")
	}
	owner.kill(t)
	awaitNone(t, dir)
	log, err := os.ReadFile(filepath.Join(dir, "server.log"))
	if err != nil || !strings.Contains(string(log), "database system is shut down") {
		t.Errorf("the shutdown was not clean: %v", err)
	}
	s := startServer(t, dir)
	if s.Attached() {
		t.Error("attached to a server that is gone")
	}
	again := open(t, s.URL())
	resumed := begin(t, again, spec)
	if resumed.ID() != run.ID() || len(resumed.Done()) != 1 {
		t.Errorf("run %d with %d shards is left of run %d with 1", resumed.ID(), len(resumed.Done()), run.ID())
	}
	write(t, resumed, spec, 1)
	if err := resumed.Publish(t.Context(), summaryOf(spec)); err != nil {
		t.Error(err)
	}
	if n := one[int64](t, again, "select count(*) from shelfcast.forecast_current"); n != 140 {
		t.Errorf("%d of 140 rows", n)
	}
}

func TestWhoComesWhileTheServerOfAKilledOwnerEndsStartsAnew(t *testing.T) {
	t.Parallel()
	dir := initialisedHome(t)
	for round := range 4 {
		owner := spawn(t, dir, "own").await(t)
		db := open(t, owner.url)
		do(t, db, fmt.Sprintf("create table public.kept_%d as select generate_series(1, 20000) as n", round))
		owner.kill(t)
		time.Sleep(time.Duration(round) * 4 * time.Millisecond) // a little further into the shutdown each time
		s, err := store.StartServer(t.Context(), store.ServerConfig{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if s.Attached() {
			t.Error("attached to a server whose owner is dead")
		}
		again := open(t, s.URL())
		if n := one[int64](t, again, fmt.Sprintf("select count(*) from public.kept_%d", round)); n != 20000 {
			t.Errorf("%d of 20000 rows", n)
		}
		again.Close()
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestASecondStarterAttachesAndDoesNotStopTheServer(t *testing.T) {
	t.Parallel()
	dir := initialisedHome(t)
	if s, err := store.FindServer(t.Context(), store.ServerConfig{Dir: dir}); s != nil || err != nil {
		t.Errorf("found %v, %v before any start", s, err)
	}
	owner := startServer(t, dir)
	guest := startServer(t, dir)
	if owner.Attached() || !guest.Attached() || guest.URL() != owner.URL() {
		t.Errorf("owner attached %v, guest attached %v to %s", owner.Attached(), guest.Attached(), guest.URL())
	}
	if err := guest.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, err := store.FindServer(t.Context(), store.ServerConfig{Dir: dir}); found == nil || err != nil {
		t.Errorf("found %v, %v after the guest left", found, err)
	}
	if err := owner.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := owner.Stop(t.Context()); err != nil {
		t.Errorf("stopping twice: %v", err)
	}
	if left := processesOn(dir); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
	if s, err := store.FindServer(t.Context(), store.ServerConfig{Dir: dir}); s != nil || err != nil {
		t.Errorf("found %v, %v after the end", s, err)
	}
}

func TestOfManyStartersOneStartsAndTheOthersAttach(t *testing.T) {
	t.Parallel()
	dir := homeDir(t) // so that they also agree on who initialises it
	var starters []*starter
	for range 4 {
		starters = append(starters, spawn(t, dir, "own"))
	}
	owners := 0
	for _, s := range starters {
		if !s.await(t).attached {
			owners++
		}
		if n := one[int32](t, open(t, s.url), "select 1"); n != 1 {
			t.Error("a server does not answer")
		}
	}
	if owners != 1 {
		t.Errorf("%d of 4 own the server", owners)
	}
}

func TestAServerThatStaysOutlivesItsStarterUntilItIsStopped(t *testing.T) {
	t.Parallel()
	dir := initialisedHome(t)
	spawn(t, dir, "stay").await(t).leave(t)
	s := startServer(t, dir)
	if !s.Attached() {
		t.Error("the server ended with its starter")
	}
	if n := one[int32](t, open(t, s.URL()), "select 1"); n != 1 {
		t.Error("it does not answer")
	}
	if stopped, err := store.StopServer(t.Context(), store.ServerConfig{Dir: dir}); !stopped || err != nil {
		t.Errorf("stopped %v, %v", stopped, err)
	}
	awaitNone(t, dir)
	if stopped, err := store.StopServer(t.Context(), store.ServerConfig{Dir: dir}); stopped || err != nil {
		t.Errorf("stopped %v, %v a second time", stopped, err)
	}
}

func TestAServerThatCrashedIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := initialisedHome(t)
	s := startServer(t, dir)
	do(t, open(t, s.URL()), "create table public.kept as select 1 as n")
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitNone(t, dir)
	again := startServer(t, dir)
	if again.Attached() {
		t.Error("attached to a server that had crashed")
	}
	if n := one[int32](t, open(t, again.URL()), "select n from public.kept"); n != 1 {
		t.Error("the data is gone")
	}
}

func TestAServerThatEndsWithItsOwnerIsNotTakenForOneThatStays(t *testing.T) {
	t.Parallel()
	dir := initialisedHome(t)
	spawn(t, dir, "own").await(t)
	_, err := store.StartServer(t.Context(), store.ServerConfig{Dir: dir, Stay: true})
	if err == nil || !strings.Contains(err.Error(), "ends with it") {
		t.Errorf("error is %v", err)
	}
}

func TestWhoComesWhileAnOrphanedInitdbRunsWaitsForIt(t *testing.T) {
	t.Parallel()
	dir := homeDir(t)
	killed := spawn(t, dir, "own")
	fresh := filepath.Join(dir, "data.init", "base")
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(fresh); err == nil {
			break
		}
	}
	time.Sleep(200 * time.Millisecond) // initdb is at work, for a second and more
	killed.kill(t)
	s := startServer(t, dir)
	if n := one[int32](t, open(t, s.URL()), "select 1"); n != 1 {
		t.Error("it does not answer")
	}
}

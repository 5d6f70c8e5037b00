package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestTwoNightsDoNotRunAtOnce(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	_, release, err := db.LockNight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = db.LockNight(t.Context())
	if !errors.Is(err, store.ErrNightRunning) {
		t.Fatalf("a second night gets %v", err)
	}
	for _, part := range []string{"shelfcast night, process ", "database session ", "since 20"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	release()
	release()
	_, again, err := db.LockNight(t.Context())
	if err != nil {
		t.Fatalf("the lock is not free after its release: %v", err)
	}
	again()
}

func TestALockWhoseConnectionBreaksEndsItsNight(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	held, release, err := db.LockNight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if held.Err() != nil {
		t.Fatalf("the lock is lost at once: %v", context.Cause(held))
	}
	do(t, db, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name ~ 'shelfcast night'")
	select {
	case <-held.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("the night does not learn that its lock is lost")
	}
	if cause := context.Cause(held); !errors.Is(cause, store.ErrLockLost) || strings.Contains(cause.Error(), "\n") {
		t.Errorf("the cause is %v", cause)
	}
	_, next, err := db.LockNight(t.Context())
	if err != nil {
		t.Fatalf("the next night gets %v", err)
	}
	next()
}

func TestReleasingTheLockEndsWhatWasHeldAndIsNoLoss(t *testing.T) {
	t.Parallel()
	held, release, err := storetest.Open(t).LockNight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
	if cause := context.Cause(held); !errors.Is(cause, context.Canceled) || errors.Is(cause, store.ErrLockLost) {
		t.Errorf("the cause is %v", cause)
	}
}

func TestNightsOfTwoDatabasesDoNotMeet(t *testing.T) {
	t.Parallel()
	for range 2 {
		_, release, err := storetest.Open(t).LockNight(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
	}
}

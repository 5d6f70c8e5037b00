package store_test

import (
	"errors"
	"strings"
	"testing"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestTwoNightsDoNotRunAtOnce(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	release, err := db.LockNight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.LockNight(t.Context())
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
	again, err := db.LockNight(t.Context())
	if err != nil {
		t.Fatalf("the lock is not free after its release: %v", err)
	}
	again()
}

func TestNightsOfTwoDatabasesDoNotMeet(t *testing.T) {
	t.Parallel()
	for range 2 {
		release, err := storetest.Open(t).LockNight(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer release()
	}
}

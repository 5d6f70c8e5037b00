package store_test

import (
	"errors"
	"testing"
	"time"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestNightThatFailedBeforeItBecameARunLeavesARow(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	for _, date := range []time.Time{{}, time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)} {
		u := store.Unopened{BusinessDate: date, CodeVersion: "v", ConfigHash: "c", Cause: errors.New("read target:\nno such file")}
		if err := db.RecordUnopened(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.Rows(t.Context(), "select coalesce(business_date::text, 'none'), error from shelfcast.unopened order by unopened_id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got [][2]string
	for rows.Next() {
		var r [2]string
		if err := rows.Scan(&r[0], &r[1]); err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	const why = "read target: no such file"
	if len(got) != 2 || got[0] != [2]string{"none", why} || got[1] != [2]string{"2026-01-31", why} {
		t.Errorf("got %q, %v", got, rows.Err())
	}
}

package store_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

// snapshot opens a snapshot of a fresh database in which statements have been run, and a connection beside it.
func snapshot(t *testing.T, statements ...string) (*store.Snapshot, *pgx.Conn) {
	t.Helper()
	url := storetest.URL(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	for _, sql := range statements {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.OpenSnapshot(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, conn
}

func copied(t *testing.T, s *store.Snapshot, query string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Copy(t.Context(), query, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheColumnsOfAQueryAreKnownBeforeItRuns(t *testing.T) {
	t.Parallel()
	s, _ := snapshot(t, "create type size as enum ('S', 'L')", "create domain units as int")
	got, err := s.Columns(t.Context(), "select 'a'::text a, 'b'::varchar(3) b, 1::units c, 2.5::numeric(9, 2) d, 'L'::size e, now() f, 1/0 g -- never")
	if err != nil {
		t.Fatal(err)
	}
	want := []store.ColumnType{{"a", "text"}, {"b", "varchar"}, {"c", "int4"}, {"d", "numeric"}, {"e", "enum"}, {"f", "timestamptz"}, {"g", "int4"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func TestAllQueriesOfASnapshotSeeOneMoment(t *testing.T) {
	t.Parallel()
	s, other := snapshot(t, "create table sales (n int)", "insert into sales values (1)")
	first := copied(t, s, "select n from sales;")
	if _, err := other.Exec(t.Context(), "insert into sales values (2)"); err != nil {
		t.Fatal(err)
	}
	if again := copied(t, s, "select n from sales -- all of them"); !bytes.Equal(first, again) {
		t.Errorf("%d bytes, then %d", len(first), len(again))
	}
	if !bytes.HasPrefix(first, []byte("PGCOPY\n\xff\r\n\x00")) || !bytes.HasSuffix(first, []byte{0, 0, 0, 1, 0xff, 0xff}) {
		t.Errorf("the stream is %q", first)
	}
}

func TestAQueryThatIsNoneIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"select nothing from nowhere":           `"nowhere" does not exist (at "nowhere"); mend the query`,
		"select 1 where 1 = $1":                 "parameter, $1",
		"select 1; drop table x":                "multiple commands",
		"select 1) to stdout; drop table x; --": "syntax error",
		"create table x (n int)":                "returns no columns",
	} {
		s, _ := snapshot(t)
		_, err := s.Columns(t.Context(), query)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q", query, err, want)
		}
	}
	s, _ := snapshot(t)
	if err := s.Copy(t.Context(), "select 1/0", &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("got %v", err)
	}
}

func TestASnapshotWritesNothing(t *testing.T) {
	t.Parallel()
	s, _ := snapshot(t, "create table sales (n int)")
	err := s.Copy(t.Context(), "insert into sales values (1) returning n", &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("got %v", err)
	}
}

func TestAnAddressIsNeverPrintedWithItsPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://u:geheim@127.0.0.1:1/x", "postgres://u:geheim@%zz"} {
		_, err := store.OpenSnapshot(t.Context(), url)
		if err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v", err)
		}
	}
}

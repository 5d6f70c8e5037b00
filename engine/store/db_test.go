package store_test

import (
	"errors"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestRedactHidesPasswordsAndNothingElse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"postgres://ann:s3cret@db:5432/x?sslmode=require": "postgres://ann:xxxxx@db:5432/x?sslmode=require",
		"postgres://ann@db/x":                             "postgres://ann@db/x",
		"postgres:///x?host=/tmp&user=a&password=s3cret":  "postgres:///x?host=/tmp&user=a&password=xxxxx",
		"postgres://ann:a/b?c#d@db/x":                     "postgres://ann:xxxxx@db/x",
		"host=db user=ann password=s3cret dbname=x":       "host=db user=ann password=xxxxx dbname=x",
		`host=db password = 'a b\'c' dbname=x`:            "host=db password = xxxxx dbname=x",
		"password=p sslpassword=q":                        "password=xxxxx sslpassword=xxxxx",
	} {
		if got := store.Redact(in); got != want {
			t.Errorf("Redact(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestRedactHidesAnyPassword(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		secret := rapid.StringMatching(`SECRET[!-~ ]{0,20}`).Draw(rt, "password")
		asURL := url.URL{Scheme: "postgres", User: url.UserPassword("ann", secret), Host: "db:5432", Path: "/x"}
		quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(secret)
		for _, in := range []string{asURL.String(), "postgres://ann:" + secret + "@db/x", "host=db password='" + quoted + "' user=ann"} {
			if out := store.Redact(in); strings.Contains(out, "SECRET") {
				rt.Fatalf("%s became %s", in, out)
			}
		}
	})
}

func TestNoPasswordIsLeftForACommandLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"postgres://ann:s3cret@db:5432/x?sslmode=disable":                      "postgres://ann@db:5432/x?sslmode=disable",
		"postgres://ann@/x?host=/tmp&password=s3cret&sslmode=disable":          "postgres://ann@/x?host=%2Ftmp&sslmode=disable",
		"host=db user=ann password=s3cret dbname=x":                            "host=db user=ann dbname=x",
		`host=db password = 's3cret' dbname=x sslmode=disable sslpassword='q'`: "host=db dbname=x sslmode=disable",
	} {
		rest, password, err := store.SplitPassword(in)
		if rest != want || password != "s3cret" || err != nil {
			t.Errorf("SplitPassword(%q) is %q, %q, %v, want %q", in, rest, password, err, want)
		}
	}
	if _, _, err := store.SplitPassword("postgres://ann:s3cret@%zz/"); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("a string that is none gives %v", err)
	}
}

func TestADatabaseThatCannotBeOpenedSaysWhyInOneLine(t *testing.T) {
	t.Parallel()
	working := storetest.URL(t)
	for _, c := range []struct{ what, url, want string }{
		{"nobody listens", "postgres://ann:SECRET@127.0.0.1:1/x", "connection refused; is the server running"},
		{"no such host", "postgres://ann:SECRET@nosuchhost.invalid/x?connect_timeout=3", "open database postgres://ann:xxxxx@nosuchhost.invalid/x?connect_timeout=3: lookup nosuchhost.invalid"},
		{"no such database", strings.Replace(working, "/test_", "/nosuch_", 1), "does not exist; create it with createdb"},
		{"no such user", strings.Replace(working, "shelfcast@", "ann:SECRET@", 1), `role "ann" does not exist; check the user and the password`},
		{"no URL", "postgres://ann:SECRET@[::1/x", "the URL cannot be read"},
	} {
		db, err := store.Open(t.Context(), c.url)
		if err == nil {
			db.Close()
			t.Errorf("%s: it was opened", c.what)
			continue
		}
		if text := err.Error(); strings.Contains(text, "SECRET") || strings.Contains(text, "\n") || !strings.Contains(text, c.want) {
			t.Errorf("%s: error is %q, want %q in it", c.what, text, c.want)
		}
	}
	_, err := store.Open(t.Context(), "postgres://ann@127.0.0.1:1/x")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestSessionsAreInUTCAndTheURLMaySayOtherwise(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	if got := one[string](t, db, "select concat_ws(' ', current_setting('timezone'), current_setting('application_name'), current_setting('idle_in_transaction_session_timeout'))"); got != "UTC shelfcast 1min" {
		t.Errorf("settings are %q", got)
	}
	named, err := store.Open(t.Context(), storetest.URL(t)+"&application_name=planner")
	if err != nil {
		t.Fatal(err)
	}
	defer named.Close()
	if got := one[string](t, named, "select current_setting('application_name')"); got != "planner" {
		t.Errorf("application name is %q", got)
	}
}

package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
	"shelfcast/jobs/config"
)

func TestReaderThatHoldsAnOldRunDoesNotFailTheNight(t *testing.T) {
	t.Parallel()
	conf, url := filepath.Join(chain(t, 4, 200), "shelfcast.yaml"), storetest.URL(t)
	env := []string{"DATABASE_URL=" + url}
	for range 2 {
		mustRun(t, env, "run", "--config", conf)
	}
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reader, err := db.Rows(t.Context(), "select f.*, g from shelfcast.forecast f, generate_series(1, 1000) g") // more than a socket takes at once
	if err != nil {
		t.Fatal(err)
	}
	reader.Next()
	r := mustRun(t, env, "run", "--config", conf)
	reader.Close()
	if !strings.Contains(r.out, "note") || !strings.Contains(r.out, "the run is published, but what is no longer kept was not all removed") {
		t.Errorf("the report says nothing of it: %s", r.out)
	}
	if got := ask(t, url, "select count(*) from shelfcast.published p join shelfcast.run using (run_id) where attempt = 3"); got != "1" {
		t.Error("the third attempt does not stand for its date")
	}
}

func TestNightOfAnOldDateCanBeRead(t *testing.T) {
	t.Parallel()
	conf, url := filepath.Join(chain(t, 4, 200), "shelfcast.yaml"), storetest.URL(t)
	env := []string{"DATABASE_URL=" + url, "SHELFCAST_DATABASE_KEEP_DATES=1"}
	mustRun(t, env, "run", "--config", conf)
	mustRun(t, env, "run", "--config", conf, "--as-of", "2023-07-01")
	if got := ask(t, url, "select count(*) from shelfcast.forecast_of('2023-07-01')"); got != "112" {
		t.Errorf("%s rows can be read, want 4 series × 28 days", got)
	}
}

func TestLedgerCountsTheRowsOfTheTarget(t *testing.T) {
	t.Parallel()
	dir, url := chain(t, 4, 200), storetest.URL(t)
	mustRun(t, []string{"DATABASE_URL=" + url}, "run", "--config", filepath.Join(dir, "shelfcast.yaml"))
	const target = "select (i->>'rows')::bigint from shelfcast.run, jsonb_array_elements(report->'inputs') i where i->>'name' = 'target'"
	if got, want := ask(t, url, "select rows_in from shelfcast.run"), ask(t, url, target); got != want {
		t.Errorf("rows_in is %s, the target has %s", got, want)
	}
}

func TestCommandThatIsStoppedSaysNothingElse(t *testing.T) {
	t.Parallel()
	conf, url := filepath.Join(chain(t, 4, 200), "shelfcast.yaml"), storetest.URL(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupt signal received"))
	var errOut bytes.Buffer
	s := &session{ctx: ctx, version: "test", environ: []string{"DATABASE_URL=" + url}, out: io.Discard, errOut: &errOut, log: slog.New(slog.DiscardHandler)}
	code := s.main([]string{"run", "--config", conf})
	if want := "shelfcast: run: stopped: interrupt signal received; run the same command again\n"; code != exitFailed || errOut.String() != want {
		t.Errorf("exit %d: %q, want %q", code, errOut.String(), want)
	}
}

func TestPsqlGetsThePasswordWhereNobodySeesIt(t *testing.T) {
	bin := t.TempDir()
	const show = "#!/bin/sh\necho \"arguments $*\"\necho \"password $PGPASSWORD\"\n"
	if err := os.WriteFile(filepath.Join(bin, "psql"), []byte(show), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	asURL := storetest.URL(t)
	u, err := url.Parse(asURL)
	if err != nil {
		t.Fatal(err)
	}
	keywords := fmt.Sprintf("host=%s port=%s user=shelfcast dbname=%s password=s3cret", u.Query().Get("host"), u.Query().Get("port"), strings.TrimPrefix(u.Path, "/"))
	for _, address := range []string{asURL + "&password=s3cret", strings.Replace(asURL, "shelfcast@", "shelfcast:s3cret@", 1), keywords} {
		r := mustRun(t, []string{"DATABASE_URL=" + address}, "db", "psql", "--", "-c", "select 1")
		arguments, password, _ := strings.Cut(r.out, "\n")
		if strings.Contains(arguments, "s3cret") || !strings.HasSuffix(arguments, "-c select 1") || password != "password s3cret\n" {
			t.Errorf("psql got %q and %q", arguments, password)
		}
	}
}

func TestEmptyAddressFileIsNotTakenForTheEmbeddedServer(t *testing.T) {
	t.Parallel()
	address := file(t, "url", " \n")
	conf := file(t, "c.yaml", "input: {target: [a.csv]}\ndatabase: {url_file: "+address+"}\n")
	r := run(t, nil, "db", "url", "--config", conf)
	if r.code != exitFailed || !strings.Contains(r.errOut, address+" is empty") {
		t.Errorf("exit %d: %s", r.code, r.errOut)
	}
}

func TestFilesThatCannotBeWrittenAreToldBeforeAnyWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	input := []string{"--target", "nowhere.csv", "--frequency", "D", "--horizon", "7"}
	for want, args := range map[string][]string{
		"--out and --fits name the same file":        {"forecast", "--out", dir + "/f.csv", "--fits", dir + "/./f.csv"},
		"--out and --components name the same file":  {"forecast", "--out", dir + "/f.csv", "--components", dir + "/./f.csv"},
		"--fits and --components name the same file": {"forecast", "--out", dir + "/f.csv", "--fits", dir + "/g.csv", "--components", dir + "/g.csv"},
		"names no form":     {"forecast", "--out", dir + "/f.csv", "--components", dir + "/g.txt"},
		"no does not exist": {"forecast", "--out", dir + "/f.csv", "--fits", dir + "/no/f.jsonl"},
		"it is a folder":    {"forecast", "--out", dir + "/f.csv", "--fits", dir},
		"--out and --by-series name the same file": {"evaluate", "--out", dir + "/m.csv", "--by-series", dir + "/m.csv"},
		"gone does not exist":                      {"evaluate", "--out", dir + "/gone/m.csv"},
	} {
		r := run(t, nil, append(args, input...)...)
		if r.code != exitUsage || !strings.Contains(r.errOut, want) {
			t.Errorf("exit %d: %s, want %q", r.code, r.errOut, want)
		}
	}
}

func TestDaemonsDatabaseIsItsOwnAndIsOpenedAnewWhereItHasEnded(t *testing.T) {
	t.Parallel()
	home, err := os.MkdirTemp("", "shelfcast-kept-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	if err := os.Chmod(home, 0o755); err != nil { // the server's user must get in
		t.Fatal(err)
	}
	where := store.ServerConfig{Dir: home}
	other, err := store.StartServer(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{ctx: t.Context(), out: io.Discard, errOut: io.Discard, log: slog.New(slog.DiscardHandler)}
	k := &keptDatabase{s: s, conf: config.Database{Dir: home}}
	if _, err := k.get(); !errors.Is(err, errBorrowed) {
		t.Errorf("a server that ends with another command: %v", err)
	}
	if err := other.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, err := k.get()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := k.get(); again != first || err != nil {
		t.Errorf("a database that answers is opened anew: %v", err)
	}
	if _, err := store.StopServer(t.Context(), where); err != nil {
		t.Fatal(err)
	}
	db, err := k.get()
	if err != nil || db == first {
		t.Fatalf("after shelfcast db stop: %v", err)
	}
	if _, _, err := db.Published(t.Context(), day0); err != nil {
		t.Error(err)
	}
	if err := k.close(); err != nil {
		t.Error(err)
	}
	if left, err := store.FindServer(t.Context(), where); left != nil || err != nil {
		t.Errorf("a server was left: %v", err)
	}
}

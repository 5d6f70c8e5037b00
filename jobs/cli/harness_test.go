package cli

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/store/storetest"
)

// asBinary makes the test binary behave as shelfcast itself, so that a test can kill it.
const asBinary = "SHELFCAST_TEST_AS_BINARY"

func TestMain(m *testing.M) {
	if os.Getenv(asBinary) != "" {
		os.Exit(Main(os.Args[1:], "test", os.Stdout, os.Stderr))
	}
	storetest.Main(m)
}

// result is how a command ended.
type result struct {
	code        int
	out, errOut string
}

// run runs a command as the binary would, with these environment variables and no others.
func run(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	s := &session{
		ctx: t.Context(), program: "shelfcast", version: "test", environ: environ, out: &out, errOut: &errOut,
		log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	code := s.main(args)
	return result{code, out.String(), errOut.String()}
}

// mustRun runs a command that must succeed.
func mustRun(t *testing.T, environ []string, args ...string) result {
	t.Helper()
	r := run(t, environ, args...)
	if r.code != exitOK {
		t.Fatalf("shelfcast %s: exit %d\n%s", strings.Join(args, " "), r.code, r.errOut)
	}
	return r
}

// targetCSV is a small target: two items in two stores, n days.
func targetCSV(n int) string {
	var b strings.Builder
	b.WriteString("item_id,store_id,timestamp,demand\n")
	for _, key := range []string{"milk,s1", "milk,s2", "rye,s1", "rye,s2"} {
		for d := range n {
			fmt.Fprintf(&b, "%s,%s,%d\n", key, day0.AddDate(0, 0, d).Format(time.DateOnly), (d*d+len(b.String()))%7)
		}
	}
	return b.String()
}

// relatedCSV is the price of every item of targetCSV over its days and h more.
func relatedCSV(n, h int) string {
	var b strings.Builder
	b.WriteString("item_id,store_id,timestamp,price\n")
	for _, key := range []string{"milk,s1", "milk,s2", "rye,s1", "rye,s2"} {
		for d := range n + h {
			fmt.Fprintf(&b, "%s,%s,%.2f\n", key, day0.AddDate(0, 0, d).Format(time.DateOnly), 1+float64(d%3)/10)
		}
	}
	return b.String()
}

var day0 = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// file writes a file into a folder of the test's own.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// chain makes a synthetic chain and returns its folder.
func chain(t *testing.T, series, periods int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "chain")
	mustRun(t, nil, "datasets", "synth", "--out", dir, "--series", fmt.Sprint(series), "--periods", fmt.Sprint(periods))
	return dir
}

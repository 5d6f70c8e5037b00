package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A forecast from the fits of a shorter history is as good as one from nothing, says what it began at, and has the same bytes for any
// number of workers; the file of fits may be replaced in place.
func TestAForecastBeginsAtEarlierFits(t *testing.T) {
	t.Parallel()
	dir := chain(t, 20, 260)
	target := filepath.Join(dir, "tts.parquet")
	work := t.TempDir()
	file := func(name string) string { return filepath.Join(work, name) }
	forecast := func(args ...string) result {
		return mustRun(t, nil, append([]string{"forecast", "--target", target, "--frequency", "D", "--horizon", "14", "--models", "auto-ets"}, args...)...)
	}
	forecast("--out", file("first.csv"), "--fits", file("fits.jsonl"))
	var want []byte
	for _, workers := range []int{1, 7} {
		r := forecast("--out", file("again.csv"), "--refit", file("fits.jsonl"), "--workers", fmt.Sprint(workers), "--shard-series", "3")
		if !strings.Contains(r.errOut, "auto-ets: 20 of 20 series begun at the fits of "+file("fits.jsonl")) {
			t.Errorf("the report does not say what was begun at:\n%s", r.errOut)
		}
		got, err := os.ReadFile(file("again.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Error("another number of workers has other forecasts")
		}
	}
	r := forecast("--out", file("other.csv"), "--refit", file("fits.jsonl"), "--models", "dotm", "--fits", file("fits.jsonl"))
	if !strings.Contains(r.errOut, "dotm: 0 of 20 series begun at the fits of") {
		t.Errorf("fits of another model were begun at, or it is not said:\n%s", r.errOut)
	}
	text, err := os.ReadFile(file("fits.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(text, []byte("\"model\":\"dotm\"")); n != 20 {
		t.Errorf("the replaced file has %d fits of dotm", n)
	}
	damaged := bytes.Replace(text, []byte("\"fit\":{"), []byte("\"fit\":{\"alpha\":\"x\","), 1)
	if err := os.WriteFile(file("damaged.jsonl"), damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	r = forecast("--out", file("d.csv"), "--refit", file("damaged.jsonl"), "--models", "dotm")
	if !strings.Contains(r.errOut, "dotm: 19 of 20 series begun") || !strings.Contains(r.errOut, "1 fits of "+file("damaged.jsonl")+" could not be read") {
		t.Errorf("a damaged fit is not told:\n%s", r.errOut)
	}
	for what, args := range map[string][]string{
		"no such file":                         {"--refit", file("none.jsonl"), "--out", file("x.csv")},
		"give a file that forecast wrote":      {"--refit", target, "--out", file("x.csv")},
		"--out and --refit name the same file": {"--refit", file("fits.csv"), "--out", file("fits.csv")},
	} {
		r := run(t, nil, append([]string{"forecast", "--target", target, "--frequency", "D", "--horizon", "14"}, args...)...)
		if r.code == exitOK || !strings.Contains(r.errOut, what) {
			t.Errorf("exit %d, want an error with %q:\n%s", r.code, what, r.errOut)
		}
	}
}

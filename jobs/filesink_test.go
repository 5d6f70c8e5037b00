package jobs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"shelfcast/engine/demand"
)

// fileNight is a night into files of a folder of its own.
func fileNight(t *testing.T, models ...demand.Model) (n Night, dir string) {
	t.Helper()
	n, _ = setup(t, models...)
	dir = t.TempDir()
	n.Sink = FileSink{Name: filepath.Join(dir, "f.csv"), Components: filepath.Join(dir, "parts.csv"), Fits: filepath.Join(dir, "fits.jsonl")}
	n.KeepFits, n.Components = true, true
	return n, dir
}

func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestForecastsAreInKeyOrderAndEveryFitIsALineOfJSON(t *testing.T) {
	t.Parallel()
	n, dir := fileNight(t, demand.Each(faulty{"item1": "panics"}, zeroFloor{}), whole{})
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rep.RunID != 0 || rep.Attempt != 0 || rep.Resumed != 0 {
		t.Errorf("a file counts runs: %d, %d, %d", rep.RunID, rep.Attempt, rep.Resumed)
	}
	text, err := os.ReadFile(filepath.Join(dir, "f.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(rows) != 1+items*horizon || !strings.HasPrefix(rows[1], "item0,s,2026-03-02,") || !strings.HasPrefix(rows[items*horizon], "item7,s,2026-03-06,") {
		t.Errorf("%d rows, the first %q, the last %q", len(rows), rows[1], rows[len(rows)-1])
	}
	fits, err := os.ReadFile(filepath.Join(dir, "fits.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for line := range bytes.Lines(fits) {
		var fit struct{ Item, Model, Error string }
		if err := json.Unmarshal(line, &fit); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if fit.Error != "" {
			failed++
		}
	}
	// The model of a whole panel has no fits of single series.
	if lines := bytes.Count(fits, []byte("\n")); lines != items || failed != 1 {
		t.Errorf("%d fits, %d failed, want %d and 1", lines, failed, items)
	}
}

func TestANightIntoFilesThatFailsLeavesNone(t *testing.T) {
	t.Parallel()
	n, dir := fileNight(t, whole{fault: "writes nothing"})
	n.Floor = whole{fault: "panics", also: true}
	if _, err := n.Run(t.Context()); err == nil {
		t.Fatal("it did not fail")
	}
	if left := filesIn(t, dir); len(left) > 0 {
		t.Errorf("%v were left", left)
	}
}

func TestFitsAndPartsAreNotLeftWithoutTheirForecasts(t *testing.T) {
	t.Parallel()
	n, dir := fileNight(t, good())
	// A folder takes the name of the forecasts once they have been begun, so that they cannot get it.
	n.Progress = hook{n.Progress, func() error { return os.MkdirAll(filepath.Join(dir, "f.csv", "in the way"), 0o755) }}
	if _, err := n.Run(t.Context()); err == nil {
		t.Fatal("it did not fail")
	}
	if left := filesIn(t, dir); !slices.Equal(left, []string{"f.csv"}) {
		t.Errorf("%v were left", left)
	}
}

// hook does something when the phase of publishing begins.
type hook struct {
	Progress
	do func() error
}

func (h hook) Phase(name string, total int64) {
	if name == "publish" {
		if err := h.do(); err != nil {
			panic(err)
		}
	}
	h.Progress.Phase(name, total)
}

func TestFilesThatCannotBeBegunLeaveNothing(t *testing.T) {
	t.Parallel()
	for _, missing := range []string{"f.csv", "parts.csv", "fits.jsonl"} {
		n, dir := fileNight(t, good())
		at := func(name string) string {
			if name == missing {
				return filepath.Join(dir, "no", name)
			}
			return filepath.Join(dir, name)
		}
		n.Sink = FileSink{Name: at("f.csv"), Components: at("parts.csv"), Fits: at("fits.jsonl")}
		if _, err := n.Run(t.Context()); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("error is %v", err)
		}
		if left := filesIn(t, dir); len(left) > 0 {
			t.Errorf("%v were left", left)
		}
	}
}

func TestAFileWithoutAllShardsIsNotPublished(t *testing.T) {
	t.Parallel()
	sink := FileSink{Name: filepath.Join(t.TempDir(), "f.csv")}
	book, err := sink.Open(t.Context(), Identity{Cal: demand.Calendar{Freq: demand.Daily}, Levels: []float64{0.5}, Shards: []Shard{{0, 0, 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Publish(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "0 of 1 shards") {
		t.Errorf("error is %v", err)
	}
	if err := book.Fail(t.Context(), err); err != nil {
		t.Error(err)
	}
}

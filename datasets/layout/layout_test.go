package layout

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

func create(t *testing.T, dir string) *Builder {
	t.Helper()
	b, err := Create(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Discard() })
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWhatIsWrittenIsReadBackEqual(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "set")
	b := create(t, dir)
	w, err := NewTargets(b, Whole)
	must(t, err)
	must(t, w.Write("a", "s", 15000, []float64{1, 2.5}))
	must(t, w.Write("b", "", 15001, []float64{0}))
	must(t, w.Close())
	must(t, w.Close())
	r, err := NewRelated(b, RelatedFile, Whole, []string{"price", "Zone", "promotion"})
	must(t, err)
	must(t, r.Write("a", "s", 15000, [][]float64{{3.5, 3.25}, {7, 8}, {0, 1}}))
	must(t, r.Close())
	must(t, b.Commit())

	got, err := parquet.ReadFile[Target](filepath.Join(dir, TargetFile))
	must(t, err)
	want := []Target{{"a", "s", 15000, 1}, {"a", "s", 15001, 2.5}, {"b", "", 15001, 0}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	type related struct {
		ItemID    string  `parquet:"item_id"`
		StoreID   string  `parquet:"store_id"`
		Timestamp int32   `parquet:"timestamp,date"`
		Price     float64 `parquet:"price"`
		Zone      float64 `parquet:"Zone"`
		Promotion float64 `parquet:"promotion"`
	}
	gotRelated, err := parquet.ReadFile[related](filepath.Join(dir, RelatedFile))
	must(t, err)
	if d := cmp.Diff([]related{{"a", "s", 15000, 3.5, 7, 0}, {"a", "s", 15001, 3.25, 8, 1}}, gotRelated); d != "" {
		t.Error(d)
	}
	if w.Rows() != 3 || r.Rows() != 2 {
		t.Errorf("rows counted %d and %d, want 3 and 2", w.Rows(), r.Rows())
	}
}

func TestColumnsStandKeysFirstAndFeaturesInTheirOrder(t *testing.T) {
	t.Parallel()
	var got []string
	for _, c := range relatedSchema([]string{"price", "a b", "Zone"}).Columns() {
		got = append(got, c[0])
	}
	if d := cmp.Diff([]string{"item_id", "store_id", "timestamp", "price", "a b", "Zone"}, got); d != "" {
		t.Error(d)
	}
}

func TestRowGroupsOfBothWritersHoldAMillionRows(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "set")
	b := create(t, dir)
	x := make([]float64, 1_200_000)
	w, err := NewTargets(b, Whole)
	must(t, err)
	must(t, w.Write("a", "s", 0, x))
	must(t, w.Close())
	r, err := NewRelated(b, RelatedFile, Whole, []string{"price"})
	must(t, err)
	must(t, r.Write("a", "s", 0, [][]float64{x}))
	must(t, r.Close())
	must(t, b.Commit())
	for _, name := range []string{TargetFile, RelatedFile} {
		f, err := os.Open(filepath.Join(dir, name))
		must(t, err)
		defer f.Close()
		info, err := f.Stat()
		must(t, err)
		pf, err := parquet.OpenFile(f, info.Size())
		must(t, err)
		var rows []int64
		for _, g := range pf.RowGroups() {
			rows = append(rows, g.NumRows())
		}
		if d := cmp.Diff([]int64{1_000_000, 200_000}, rows); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestATableOfSeveralPartsIsAFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "set")
	b := create(t, dir)
	err := EachPart(t.Context(), 3, 2, func(_ context.Context, part int) error {
		w, err := NewTargets(b, Part{part, 3})
		if err != nil {
			return err
		}
		return errors.Join(w.Write("a", "s", int32(part), []float64{float64(part)}), w.Close())
	})
	must(t, err)
	must(t, b.Commit())
	want := []string{"part-00000.parquet", "part-00001.parquet", "part-00002.parquet"}
	if d := cmp.Diff(want, names(t, filepath.Join(dir, TargetFile))); d != "" {
		t.Error(d)
	}
}

func TestNothingIsLeftAfterDiscard(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	b := create(t, filepath.Join(parent, "set"))
	must(t, WriteAll(b, ItemsFile, []Target{{ItemID: "a"}}))
	must(t, b.Discard())
	must(t, b.Discard())
	if got := names(t, parent); len(got) != 0 {
		t.Errorf("left over: %v", got)
	}
}

func TestADestinationThatHoldsSomethingIsRefusedUnlessForced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, want string
		force            bool
	}{
		{"data set", ConfigFile, "not empty", false},
		{"data set, forced", ConfigFile, "", true},
		{"something else", "letters.txt", "not empty", false},
		{"something else, forced", "letters.txt", "not a data set", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parent := t.TempDir()
			dir := filepath.Join(parent, "set")
			must(t, os.Mkdir(dir, 0o755))
			must(t, os.WriteFile(filepath.Join(dir, c.file), []byte("old"), 0o644))
			b, err := Create(dir, c.force)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error %v, want one with %q", err, c.want)
				}
				return
			}
			must(t, err)
			must(t, WriteAll(b, ItemsFile, []Target{{ItemID: "a"}}))
			must(t, b.Commit())
			must(t, b.Discard())
			if d := cmp.Diff([]string{ItemsFile}, names(t, dir)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff([]string{"set"}, names(t, parent)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWritersThatWereNeverOpenedCloseWithoutHarm(t *testing.T) {
	t.Parallel()
	var w *Targets
	var r *Related
	var table *Table[Target]
	must(t, errors.Join(w.Close(), r.Close(), table.Close()))
}

func TestEveryWriterSaysWhereItCannotWrite(t *testing.T) {
	t.Parallel()
	b := create(t, filepath.Join(t.TempDir(), "set"))
	must(t, b.Discard())
	must(t, os.WriteFile(b.temp, nil, 0o644)) // a file where the folder was
	t.Cleanup(func() { os.Remove(b.temp) })
	_, targets := NewTargets(b, Whole)
	_, related := NewRelated(b, RelatedFile, Part{1, 2}, nil)
	for name, err := range map[string]error{
		TargetFile: targets, RelatedFile: related, ConfigFile: b.WriteConfig(Config{}), ItemsFile: WriteAll(b, ItemsFile, []Target{{}}),
	} {
		if err == nil || !strings.Contains(err.Error(), "write "+name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestADestinationThatIsNoFolderIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(path, nil, 0o644))
	for _, dir := range []string{path, filepath.Join(path, "set")} {
		if _, err := Create(dir, true); err == nil || !strings.Contains(err.Error(), "create data set in "+dir) {
			t.Errorf("%s: error %v", dir, err)
		}
	}
}

func TestGoroutinesAreAsManyAsProcessorsUnlessSaid(t *testing.T) {
	t.Parallel()
	if got := (Options{}).Goroutines(); got != runtime.GOMAXPROCS(0) {
		t.Errorf("%d goroutines", got)
	}
	if got := (Options{Workers: 3}).Goroutines(); got != 3 {
		t.Errorf("%d goroutines, want 3", got)
	}
}

func TestAnEmptyFolderIsTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := create(t, dir)
	must(t, WriteAll(b, ItemsFile, []Target{{ItemID: "a"}}))
	must(t, b.Commit())
	if d := cmp.Diff([]string{ItemsFile}, names(t, dir)); d != "" {
		t.Error(d)
	}
}

func TestTheConfigurationListsFeaturesOnlyWhereThereAreSome(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "set")
	b := create(t, dir)
	c := Config{Title: "A set", Frequency: "D", Horizon: 28, Windows: 3, Features: []Feature{{"price", "price"}, {"snap", "other"}}}
	must(t, b.WriteConfig(c))
	must(t, b.Commit())
	got, err := os.ReadFile(filepath.Join(dir, ConfigFile))
	must(t, err)
	want := `# A set
# Written with the data. Paths are relative to this file.
input:
  target: [tts.parquet]
  related: [rts.parquet]
  items: items.parquet
  stores: stores.parquet
  frequency: D
  features:
    - {name: price, role: price}
    - {name: snap, role: other}
forecast:
  horizon: 28
  quantiles: [0.1, 0.5, 0.9]
  models: [auto]
backtest:
  windows: 3
`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	bare := filepath.Join(t.TempDir(), "bare")
	b = create(t, bare)
	must(t, b.WriteConfig(Config{Title: "A set", Frequency: "D", Horizon: 28, Windows: 3}))
	must(t, b.Commit())
	got, err = os.ReadFile(filepath.Join(bare, ConfigFile))
	must(t, err)
	if strings.Contains(string(got), "related") || strings.Contains(string(got), "features") {
		t.Errorf("a set without features names them:\n%s", got)
	}
}

func TestAFullDiskIsNamed(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	b := create(t, filepath.Join(t.TempDir(), "set"))
	must(t, os.Symlink("/dev/full", filepath.Join(b.temp, TargetFile)))
	w, err := NewTargets(b, Whole)
	must(t, err)
	err = errors.Join(w.Write("a", "s", 0, []float64{1}), w.Close())
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the disk is full; free some space") {
		t.Errorf("error %v", err)
	}
	must(t, os.Symlink("/dev/full", filepath.Join(b.temp, RelatedFile)))
	r, err := NewRelated(b, RelatedFile, Whole, []string{"price"})
	must(t, err)
	err = errors.Join(r.Write("a", "s", 0, [][]float64{{1}}), r.Close())
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the disk is full; free some space") {
		t.Errorf("error %v", err)
	}
}

func TestTheLowestPartThatFailedByItselfIsReported(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	err := EachPart(t.Context(), 100, 4, func(ctx context.Context, part int) error {
		if part == 7 {
			return broken
		}
		return ctx.Err()
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}

func TestNoPartIsBegunOnceTheContextHasEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := EachPart(ctx, 10, 2, func(context.Context, int) error { t.Error("begun"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func BenchmarkTargets(b *testing.B) {
	x := make([]float64, 730)
	for i := range x {
		x[i] = float64(i * 7919 % 23)
	}
	benchmarkRows(b, func(set *Builder) (interface{ Close() error }, func(item string) error) {
		w, err := NewTargets(set, Whole)
		if err != nil {
			b.Fatal(err)
		}
		return w, func(item string) error { return w.Write(item, "S1", 15000, x) }
	})
}

func BenchmarkRelatedWithTwoFeatures(b *testing.B) {
	x := [][]float64{make([]float64, 730), make([]float64, 730)}
	for i := range x[0] {
		x[0][i], x[1][i] = 2.5+float64(i/90), float64(i/7%5/4)
	}
	benchmarkRows(b, func(set *Builder) (interface{ Close() error }, func(item string) error) {
		w, err := NewRelated(set, RelatedFile, Whole, []string{"price", "promotion"})
		if err != nil {
			b.Fatal(err)
		}
		return w, func(item string) error { return w.Write(item, "S1", 15000, x) }
	})
}

func benchmarkRows(b *testing.B, open func(*Builder) (interface{ Close() error }, func(item string) error)) {
	const series = 1000
	set, err := Create(filepath.Join(b.TempDir(), "set"), false)
	if err != nil {
		b.Fatal(err)
	}
	defer set.Discard()
	for b.Loop() {
		w, write := open(set)
		for i := range series {
			if err := write(string(rune('a' + i%26))); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*series*730)/b.Elapsed().Seconds(), "rows/s")
}

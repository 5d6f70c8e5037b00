package datasets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"shelfcast/datasets/layout"
	"shelfcast/ingest"
	"shelfcast/jobs"
	"shelfcast/jobs/config"
)

// layoutCase is a few rows in the public layout of a set, and what they become.
type layoutCase struct {
	set     string
	files   map[string]string
	target  []string // item, store, date and demand
	related []string // item, store, date and features
	items   []string
	stores  []string
	notes   []string // that must be among those of the summary
	config  []string // lines that must stand in shelfcast.yaml
}

func TestPublicLayoutsAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(kaggleLayouts, panelLayouts) {
		t.Run(c.set+"/"+strings.Join(slices.Sorted(keys(c.files)), " "), func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			s, err := Import(t.Context(), c.set, folder(t, c.files), out, layout.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c.check(t, out, s)
			readAsConfigured(t, out, s, 1) // the files are shorter than the horizon of their configuration
		})
	}
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// folder writes files into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (c layoutCase) check(t *testing.T, out string, s *layout.Summary) {
	t.Helper()
	for name, want := range map[string][]string{
		layout.TargetFile: c.target, layout.RelatedFile: c.related, layout.ItemsFile: c.items, layout.StoresFile: c.stores,
	} {
		if d := cmp.Diff(want, table(t, filepath.Join(out, name))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for _, note := range c.notes {
		if !slices.Contains(s.Notes, note) {
			t.Errorf("no note %q in %q", note, s.Notes)
		}
	}
	text, err := os.ReadFile(filepath.Join(out, layout.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, line := range c.config {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.TrimSpace(l) == line }) {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

// table returns the rows of a Parquet file or of a folder of parts, the values of each between spaces; nil where it is absent.
func table(t *testing.T, path string) []string {
	t.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{path}
	if info.IsDir() {
		if paths, err = filepath.Glob(filepath.Join(path, "part-*.parquet")); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for _, p := range paths {
		lines = append(lines, fileRows(t, p)...)
	}
	return lines
}

func fileRows(t *testing.T, path string) (lines []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := parquet.NewReader(f)
	defer r.Close()
	rows := make([]parquet.Row, 64)
	for {
		n, err := r.ReadRows(rows)
		for _, row := range rows[:n] {
			lines = append(lines, line(row))
		}
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func line(row parquet.Row) string {
	var words []string
	for _, v := range row {
		switch v.Kind() {
		case parquet.Int32:
			words = append(words, time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly))
		case parquet.Double:
			words = append(words, fmt.Sprintf("%.6g", v.Double()))
		default:
			words = append(words, string(v.ByteArray()))
		}
	}
	return strings.Join(words, " ")
}

// readAsConfigured reads the data set as a night with its own configuration does, for another horizon where one is given. No row may be lost on the way.
func readAsConfigured(t *testing.T, out string, s *layout.Summary, horizon int) *ingest.Result {
	t.Helper()
	c, err := config.Load(filepath.Join(out, layout.ConfigFile), nil)
	if err != nil {
		t.Fatal(err)
	}
	night, err := jobs.Plan(c, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if horizon > 0 {
		night.Spec.Horizon = horizon
	}
	r, err := ingest.Read(t.Context(), night.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if r.Panel.Len() != s.Series || int64(r.Audit.Target.Used) != s.TargetRows {
		t.Errorf("%d series and %d rows were read, %d and %d written", r.Panel.Len(), r.Audit.Target.Used, s.Series, s.TargetRows)
	}
	return r
}

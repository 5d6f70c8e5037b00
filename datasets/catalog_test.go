package datasets

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shelfcast/datasets/layout"
)

func TestEverySetSaysWhatItIsAndWhereItComesFrom(t *testing.T) {
	t.Parallel()
	last := ""
	for _, s := range List() {
		if s.Title == "" || s.Terms == "" || len(s.Files) == 0 || !strings.HasPrefix(s.Where, "https://") {
			t.Errorf("%s is incomplete: %+v", s.Name, s)
		}
		if s.Name <= last {
			t.Errorf("%s does not stand in order", s.Name)
		}
		last = s.Name
	}
}

func TestEverySetNamesItsMissingFilesAndWhereToGetThem(t *testing.T) {
	t.Parallel()
	for _, s := range List() {
		_, err := Import(t.Context(), s.Name, t.TempDir(), filepath.Join(t.TempDir(), "out"), layout.Options{})
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), s.Where) {
			t.Errorf("%s: error %v", s.Name, err)
			continue
		}
		for _, file := range s.Files {
			if !strings.Contains(err.Error(), file) {
				t.Errorf("%s: error %q lacks %q", s.Name, err, file)
			}
		}
	}
}

func TestImportWritesTheNamedSet(t *testing.T) {
	t.Parallel()
	from, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(filepath.Join(from, "train.csv"), []byte("date,store,item,sales\n2013-01-01,1,1,13\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Import(t.Context(), "store_item_demand", from, out, layout.Options{})
	if err != nil || s.TargetRows != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := os.Stat(filepath.Join(out, layout.TargetFile)); err != nil {
		t.Error(err)
	}
}

func TestAnUnknownNameIsAnsweredWithTheNearest(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"M5": "did you mean m5?", "store_items_demand": "did you mean store_item_demand?", "storeitemdemand": "did you mean store_item_demand?",
	} {
		_, err := Import(t.Context(), name, "", "", layout.Options{})
		if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", name, err, want)
		}
	}
}

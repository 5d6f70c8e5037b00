package source

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

const text = "date,store\n2013-01-01,1\n"

func packed(t *testing.T, open func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var b bytes.Buffer
	w := open(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompressionIsToldByTheFirstBytesNotByTheName(t *testing.T) {
	t.Parallel()
	gz := packed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	zst := packed(t, func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w)
		if err != nil {
			t.Fatal(err)
		}
		return z
	})
	for name, content := range map[string][]byte{"plain.gz": []byte(text), "gzip.csv": gz, "zstd.csv": zst, "empty": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			r, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if len(content) > 0 && string(got) != text {
				t.Errorf("read %q", got)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestADamagedFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.csv.gz")
	if err := os.WriteFile(path, []byte{0x1f, 0x8b, 0, 0}, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "x.csv.gz") {
		t.Errorf("error %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestAMissingFileSaysWhichAndWhereToGetIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := Find(dir, "https://example.org/set", "a.csv", "b.csv")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{"a.csv or b.csv", dir, "https://example.org/set"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "b.csv.gz"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(dir, "", "a.csv", "b.csv"); err != nil || filepath.Base(got) != "b.csv.gz" {
		t.Errorf("found %q, %v", got, err)
	}
}

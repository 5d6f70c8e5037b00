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
	"syscall"
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
	for name, content := range map[string][]byte{"plain.gz": []byte(text), "gzip.csv": gz, "zstd.csv": zst, "empty": nil, "marked": []byte("\xef\xbb\xbf" + text)} {
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

func TestAPipeIsRefusedAndNotWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "a.csv")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	if _, err := Open(pipe); err == nil || !strings.Contains(err.Error(), "no plain file") {
		t.Errorf("open: error %v", err)
	}
	if _, err := IsParquet(pipe); err == nil || !strings.Contains(err.Error(), "no plain file") {
		t.Errorf("is it Parquet: error %v", err)
	}
	if _, err := Find(dir, "", "a.csv"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("find: error %v", err)
	}
}

func TestParquetIsToldByItsFirstBytes(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]bool{"PAR1 and more": true, "PAR": false, "": false, "item_id": false} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := IsParquet(path); err != nil || got != want {
			t.Errorf("%q: %v, %v", content, got, err)
		}
	}
}

func TestAFileThatIsCutOffSaysSo(t *testing.T) {
	t.Parallel()
	gz := packed(t, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	path := filepath.Join(t.TempDir(), "x.csv.gz")
	if err := os.WriteFile(path, gz[:len(gz)-4], 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err == nil {
		_, err = io.ReadAll(r)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "cut off") && !strings.Contains(err.Error(), "damaged") {
		t.Errorf("error %v", err)
	}
}

package jobs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// manifestFile is a file that a manifest names.
type manifestFile struct {
	Path   string `json:"path"`   // relative to the folder of the drop
	Size   *int64 `json:"size"`   // bytes; nil where the manifest does not say
	SHA256 string `json:"sha256"` // in hexadecimal; "" where the manifest does not say
}

// parseManifest reads a manifest: JSON, {"files": [{"path": …, "size": …, "sha256": …}]}, or the lines that sha256sum writes.
func parseManifest(content []byte) (files []manifestFile, err error) {
	if trimmed := bytes.TrimSpace(content); len(trimmed) > 0 && trimmed[0] == '{' {
		var m struct {
			Files []manifestFile `json:"files"`
		}
		if err := json.Unmarshal(trimmed, &m); err != nil {
			return nil, fmt.Errorf("it is no JSON yet: %w", err)
		}
		files = m.Files
	} else if files, err = parseSums(string(content)); err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("it names no file")
	}
	for _, f := range files {
		if !filepath.IsLocal(f.Path) {
			return nil, fmt.Errorf("it names %q, which lies outside the drop", f.Path)
		}
	}
	return files, nil
}

var sumLine = regexp.MustCompile(`^([0-9a-fA-F]{64}) [ *](.+)$`)

// parseSums reads the lines of sha256sum. The last one must have its end: a manifest may be half written.
func parseSums(content string) (files []manifestFile, err error) {
	if content != "" && !strings.HasSuffix(content, "\n") {
		return nil, errors.New("its last line has no end")
	}
	for line := range strings.Lines(content) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		m := sumLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("%q is neither JSON nor a line of sha256sum", line[:min(len(line), 80)])
		}
		files = append(files, manifestFile{Path: m[2], SHA256: strings.ToLower(m[1])})
	}
	return files, nil
}

// checkSize reports a file that is not there, or has another size than the manifest says.
func (f manifestFile) checkSize(dir string) error {
	info, err := os.Stat(filepath.Join(dir, f.Path))
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", f.Path)
	case f.Size != nil && info.Size() != *f.Size:
		return fmt.Errorf("%s has %d bytes, and %d in the manifest", f.Path, info.Size(), *f.Size)
	}
	return nil
}

// checkSum reports a file whose content is not what the manifest says.
func (f manifestFile) checkSum(dir string) error {
	if f.SHA256 == "" {
		return nil
	}
	r, err := os.Open(filepath.Join(dir, f.Path))
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != strings.ToLower(f.SHA256) {
		return fmt.Errorf("%s has the SHA-256 %s, and %s in the manifest", f.Path, got, f.SHA256)
	}
	return nil
}

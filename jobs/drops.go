package jobs

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Drops is a folder in which others put new data, each delivery in a sub-folder of its own, or all in the folder itself. A
// drop is complete once it holds its mark, which is written last: a marker file, or a manifest that names the files.
type Drops struct {
	Dir      string
	Marker   string // name of the marker, such as _SUCCESS; its content does not matter
	Manifest string // name of the manifest, in place of a marker
}

// Drop is one delivery.
type Drop struct {
	Name        string    // of its folder; "." where it lies in the folder itself
	Path        string    // of its folder
	Date        time.Time // business date, where its name is one: 2026-03-01 or 20260301; zero otherwise
	Fingerprint string    // of the names, sizes and times of its files: a drop that is delivered anew has another
}

// List returns the drops that hold their mark, by name. Whether the files that a manifest names are all there is for Verify.
func (d Drops) List() ([]Drop, error) {
	entries, err := os.ReadDir(d.Dir)
	if err != nil {
		return nil, fmt.Errorf("look for drops: %w; mend schedule.watch.dir", err)
	}
	names := []string{"."}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "_") {
			names = append(names, e.Name())
		}
	}
	var list []Drop
	for _, name := range names {
		path := filepath.Join(d.Dir, name)
		if info, err := os.Stat(filepath.Join(path, d.mark())); err != nil || !info.Mode().IsRegular() {
			continue
		}
		drop := Drop{Name: name, Path: path, Date: dropDate(name)}
		if drop.Fingerprint, err = d.fingerprint(path); err != nil {
			return nil, fmt.Errorf("look at drop %s: %w", path, err)
		}
		list = append(list, drop)
	}
	slices.SortFunc(list, func(a, b Drop) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

func (d Drops) mark() string { return cmp.Or(d.Manifest, d.Marker) }

// dropDate returns the business date that a name is, or the zero time.
func dropDate(name string) time.Time {
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, name); err == nil {
			return t
		}
	}
	return time.Time{}
}

// fingerprint covers every file of a drop. Files that vanish meanwhile are not in it, so that the next look differs. A drop
// that is the folder itself has no files in sub-folders: those are drops of their own.
func (d Drops) fingerprint(path string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != path && (path == filepath.Clean(d.Dir) || strings.HasPrefix(e.Name(), ".")):
			return fs.SkipDir
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
			return nil
		}
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%q %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)[:16]), err
}

// Verify reports what a drop with its mark still lacks.
func (d Drops) Verify(drop Drop) error {
	if d.Manifest == "" {
		return nil
	}
	name := filepath.Join(drop.Path, d.Manifest)
	content, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	files, err := parseManifest(content)
	if err != nil {
		return fmt.Errorf("read manifest %s: %w", name, err)
	}
	// Sizes first: what is missing is found before anything is read.
	for _, check := range []func(manifestFile, string) error{manifestFile.checkSize, manifestFile.checkSum} {
		for _, f := range files {
			if err := check(f, drop.Path); err != nil {
				return fmt.Errorf("check drop %s: %w", drop.Path, err)
			}
		}
	}
	return nil
}

// Complete returns the drops that are complete, by name.
func (d Drops) Complete() ([]Drop, error) {
	list, err := d.List()
	return slices.DeleteFunc(list, func(drop Drop) bool { return d.Verify(drop) != nil }), err
}

// Until returns the folders of the complete drops up to one, by name; of all where there is no such name.
func (d Drops) Until(name string) ([]string, error) {
	complete, err := d.Complete()
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, drop := range complete {
		folders = append(folders, drop.Path)
		if drop.Name == name {
			break
		}
	}
	if len(folders) == 0 {
		return nil, fmt.Errorf("look for drops: %s holds no folder with a complete %s; wait for the delivery, or mend schedule.watch", d.Dir, d.mark())
	}
	return folders, nil
}

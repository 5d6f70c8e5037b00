// Package layout knows the folder that every data set of this build is written to: which files it has, their columns,
// and how the folder appears whole or not at all. It knows nothing of where data comes from.
//
// A folder holds
//
//	tts.parquet      target time series: item_id, store_id, timestamp, demand
//	rts.parquet      related time series: item_id, store_id, timestamp and one column a feature; absent without features
//	items.parquet    item_id and attributes of items
//	stores.parquet   store_id and attributes of stores
//	shelfcast.yaml   a configuration that runs as it is
//
// A large table is a folder of that name with parts part-00000.parquet, part-00001.parquet, …
package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Names of the files of a data set, relative to its folder.
const (
	TargetFile  = "tts.parquet"
	RelatedFile = "rts.parquet"
	ItemsFile   = "items.parquet"
	StoresFile  = "stores.parquet"
	ConfigFile  = "shelfcast.yaml"
)

// Builder writes a data set into a hidden folder beside its destination and puts it in place at the end, so that a run
// that fails or is killed leaves no half-written data set. Its methods may be called from several goroutines, Commit and
// Discard from one.
type Builder struct {
	dir, temp string
	done      bool
}

// Create begins a data set that will be dir. It refuses a dir that holds anything, unless force is set and what it holds
// is a data set, recognised by its shelfcast.yaml or tts.parquet: force never replaces a folder of anything else.
func Create(dir string, force bool) (*Builder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("create data set in %s: %w", dir, err)
	}
	if err := checkVacant(dir, force); err != nil {
		return nil, err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, fmt.Errorf("create data set in %s: %w", dir, diskFull(err))
	}
	temp, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".partial-")
	if err != nil {
		return nil, fmt.Errorf("create data set in %s: %w", dir, diskFull(err))
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return nil, errors.Join(fmt.Errorf("create data set in %s: %w", dir, err), os.RemoveAll(temp))
	}
	return &Builder{dir: dir, temp: temp}, nil
}

func checkVacant(dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("create data set in %s: %w; choose another folder", dir, err)
	case len(entries) == 0:
		return nil
	case !force:
		return fmt.Errorf("create data set in %s: the folder is not empty; choose another, or force to replace it", dir)
	case !isDataSet(dir):
		return fmt.Errorf("create data set in %s: the folder holds something that is not a data set, which force does not replace; choose another", dir)
	}
	return nil
}

func isDataSet(dir string) bool {
	for _, name := range []string{ConfigFile, TargetFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// Commit puts the data set in its place. What stood there under force is removed only after the new one stands.
func (b *Builder) Commit() error {
	old := b.temp + "-old"
	err := os.Rename(b.dir, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("put data set in place at %s: %w; remove the folder and try again", b.dir, err)
	}
	replaced := err == nil
	if err := os.Rename(b.temp, b.dir); err != nil {
		if replaced {
			err = errors.Join(err, os.Rename(old, b.dir))
		}
		return fmt.Errorf("put data set in place at %s: %w", b.dir, err)
	}
	b.done = true
	if !replaced {
		return nil
	}
	if err := os.RemoveAll(old); err != nil {
		return fmt.Errorf("remove the data set that %s replaces: %w", b.dir, err)
	}
	return nil
}

// Discard removes what was written, and does nothing after Commit: it is meant to be deferred.
func (b *Builder) Discard() error {
	if b.done {
		return nil
	}
	b.done = true
	if err := os.RemoveAll(b.temp); err != nil {
		return fmt.Errorf("remove unfinished data set %s: %w; remove it by hand", b.temp, err)
	}
	return nil
}

// Part is one of the parts that a table is written in, numbered from 0. A table of one part is a plain file.
type Part struct{ Number, Of int }

// Whole is the only part of a table that is a plain file.
var Whole = Part{Number: 0, Of: 1}

// create opens a part of the table with the given name, which may lie in a folder such as truth/series.parquet.
func (b *Builder) create(name string, p Part) (*os.File, error) {
	path := filepath.Join(b.temp, filepath.FromSlash(name))
	if p.Of > 1 {
		path = filepath.Join(path, fmt.Sprintf("part-%05d.parquet", p.Number))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, diskFull(err))
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, diskFull(err))
	}
	return f, nil
}

// diskFull says what to do where err means that there is no room left.
func diskFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: the disk is full; free some space or write to another disk", err)
	}
	return err
}

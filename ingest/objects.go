package ingest

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"shelfcast/ingest/objectstore"
)

const fetches = 4 // at the same time

// objectsOf returns the files of an address in an object store. Their content is still to be fetched.
func objectsOf(ctx context.Context, in, name string) ([]*file, error) {
	found, err := objectstore.List(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", in, err)
	}
	var files []*file
	for _, o := range found {
		files = append(files, &file{path: o.URL, root: o.Root, size: o.Size, object: &object{Object: o}})
	}
	return files, nil
}

// object is the content of an object, once it has been fetched.
type object struct {
	objectstore.Object
	copy *os.File // without a name, so that it is gone with the process, however that ends
}

// fetch copies the objects among files into the folder for what has no room in memory. The first in order that fails is the
// one that is reported.
func fetch(ctx context.Context, files []*file, dir string, p *progress) error {
	failed := make([]error, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range fetches {
		wg.Go(func() {
			for i := range next {
				failed[i] = files[i].fetch(ctx, dir)
				p.add(files[i].size)
			}
		})
	}
	for i, f := range files {
		if f.object != nil {
			next <- i
		}
	}
	close(next)
	wg.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *file) fetch(ctx context.Context, dir string) error {
	to, err := os.CreateTemp(dir, "shelfcast-*.object")
	if err != nil {
		return fmt.Errorf("read %s: copy %s: %w; make room there, or name another folder (run.temp_dir)", f.in, f.path, err)
	}
	os.Remove(to.Name())
	f.object.copy = to
	if err := objectstore.Fetch(ctx, f.object.Object, to); err != nil {
		return fmt.Errorf("read %s: %w", f.in, err)
	}
	return nil
}

// objectBytes returns the size of the objects among files.
func objectBytes(files []*file) (bytes int64) {
	for _, f := range files {
		if f.object != nil {
			bytes += f.size
		}
	}
	return bytes
}

// giveUp drops what was fetched.
func giveUp(files []*file) {
	for _, f := range files {
		if f.object != nil && f.object.copy != nil {
			f.object.copy.Close()
			os.Remove(f.object.copy.Name()) // where an open file cannot be removed
		}
	}
}

// content is a file that is open.
type content interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// open opens the file, or the copy of the object.
func (f *file) open() (content, error) {
	if f.object == nil {
		return os.Open(f.path)
	}
	return openCopied{io.NewSectionReader(f.object.copy, 0, f.size)}, nil
}

// openCopied reads the copy of an object, which stays open.
type openCopied struct{ *io.SectionReader }

// Close does nothing.
func (openCopied) Close() error { return nil }

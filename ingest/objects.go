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

// object is an object, and where its copy lies once it has been fetched.
type object struct {
	objectstore.Object
	copies *os.File // holds the copies of all objects, and has no name, so that it is gone with the process, however that ends
	at     int64
}

// fetch copies the objects among files into one file in the folder for what has no room in memory, and returns it; nil where
// there are none. The first in order that fails is the one that is reported.
func fetch(ctx context.Context, files []*file, dir string, p *progress) (copies *os.File, err error) {
	at := int64(0)
	for _, f := range files {
		if f.object == nil {
			continue
		}
		if copies == nil {
			if copies, err = os.CreateTemp(dir, "shelfcast-*.objects"); err != nil {
				return nil, fmt.Errorf("read %s: copy %s: %w; make room there, or name another folder (run.temp_dir)", f.in, f.path, err)
			}
			os.Remove(copies.Name()) // where an open file cannot be removed, close does it
		}
		f.object.copies, f.object.at = copies, at
		at += f.size
	}
	failed := make([]error, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range fetches {
		wg.Go(func() {
			for i := range next {
				failed[i] = files[i].fetch(ctx)
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
			return copies, err
		}
	}
	return copies, nil
}

func (f *file) fetch(ctx context.Context) error {
	if err := objectstore.Fetch(ctx, f.object.Object, io.NewOffsetWriter(f.object.copies, f.object.at)); err != nil {
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
	return openCopied{io.NewSectionReader(f.object.copies, f.object.at, f.size)}, nil
}

// openCopied reads the copy of an object. The file that holds it stays open.
type openCopied struct{ *io.SectionReader }

// Close does nothing.
func (openCopied) Close() error { return nil }

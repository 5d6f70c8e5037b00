// Package objectstore lists and reads the objects of a store by their addresses: s3://bucket/key, and gs://bucket/key.
//
// It does so in a program that was built with the tag objectstore alone. In any other it holds none of the code that speaks
// to stores, and every address is refused with the way to build one that reads it.
package objectstore

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Object is one object as it was listed.
type Object struct {
	URL  string // its whole address
	Root string // the address that was asked for and that it lies under: of an object by itself its own
	Size int64
	ETag string // of its content
}

// Is reports whether a name is an address and not the path of a file.
func Is(name string) bool { return strings.Contains(name, "://") }

// address is an address in its parts.
type address struct{ scheme, bucket, key string }

func (a address) String() string { return a.scheme + "://" + a.bucket + "/" + a.key }

func parse(name string) (a address, err error) {
	scheme, rest, _ := strings.Cut(name, "://")
	bucket, key, _ := strings.Cut(rest, "/")
	switch {
	case strings.Contains(bucket, "@"):
		return a, fmt.Errorf("an address of the scheme %s holds what looks like a secret; take it out, and give it in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)", scheme)
	case scheme != "s3" && scheme != "gs":
		return a, fmt.Errorf("%s: the scheme %q is not known; use s3:// or gs://, or copy the files here first", name, scheme)
	case bucket == "" || key == "":
		return a, fmt.Errorf("%s: the address is not whole; write it as %s://bucket/folder, or with a pattern at its end", name, scheme)
	}
	return address{scheme, bucket, key}, nil
}

// pattern reports whether a key holds a pattern, and the text before it that objects begin with.
func pattern(key string) (prefix string, is bool) {
	if i := strings.IndexAny(key, `*?[`); i >= 0 {
		return key[:i], true
	}
	return key, false
}

// choose returns, of the objects that begin with the prefix of an address, those that it names: the object itself, those in
// the folder, or those whose keys, or whose folders, match the pattern. Names that begin with . or _ are left out.
func choose(a address, listed []Object, key func(Object) string) ([]Object, error) {
	var chosen []Object
	_, glob := pattern(a.key)
	want := strings.TrimSuffix(a.key, "/")
	for _, o := range listed {
		under, err := under(key(o), want, glob)
		if err != nil {
			return nil, fmt.Errorf("%v: %w; close its brackets", a, err)
		}
		if under == "" || hidden(strings.TrimPrefix(key(o), under)) {
			continue
		}
		o.Root = address{a.scheme, a.bucket, under}.String()
		chosen = append(chosen, o)
	}
	slices.SortFunc(chosen, func(a, b Object) int { return strings.Compare(a.URL, b.URL) })
	if len(chosen) == 0 {
		return nil, fmt.Errorf("%v: no such object; names that begin with . or _ do not count", a)
	}
	return chosen, nil
}

// under returns the beginning of a key that is, or that matches, what is wanted, in whole names; "" where there is none.
func under(key, want string, glob bool) (string, error) {
	names := strings.Split(key, "/")
	n := strings.Count(want, "/") + 1
	if n > len(names) {
		return "", nil
	}
	begin := strings.Join(names[:n], "/")
	if !glob {
		if begin != want {
			begin = ""
		}
		return begin, nil
	}
	match, err := path.Match(want, begin)
	if !match {
		begin = ""
	}
	return begin, err
}

func hidden(rest string) bool {
	if strings.HasSuffix(rest, "/") {
		return true // the mark of a folder
	}
	return slices.ContainsFunc(strings.Split(rest, "/"), func(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") })
}

// Fetch writes the content of an object. It errs where the object is not the one that was listed any more.
func Fetch(ctx context.Context, o Object, to io.Writer) error {
	from, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer from.Close()
	n, err := io.Copy(to, io.LimitReader(from, o.Size+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", o.URL, explain(err))
	case n != o.Size:
		return fmt.Errorf("%s: %d bytes came, of the %d that are listed; start again when its delivery is complete", o.URL, n, o.Size)
	}
	return nil
}

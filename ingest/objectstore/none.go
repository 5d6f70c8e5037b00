//go:build !objectstore

package objectstore

import (
	"context"
	"fmt"
	"io"
)

// List returns the objects that an address names, by their addresses.
func List(_ context.Context, name string) ([]Object, error) {
	if _, err := parse(name); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s: this program reads no object stores; build one that does with: make build TAGS=objectstore", name)
}

func open(context.Context, Object) (io.ReadCloser, error) { panic("no object can have been listed") }

func explain(err error) error { return err }

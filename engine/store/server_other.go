//go:build !unix

package store

import (
	"context"
	"errors"
)

// process does not exist on systems without Unix sockets and signals.
type process struct{}

var errNoServer = errors.New("the embedded server needs a Unix system; set DATABASE_URL to a Postgres of your own")

func (*process) stop(context.Context) error                      { return errNoServer }
func startServer(context.Context, home, bool) (*Server, error)   { return nil, errNoServer }
func findServer(context.Context, home) (*Server, error)          { return nil, errNoServer }
func stopServer(context.Context, home) (stopped bool, err error) { return false, errNoServer }

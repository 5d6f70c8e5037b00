package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// ServerConfig says where the embedded server keeps its data and how long it lives.
type ServerConfig struct {
	// Dir is the data home: data, log and lock of the server. Empty means SHELFCAST_HOME if that is set, else
	// /var/lib/shelfcast for root, else $XDG_DATA_HOME/shelfcast, else ~/.local/share/shelfcast.
	Dir string

	// Stay makes a server that outlives the process that starts it, until StopServer. Otherwise it ends with its
	// owner: by Stop, or by itself should the owner be killed. It is an error to ask for one that stays while one runs
	// that will not.
	Stay bool
}

// Server is the embedded server: a Postgres of this machine's own installation, run for this program alone. It listens
// on a Unix socket in a directory that only its user may enter, and on no network.
//
// The first process to ask for it owns it; others attach and use it while it runs. Only its owner stops it.
type Server struct {
	url      string
	home     home
	attached bool
	process  *process // nil where attached
}

// URL returns the connection string of the database.
func (s *Server) URL() string { return s.url }

// Attached reports whether the server was already running, and so belongs to another process.
func (s *Server) Attached() bool { return s.attached }

// Owner returns the process that an attached server ends with, 0 for this process's own server and for one that stays.
func (s *Server) Owner() int {
	if !s.attached {
		return 0
	}
	return s.home.ownerPID()
}

// Log returns the path of the server's log.
func (s *Server) Log() string { return s.home.log() }

// home is a data home: the directory under which the embedded server keeps everything.
type home string

func (h home) data() string   { return filepath.Join(string(h), "data") }
func (h home) fresh() string  { return filepath.Join(string(h), "data.init") } // data that initdb has not finished
func (h home) log() string    { return filepath.Join(string(h), "server.log") }
func (h home) lock() string   { return filepath.Join(string(h), "server.lock") }
func (h home) owner() string  { return filepath.Join(string(h), "server.owner") }
func (h home) socket() string { return filepath.Join(string(h), "socket") }

// DataHome returns the directory in which the embedded server of a configuration keeps everything.
func DataHome(cfg ServerConfig) (string, error) {
	h, err := homeOf(cfg)
	return string(h), err
}

// homeOf returns the data home of a configuration, as an absolute path.
func homeOf(cfg ServerConfig) (home, error) {
	dir := cfg.Dir
	for _, choice := range []func() string{
		func() string { return os.Getenv("SHELFCAST_HOME") },
		func() string {
			if os.Geteuid() == 0 {
				return "/var/lib/shelfcast" // root's own home is closed to the user that the server runs as
			}
			return ""
		},
		func() string { return under(os.Getenv("XDG_DATA_HOME"), "shelfcast") },
		func() string { return under(os.Getenv("HOME"), ".local/share/shelfcast") },
	} {
		if dir == "" {
			dir = choice()
		}
	}
	if dir == "" {
		return "", fmt.Errorf("find the data home: neither SHELFCAST_HOME nor HOME is set; set SHELFCAST_HOME to a directory")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the data home: %w", err)
	}
	return home(abs), nil
}

func under(dir, name string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, name)
}

// StartServer starts the embedded server, or attaches to the one that already runs on the same data home. A new data
// home is initialised first. Data that was written by another major version of Postgres is refused and left as it is;
// nothing is ever deleted. When StartServer returns, the server accepts connections and has its database.
func StartServer(ctx context.Context, cfg ServerConfig) (*Server, error) {
	h, err := homeOf(cfg)
	if err != nil {
		return nil, err
	}
	s, err := startServer(ctx, h, cfg.Stay)
	if err != nil {
		return nil, fmt.Errorf("start the embedded server in %s: %w", h, err)
	}
	return s, nil
}

// HasData reports whether a data home holds a database.
func HasData(cfg ServerConfig) (bool, error) {
	h, err := homeOf(cfg)
	if err != nil {
		return false, err
	}
	version, err := dataVersion(h)
	return version > 0, err
}

// FindServer attaches to the server that runs on a data home; it returns nil where none does.
func FindServer(ctx context.Context, cfg ServerConfig) (*Server, error) {
	h, err := homeOf(cfg)
	if err != nil {
		return nil, err
	}
	s, err := findServer(ctx, h)
	if err != nil {
		return nil, fmt.Errorf("find the embedded server in %s: %w", h, err)
	}
	return s, nil
}

// StopServer stops the server that runs on a data home, whoever owns it, and waits for its end. It reports whether
// there was one.
func StopServer(ctx context.Context, cfg ServerConfig) (stopped bool, err error) {
	h, err := homeOf(cfg)
	if err != nil {
		return false, err
	}
	if stopped, err = stopServer(ctx, h); err != nil {
		return stopped, fmt.Errorf("stop the embedded server in %s: %w", h, err)
	}
	return stopped, nil
}

// Stop ends the server and waits until its data is safe on disk. A server that was attached to is left running.
func (s *Server) Stop(ctx context.Context) error {
	if s.attached {
		return nil
	}
	if err := s.process.stop(ctx); err != nil {
		return fmt.Errorf("stop the embedded server in %s: %w", s.home, err)
	}
	return nil
}

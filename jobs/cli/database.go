package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"shelfcast/engine/store"
	"shelfcast/jobs/config"
)

// urlVariable names the database that is used instead of the embedded server.
const urlVariable = "DATABASE_URL"

// database is an open database, and the embedded server where this command had to start it.
type database struct {
	*store.DB
	url    string
	server *store.Server // nil where the database is somebody else's
}

// openDatabase opens the database of a configuration, migrated: the one that DATABASE_URL or the address file names, or
// else the embedded one, which is started where it is not running.
func (s *session) openDatabase(c config.Database) (*database, error) {
	url, server, err := s.locate(c, false)
	if err != nil {
		return nil, err
	}
	d := &database{url: url, server: server}
	if d.DB, err = store.Open(s.ctx, url); err == nil {
		if err = d.Migrate(s.ctx); err == nil {
			return d, nil
		}
		d.DB.Close()
	}
	return nil, errors.Join(err, d.stopServer())
}

// Close closes the database, and stops the server where this command had started it.
func (d *database) Close() error {
	d.DB.Close()
	return d.stopServer()
}

func (d *database) stopServer() error {
	if d.server == nil || d.server.Attached() {
		return nil
	}
	return d.server.Stop(context.Background())
}

// locate returns the address of the database, and the embedded server where it is that one.
func (s *session) locate(c config.Database, stay bool) (url string, server *store.Server, err error) {
	if url, err = s.configuredURL(c); err != nil || url != "" {
		return url, nil, err
	}
	server, err = store.StartServer(s.ctx, store.ServerConfig{Dir: c.Dir, Stay: stay})
	if err != nil {
		return "", nil, err
	}
	return server.URL(), server, nil
}

// configuredURL returns the address that the environment or the address file gives, or "" for the embedded server.
func (s *session) configuredURL(c config.Database) (string, error) {
	if url := s.env(urlVariable); url != "" {
		return url, nil
	}
	if c.URLFile == "" {
		return "", nil
	}
	b, err := os.ReadFile(c.URLFile)
	if err != nil {
		return "", fmt.Errorf("read the database's address: %w; mend database.url_file, or set %s", err, urlVariable)
	}
	url := strings.TrimSpace(string(b))
	if url == "" {
		return "", fmt.Errorf("read the database's address: %s is empty; write the address into it, or leave database.url_file out to use the embedded Postgres", c.URLFile)
	}
	return url, nil
}

func (s *session) env(name string) string {
	for _, kv := range s.environ {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			return v
		}
	}
	return ""
}

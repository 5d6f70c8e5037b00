//go:build unix

package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// postmaster is what the server itself says of a running server, in the file postmaster.pid.
type postmaster struct {
	pid    int
	port   string
	socket string
	status string // starting, ready, stopping
}

// Lines of postmaster.pid, from 0: https://www.postgresql.org/docs/current/storage-file-layout.html
const (
	linePID, linePort, lineSocket, lineStatus = 0, 3, 4, 7
)

const readyTimeout = 5 * time.Second

// readPostmaster returns the server that runs on the data; ok is false where none does. The file may be left over, and
// it may be half written.
func readPostmaster(h home) (p postmaster, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(h.data(), "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	lines := strings.Split(string(text), "\n")
	if p.pid, err = strconv.Atoi(strings.TrimSpace(lines[linePID])); err != nil || p.pid <= 0 {
		return p, false, nil
	}
	if len(lines) > lineSocket {
		p.port, p.socket = strings.TrimSpace(lines[linePort]), strings.TrimSpace(lines[lineSocket])
	}
	if len(lines) > lineStatus {
		p.status = strings.TrimSpace(lines[lineStatus])
	}
	return p, alive(p.pid) && serves(p.pid, h.data()), nil
}

// url returns the connection string of a database of the server.
func (p postmaster) url(database string) string {
	q := url.Values{"host": {p.socket}, "port": {p.port}}
	return fmt.Sprintf("postgres://%s@/%s?%s", databaseName, database, q.Encode())
}

// ready reports whether the server accepts connections.
func (p postmaster) ready(ctx context.Context) bool {
	if p.socket == "" || p.port == "" || p.status == "stopping" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout) // one that is stopped accepts and never answers
	defer cancel()
	conn, err := pgx.Connect(ctx, p.url("postgres"))
	if err != nil {
		return false
	}
	hangUp(conn)
	return true
}

// ensureDatabase makes the program's database on a server that does not have it yet.
func (p postmaster) ensureDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.url("postgres"))
	if err != nil {
		return errors.New(oneLine(err.Error()))
	}
	defer hangUp(conn)
	var exists bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", databaseName).Scan(&exists); err != nil || exists {
		return err
	}
	if _, err := conn.Exec(ctx, "create database "+databaseName); err != nil {
		return err
	}
	// For people at a prompt; this package names the schema everywhere.
	_, err = conn.Exec(ctx, "alter database "+databaseName+" set search_path = "+schemaName+", public")
	return err
}

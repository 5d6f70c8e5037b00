package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"shelfcast/engine/store"
	"shelfcast/ingest"
	"shelfcast/jobs"
	"shelfcast/jobs/config"
)

// inputURLVariable names the database that inputs are read from by query.
const inputURLVariable = config.EnvPrefix + "INPUT_DATABASE_URL"

// databaseSource reads the inputs that are queries.
type databaseSource struct {
	s    *session
	conf config.Config
}

var _ jobs.Source = databaseSource{}

// source returns the source of a configuration; nil where all inputs are files.
func (s *session) source(conf config.Config) jobs.Source {
	if !conf.Input.Queries.Any() {
		return nil
	}
	return databaseSource{s, conf}
}

// Open describes all queries in one snapshot. They run as they are read.
func (d databaseSource) Open(ctx context.Context) (q ingest.Queries, done func() error, err error) {
	url, server, err := d.locate()
	if err != nil {
		return q, nil, err
	}
	var snapshot *store.Snapshot
	done = func() error {
		var ended []error
		if snapshot != nil {
			ended = append(ended, snapshot.Close())
		}
		if server != nil && !server.Attached() {
			ended = append(ended, server.Stop(context.WithoutCancel(ctx)))
		}
		return errors.Join(ended...)
	}
	if snapshot, err = store.OpenSnapshot(ctx, url); err != nil {
		return q, nil, errors.Join(err, done())
	}
	of := d.conf.Input.Queries
	for _, in := range []struct {
		name, sql string
		into      **ingest.Query
	}{{"target", of.Target, &q.Target}, {"related", of.Related, &q.Related}, {"items", of.Items, &q.Items}, {"stores", of.Stores, &q.Stores}} {
		if in.sql == "" {
			continue
		}
		if *in.into, err = query(ctx, snapshot, in.sql); err != nil {
			return q, nil, errors.Join(fmt.Errorf("read %s: input.queries.%s: %w", in.name, in.name, err), done())
		}
	}
	return q, done, nil
}

func query(ctx context.Context, snapshot *store.Snapshot, sql string) (*ingest.Query, error) {
	columns, err := snapshot.Columns(ctx, sql)
	if err != nil {
		return nil, err
	}
	q := &ingest.Query{Copy: func(ctx context.Context, w io.Writer) error { return snapshot.Copy(ctx, sql, w) }}
	for _, c := range columns {
		q.Columns = append(q.Columns, ingest.QueryColumn(c))
	}
	return q, nil
}

// locate returns the address of the database to read from, and the embedded server where it is that one.
func (d databaseSource) locate() (url string, server *store.Server, err error) {
	if url := d.s.env(inputURLVariable); url != "" {
		return url, nil, nil
	}
	file := d.conf.Input.Queries.URLFile
	if file == "" {
		return d.locateResults()
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", nil, fmt.Errorf("read the address of the input's database: %w; mend input.queries.url_file, or set %s", err, inputURLVariable)
	}
	if url = strings.TrimSpace(string(b)); url == "" {
		return "", nil, fmt.Errorf("read the address of the input's database: %s is empty; write the address into it, or set %s", file, inputURLVariable)
	}
	return url, nil, nil
}

// locateResults returns the address of the database that results rest in, where there is one: to make an empty one and to read
// from it helps nobody.
func (d databaseSource) locateResults() (url string, server *store.Server, err error) {
	if url, err = d.s.configuredURL(d.conf.Database); err != nil || url != "" {
		return url, nil, err
	}
	made, err := store.HasData(store.ServerConfig{Dir: d.conf.Database.Dir})
	if err == nil && !made {
		err = fmt.Errorf("read the inputs: queries are given, and no database to run them in; set %s to its address, such as postgres://user@host/name, or name a file that holds it (input.queries.url_file)", inputURLVariable)
	}
	if err != nil {
		return "", nil, err
	}
	return d.s.locate(d.conf.Database, false)
}

package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"shelfcast/engine/store"
	"shelfcast/jobs/config"
)

type dbCommand struct {
	Start   dbStart   `cmd:"" help:"Start the embedded Postgres and leave it running."`
	Stop    dbStop    `cmd:"" help:"Stop the embedded Postgres."`
	URL     dbURL     `cmd:"" name:"url" help:"Print the database's address, without the password."`
	Migrate dbMigrate `cmd:"" help:"Bring the database's tables and views up to this version."`
	Psql    dbPsql    `cmd:"" help:"Open psql on the database, or hand it arguments after --."`
}

// dbFlags say which database is meant.
type dbFlags struct {
	Config string `placeholder:"F" help:"The configuration that says where the database is. Default: the embedded one in its usual folder, or the one that DATABASE_URL names."`
}

func (f dbFlags) database(s *session) (config.Database, error) {
	if f.Config == "" {
		return config.Default().Database, nil
	}
	c, err := config.Load(f.Config, s.environ)
	return c.Database, err
}

type dbStart struct {
	dbFlags `embed:""`
}

// Help ends the help text of the command.
func (dbStart) Help() string {
	return "A server that is left running is found by the other commands, which then start faster.\nExample:\n  shelfcast db start"
}

// Run starts the server.
func (c dbStart) Run(s *session) error {
	conf, err := c.database(s)
	if err != nil {
		return err
	}
	address, server, err := s.locate(conf, true)
	if err != nil {
		return err
	}
	if server == nil {
		return fmt.Errorf("start the embedded Postgres: %s names a database, so none is needed; unset it to use the embedded one", urlVariable)
	}
	_, err = fmt.Fprintln(s.out, address)
	return err
}

type dbStop struct {
	dbFlags `embed:""`
}

// Help ends the help text of the command.
func (dbStop) Help() string { return "Example:\n  shelfcast db stop" }

// Run stops the server.
func (c dbStop) Run(s *session) error {
	conf, err := c.database(s)
	if err != nil {
		return err
	}
	stopped, err := store.StopServer(s.ctx, store.ServerConfig{Dir: conf.Dir})
	if err == nil && !stopped {
		_, err = fmt.Fprintln(s.out, "no embedded Postgres is running")
	}
	return err
}

type dbURL struct {
	dbFlags `embed:""`
}

// Help ends the help text of the command.
func (dbURL) Help() string { return "Example:\n  psql \"$(shelfcast db url)\"" }

// Run prints the address.
func (c dbURL) Run(s *session) error {
	conf, err := c.database(s)
	if err != nil {
		return err
	}
	address, err := s.configuredURL(conf)
	if err != nil {
		return err
	}
	if address == "" {
		server, err := store.FindServer(s.ctx, store.ServerConfig{Dir: conf.Dir})
		if err != nil {
			return err
		}
		if server == nil {
			return fmt.Errorf("find the embedded Postgres: it is not running; start it with shelfcast db start")
		}
		address = server.URL()
	}
	_, err = fmt.Fprintln(s.out, store.Redact(address))
	return err
}

type dbMigrate struct {
	dbFlags `embed:""`
}

// Help ends the help text of the command.
func (dbMigrate) Help() string { return "Example:\n  shelfcast db migrate" }

// Run migrates the database.
func (c dbMigrate) Run(s *session) error {
	conf, err := c.database(s)
	if err != nil {
		return err
	}
	db, err := s.openDatabase(conf)
	if err != nil {
		return err
	}
	version, _, err := db.SchemaVersion(s.ctx)
	if err == nil {
		_, err = fmt.Fprintf(s.out, "schema version %d\n", version)
	}
	return errors.Join(err, db.Close())
}

type dbPsql struct {
	dbFlags `embed:""`
	Args    []string `arg:"" optional:"" passthrough:"" help:"Arguments for psql."`
}

// Help ends the help text of the command.
func (dbPsql) Help() string {
	return "Example:\n  shelfcast db psql -- -c \"select * from shelfcast.forecast_current limit 10\""
}

// Run opens psql. The server is started for it where it is not running, and stopped after it.
func (c dbPsql) Run(s *session) error {
	conf, err := c.database(s)
	if err != nil {
		return err
	}
	psql, err := exec.LookPath("psql")
	if err != nil {
		return fmt.Errorf("open psql: %w; install it (apt-get install postgresql-client)", err)
	}
	db, err := s.openDatabase(conf)
	if err != nil {
		return err
	}
	args := c.Args
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	address, password, err := store.SplitPassword(db.url)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	cmd := exec.CommandContext(s.ctx, psql, append([]string{address}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, s.out, s.errOut
	if password != "" {
		// Not on the command line, where every user of the machine can read it.
		cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	}
	return errors.Join(cmd.Run(), db.Close())
}

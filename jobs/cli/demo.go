package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"shelfcast/datasets/layout"
	"shelfcast/engine/store"
)

type demoCommand struct {
	Dir     string `default:"demo" help:"Folder for the chain's data, the configuration and the report. It is made anew."`
	Series  int    `default:"2500" help:"Item-stores in the chain."`
	Periods int    `default:"730" help:"Days of history."`
	Seed    uint64 `default:"1" help:"Seed of everything that is random about the chain."`
}

// Help ends the help text of the command.
func (demoCommand) Help() string {
	return `The demo keeps its results in an embedded Postgres of its own, beside the one that shelfcast run uses.
Example:
  shelfcast demo --dir /tmp/chain --series 300`
}

// Run makes the chain, runs the night and says what to look at.
func (c demoCommand) Run(s *session) error {
	began := time.Now()
	synth := synthCommand{Out: c.Dir, Series: c.Series, Periods: c.Periods, Horizon: 28, Seed: c.Seed, Force: true}
	if err := synth.Run(s); err != nil {
		return err
	}
	file := filepath.Join(c.Dir, layout.ConfigFile)
	if err := c.addDatabase(s, file); err != nil {
		return err
	}
	run := runCommand{Config: file}
	if err := run.Run(s); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "\nThe whole demo took %s. Look at the page named above, ask Postgres, or run the night again:\n  %s run --config %s\n",
		time.Since(began).Round(100*time.Millisecond), s.program, file)
	return err
}

// addDatabase gives the demo's configuration a database of its own.
func (c demoCommand) addDatabase(s *session, file string) error {
	home, err := store.DataHome(store.ServerConfig{})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write the demo's configuration: %w", err)
	}
	_, err = fmt.Fprintf(f, "database:\n  dir: %s\nrun:\n  max_quarantine_share: 0.05\n", filepath.Join(home, "demo"))
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"shelfcast/jobs"
	"shelfcast/jobs/forecastfile"
)

type forecastCommand struct {
	inputFlags `embed:""`
	Out        string `required:"" placeholder:"F" help:"File to write: .csv, .csv.gz, .csv.zst or .parquet. One row a series and period: item_id, store_id, dimensions where there are some, timestamp, mean, a column for each quantile such as p10, model."`
	Components string `placeholder:"F" help:"Write what each forecast is made of to this file too: .csv, .csv.gz, .csv.zst or .parquet, one row a series, period and part: item_id, store_id, dimensions where there are some, timestamp, component, value. The parts of a period add up to its mean; one that is 0 in all periods of a series is left out. Of the models, those named after prophet explain themselves; other series have no rows."`
	Fits       string `placeholder:"F" help:"Write the fit of every series and model to this file too, one JSON object a line."`
	Refit      string `placeholder:"F" help:"Begin at the fits of this file, which an earlier forecast wrote with --fits: orders, forms and variants are kept, and parameters searched from where they were, in a fraction of the time. What it does not hold is fitted anew. --fits may name the same file."`
}

// Help ends the help text of the command.
func (forecastCommand) Help() string {
	return `Example:
  shelfcast datasets synth --out chain --series 100 --periods 400
  shelfcast forecast --target chain/tts.parquet --related chain/rts.parquet --frequency D --horizon 28 --out forecast.csv

What each day is made of:
  shelfcast forecast --target chain/tts.parquet --related chain/rts.parquet --frequency D --horizon 28 --models prophet --out forecast.csv --components components.csv

A night later, from the fits of the one before:
  shelfcast forecast --target chain/tts.parquet --frequency D --horizon 28 --models auto-ets --fits fits.jsonl --out forecast.csv
  shelfcast forecast --target chain/tts.parquet --frequency D --horizon 28 --models auto-ets --refit fits.jsonl --fits fits.jsonl --out forecast.csv`
}

// Run forecasts files into a file.
func (c forecastCommand) Run(s *session) error {
	if err := forecastfile.CheckName(c.Out); err != nil {
		return usageError{err}
	}
	if err := errors.Join(c.checkFits(), c.checkComponents(), c.checkOut(c.Out), c.checkRefit()); err != nil {
		return usageError{err}
	}
	conf, err := c.config()
	if err != nil {
		return err
	}
	n, err := c.night(s, conf)
	if err != nil {
		return err
	}
	n.Sink = jobs.FileSink{Name: c.Out, Components: c.Components, Fits: c.Fits}
	n.KeepFits, n.Components = c.Fits != "", c.Components != ""
	n.ShortenBacktest = true
	if c.Refit != "" {
		if n.Earlier, err = jobs.OpenEarlierFits(c.Refit); err != nil {
			return err
		}
		defer n.Earlier.Close()
	}
	rep, err := n.Run(s.ctx)
	if err != nil {
		return err
	}
	rep.Look = []string{c.Out}
	return rep.WriteText(s.errOut)
}

// checkFits reports a file of fits that cannot be written beside the forecasts.
func (c forecastCommand) checkFits() error {
	switch {
	case c.Fits == "":
		return nil
	case c.checkOut(c.Fits) != nil:
		return c.checkOut(c.Fits)
	case filepath.Clean(c.Fits) == filepath.Clean(c.Out):
		return fmt.Errorf("write %s: --out and --fits name the same file; give each its own", c.Fits)
	}
	return forecastfile.CheckFolder(c.Fits)
}

// checkComponents reports a file of parts that cannot be written beside the forecasts and the fits.
func (c forecastCommand) checkComponents() error {
	if c.Components == "" {
		return nil
	}
	for _, other := range []struct{ flag, file string }{{"--out", c.Out}, {"--fits", c.Fits}, {"--refit", c.Refit}} {
		if other.file != "" && filepath.Clean(c.Components) == filepath.Clean(other.file) {
			return fmt.Errorf("write %s: %s and --components name the same file; give each its own", other.file, other.flag)
		}
	}
	return errors.Join(forecastfile.CheckName(c.Components), c.checkOut(c.Components))
}

// checkRefit reports an output that would be written over the fits to begin at.
func (c forecastCommand) checkRefit() error {
	if c.Refit != "" && filepath.Clean(c.Refit) == filepath.Clean(c.Out) {
		return fmt.Errorf("write %s: --out and --refit name the same file; give each its own", c.Out)
	}
	return nil
}

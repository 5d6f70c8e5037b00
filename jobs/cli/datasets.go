package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"shelfcast/datasets"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/m5"
	"shelfcast/datasets/synth"
	"shelfcast/jobs"
	"shelfcast/jobs/report"
)

type datasetsCommand struct {
	List     listCommand     `cmd:"" help:"List the public data sets that can be imported."`
	Synth    synthCommand    `cmd:"" help:"Make a retail chain whose truth is known."`
	Import   importCommand   `cmd:"" help:"Import a public data set from its official files."`
	Score    scoreCommand    `cmd:"" help:"Score a forecast file as the data set's competition did."`
	Holidays holidaysCommand `cmd:"" help:"Print the holidays of a country and the events of retail in a year."`
}

type listCommand struct{}

// Run lists the catalogue.
func (listCommand) Run(s *session) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, d := range datasets.List() {
		fmt.Fprintf(w, "%s\t%s\n\tfrom\t%s\n\tterms\t%s\n\tfiles\t%s\n", d.Name, d.Title, d.Where, d.Terms, strings.Join(d.Files, ", "))
		if len(d.Optional) > 0 {
			fmt.Fprintf(w, "\toptional\t%s\n", strings.Join(d.Optional, ", "))
		}
	}
	return w.Flush()
}

type synthCommand struct {
	Out     string `required:"" placeholder:"DIR" help:"Folder to write."`
	Series  int    `default:"1000" help:"Item-stores."`
	Periods int    `default:"730" help:"Days of history."`
	Seed    uint64 `default:"1" help:"Seed of everything that is random."`
	Horizon int    `default:"28" help:"Days after the history whose prices are planned and whose truth is written."`
	Force   bool   `help:"Replace a data set that stands there."`
	Workers int    `help:"Goroutines. Default: one for each core. The bytes do not depend on it."`
}

// Help ends the help text of the command.
func (synthCommand) Help() string {
	return `Writes DIR/tts.parquet, rts.parquet, items.parquet, stores.parquet, shelfcast.yaml and truth/.
Example:
  shelfcast datasets synth --out chain --series 2000 --periods 730 --seed 1`
}

// Run makes the chain.
func (c synthCommand) Run(s *session) error {
	if c.Series < 1 || c.Periods < 1 || c.Horizon < 1 {
		return usageError{fmt.Errorf("make a chain of %d series, %d days and %d more: use 1 or more of each", c.Series, c.Periods, c.Horizon)}
	}
	progress := newProgress(s.errOut, s.log)
	sum, err := synth.Write(s.ctx, c.Out, synth.Options{Series: c.Series, Periods: c.Periods, Seed: c.Seed, Horizon: c.Horizon},
		importOptions(progress, "synth", int64(c.Series), c.Force, c.Workers))
	if err != nil {
		return err
	}
	return printSummary(s, c.Out, sum)
}

// importOptions returns the options of a data set that is written under progress.
func importOptions(p jobs.Progress, name string, total int64, force bool, workers int) layout.Options {
	p.Phase(name, total)
	return layout.Options{Force: force, Workers: workers, Progress: func(done, _ int) { p.Done(int64(done)) }}
}

func printSummary(s *session, dir string, sum *layout.Summary) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "wrote\t%s\n", dir)
	fmt.Fprintf(w, "series\t%s (%s items in %s stores)\n", report.Grouped(int64(sum.Series)), report.Grouped(int64(sum.Items)), report.Grouped(int64(sum.Stores)))
	fmt.Fprintf(w, "units\t%s\n", report.Grouped(int64(sum.Units)))
	fmt.Fprintf(w, "rows\t%s of the target, %s of the related series\n", report.Grouped(sum.TargetRows), report.Grouped(sum.RelatedRows))
	fmt.Fprintf(w, "days\t%s to %s\n", sum.First.Format(time.DateOnly), sum.Last.Format(time.DateOnly))
	for _, note := range sum.Notes {
		fmt.Fprintf(w, "note\t%s\n", note)
	}
	return w.Flush()
}

type importCommand struct {
	Name    string `arg:"" help:"Name of the data set: see shelfcast datasets list."`
	From    string `required:"" placeholder:"DIR" help:"Folder with the official files."`
	Out     string `required:"" placeholder:"DIR" help:"Folder to write."`
	Force   bool   `help:"Replace a data set that stands there."`
	Workers int    `help:"Goroutines. Default: one for each core. The bytes do not depend on it."`
}

// Help ends the help text of the command.
func (importCommand) Help() string {
	return `Example:
  shelfcast datasets import m5 --from m5-forecasting-accuracy --out m5`
}

// Run imports the data set.
func (c importCommand) Run(s *session) error {
	progress := newProgress(s.errOut, s.log)
	sum, err := datasets.Import(s.ctx, c.Name, c.From, c.Out, importOptions(progress, "import", 0, c.Force, c.Workers))
	if err != nil {
		return err
	}
	return printSummary(s, c.Out, sum)
}

type scoreCommand struct {
	Name     string `arg:"" enum:"m5" help:"Name of the data set: m5."`
	From     string `required:"" placeholder:"DIR" help:"Folder with the official files."`
	Forecast string `required:"" placeholder:"F" help:"The forecasts: item_id, store_id, timestamp and mean, 28 days from the origin for every series."`
	Origin   string `required:"" placeholder:"d_N" help:"Last day that the forecasts may know, such as d_1913."`
}

// Help ends the help text of the command.
func (scoreCommand) Help() string {
	return `Prints WRMSSE for the 12 levels of the M5 competition and their mean.
Example:
  shelfcast datasets score m5 --from m5-forecasting-accuracy --forecast forecast.csv --origin d_1913`
}

// Run scores the file.
func (c scoreCommand) Run(s *session) error {
	sc, err := m5.Score(s.ctx, c.From, c.Forecast, c.Origin)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, sc)
	return err
}

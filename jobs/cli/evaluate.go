package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"

	"shelfcast/evaluate/score"
	"shelfcast/jobs"
	"shelfcast/jobs/forecastfile"
	"shelfcast/jobs/report"
)

type evaluateCommand struct {
	inputFlags `embed:""`
	Windows    int    `default:"3" help:"Rolling windows, 1 to 5: window k trains up to the end of the data − offset − (k−1)·horizon and scores one horizon."`
	Offset     int    `help:"Periods from the end of the data to the newest split: the horizon or more, less than half the history. Default: the horizon."`
	Out        string `placeholder:"F" help:"Write every metric of every model and window to this CSV file."`
	BySeries   string `name:"by-series" placeholder:"F" help:"Write the metrics of every model on every series to this CSV file."`
}

// Help ends the help text of the command.
func (evaluateCommand) Help() string {
	return `Example:
  shelfcast datasets synth --out chain --series 100 --periods 400
  shelfcast evaluate --target chain/tts.parquet --frequency D --horizon 28 --models seasonal-naive,auto --windows 3 --out metrics.csv`
}

// Run scores models on the past.
func (c evaluateCommand) Run(s *session) error {
	if err := c.checkFiles(); err != nil {
		return usageError{err}
	}
	conf, err := c.config()
	if err != nil {
		return err
	}
	conf.Backtest.Windows, conf.Backtest.Offset = c.Windows, c.Offset
	n, err := c.night(s, conf)
	if err != nil {
		return err
	}
	n.Spec.HistoryOnly = true
	found, err := n.Evaluate(s.ctx, c.BySeries != "")
	if err != nil {
		return err
	}
	if err := writeTable(c.Out, metricRows(found.Models)); err != nil {
		return err
	}
	if err := writeTable(c.BySeries, seriesRows(found.Series)); err != nil {
		return err
	}
	rep := &report.Report{Models: found.Models, Phases: found.Phases, Inputs: found.Inputs, Notes: found.Notes}
	return errors.Join(rep.WriteRows(s.errOut), rep.WriteScores(s.out))
}

// checkFiles reports a table that cannot be written, before any work is done for it.
func (c evaluateCommand) checkFiles() error {
	if c.Out != "" && filepath.Clean(c.Out) == filepath.Clean(c.BySeries) {
		return fmt.Errorf("write %s: --out and --by-series name the same file; give each its own", c.Out)
	}
	for _, name := range []string{c.Out, c.BySeries} {
		if name == "" {
			continue
		}
		if err := c.checkOut(name); err != nil {
			return err
		}
		if err := forecastfile.CheckFolder(name); err != nil {
			return err
		}
	}
	return nil
}

// writeTable writes a CSV file, whole or not at all; no name, no file.
func writeTable(name string, rows [][]string) error {
	if name == "" {
		return nil
	}
	f, err := forecastfile.CreateLines(name)
	if err != nil {
		return err
	}
	if err := csv.NewWriter(f).WriteAll(rows); err != nil {
		f.Abort()
		return err
	}
	return f.Close()
}

func metricRows(models []report.Model) [][]string {
	rows := [][]string{{"model", "window", "metric", "level", "value", "used", "of", "season", "denominator_zero"}}
	for _, m := range models {
		for _, s := range m.Scores {
			rows = append(rows, []string{
				m.Name, strconv.Itoa(s.Window), s.Metric, optional(s.Level), optional(s.Value),
				strconv.Itoa(s.Used), strconv.Itoa(s.Of), strconv.Itoa(s.Season), strconv.FormatBool(s.DenominatorZero),
			})
		}
	}
	return rows
}

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}

func number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// seriesRows is one row a series and model, with a column for each metric; a level stands behind its metric's name.
func seriesRows(list []jobs.ModelSeries) [][]string {
	if len(list) == 0 {
		return nil
	}
	head := []string{"item_id", "store_id"}
	dimensions := list[0].Key.Dims != ""
	if dimensions {
		head = append(head, "dimensions")
	}
	head = append(head, "model", "points")
	for _, m := range list[0].Scores {
		head = append(head, metricColumn(m))
	}
	rows := [][]string{head}
	for _, s := range list {
		row := []string{s.Key.Item, s.Key.Store}
		if dimensions {
			row = append(row, s.Key.Dims)
		}
		row = append(row, s.Model, strconv.Itoa(s.Scores[0].Of))
		for _, m := range s.Scores {
			row = append(row, number(m.Value))
		}
		rows = append(rows, row)
	}
	return rows
}

func metricColumn(m score.Metric) string {
	if math.IsNaN(m.Level) {
		return m.Name
	}
	return fmt.Sprintf("%s_%g", m.Name, m.Level)
}

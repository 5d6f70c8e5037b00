package jobs

import (
	"fmt"
	"time"

	"shelfcast/evaluate/backtest"
	"shelfcast/evaluate/score"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// chosenName stands for the choice among models in tables of scores.
const chosenName = "chosen"

// judge makes the report of a run from the evidence of its shards.
func (n Night) judge(in *inputs, id Identity, found *collected) *report.Report {
	e := found.whole()
	quarantined := 0
	for _, c := range e.Reasons {
		quarantined += int(c.N)
	}
	sortSamples(e.Samples, in.Frame.Keys, in.samples)
	start, observed := in.totalSeen()
	return &report.Report{
		BusinessDate: id.BusinessDate.Format(time.DateOnly), Started: id.Started,
		CodeVersion: id.CodeVersion, ConfigHash: id.ConfigHash, DataHash: id.DataHash,
		Frequency: id.Cal.Freq.String(), Horizon: id.Horizon, FirstPeriod: id.Cal.Format(id.First), Levels: id.Levels,
		Inputs: account(in.Audit), Cells: in.Frame.Cells(), FilledCells: int(in.Audit.FilledMiddle + in.Audit.FilledBack),
		Series: report.Flow{In: len(id.Keys), Forecast: e.Series - quarantined, Quarantined: quarantined},
		Rows:   e.Series * id.Horizon, Fallbacks: e.Fallbacks,

		Quarantine: e.Reasons, Examples: e.Examples, By: e.By, Models: n.models(e.Tallies),
		Shards: len(id.Shards), Workers: n.workers(), PeakBytes: peakBytes(),
		Total:   report.Total{Start: id.Cal.Format(start), Observed: observed, Mean: values(e.Mean)},
		Samples: e.Samples, Notes: n.notes(in, found),
	}
}

// models lists the scores of the members, of the floor model and, where there was a choice, of the choice.
func (n Night) models(tallies [][]*score.Tally) []report.Model {
	var out []report.Model
	scored, _ := n.scored()
	for m, windows := range tallies {
		name := chosenName
		if m < len(scored) {
			name = scored[m].Name()
		}
		out = append(out, report.Model{
			Name: name, Floor: name == n.Floor.Name(), Chosen: m == len(scored) || m == 0 && len(n.Models) == 1, Scores: scores(windows),
		})
	}
	return out
}

// notes says what a reader should know before trusting the run.
func (n Night) notes(in *inputs, found *collected) []string {
	var out []string
	if filled, cells := in.Audit.FilledMiddle+in.Audit.FilledBack, in.Audit.Cells; 2*filled > cells {
		out = append(out, fmt.Sprintf("%d of %d periods had no row and count as nothing sold: is the frequency, %s, that of the data?",
			filled, cells, in.Frame.Cal.Freq))
	}
	switch scored, skipped := found.points(); {
	case n.Plan.Windows > 0 && scored == 0:
		out = append(out, "no period of the backtest could be scored: every series has filled periods in every window; see backtest.filled, exclude_point")
	case skipped > 0 && n.Plan.Filled == backtest.ExcludeItemWindow:
		out = append(out, fmt.Sprintf("%d of %d periods of the backtest are not scored: a series with a filled period in a window is left out of that window; see backtest.filled, exclude_point", skipped, scored+skipped))
	}
	if a := in.Audit; a.Closed+a.SoldClosed > 0 {
		out = append(out, fmt.Sprintf("%d periods of closed days count as not observed; in %d something was sold, and they count as it stands: see calendar.closed", a.Closed, a.SoldClosed))
	}
	if strange := in.Audit.NoSuchStore; len(strange) > 0 {
		out = append(out, fmt.Sprintf("the files of the calendar name %d stores that the target does not have, such as %s: see calendar.files and calendar.closed.files", len(strange), strange[0]))
	}
	out = append(out, stockNotes(in.Audit)...)
	if n.Earlier != nil {
		out = append(out, n.Earlier.notes()...)
	}
	if series, why := found.unexplained(); series > 0 {
		out = append(out, fmt.Sprintf("the parts of %d forecasts could not be given, such as: %s", series, why))
	}
	switch {
	case n.Plan.Windows > 0 && found.unscored > 0:
		out = append(out, fmt.Sprintf("%d of %d shards could not be worked through and have the floor model's forecast; their scores are not in the tables", found.unscored, len(found.shards)))
	case n.Plan.Windows == 0:
		out = append(out, "no backtest was run: the models have no scores and every series got the first of them")
	}
	return out
}

// stockNotes says where stock ran out, or seems to have.
func stockNotes(a ingest.Audit) []string {
	var out []string
	if a.Censored > 0 {
		out = append(out, fmt.Sprintf("%d of %d periods are censored: stock ran out in them, and demand was at least what was sold", a.Censored, a.Cells))
	}
	if found := a.Stockouts; found != nil && found.Runs > 0 {
		example, counted := found.Examples[0], "they count as no demand (see input.censoring, detect)"
		if found.Censored {
			counted = "they are among the censored"
		}
		out = append(out, fmt.Sprintf("runs without sales that look like stock-outs: %d, of %d periods in %d series, such as %v from %s to %s; %s",
			found.Runs, found.Cells, found.Series, example.Key, example.First, example.Last, counted))
	}
	return out
}

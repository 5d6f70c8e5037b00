package jobs

import (
	"fmt"
	"time"

	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// chosenName stands for the choice among models in tables of scores.
const chosenName = "chosen"

// judge makes the report of a run from the evidence of its shards.
func (n Night) judge(in *ingest.Result, id Identity, all []*evidence) (*report.Report, error) {
	e, err := merge(all)
	if err != nil {
		return nil, err
	}
	quarantined := 0
	for _, c := range e.Reasons {
		quarantined += int(c.N)
	}
	start, observed := totalSeen(in.Panel, 2*365)
	return &report.Report{
		BusinessDate: id.BusinessDate.Format(time.DateOnly), Started: id.Started,
		CodeVersion: id.CodeVersion, ConfigHash: id.ConfigHash, DataHash: id.DataHash,
		Frequency: id.Cal.Freq.String(), Horizon: id.Horizon, FirstPeriod: id.Cal.Format(id.First), Levels: id.Levels,
		Inputs: account(in.Audit), Cells: in.Panel.Cells(), FilledCells: int(in.Audit.FilledMiddle + in.Audit.FilledBack),
		Series: report.Flow{In: len(id.Keys), Forecast: e.Series - quarantined, Quarantined: quarantined},
		Rows:   e.Series * id.Horizon, Fallbacks: e.Fallbacks,

		Quarantine: e.Reasons, Examples: e.Examples, By: e.By, Models: n.models(e),
		Shards: len(id.Shards), Workers: n.workers(), PeakBytes: peakBytes(),
		Total:   report.Total{Start: id.Cal.Format(start), Observed: observed, Mean: values(e.Mean)},
		Samples: e.Samples, Notes: n.notes(all),
	}, nil
}

// models lists the scores of the members, of the floor model and, where there was a choice, of the choice.
func (n Night) models(e *evidence) []report.Model {
	var out []report.Model
	scored, _ := n.scored()
	for m, windows := range e.Tallies {
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
func (n Night) notes(all []*evidence) []string {
	var out []string
	rescued := 0
	for _, e := range all {
		if e.Tallies == nil && n.Plan.Windows > 0 {
			rescued++
		}
	}
	if rescued > 0 {
		out = append(out, fmt.Sprintf("%d of %d shards could not be worked through and have the floor model's forecast; their scores are not in the tables", rescued, len(all)))
	}
	if n.Plan.Windows == 0 {
		out = append(out, "no backtest was run: the models have no scores and every series got the first of them")
	}
	return out
}

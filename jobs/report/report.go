// Package report holds what a run tells about itself, and shows it: as lines on a terminal, as one HTML page with
// pictures, and as JSON for the database.
//
// It knows numbers that others have measured. It measures nothing.
package report

import (
	"time"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/audit"
)

// Report is the account of one run.
type Report struct {
	BusinessDate string    `json:"business_date"` // last day of sales that the run saw
	RunID        int64     `json:"run_id"`        // 0 where the run has no row in a database
	Attempt      int       `json:"attempt"`
	Started      time.Time `json:"started"`
	CodeVersion  string    `json:"code_version"`
	ConfigHash   string    `json:"config_hash"`
	DataHash     string    `json:"data_hash"`
	Frequency    string    `json:"frequency"`
	Horizon      int       `json:"horizon_periods"`
	FirstPeriod  string    `json:"first_period"`
	Levels       []float64 `json:"levels"`

	Inputs      []Input         `json:"inputs"`
	Findings    []audit.Finding `json:"findings"`     // of the audit of the data
	Cells       int             `json:"cells"`        // periods of all series together
	FilledCells int             `json:"filled_cells"` // of them, given by a filling rule
	Series      Flow            `json:"series"`
	Fallbacks   int             `json:"fallbacks"` // series made by another model than the one chosen for them
	Rows        int             `json:"forecast_rows"`

	Quarantine []Count       `json:"quarantine"` // series by reason
	Examples   []Quarantined `json:"quarantine_examples"`
	By         []Count       `json:"by"` // series by the model that produced them
	Models     []Model       `json:"models"`
	Phases     []Phase       `json:"phases"`
	Resumed    int           `json:"resumed_shards"` // shards that an interrupted try of this run had finished
	Shards     int           `json:"shards"`
	Workers    int           `json:"workers"`
	PeakBytes  int64         `json:"peak_bytes"` // most memory that the process held; 0 where the system does not say

	Total   Total    `json:"total"`
	Samples []Sample `json:"samples"`
	Notes   []string `json:"notes"` // what the reader should know before trusting the run
	Look    []string `json:"look"`  // where to look next
}

// Input is what came in from one kind of file.
type Input struct {
	Name      string   `json:"name"` // target, related, items or stores
	Files     []string `json:"files"`
	Columns   string   `json:"columns"` // what they were read as, in one line
	Bytes     int64    `json:"bytes"`
	Rows      int64    `json:"rows"`
	Used      int64    `json:"used"`
	NotNeeded []Count  `json:"not_needed"`
	Rejected  []Count  `json:"rejected"`
	Rejects   []string `json:"reject_examples"`
}

// RejectedRows returns the number of rows that could not be used.
func (in Input) RejectedRows() int64 { return sum(in.Rejected) }

// NotNeededRows returns the number of sound rows that lay outside what was asked for.
func (in Input) NotNeededRows() int64 { return sum(in.NotNeeded) }

// Count is how many of something there were, by reason or by name.
type Count struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// Flow is the equation of a run: series in = forecast + quarantined.
type Flow struct {
	In          int `json:"in"`
	Forecast    int `json:"forecast"`    // by the model that was chosen for them
	Quarantined int `json:"quarantined"` // with the floor model's fan and a reason
}

// Quarantined is a series that the chosen model could not forecast.
type Quarantined struct {
	Key    demand.Key `json:"key"`
	Reason string     `json:"reason"` // a code: see demand.Reason
	Detail string     `json:"detail"`
}

// Model is the scores of one model over the backtest windows.
type Model struct {
	Name   string  `json:"name"`
	Floor  bool    `json:"floor"`  // the floor model, against which the others are held
	Chosen bool    `json:"chosen"` // the choice among the models, made for each window on the other windows; or the only model
	Scores []Score `json:"scores"`
}

// Score is one metric of a model. Value is nil where it is not defined.
type Score struct {
	Metric          string   `json:"metric"`
	Level           *float64 `json:"level,omitempty"`
	Window          int      `json:"window"` // 1 is the newest; 0 is the mean over windows
	Value           *float64 `json:"value"`
	Used            int      `json:"used"` // points, or series, that the value was made of
	Of              int      `json:"of"`
	Season          int      `json:"season,omitempty"`
	DenominatorZero bool     `json:"denominator_zero,omitempty"`
}

// Mean returns the value of a metric over all windows, and false where there is none.
func (m Model) Mean(metric string) (float64, bool) {
	for _, s := range m.Scores {
		if s.Metric == metric && s.Window == 0 && s.Level == nil && s.Value != nil {
			return *s.Value, true
		}
	}
	return 0, false
}

// Phase is a step of the run and how long it took.
type Phase struct {
	Name string        `json:"name"`
	Took time.Duration `json:"took_ns"`
}

// Total is the demand of all series together: what was sold, and the sum of the means that are forecast.
type Total struct {
	Start    string    `json:"start"`    // first period of Observed
	Observed []float64 `json:"observed"` // units a period
	Mean     []float64 `json:"mean"`     // units a period, from the period after the last observed one
}

// Sample is one series with its fan, for a picture.
type Sample struct {
	Key      demand.Key `json:"key"`
	Model    string     `json:"model"`
	Start    string     `json:"start"`
	Observed []*float64 `json:"observed"` // units a period; nil = not observed
	Mean     []float64  `json:"mean"`
	Low      []float64  `json:"low"`             // quantiles of the lowest level
	High     []float64  `json:"high"`            // quantiles of the highest level
	Parts    []Part     `json:"parts,omitempty"` // that add up to Mean; none where the model does not explain itself
}

// Part is what one part of a forecast adds to the mean, units a period. The first of several is what the others stand on.
type Part struct {
	Name  string    `json:"name"`
	Value []float64 `json:"value"`
}

// Took returns the time of all phases together.
func (r *Report) Took() time.Duration {
	var sum time.Duration
	for _, p := range r.Phases {
		sum += p.Took
	}
	return sum
}

// QuarantineShare returns the share of series that were quarantined, in [0, 1].
func (r *Report) QuarantineShare() float64 {
	if r.Series.In == 0 {
		return 0
	}
	return float64(r.Series.Quarantined) / float64(r.Series.In)
}

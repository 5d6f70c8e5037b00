package ingest

import (
	"fmt"
	"iter"
)

// Audit accounts for every row that was read, and for every cell of the panel.
type Audit struct {
	Target  Input  `json:"target"`
	Related *Input `json:"related,omitempty"` // nil where none was asked for
	Items   *Input `json:"items,omitempty"`   // nil where none was asked for
	Stores  *Input `json:"stores,omitempty"`  // nil where none was asked for

	Faults []Fault `json:"faults,omitempty"` // what a read that is not tolerant would have failed with

	Series          int              `json:"series"`                     // series in the panel
	Cells           int64            `json:"cells"`                      // periods of all series together
	FilledMiddle    int64            `json:"filled_middle"`              // cells between a series' first and last row that had none; they hold what the filling says
	FilledBack      int64            `json:"filled_back"`                // cells after a series' last row, up to the end of the panel; as above
	FilledNaN       int64            `json:"filled_nan"`                 // of both, those that the filling left not observed: NaN
	NullDemand      int64            `json:"null_demand"`                // cells whose demand was left empty and is not filled: not observed, NaN
	SkippedHours    int64            `json:"skipped_hours"`              // cells without a row whose period the clock skipped when it was set forward: not observed, NaN
	Closed          int64            `json:"closed,omitempty"`           // cells of closed days in which nothing was sold: not observed, NaN
	SoldClosed      int64            `json:"sold_closed,omitempty"`      // cells of closed days in which something was sold: kept
	FilledFeatures  []FilledFeature  `json:"filled_features,omitempty"`  // of each feature that has a filling, in the order of the panel
	MissingFeatures []MissingFeature `json:"missing_features,omitempty"` // of each feature, in the order of the panel
	NullFeatures    int64            `json:"null_features"`              // values of features that are missing in the past, over all features: NaN
	Censored        int64            `json:"censored"`                   // cells in which stock ran out
	StockFeatures   []string         `json:"stock_features,omitempty"`   // features that say when stock ran out; they are not in the panel
	Stockouts       *Stockouts       `json:"stockouts,omitempty"`        // proposed stock-outs; nil where none were looked for
	NoItem          int              `json:"no_item"`                    // series whose item has no metadata, where items were asked for
	NoStore         int              `json:"no_store"`                   // series whose store has no metadata, where stores were asked for
	Named           Named            `json:"named"`
	NoSuchStore     []string         `json:"no_such_store,omitempty"` // stores that the calendar names and the target has not
}

// Fault is something that fails a read.
type Fault struct {
	Kind  FaultKind `json:"kind"`
	Count int64     `json:"count"` // rows, values or series
	Text  string    `json:"text"`  // the error
}

// FaultKind says what a Fault is about.
type FaultKind string

// The kinds of faults.
const (
	DuplicateRows    FaultKind = "duplicate_rows"    // two rows for one key and time
	RejectedRows     FaultKind = "rejected_rows"     // more rows are rejected than are allowed
	RelatedPast      FaultKind = "related_past"      // values of features are missing in the past, and may not be
	RelatedFuture    FaultKind = "related_future"    // values of features are missing in the horizon
	RelatedHistory   FaultKind = "related_history"   // a feature has no value in the horizon at all
	RelatedFrequency FaultKind = "related_frequency" // the related series are coarser than the panel
)

// FilledFeature counts the values of a feature that its filling gave, by where they lie.
type FilledFeature struct {
	Feature string `json:"feature"`
	Middle  int64  `json:"middle"` // between the first and the last value of a series
	Back    int64  `json:"back"`   // after its last, up to the end of the panel
	Future  int64  `json:"future"` // in the horizon
}

// Input accounts for the rows of one input: Rows = Used + not needed + rejected.
type Input struct {
	Files   []File   `json:"files"` // in the order that they were read
	Bytes   int64    `json:"bytes"`
	Bare    int      `json:"bare"`    // files without a header, whose columns are in the order of the schema
	Columns []Column `json:"columns"` // of all files together
	SHA256  string   `json:"sha256"`  // of the digests of the files, one after the other, in hexadecimal

	Rows       int64    `json:"rows"` // header and blank lines are no rows
	Used       int64    `json:"used"`
	NotNeeded  []Count  `json:"not_needed,omitempty"`
	Rejected   []Count  `json:"rejected,omitempty"`
	Aggregated int64    `json:"aggregated"`          // used rows that were added to another row of the same period
	Corrected  int64    `json:"corrected,omitempty"` // rows that a newer import replaced with other values
	Repeated   int64    `json:"repeated,omitempty"`  // rows that a newer import holds too
	Rejects    []Reject `json:"rejects,omitempty"`   // the first 1,000 in file order
}

// File is one file, or the query of an input, as it was read.
type File struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of the bytes at rest, in hexadecimal; of a query, of its rows in any order
}

// Count is a number of rows and why they were left out.
type Count struct {
	Reason Reason `json:"reason"`
	Rows   int64  `json:"rows"`
}

// NotNeededRows returns the number of sound rows that lie outside what was asked for.
func (in Input) NotNeededRows() int64 { return sum(in.NotNeeded) }

// RejectedRows returns the number of rows that cannot be used.
func (in Input) RejectedRows() int64 { return sum(in.Rejected) }

func sum(counts []Count) (rows int64) {
	for _, c := range counts {
		rows += c.Rows
	}
	return rows
}

// Inputs lists the inputs that were asked for, by name and in this order: target, related, items, stores.
func (a Audit) Inputs() iter.Seq2[string, *Input] {
	return func(yield func(string, *Input) bool) {
		for i, in := range []*Input{&a.Target, a.Related, a.Items, a.Stores} {
			if in != nil && !yield([]string{"target", "related", "items", "stores"}[i], in) {
				return
			}
		}
	}
}

// Check reports the first input whose rows are not all accounted for.
func (a Audit) Check() error {
	for name, in := range a.Inputs() {
		if used, out, bad := in.Used, in.NotNeededRows(), in.RejectedRows(); in.Rows != used+out+bad {
			return fmt.Errorf("check audit of %s: %d rows in, but %d used + %d not needed + %d rejected = %d",
				name, in.Rows, used, out, bad, used+out+bad)
		}
	}
	return nil
}

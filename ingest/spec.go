package ingest

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// Spec says what to read and how. The zero value of each optional field is its default.
type Spec struct {
	Target  []string // files, folders of parts or globs of the target time series
	Related []string // of the related time series; none when empty
	Items   string   // item metadata: a file, a folder of parts or a glob; none when empty
	Stores  string   // store metadata; none when empty

	Occasions Occasions // holidays, events, and days on which shops are closed

	// Queries are the inputs that come from a database instead of files.
	Queries Queries

	// TargetSchema, RelatedSchema and ItemsSchema declare the columns of the files: those with a header are read by these
	// names and no others, those without in this order. Nil: every file has a header.
	TargetSchema, RelatedSchema, ItemsSchema []schemas.Column

	// Columns gives the names that item_id, store_id, timestamp and demand have in the headers of the files, where they have
	// others. It is for files without a schema.
	Columns map[string]string

	// Dimensions names the columns of the target that make up its keys besides item_id and store_id, at most ten, in the
	// order that a key gets them. A related row that lacks one speaks for every value of it. It is for files without a
	// schema: that of the target declares its dimensions.
	Dimensions []string

	// Import says how the files of one input go together.
	Import Import

	Freq    demand.Freq
	Horizon int // periods to forecast; from 1 to 500, and less than the longest series

	// AsOf is the last period of the panel: the one that holds this instant. Rows of the target in later periods are not
	// used. It is an error where the target ends before it. Zero: the last period of the target, or the one before it where
	// the feed plainly ended inside of the last (UnfinishedPeriod). A first period that the feed plainly began inside of is left
	// out always (PartialFirstPeriod).
	AsOf time.Time

	// Zone is the IANA name of the zone whose clock shows business time, such as Europe/Berlin. Timestamps with an offset, and
	// those of Parquet that are adjusted to UTC, are instants, which become what that clock showed; others are business time as
	// they stand. Empty: timestamps with an offset are rejected (TimestampZone).
	Zone string

	// Aggregation says how target rows that are finer than Freq become one value a period.
	Aggregation Aggregation

	// Filling says what missing values become, by attribute: demand, or the name of a feature in lower case.
	Filling map[string]Filling

	// Censoring says which periods count as sold out.
	Censoring Censoring

	// StrictRelated refuses features that miss a value in the past, as Amazon Forecast does. Otherwise such values are NaN,
	// and counted.
	StrictRelated bool

	// Tolerant reads as far as it can for an audit: rows are rejected without a limit, of two rows for one key and time the
	// first counts, related series may leave the horizon open. What would fail another read is in Audit.Faults. Nothing may
	// be forecast from the result.
	Tolerant bool

	// HistoryOnly reads for a look at the past: nothing is forecast, so the related series need not reach the end of the
	// horizon, and Result.Future holds NaN where they do not.
	HistoryOnly bool

	// Features names the columns of the related series to use, in the order they get in the panel. Nil: every column
	// besides the keys and the timestamp, sorted by name, with the role that RoleOf gives.
	Features []Feature

	// MaxRejectShare is the share of the rows of an input, 0 to 1, that may be rejected before the read fails. 0: one
	// rejected row fails it.
	MaxRejectShare float64

	// Memory bounds, in bytes, what is held at one time: series are then handed out in parts of whole Steps, and rows that
	// there is no room for wait in TempDir, the folder of the system where it is empty. 0: no bound, and one part. Read, which
	// returns all series at once, has no bound.
	Memory  int64
	Step    int // series that stay together; 1 when 0
	TempDir string

	// Workers is the number of pieces of files that are decoded at the same time; every core when 0.
	Workers int

	// OnProgress, if not nil, is called with the bytes read so far and the bytes of all inputs. Calls do not overlap.
	OnProgress func(done, total int64)
}

// Feature is one column of the related series and its role.
type Feature struct {
	Name string // matched without regard to case
	Role demand.Role
	Lag  int // periods that its values are moved into the future; 0 where it is known ahead
}

const longestHorizon = 500 // periods; the limit of Amazon Forecast's local models, together with length − 1

func (s Spec) check() error {
	switch {
	case len(s.Target) == 0 && s.Queries.Target == nil:
		return fmt.Errorf("read target: no file is named; name a file, a folder of parts or a glob")
	case s.Freq.N < 1:
		return fmt.Errorf("read target: the frequency is missing; use demand.ParseFreq, or demand.Daily")
	case s.Horizon < 1:
		return fmt.Errorf("read target: the horizon is %d periods; it must be 1 or more", s.Horizon)
	case s.Horizon > longestHorizon:
		return fmt.Errorf("read target: the horizon is %d periods; %d is the longest", s.Horizon, longestHorizon)
	case s.unknownColumn() != "":
		return fmt.Errorf("read target: %q is none of the columns that may have another name: %s", s.unknownColumn(), strings.Join(targetColumns, ", "))
	case s.TargetSchema != nil && len(s.Dimensions) > 0:
		return fmt.Errorf("read target: the schema of the target declares its dimensions, and they are given apart too; give one of the two")
	case slices.ContainsFunc(s.Features, func(f Feature) bool { return f.Lag < 0 }):
		return fmt.Errorf("read related: the lag of a feature is negative; use 0, or the periods that its values lie back")
	case s.Memory < 0 || s.Step < 0:
		return fmt.Errorf("read target: the memory is %d bytes and the step %d series; use 0 or more", s.Memory, s.Step)
	case !(s.MaxRejectShare >= 0 && s.MaxRejectShare <= 1):
		return fmt.Errorf("read target: the allowed share of rejected rows is %g; it must lie between 0 and 1", s.MaxRejectShare)
	}
	if err := schemas.CheckDimensions(s.dimensions()); err != nil {
		return fmt.Errorf("read target: %w", err)
	}
	return nil
}

func (s Spec) workers() int {
	if s.Workers > 0 {
		return s.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// dimensions returns the names of the further dimensions, folded.
func (s Spec) dimensions() []string {
	names := folded(s.Dimensions)
	for _, c := range s.TargetSchema {
		if !slices.Contains(targetColumns, fold(c.As)) {
			names = append(names, fold(c.As))
		}
	}
	return names
}

// unknownColumn returns the first name in Columns that is no column of the target.
func (s Spec) unknownColumn() string {
	for _, as := range slices.Sorted(maps.Keys(s.Columns)) {
		if !slices.Contains(targetColumns, as) {
			return as
		}
	}
	return ""
}

// renamed returns what columns are read as, by the folded names that they have in the files.
func (s Spec) renamed() map[string]string {
	names := make(map[string]string, len(s.Columns))
	for as, name := range s.Columns {
		names[fold(name)] = as
	}
	return names
}

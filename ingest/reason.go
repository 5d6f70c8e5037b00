package ingest

import (
	"fmt"
	"slices"
)

// Reason is the code of why a row was rejected or not needed. It is written as its name.
type Reason uint8

// Why a row is rejected: it cannot be used.
const (
	FieldCount        Reason = iota // the line has more or fewer fields than the header
	EmptyItem                       // item_id is empty
	EmptyStore                      // store_id is empty, in an input that has the column
	EmptyDimension                  // a further dimension is empty
	BadText                         // item_id, store_id, a dimension or an attribute is not UTF-8, or holds a zero byte
	EmptyTimestamp                  // timestamp is empty
	BadTimestamp                    // timestamp is no day and time of the calendar in a known format
	TimestampZone                   // timestamp has an offset, and no zone of the business is set
	TimestampRange                  // timestamp lies outside the years 1900 to 2199
	TimestampFraction               // timestamp has a fraction of a second
	BadNumber                       // demand or a feature is no number
	InfiniteNumber                  // demand or a feature is infinite
	NumberTooLarge                  // demand or a feature is larger in size than 1e100: squares of it would be infinite
	NaNDemand                       // demand is NaN
	NegativeDemand                  // demand is below zero
)

// Why a row is not needed: it is sound, and outside what was asked for.
const (
	AfterAsOf          Reason = NegativeDemand + 1 + iota // its period lies after Spec.AsOf
	BeforeSeriesStart                                     // a related row before its series begins
	UnfinishedPeriod                                      // its period is the last, and was not over when the feed ended
	PartialFirstPeriod                                    // its period is the first, and had begun before the feed did
	AfterHorizon                                          // a related row after the periods to forecast
	RepeatedHour                                          // a related row in an hour that the clock shows for the second time
	KeyNotInTarget                                        // the target has no such series, item or store
	Superseded                                            // a newer import has a row for its key and time
)

const (
	rejectReasons = int(NegativeDemand) + 1
	allReasons    = int(Superseded) + 1
)

var reasonNames = [allReasons]string{
	"field_count", "empty_item_id", "empty_store_id", "empty_dimension", "bad_text", "empty_timestamp", "bad_timestamp", "timestamp_with_zone",
	"timestamp_out_of_range", "timestamp_with_fraction", "bad_number", "infinite_number", "number_too_large", "nan_demand", "negative_demand",
	"after_as_of", "before_series_start", "unfinished_period", "partial_first_period", "after_horizon", "repeated_hour", "key_not_in_target", "superseded",
}

// String returns the code, such as negative_demand.
func (r Reason) String() string { return reasonNames[r] }

// advice says what to do about rejected rows.
func (r Reason) advice() string {
	if r == TimestampZone {
		return "name the zone whose clock the business goes by (input.zone, --zone), such as Europe/Berlin, or leave the offsets out"
	}
	return "mend the rows, or raise the allowed share of rejects"
}

// MarshalText writes the code.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the code.
func (r *Reason) UnmarshalText(b []byte) error {
	i := slices.Index(reasonNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("read reason %q: not known; use one of %v", b, reasonNames)
	}
	*r = Reason(i)
	return nil
}

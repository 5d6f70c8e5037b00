package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"shelfcast/engine/demand"
)

// RunSpec says what a run is made of. Two runs of equal specs produce equal rows, which is why one may go on where the
// other was killed.
type RunSpec struct {
	BusinessDate time.Time // the date the night is run for; only its wall-clock date counts
	CodeVersion  string
	ConfigHash   string
	DataHash     string
	Cal          demand.Calendar
	Origin       demand.Period // last observed period; the first that is forecast is the next
	Horizon      int           // periods, at least 1
	Levels       []float64     // ascending, inside (0, 1); none for a run of means alone
	Keys         []demand.Key  // the series in key order, distinct; not copied, not to be written to afterwards
	Shards       []Span        // shard number → its series; together they cover Keys, in order and without gaps
}

// Span is a stretch of series in key order: Count series from place First.
type Span struct{ First, Count int }

// date returns the business date as midnight UTC.
func (s *RunSpec) date() time.Time { return dateOf(s.BusinessDate) }

func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// first returns the first period that is forecast.
func (s *RunSpec) first() demand.Period { return s.Origin + 1 }

// levels returns the quantile levels, none as an empty list: to Postgres a nil one is NULL.
func (s *RunSpec) levels() []float64 { return append([]float64{}, s.Levels...) }

// keysOf returns the keys of one shard.
func (s *RunSpec) keysOf(shard int) []demand.Key {
	span := s.Shards[shard]
	return s.Keys[span.First : span.First+span.Count]
}

// check reports what makes the spec no plan for a run.
func (s *RunSpec) check() error {
	switch {
	case s.BusinessDate.IsZero():
		return errors.New("no business date is given")
	case s.Horizon < 1:
		return fmt.Errorf("the horizon is %d periods; it must be at least 1", s.Horizon)
	case s.Cal.Freq.N == 0:
		return errors.New("the calendar has no frequency")
	case len(s.Keys) == 0:
		return errors.New("there is no series to forecast")
	case len(s.Keys) > math.MaxInt32:
		return fmt.Errorf("%d series are more than one run can number", len(s.Keys))
	}
	if err := demand.CheckLevels(s.Levels); err != nil {
		return err
	}
	if err := s.checkKeys(); err != nil {
		return err
	}
	return s.checkShards()
}

func (s *RunSpec) checkKeys() error {
	for i, k := range s.Keys {
		if i > 0 && s.Keys[i-1].Compare(k) >= 0 {
			return fmt.Errorf("series %v and %v are not in key order", s.Keys[i-1], k)
		}
		if !storable(k.Item) || !storable(k.Store) || !storable(k.Dims) {
			return fmt.Errorf("the key %q, %q, %q is not UTF-8 text or holds a zero byte, which Postgres cannot store", k.Item, k.Store, k.Dims)
		}
	}
	return nil
}

func (s *RunSpec) checkShards() error {
	next := 0
	for n, span := range s.Shards {
		if span.First != next || span.Count < 1 {
			return fmt.Errorf("shard %d begins at series %d with %d series; it must begin at %d with at least one", n, span.First, span.Count, next)
		}
		next += span.Count
	}
	if next != len(s.Keys) {
		return fmt.Errorf("the shards hold %d series, the run %d", next, len(s.Keys))
	}
	return nil
}

// storable reports whether Postgres can hold s in a text column of a UTF-8 database.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// planHash is the SHA-256 of what decides which rows a run writes and in which shard, apart from code, configuration
// and data: calendar, periods, levels, series and shards. Each field is preceded by its length or is of fixed size, so
// that two plans cannot run together.
func (s *RunSpec) planHash() string {
	h := sha256.New()
	hashText(h, s.Cal.Freq.String())
	hashInts(h, int64(s.Origin), int64(s.Horizon), int64(len(s.Levels)))
	for _, l := range s.Levels {
		hashInts(h, int64(math.Float64bits(l)))
	}
	hashInts(h, int64(len(s.Keys)))
	for _, k := range s.Keys {
		hashText(h, k.Item)
		hashText(h, k.Store)
		if k.Dims != "" { // all keys of a run have dimensions, or none
			hashText(h, k.Dims)
		}
	}
	for _, span := range s.Shards {
		hashInts(h, int64(span.First), int64(span.Count))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashText(h hash.Hash, s string) {
	hashInts(h, int64(len(s)))
	h.Write([]byte(s))
}

func hashInts(h hash.Hash, v ...int64) {
	var b [8]byte
	for _, x := range v {
		binary.LittleEndian.PutUint64(b[:], uint64(x))
		h.Write(b[:])
	}
}

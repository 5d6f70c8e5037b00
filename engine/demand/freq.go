package demand

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unit is the calendar unit that a frequency counts.
type Unit uint8

// The units, finest first.
const (
	Minute Unit = iota
	Hour
	Day
	Week
	Month
	Quarter
	Year
)

// Freq is the frequency of a panel: how long one period lasts and where it begins.
// The zero value is not a frequency; use ParseFreq or Daily.
type Freq struct {
	Unit Unit
	N    int          // minutes in a period, for Minute: a divisor of 60; 1 for every other unit
	Week time.Weekday // first day of a period, for Week; Monday unless named
}

// Daily is the frequency "D".
var Daily = Freq{Unit: Day, N: 1, Week: time.Monday}

var unitNames = map[string]Unit{"H": Hour, "D": Day, "W": Week, "M": Month, "Q": Quarter, "Y": Year}

// ParseFreq reads a frequency: Y, Q, M, W (weeks begin on Monday), W-SUN … W-SAT (the day that weeks begin on), D, H,
// or 30min, 20min, 15min … 1min: the divisors of an hour. Letters may be of either case.
func ParseFreq(s string) (Freq, error) {
	up := strings.ToUpper(strings.TrimSpace(s))
	if u, ok := unitNames[up]; ok {
		return Freq{Unit: u, N: 1, Week: time.Monday}, nil
	}
	if day, ok := strings.CutPrefix(up, "W-"); ok {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.ToUpper(d.String()[:3]) == day {
				return Freq{Unit: Week, N: 1, Week: d}, nil
			}
		}
	}
	if digits, ok := strings.CutSuffix(up, "MIN"); ok {
		if n, err := strconv.Atoi(digits); err == nil && n > 0 && n < 60 && 60%n == 0 {
			return Freq{Unit: Minute, N: n, Week: time.Monday}, nil
		}
	}
	return Freq{}, fmt.Errorf("read frequency %q: not known; use Y, Q, M, W, W-SUN to W-SAT, D, H, 30min, 15min, 10min, 5min or 1min", s)
}

// String returns the form that ParseFreq reads.
func (f Freq) String() string {
	switch {
	case f.Unit == Minute:
		return strconv.Itoa(f.N) + "min"
	case f.Unit == Week && f.Week != time.Monday:
		return "W-" + strings.ToUpper(f.Week.String()[:3])
	}
	return "?HDWMQY"[f.Unit : f.Unit+1]
}

// MarshalText writes the form that ParseFreq reads.
func (f Freq) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the form that ParseFreq reads.
func (f *Freq) UnmarshalText(b []byte) (err error) {
	*f, err = ParseFreq(string(b))
	return err
}

package demand

import (
	"fmt"
	"slices"
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
	N    int // units in a period, from 1 to the limit of its unit

	// Shift moves the beginning of every period by so many finer units after the default: hours after 00:00 for days, days
	// after Monday for weeks, days after the 1st for months, months after January for quarters and years. It is 0 for
	// minutes and hours.
	Shift int
}

// Daily is the frequency "D".
var Daily = Freq{Unit: Day, N: 1}

// unitRule says how a unit is written, and how many of it a period may have.
type unitRule struct {
	name   string
	most   int // units in a period
	shifts int // beginnings that there are
}

// The limits on multiples are those of Amazon Forecast, and so are the beginnings, but for quarters, which it has not.
var unitRules = [...]unitRule{
	Minute:  {"min", 59, 1},
	Hour:    {"H", 23, 1},
	Day:     {"D", 6, 24},
	Week:    {"W", 4, 7},
	Month:   {"M", 11, 28},
	Quarter: {"Q", 3, 3},
	Year:    {"Y", 1, 12},
}

// ParseFreq reads a frequency: a unit, with a number of them before it and where a period begins after it.
//
//	Y Y-APR   years that begin in January, in April        D D-06  days that begin at 00:00, at 06:00
//	Q Q-FEB   quarters: January …, February …              H       hours
//	M M-15    months that begin on the 1st, on the 15th    min     minutes, from 1min to 59min
//	W W-SUN   weeks that begin on Monday, on Sunday
//
// 2W, 2W-SUN, 12H and 30min are multiples. They are counted from the period of the unit that holds 1970-01-01 00:00, so
// that a time lies in the same period whatever the data. Letters may be of either case.
func ParseFreq(s string) (Freq, error) {
	text := strings.ToUpper(strings.TrimSpace(s))
	letters := strings.TrimLeft(text, "0123456789")
	name, begin, begins := strings.Cut(letters, "-")
	unit := slices.IndexFunc(unitRules[:], func(r unitRule) bool { return strings.EqualFold(r.name, name) })
	if unit < 0 {
		return Freq{}, fmt.Errorf("read frequency %q: not known; use Y, Q, M, W, W-SUN to W-SAT, D, H, 30min, 15min, 10min, 5min or 1min, or a multiple such as 2W", s)
	}
	f := Freq{Unit: Unit(unit), N: 1}
	if digits := strings.TrimSuffix(text, letters); digits != "" || f.Unit == Minute {
		n, err := strconv.Atoi(digits)
		if most := unitRules[unit].most; err != nil || n < 1 || n > most {
			return Freq{}, fmt.Errorf("read frequency %q: a period has from 1 to %d of %s", s, most, unitRules[unit].name)
		}
		f.N = n
	}
	if begins {
		shift, ok := f.parseShift(begin)
		if !ok {
			return Freq{}, fmt.Errorf("read frequency %q: %q is no beginning; use %s", s, begin, f.beginnings())
		}
		f.Shift = shift
	}
	return f, nil
}

// parseShift reads where a period begins.
func (f Freq) parseShift(begin string) (shift int, ok bool) {
	for shift := range unitRules[f.Unit].shifts {
		if f.Unit != Minute && f.Unit != Hour && begin == (Freq{Unit: f.Unit, N: f.N, Shift: shift}).begin() {
			return shift, true
		}
	}
	return 0, false
}

// begin writes where a period begins.
func (f Freq) begin() string {
	switch f.Unit {
	case Day:
		return fmt.Sprintf("%02d", f.Shift)
	case Week:
		return short(time.Weekday((int(time.Monday) + f.Shift) % 7).String())
	case Month:
		return strconv.Itoa(f.Shift + 1)
	}
	return short((time.January + time.Month(f.Shift)).String())
}

func short(name string) string { return strings.ToUpper(name[:3]) }

// beginnings says what may stand after the unit.
func (f Freq) beginnings() string {
	switch f.Unit {
	case Day:
		return "an hour from 00 to 23"
	case Week:
		return "a day from MON to SUN"
	case Month:
		return "a day from 1 to 28"
	case Quarter:
		return "a month: JAN, FEB or MAR"
	case Year:
		return "a month from JAN to DEC"
	}
	return "none: minutes and hours begin at 00"
}

// String returns the form that ParseFreq reads.
func (f Freq) String() string {
	s := unitRules[f.Unit].name
	if f.N != 1 || f.Unit == Minute {
		s = strconv.Itoa(f.N) + s
	}
	if f.Shift != 0 {
		s += "-" + f.begin()
	}
	return s
}

// MarshalText writes the form that ParseFreq reads.
func (f Freq) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the form that ParseFreq reads.
func (f *Freq) UnmarshalText(b []byte) (err error) {
	*f, err = ParseFreq(string(b))
	return err
}

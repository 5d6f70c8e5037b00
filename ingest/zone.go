package ingest

import (
	"fmt"
	"math"
	"sort"
	"time"
	_ "time/tzdata" // for machines without zoneinfo

	"shelfcast/engine/demand"
)

// zone is the clock on the wall of a business: it turns instants, which are timestamps with an offset, into business time.
// A table of its changes is made once, so that an instant costs a comparison or a search in it.
type zone struct {
	spans  []offsetSpan // ascending
	twice  []window     // of business time that the clock shows twice, when it is set back; ascending
	missed []window     // of business time that it never shows, when it is set forward; ascending
}

// offsetSpan is the time from one change of the clock to the next.
type offsetSpan struct {
	from, to int64 // instants, in seconds since 1970-01-01 00:00 UTC; to is not in it
	offset   int64 // seconds from UTC to business time
	twice    int64 // seconds from its beginning on that the clock shows for the second time
}

// window is a stretch of business time, in seconds since 1970-01-01 00:00; to is not in it.
type window struct{ from, to int64 }

// secondTime marks business seconds that the clock shows for the second time. It lies far above every year that is accepted.
const secondTime = 1 << 40

// wallOf returns the business second of a stamp without the mark.
func wallOf(stamp int64) (sec int64, again bool) {
	if stamp > secondTime/2 { // seconds before 1970 are below zero
		return stamp - secondTime, true
	}
	return stamp, false
}

// isRepeatedHour reports whether a related row would be the second of its period since the clock was set back. Features are
// not added up: what the first hour says holds for both.
func isRepeatedHour(cal demand.Calendar, stamp int64) bool {
	_, again := wallOf(stamp)
	return again && cal.Freq.Unit < demand.Day
}

// CheckZone reports a name that is no IANA zone. No name is the zone of wall-clock timestamps.
func CheckZone(name string) error {
	_, err := newZone(name)
	return err
}

// newZone returns the clock of an IANA zone, and nil for no name.
func newZone(name string) (*zone, error) {
	if name == "" {
		return nil, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("read zone %q: not known; use an IANA name such as Europe/Berlin, America/New_York or UTC", name)
	}
	return zoneOf(loc), nil
}

// zoneOf follows the clock of a location through the years that are accepted, and a day before and after them. ZoneBounds
// ends a span at the end of a year, and in leap years before its last day is over: a span without a length is left behind
// by half a day, and spans of one offset are one.
func zoneOf(loc *time.Location) *zone {
	z := &zone{}
	last := int64(monthStart[len(monthStart)-1]+1) * secondsInDay
	for at := int64(monthStart[0]-1) * secondsInDay; at < last; {
		now := time.Unix(at, 0).In(loc)
		_, offset := now.Zone()
		s := offsetSpan{from: at, to: last, offset: int64(offset)}
		if _, end := now.ZoneBounds(); !end.IsZero() && end.Unix() < last {
			s.to = end.Unix()
			if s.to <= at {
				s.to = at + secondsInDay/2
			}
		}
		z.add(s)
		at = s.to
	}
	return z
}

// add appends the next span, and what its change of the clock skips or repeats.
func (z *zone) add(s offsetSpan) {
	if n := len(z.spans); n > 0 {
		before := &z.spans[n-1]
		switch {
		case s.offset == before.offset:
			before.to = s.to
			return
		case s.offset < before.offset:
			s.twice = before.offset - s.offset
			z.twice = append(z.twice, window{s.from + s.offset, s.from + before.offset})
		default:
			z.missed = append(z.missed, window{s.from + before.offset, s.from + s.offset})
		}
	}
	z.spans = append(z.spans, s)
}

// business returns the business time of an instant, marked where the clock shows it for the second time. The span that the
// last instant lay in is tried first. Where ok is false the instant lies outside the years that are accepted.
func (z *zone) business(instant int64, last *offsetSpan) (stamp int64, ok bool) {
	if instant < last.from || instant >= last.to {
		i := sort.Search(len(z.spans), func(i int) bool { return z.spans[i].to > instant })
		if i == len(z.spans) || instant < z.spans[i].from {
			return 0, false
		}
		*last = z.spans[i]
	}
	sec := instant + last.offset
	if !inRange(sec) {
		return 0, false
	}
	if instant-last.from < last.twice {
		sec += secondTime
	}
	return sec, true
}

// doubled returns the windows that the clock shows twice and a period has a part of.
func (z *zone) doubled(cal demand.Calendar, p demand.Period) []window {
	if z == nil {
		return nil
	}
	start, end := cal.Seconds(p), cal.Seconds(p+1)
	first := sort.Search(len(z.twice), func(i int) bool { return z.twice[i].to > start })
	after := sort.Search(len(z.twice), func(i int) bool { return z.twice[i].from >= end })
	return z.twice[first:max(first, after)]
}

// into returns how many seconds into period p a business second lies, where time that the clock shows twice counts twice:
// so the order and the distinctness of instants are kept.
func (z *zone) into(cal demand.Calendar, p demand.Period, sec int64, again bool) int64 {
	into := sec - cal.Seconds(p)
	for _, w := range z.doubled(cal, p) {
		if sec >= w.to || again && sec >= w.from {
			into += w.to - w.from
		}
	}
	return into
}

// stampAt is the inverse of into: it returns the business second, marked where it is shown for the second time.
func (z *zone) stampAt(cal demand.Calendar, p demand.Period, into int64) int64 {
	sec := cal.Seconds(p) + into
	for _, w := range z.doubled(cal, p) {
		length := w.to - w.from
		switch {
		case sec < w.to:
			return sec
		case sec < w.to+length:
			return sec - length + secondTime
		}
		sec -= length
	}
	return sec
}

// never returns the periods from first up to end that the clock skips as a whole: hours that never were.
func (z *zone) never(cal demand.Calendar, first, end demand.Period) (skipped []demand.Period) {
	if z == nil || first >= end {
		return nil
	}
	from, to := cal.Seconds(first), cal.Seconds(end)
	for _, w := range z.missed {
		if w.to <= from || w.from >= to {
			continue
		}
		p, into := cal.PeriodAt(w.from)
		if into > 0 {
			p++
		}
		for ; cal.Seconds(p+1) <= w.to; p++ {
			if p >= first && p < end {
				skipped = append(skipped, p)
			}
		}
	}
	return skipped
}

// neverBits are the NaN of cells of periods that the clock skips, until they are filled.
const neverBits = 0x7ff8_0000_05ee_d001

// skipHours marks the cells without a row whose period never was: nothing can have been sold in it, and nothing is filled.
func (z *zone) skipHours(p *demand.Panel) {
	for _, period := range z.never(p.Cal, p.First(), p.End) {
		for i, start := range p.Start {
			if period < start {
				continue
			}
			if cell := p.Off[i] + int(period-start); math.Float64bits(p.Y[cell]) == unseenBits {
				p.Y[cell] = math.Float64frombits(neverBits)
			}
		}
	}
}

// carryOver gives features that have no value in an hour that never was the value of the period before.
func (z *zone) carryOver(p *demand.Panel, f *demand.Future) {
	for _, period := range z.never(p.Cal, p.First(), f.Start+demand.Period(f.H)) {
		for x := range p.X {
			for i := range p.Keys {
				history, horizon := p.X[x].V[p.Off[i]:p.Off[i+1]], f.X[x].V[i*f.H:(i+1)*f.H]
				at := int(period - p.Start[i])
				if at < 1 {
					continue
				}
				here, before := valueAt(history, horizon, at), valueAt(history, horizon, at-1)
				if math.IsNaN(*here) {
					*here = *before
				}
			}
		}
	}
}

// valueAt returns the place of value t of a series that goes on in the horizon.
func valueAt(history, horizon []float64, t int) *float64 {
	if t < len(history) {
		return &history[t]
	}
	return &horizon[t-len(history)]
}

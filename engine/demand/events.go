package demand

import (
	"cmp"
	"slices"
)

// Events are the occasions on which people shop differently, and the days on which shops are closed. Both are known ahead:
// they reach from the first period of a panel to the last of its horizon, also where a panel is cut at an origin.
//
// Series share calendars, mostly all of a country one, so that what a model makes of a calendar is made once. A nil
// *Events has no events, and shops are never closed.
type Events struct {
	Names, Kinds []string // of each event, by name
	Calendars    []EventCalendar
	Of           []int32 // of each series its calendar
}

// EventCalendar is what one group of series has in common.
type EventCalendar struct {
	On     []EventPeriod // by period, then by event
	Closed []Period      // ascending
}

// EventPeriod is an event, or its window, in one period. Periods longer than a day hold an event where a day of it, or of
// its window, lies in them; the periods of a day all hold what the day holds.
type EventPeriod struct {
	Period Period
	Event  int32 // its number in Names
	Offset int32 // days to the nearest day of the event: negative before it, 0 on it, positive after it
	Days   int32 // days of the event itself that lie in the period: 0 in the window before and after it
}

var noEvents = &EventCalendar{}

// Calendar returns the calendar of series i, which must not be written to.
func (e *Events) Calendar(i int) *EventCalendar {
	if e == nil {
		return noEvents
	}
	return &e.Calendars[e.Of[i]]
}

// Shard returns the events of the series lo to hi−1.
func (e *Events) Shard(lo, hi int) *Events {
	if e == nil {
		return nil
	}
	f := *e
	f.Of = e.Of[lo:hi:hi]
	return &f
}

// At returns the events of a period, by their number.
func (c *EventCalendar) At(p Period) []EventPeriod {
	return c.Between(p, p+1)
}

// Between returns the events of the periods from first up to, but not including, end.
func (c *EventCalendar) Between(first, end Period) []EventPeriod {
	by := func(e EventPeriod, p Period) int { return cmp.Compare(e.Period, p) }
	lo, _ := slices.BinarySearchFunc(c.On, first, by)
	hi, _ := slices.BinarySearchFunc(c.On, end, by)
	return c.On[lo:hi:hi]
}

// Shut reports whether shops are closed in a period.
func (c *EventCalendar) Shut(p Period) bool {
	_, found := slices.BinarySearch(c.Closed, p)
	return found
}

// Close makes the forecast of closed periods 0: nothing can be sold.
func (e *Events) Close(f *Forecast) {
	if e == nil {
		return
	}
	for i := range f.Keys {
		fan, calendar := f.Fan(i), e.Calendar(i)
		for h := range fan.Mean {
			if calendar.Shut(f.Start + Period(h)) {
				fan.Mean[h] = 0
				clear(fan.At(h))
			}
		}
	}
}

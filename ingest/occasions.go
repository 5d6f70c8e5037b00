package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"shelfcast/engine/demand"
)

// Occasions say what is special about days, and where.
type Occasions struct {
	Events   []Occasion
	Closings []Occasion     // days on which shops are closed: that is not zero demand, since what is not sold tells nothing
	Weekdays []time.Weekday // on which all shops are closed

	Country       string   // of all stores, or
	CountryColumn string   // the attribute of stores that says it
	Countries     []string // that are known, in capital letters

	// First and Last are the days that the occasions of countries are known for; the zero time where there are none.
	First, Last time.Time
}

// Occasion is a time at which something is on, in every store, in those of a country, or in one.
type Occasion struct {
	Name, Kind    string
	Country       string   // "" for every country
	Store         string   // "" for every store
	Except        []string // stores in which it is not
	From, To      time.Time
	Before, After int // days of the window before From and after To
}

// Any reports whether there are any.
func (o Occasions) Any() bool { return len(o.Events)+len(o.Closings)+len(o.Weekdays) > 0 }

// in reports whether an occasion is one of a place.
func (o Occasion) in(p locality) bool {
	return (o.Country == "" || o.Country == p.country) && (o.Store == "" || o.Store == p.store) && !slices.Contains(o.Except, p.store)
}

// locality is what series of one calendar have in common. The store is empty where no occasion names it.
type locality struct{ country, store string }

// events returns the events of the series of frame, over its periods and the h after them. It notes the stores that are named and
// not there.
func (o Occasions) events(frame *demand.Panel, h int, audit *Audit) (*demand.Events, error) {
	if !o.Any() {
		return nil, nil
	}
	first, end := frame.First(), frame.End+demand.Period(h)
	if err := o.cover(frame.Cal, first, end); err != nil {
		return nil, err
	}
	countryOf, err := o.countries(frame)
	if err != nil {
		return nil, err
	}
	named, strange := map[string]bool{}, map[string]bool{}
	for _, x := range slices.Concat(o.Events, o.Closings) {
		for _, store := range append(x.Except[:len(x.Except):len(x.Except)], x.Store) {
			if store != "" {
				named[store], strange[store] = true, true
			}
		}
	}
	for _, key := range frame.Keys {
		delete(strange, key.Store)
	}
	audit.NoSuchStore = slices.Sorted(maps.Keys(strange))
	out := &demand.Events{Of: make([]int32, frame.Len())}
	numbers := name(out, o.Events)
	known := map[locality]int32{}
	for i, key := range frame.Keys {
		p := locality{country: countryOf(i)}
		if named[key.Store] {
			p.store = key.Store
		}
		at, ok := known[p]
		if !ok {
			at = int32(len(out.Calendars))
			known[p] = at
			out.Calendars = append(out.Calendars, o.calendar(p, frame.Cal, first, end, numbers))
		}
		out.Of[i] = at
	}
	return out, nil
}

// cover reports periods in which the days of countries are not known: they would silently be days like others.
func (o Occasions) cover(cal demand.Calendar, first, end demand.Period) error {
	if o.Last.IsZero() {
		return nil
	}
	from, to := cal.Time(first), cal.Time(end).Add(-time.Second)
	if !from.Before(o.First) && to.Before(o.Last.AddDate(0, 0, 1)) {
		return nil
	}
	return fmt.Errorf("read calendar: the periods run from %s to %s, and the table of holidays from %s to %s; leave the country out, and give the days by file (calendar.files, calendar.closed.files)",
		cal.Format(first), cal.Format(end-1), o.First.Format(time.DateOnly), o.Last.Format(time.DateOnly))
}

// countries returns the country of the store of each series.
func (o Occasions) countries(frame *demand.Panel) (func(i int) string, error) {
	if o.CountryColumn == "" {
		return func(int) string { return o.Country }, nil
	}
	var names []string
	for _, a := range frame.Static {
		if !a.OfStore {
			continue
		}
		names = append(names, a.Name)
		if fold(a.Name) != fold(o.CountryColumn) {
			continue
		}
		var without []string
		for i, key := range frame.Keys {
			if country := strings.ToUpper(a.Label(i)); !slices.Contains(o.Countries, country) {
				without = append(without, fmt.Sprintf("%s has %q", key.Store, a.Label(i)))
			}
		}
		slices.Sort(without)
		if without = slices.Compact(without); len(without) > 0 {
			return nil, fmt.Errorf("read calendar: the %s of %d stores is no country that the table of holidays has: %s; use one of %s",
				a.Name, len(without), andMore(without[:min(len(without), keysListed)], len(without)), strings.Join(o.Countries, ", "))
		}
		return func(i int) string { return strings.ToUpper(a.Label(i)) }, nil
	}
	return nil, fmt.Errorf("read calendar: the stores have no attribute %q that says their country; they have %s (calendar.country_column, input.stores)", o.CountryColumn, listed(names))
}

// name sets the names of events and returns the number of each.
func name(e *demand.Events, list []Occasion) map[string]int32 {
	numbers, kinds := map[string]int32{}, map[string]string{}
	for _, x := range list {
		if _, ok := kinds[x.Name]; !ok {
			kinds[x.Name] = x.Kind
			e.Names = append(e.Names, x.Name)
		}
	}
	slices.Sort(e.Names)
	for i, n := range e.Names {
		numbers[n] = int32(i)
		e.Kinds = append(e.Kinds, kinds[n])
	}
	return numbers
}

// calendar lays out the occasions of a locality over periods.
func (o Occasions) calendar(l locality, cal demand.Calendar, first, end demand.Period, numbers map[string]int32) demand.EventCalendar {
	var c demand.EventCalendar
	days := map[eventDay]bool{}
	for _, x := range o.Events {
		if x.in(l) {
			c.On = x.lay(c.On, cal, first, end, numbers[x.Name], days)
		}
	}
	c.On = nearestOf(c.On)
	for p := first; p < end && len(o.Weekdays) > 0; p++ {
		if slices.Contains(o.Weekdays, cal.Time(p).Weekday()) {
			c.Closed = append(c.Closed, p)
		}
	}
	for _, x := range o.Closings {
		for day := x.From; x.in(l) && !day.After(x.To); day = day.AddDate(0, 0, 1) {
			if p := cal.Period(opening(cal, day)); p >= first && p < end {
				c.Closed = append(c.Closed, p)
			}
		}
	}
	slices.Sort(c.Closed)
	c.Closed = slices.Compact(c.Closed)
	return c
}

// opening is when the business day of a date begins, as in a feed of dates.
func opening(cal demand.Calendar, day time.Time) time.Time {
	if cal.Freq.Unit == demand.Day {
		return day.Add(time.Duration(cal.Freq.Shift) * time.Hour)
	}
	return day
}

// eventDay is a day of an event itself, which counts once however often it is said.
type eventDay struct {
	number int32
	day    time.Time
}

// lay adds an event and its window, day by day, to a list.
func (o Occasion) lay(list []demand.EventPeriod, cal demand.Calendar, first, end demand.Period, number int32, days map[eventDay]bool) []demand.EventPeriod {
	for day := o.From.AddDate(0, 0, -o.Before); !day.After(o.To.AddDate(0, 0, o.After)); day = day.AddDate(0, 0, 1) {
		e := demand.EventPeriod{Event: number}
		switch {
		case day.Before(o.From):
			e.Offset = -wholeDays(o.From.Sub(day))
		case day.After(o.To):
			e.Offset = wholeDays(day.Sub(o.To))
		case !days[eventDay{number, day}]:
			days[eventDay{number, day}] = true
			e.Days = 1
		}
		from, to := cal.Period(day), cal.Period(day.AddDate(0, 0, 1).Add(-time.Second))
		if cal.Freq.Unit >= demand.Day {
			from = cal.Period(opening(cal, day))
			to = from
		}
		for e.Period = max(from, first); e.Period <= min(to, end-1); e.Period++ {
			list = append(list, e)
		}
	}
	return list
}

func wholeDays(d time.Duration) int32 { return int32(math.Round(d.Hours() / 24)) }

// nearestOf sorts a list, and makes one of what an event has in a period: its days there added up, and the least offset.
func nearestOf(list []demand.EventPeriod) []demand.EventPeriod {
	slices.SortFunc(list, func(a, b demand.EventPeriod) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Event, b.Event), cmp.Compare(max(a.Offset, -a.Offset), max(b.Offset, -b.Offset)), cmp.Compare(a.Offset, b.Offset))
	})
	n := 0
	for _, e := range list {
		if n > 0 && list[n-1].Period == e.Period && list[n-1].Event == e.Event {
			list[n-1].Days += e.Days
			continue
		}
		list[n] = e
		n++
	}
	return slices.Clip(list[:n])
}

// closeDays takes closed days on which nothing was sold out of what is observed, and of what is filled. What was sold on one
// stays, and is counted.
func closeDays(p *demand.Panel, audit *Audit) {
	if p.Events == nil {
		return
	}
	for i, start := range p.Start {
		for _, at := range p.Events.Calendar(i).Closed {
			if at < start || at >= p.End {
				continue
			}
			if cell := p.Off[i] + int(at-start); p.Y[cell] > 0 {
				audit.SoldClosed++
			} else {
				p.Y[cell] = closedDay
				audit.Closed++
			}
		}
	}
}

package ingest

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"shelfcast/engine/demand"
)

// duplicate is a key and a time that more than one row has. Of several it is the first by key, then by time.
type duplicate struct {
	cal    demand.Calendar
	count  int64 // rows besides the first of each key and time
	key    demand.Key
	stamp  int64 // business seconds, marked where the clock shows them for the second time
	number int32 // of the import that has both rows
	in     string
	places []place
	period bool // true where two rows in one period are too many, whatever their second
}

func (d *duplicate) found(key demand.Key, stamp int64, number int32) {
	d.count++
	if d.count == 1 || cmp.Or(key.Compare(d.key), cmp.Compare(stamp, d.stamp), cmp.Compare(number, d.number)) < 0 {
		d.key, d.stamp, d.number = key, stamp, number
	}
}

// merge adds what another worker found.
func (d *duplicate) merge(e *duplicate) {
	if e.count == 0 {
		return
	}
	count := d.count + e.count
	d.found(e.key, e.stamp, e.number)
	d.count = count
}

// Error names the key, the time and the places.
func (d *duplicate) Error() string {
	places := make([]string, len(d.places))
	for i, p := range d.places {
		places[i] = p.String()
	}
	more := ""
	if d.count > 1 {
		more = fmt.Sprintf(" (the first of %d such rows)", d.count)
	}
	if d.period {
		return fmt.Sprintf("read %s: two rows for %v in the period of %s: %s%s; features are not added up: keep one row for each key and period",
			d.in, d.key, stampText(d.stamp), strings.Join(places, " and "), more)
	}
	return fmt.Sprintf("read %s: two rows for %v at %s: %s%s; keep one row for each key and time",
		d.in, d.key, stampText(d.stamp), strings.Join(places, " and "), more)
}

func stampText(stamp int64) string {
	sec, _ := wallOf(stamp)
	t := time.Unix(sec, 0).UTC()
	if sec%secondsInDay == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}

// holds reports whether a stamp is the time of the duplicate.
func (d *duplicate) holds(stamp int64) bool {
	if d.period {
		if isRepeatedHour(d.cal, stamp) {
			return false
		}
		sec, _ := wallOf(stamp)
		p, _ := d.cal.PeriodAt(sec)
		return p == d.cal.Period(time.Unix(d.stamp, 0).UTC())
	}
	return stamp == d.stamp
}

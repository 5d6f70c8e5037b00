package ingest

import (
	"math"
	"slices"
	"time"

	"shelfcast/engine/demand"
)

// Closed says on which days shops are closed. Closed is not zero demand: what is not sold then tells nothing.
type Closed struct {
	Weekdays []time.Weekday
	Days     []time.Time // midnight UTC, ascending
}

// At reports whether shops are closed in a period, which is a day.
func (c Closed) At(cal demand.Calendar, p demand.Period) bool {
	day := cal.Time(p).Truncate(24 * time.Hour)
	if slices.Contains(c.Weekdays, day.Weekday()) {
		return true
	}
	_, found := slices.BinarySearchFunc(c.Days, day, time.Time.Compare)
	return found
}

// closeDays makes the zeros of closed days not observed. What was sold on one stays, and is counted.
func closeDays(p *demand.Panel, c Closed, audit *Audit) {
	if len(c.Weekdays)+len(c.Days) == 0 {
		return
	}
	first := p.First()
	closed := make([]bool, p.End-first)
	for t := range closed {
		closed[t] = c.At(p.Cal, first+demand.Period(t))
	}
	for i, start := range p.Start {
		for cell := p.Off[i]; cell < p.Off[i+1]; cell++ {
			if !closed[int(start-first)+cell-p.Off[i]] {
				continue
			}
			switch filled := p.Filled != nil && p.Filled[cell]; {
			case filled || p.Y[cell] == 0:
				p.Y[cell] = math.NaN()
				audit.Closed++
				if filled {
					p.Filled[cell] = false
				}
			case p.Y[cell] > 0:
				audit.SoldClosed++
			}
		}
	}
}

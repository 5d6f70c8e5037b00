package ingest

import "shelfcast/engine/demand"

// periods turns business seconds into periods. It remembers recent answers, since a panel has few distinct timestamps
// and a calendar of months is slow to ask.
type periods struct {
	cal   demand.Calendar
	zone  *zone // nil for none
	known [periodMemo]knownPeriod
}

const periodMemo = 4096 // a power of two; more than ten years of days

type knownPeriod struct {
	stamp  int64
	period demand.Period
	into   int32 // seconds into the period
	set    bool
}

// at returns the period that holds a stamp, and how many seconds into it the stamp lies, where time that the clock shows
// twice counts twice. A year has fewer seconds than an int32.
func (p *periods) at(stamp int64) (demand.Period, int32) {
	// Fibonacci hashing: days, hours and minutes all spread over the memo.
	slot := &p.known[uint64(stamp)*0x9e3779b97f4a7c15>>(64-12)]
	if slot.set && slot.stamp == stamp {
		return slot.period, slot.into
	}
	sec, again := wallOf(stamp)
	period, into := p.cal.PeriodAt(sec)
	if p.zone != nil {
		into = p.zone.into(p.cal, period, sec, again)
	}
	*slot = knownPeriod{stamp, period, int32(into), true}
	return period, int32(into)
}

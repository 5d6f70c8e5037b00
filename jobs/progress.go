package jobs

import (
	"time"

	"shelfcast/jobs/report"
)

// Progress hears how far a run has come. Its methods are called from one goroutine at a time.
type Progress interface {
	// Phase begins a step of total units, such as bytes or series; 0 where the size is not known.
	Phase(name string, total int64)
	// Done says how many units of the step are done.
	Done(units int64)
}

// clock times the phases of a run and tells Progress of them.
type clock struct {
	now      func() time.Time
	progress Progress
	phases   []report.Phase
	since    time.Time
}

// phase ends the phase that runs and begins the next.
func (c *clock) phase(name string, total int64) {
	c.stop()
	c.phases = append(c.phases, report.Phase{Name: name})
	c.progress.Phase(name, total)
}

// stop ends the phase that runs.
func (c *clock) stop() {
	now := c.now()
	if n := len(c.phases); n > 0 {
		c.phases[n-1].Took = now.Sub(c.since)
	}
	c.since = now
}

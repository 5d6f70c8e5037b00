package backtest

import (
	"math"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/score"
)

// Window says what can be scored in one window; it is the same for every model. Series = Scorable + NoTraining +
// FilledOut + NoOutcome.
type Window struct {
	Origin       demand.Period `json:"origin"`        // last period that a model could see
	Series       int           `json:"series"`        // series of the panel
	Scorable     int           `json:"scorable"`      // series with at least one scored point
	NoTraining   int           `json:"no_training"`   // series without an observation up to the origin
	FilledOut    int           `json:"filled_out"`    // series that the rule for filled outcomes leaves out wholly
	NoOutcome    int           `json:"no_outcome"`    // series without an observed outcome
	FilledPoints int           `json:"filled_points"` // filled outcomes, in all series
}

// exclusion is why a series is not scored in a window, and how many of its outcomes were filled.
type exclusion struct {
	noTraining, noOutcome, filledOut bool
	filled                           int
}

func (w *Window) count(e exclusion) {
	w.Series++
	w.FilledPoints += e.filled
	switch {
	case e.noTraining:
		w.NoTraining++
	case e.noOutcome:
		w.NoOutcome++
	case e.filledOut:
		w.FilledOut++
	default:
		w.Scorable++
	}
}

func (w *Window) merge(o *Window) {
	w.Series += o.Series
	w.Scorable += o.Scorable
	w.NoTraining += o.NoTraining
	w.FilledOut += o.FilledOut
	w.NoOutcome += o.NoOutcome
	w.FilledPoints += o.FilledPoints
}

// observed reports whether the feed gave s any value.
func observed(s demand.Series) bool {
	for t, y := range s.Y {
		if !math.IsNaN(y) && (s.Filled == nil || !s.Filled[t]) {
			return true
		}
	}
	return false
}

// outcomes returns the h periods after origin as a case; Skip marks the filled ones. Periods before the series begins
// are not observed.
func outcomes(s demand.Series, origin demand.Period, h int) score.Case {
	c := score.Case{Y: make([]float64, h)}
	before := min(max(int(s.Start-origin)-1, 0), h) // periods of the window before the series begins
	for t := range before {
		c.Y[t] = math.NaN()
	}
	from := max(int(origin-s.Start)+1, 0)
	to := from + h - before
	copy(c.Y[before:], s.Y[from:to])
	c.Skip = flags(s.Filled, before, from, to)
	c.Censored = flags(s.Censored, before, from, to)
	return c
}

// flags returns before times false and then column[from:to]; nil when there is no column.
func flags(column []bool, before, from, to int) []bool {
	if column == nil {
		return nil
	}
	return append(make([]bool, before, before+to-from), column[from:to]...)
}

// exclude applies the rules to a case whose Skip marks filled outcomes, and says what they did.
func exclude(c *score.Case, trained bool, rule FilledRule) exclusion {
	var e exclusion
	open := 0
	for t, y := range c.Y {
		switch {
		case c.Skip != nil && c.Skip[t]:
			e.filled++
		case !math.IsNaN(y):
			open++
		}
	}
	e.noTraining = !trained
	e.noOutcome = open == 0 && e.filled == 0
	e.filledOut = e.filled > 0 && (open == 0 || rule == ExcludeItemWindow)
	if e.noTraining || e.filledOut {
		c.Skip = slices.Repeat([]bool{true}, len(c.Y))
	}
	return e
}

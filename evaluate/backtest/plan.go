// Package backtest scores models on the past: at each of a few origins it hides what came later, lets every model fit and
// forecast, and scores the forecasts on what really happened.
//
// It knows panels, models and scores. It does not know how a method works, which model is best, or where results rest.
package backtest

import (
	"fmt"
	"slices"

	"shelfcast/engine/demand"
)

// FilledRule says what becomes of outcomes that a filling rule and not the feed gave. They are never scored.
type FilledRule uint8

const (
	// ExcludeItemWindow leaves a series with a filled outcome out of that whole window, as Amazon Forecast does.
	ExcludeItemWindow FilledRule = iota
	// ExcludePoint leaves out the filled points alone.
	ExcludePoint
)

var filledNames = []string{"exclude_item_window", "exclude_point"}

// String returns the rule's name in configuration files: exclude_item_window or exclude_point.
func (r FilledRule) String() string {
	if int(r) < len(filledNames) {
		return filledNames[r]
	}
	return fmt.Sprintf("filled rule %d", uint8(r))
}

// MarshalText writes the rule's name.
func (r FilledRule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the rule's name.
func (r *FilledRule) UnmarshalText(name []byte) (err error) {
	*r, err = ParseFilledRule(string(name))
	return err
}

// ParseFilledRule reads a rule's name; the empty name is the default, ExcludeItemWindow.
func ParseFilledRule(name string) (FilledRule, error) {
	if name == "" {
		return ExcludeItemWindow, nil
	}
	if i := slices.Index(filledNames, name); i >= 0 {
		return FilledRule(i), nil
	}
	return 0, fmt.Errorf("read the rule for filled cells %q: not known; use one of %v", name, filledNames)
}

// MaxWindows is the largest number of backtest windows.
const MaxWindows = 5

// Plan says where a panel is split and what is scored. Window k = 1 … Windows has its origin, the last period that a
// model may see, at
//
//	last observed period − Offset − (k−1)·Horizon
//
// and scores exactly the Horizon periods after it.
type Plan struct {
	Horizon int        // periods that a window scores; at least 1
	Windows int        // number of windows, 1 to MaxWindows
	Offset  int        // periods from the end of the panel to the origin of window 1; Horizon when 0
	Levels  []float64  // quantile levels that models forecast and scores are taken at, ascending inside (0, 1)
	Filled  FilledRule // what becomes of filled outcomes
	M       int        // season of the MASE scale in periods; that of the panel's calendar when 0

	// Floor stands in for a model that gives no usable forecast of a series, or of a whole panel, and the series counts
	// as a failure of the model. When nil, such a series has missing values, and the metrics of the model are NaN.
	Floor demand.Model `json:"-"`
}

// Origins returns the origin of each window, window 1 (the latest) first, in a panel whose earliest series begins at
// start and whose first period after the last is end. It errs when the plan is not possible in itself, or when the
// history does not allow it: offset must be at least the horizon and below half the history, and the earliest window
// needs a period to learn from. The error says what the history does allow.
//
// Call it with the start of the whole panel: what a history allows must not depend on how a panel was cut into shards.
func (p Plan) Origins(start, end demand.Period) ([]demand.Period, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	history, offset := int(end)-int(start), p.offset()
	if 2*offset >= history {
		return nil, p.tooLong(history)
	}
	if need := offset + (p.Windows-1)*p.Horizon + 1; need > history {
		return nil, fmt.Errorf("plan backtest of %d windows of %d periods at offset %d: that needs %d periods and the history has %d; use at most %d windows, or a shorter horizon",
			p.Windows, p.Horizon, offset, need, history, (history-1-offset)/p.Horizon+1)
	}
	return p.origins(end), nil
}

// tooLong says which horizon and offset a history allows.
func (p Plan) tooLong(history int) error {
	longest := max(history-1, 0) / 2 // the largest number below half the history
	what := fmt.Sprintf("plan backtest at offset %d: it must be below half the history of %d periods", p.offset(), history)
	switch {
	case longest < 1:
		return fmt.Errorf("%s; no backtest is possible below 3 periods, so bring more history", what)
	case p.Horizon <= longest:
		return fmt.Errorf("%s; use an offset of %d to %d", what, p.Horizon, longest)
	}
	return fmt.Errorf("%s; use a horizon of at most %d, or bring %d periods of history", what, longest, 2*p.Horizon+1)
}

// check reports what cannot be right in any panel.
func (p Plan) check() error {
	switch {
	case p.Horizon < 1:
		return fmt.Errorf("plan backtest: the horizon is %d; use 1 period or more", p.Horizon)
	case p.Windows < 1 || p.Windows > MaxWindows:
		return fmt.Errorf("plan backtest: %d windows; use 1 to %d", p.Windows, MaxWindows)
	case p.offset() < p.Horizon:
		return fmt.Errorf("plan backtest: offset %d is below the horizon %d, so that the window would end after the data; use %d or more, or 0 for the horizon",
			p.Offset, p.Horizon, p.Horizon)
	case p.M < 0:
		return fmt.Errorf("plan backtest: the season of MASE is %d; use 1 period or more, or 0 for the calendar's", p.M)
	case int(p.Filled) >= len(filledNames):
		return fmt.Errorf("plan backtest: %v is not known; use one of %v", p.Filled, filledNames)
	}
	return demand.CheckLevels(p.Levels)
}

func (p Plan) offset() int {
	if p.Offset == 0 {
		return p.Horizon
	}
	return p.Offset
}

func (p Plan) origins(end demand.Period) []demand.Period {
	origins := make([]demand.Period, p.Windows)
	for k := range origins {
		origins[k] = end - 1 - demand.Period(p.offset()+k*p.Horizon)
	}
	return origins
}

// season returns the m of MASE.
func (p Plan) season(cal demand.Calendar) int {
	if p.M == 0 {
		return cal.Season()
	}
	return p.M
}

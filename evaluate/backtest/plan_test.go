package backtest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shelfcast/engine/demand"
)

func TestOriginsAreTheEndLessOffsetLessHorizons(t *testing.T) {
	t.Parallel()
	// Periods 100 to 199 are observed, so the panel ends before 200.
	for name, c := range map[string]struct {
		plan Plan
		want []demand.Period
	}{
		"one window, the offset is the horizon": {Plan{Horizon: 28, Windows: 1}, []demand.Period{171}},
		"three windows":                         {Plan{Horizon: 14, Windows: 3}, []demand.Period{185, 171, 157}},
		"an offset beyond the horizon":          {Plan{Horizon: 7, Windows: 2, Offset: 49}, []demand.Period{150, 143}},
		"down to one period of training":        {Plan{Horizon: 33, Windows: 3}, []demand.Period{166, 133, 100}},
	} {
		got, err := c.plan.Origins(100, 200)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPlanErrorsSayWhatTheHistoryAllows(t *testing.T) {
	t.Parallel()
	for want, plan := range map[string]Plan{
		"the horizon is 0; use 1 period or more":                         {Windows: 1},
		"0 windows; use 1 to 5":                                          {Horizon: 1},
		"6 windows; use 1 to 5":                                          {Horizon: 1, Windows: 6},
		"offset 6 is below the horizon 7":                                {Horizon: 7, Windows: 1, Offset: 6},
		"offset -1 is below the horizon 7":                               {Horizon: 7, Windows: 1, Offset: -1},
		"the season of MASE is -1":                                       {Horizon: 7, Windows: 1, M: -1},
		"filled rule 9 is not known; use one of [exclude_item_window":    {Horizon: 7, Windows: 1, Filled: 9},
		"1.5 is outside (0, 1)":                                          {Horizon: 7, Windows: 1, Levels: []float64{1.5}},
		"below half the history of 40 periods; use an offset of 7 to 19": {Horizon: 7, Windows: 1, Offset: 20},
		"a horizon of at most 19, or bring 41 periods of history":        {Horizon: 20, Windows: 1},
		"needs 48 periods and the history has 40; use at most 4 windows": {Horizon: 9, Windows: 5, Offset: 11},
		"needs 46 periods and the history has 40; use at most 4 windows": {Horizon: 9, Windows: 5},
	} {
		_, err := plan.Origins(0, 40)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want an error that says %q", plan, err, want)
		}
	}
	if _, err := (Plan{Horizon: 1, Windows: 1}).Origins(0, 2); err == nil || !strings.Contains(err.Error(), "bring more history") {
		t.Errorf("two periods: got %v", err)
	}
}

func TestAllowedPlansScoreExactlyTheHorizonInsideTheHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := Plan{
			Horizon: rapid.IntRange(1, 30).Draw(rt, "horizon"), Windows: rapid.IntRange(1, 5).Draw(rt, "windows"),
			Offset: rapid.IntRange(0, 60).Draw(rt, "offset"),
		}
		start := demand.Period(rapid.IntRange(-500, 500).Draw(rt, "start"))
		end := start + demand.Period(rapid.IntRange(0, 200).Draw(rt, "length"))
		origins, err := p.Origins(start, end)
		if err != nil {
			return
		}
		if len(origins) != p.Windows || 2*(end-1-origins[0]) >= end-start {
			rt.Fatalf("%+v in [%d, %d) gives %v", p, start, end, origins)
		}
		for k, o := range origins {
			if o < start || o+demand.Period(p.Horizon) >= end || k > 0 && origins[k-1]-o != demand.Period(p.Horizon) {
				rt.Fatalf("%+v in [%d, %d) gives %v", p, start, end, origins)
			}
		}
	})
}

func TestFilledRulesAreReadAndWrittenByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]FilledRule{"": ExcludeItemWindow, "exclude_item_window": ExcludeItemWindow, "exclude_point": ExcludePoint} {
		if got, err := ParseFilledRule(name); err != nil || got != want {
			t.Errorf("%q: got %v, %v", name, got, err)
		}
	}
	if _, err := ParseFilledRule("keep"); err == nil || !strings.Contains(err.Error(), "exclude_point") {
		t.Errorf("got %v, want an error that lists the rules", err)
	}
	text, err := json.Marshal(Plan{Horizon: 7, Windows: 1, Filled: ExcludePoint})
	if err != nil || !strings.Contains(string(text), `"exclude_point"`) {
		t.Errorf("got %s, %v", text, err)
	}
	var back Plan
	if err := json.Unmarshal(text, &back); err != nil || back.Filled != ExcludePoint {
		t.Errorf("read back %+v, %v", back, err)
	}
}

package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/engine/scheduler"
	"shelfcast/evaluate/backtest"
	"shelfcast/evaluate/score"
	"shelfcast/ingest"
)

// scored returns the models that a backtest scores, the members and the floor model, and the number of the floor model
// among them.
func (n Night) scored() (models []demand.Model, floor int) {
	same := func(m demand.Model) bool { return m.Name() == n.Floor.Name() }
	if floor = slices.IndexFunc(n.Models, same); floor >= 0 {
		return n.Models, floor
	}
	return append(slices.Clone(n.Models), n.Floor), len(n.Models)
}

// work does everything for one shard: backtest, choice, fit, forecast.
func (n Night) work(ctx context.Context, in *ingest.Result, shard Shard, samples []int) (*ShardResult, error) {
	panel, future := shard.of(in)
	judged, _, err := n.backtest(ctx, panel)
	if err != nil {
		return nil, fmt.Errorf("backtest: %w", err)
	}
	made, err := n.forecast(ctx, panel, future, judged.picked, within(samples, shard))
	if err != nil {
		return nil, err
	}
	return n.result(shard, panel, made, judged, samples)
}

// judged is what the backtest of a shard tells.
type judged struct {
	tallies [][]*score.Tally // [model][window]; last the choice, where there is one
	picked  []int            // the model of each series, by its number among Night.Models
	scores  [][]SeriesScores // [model][series]
}

// backtest scores the members and the floor model on the past of a shard, and chooses a member for each series. The
// choice itself is scored too: in each window, by the model that the other windows would have chosen.
func (n Night) backtest(ctx context.Context, panel *demand.Panel) (*judged, *backtest.Result, error) {
	if n.Plan.Windows == 0 {
		return &judged{picked: make([]int, panel.Len())}, nil, nil
	}
	models, _ := n.scored()
	bt, err := backtest.Run(ctx, panel, models, n.Plan)
	if err != nil {
		return nil, nil, err
	}
	candidates := make([]int, len(n.Models))
	for m := range candidates {
		candidates[m] = m
	}
	grid, err := bt.Grid(n.Metric)
	if err != nil {
		return nil, nil, err
	}
	j := &judged{tallies: bt.Tallies, picked: scoreGrid(grid).choose(candidates, -1, panel.Len())}
	if n.hasChoice() {
		j.tallies = append(j.tallies, choiceTallies(bt, grid, candidates, n.Plan.Levels))
	}
	j.scores, err = seriesScores(bt)
	return j, bt, err
}

// hasChoice tells whether the choice among models can be scored on windows that it was not made on.
func (n Night) hasChoice() bool { return len(n.Models) > 1 && n.Plan.Windows > 1 }

// choiceTallies scores the choice among models: in each window, every series is scored by the model that the other
// windows choose for it.
func choiceTallies(bt *backtest.Result, grid scoreGrid, candidates []int, levels []float64) []*score.Tally {
	out := make([]*score.Tally, len(bt.Windows))
	for w := range out {
		out[w] = score.NewTally(levels)
		for i, m := range grid.choose(candidates, w, len(bt.Keys)) {
			out[w].Add(&bt.Series[m][w][i])
		}
	}
	return out
}

// seriesScores returns the scores of every model on every series, averaged over the windows where they are defined.
func seriesScores(bt *backtest.Result) ([][]SeriesScores, error) {
	wql, err := bt.Grid(score.WQL)
	if err != nil {
		return nil, err
	}
	wape, err := bt.Grid(score.WAPE)
	if err != nil {
		return nil, err
	}
	out := make([][]SeriesScores, len(bt.Models))
	for m := range out {
		out[m] = make([]SeriesScores, len(bt.Keys))
		for i := range out[m] {
			only := []int{m}
			out[m][i] = SeriesScores{WQL: scoreGrid(wql).meanOver(m, only, -1, i), WAPE: scoreGrid(wape).meanOver(m, only, -1, i)}
		}
	}
	return out, nil
}

// modelSeries lists the scores of every model on every series.
func modelSeries(bt *backtest.Result) []ModelSeries {
	out := make([]ModelSeries, 0, len(bt.Keys)*len(bt.Models))
	for i, key := range bt.Keys {
		for m, name := range bt.Models {
			out = append(out, ModelSeries{Key: key, Model: name, Scores: bt.AppendSeriesMetrics(nil, m, i)})
		}
	}
	return out
}

// result makes what a shard leaves.
func (n Night) result(shard Shard, panel *demand.Panel, made *made, j *judged, samples []int) (*ShardResult, error) {
	f := made.forecast
	r := &ShardResult{Shard: shard, Forecast: f, Fits: made.fits, Series: make([]SeriesResult, panel.Len())}
	if n.Components {
		r.Components = made.parts
	}
	_, floor := n.scored()
	for i := range r.Series {
		none := SeriesScores{WQL: math.NaN(), WAPE: math.NaN()}
		s := SeriesResult{Chosen: n.Models[j.picked[i]].Name(), Why: f.Why[i], Score: none, Floor: none}
		if j.scores != nil {
			s.Score, s.Floor = j.scores[j.picked[i]][i], j.scores[floor][i]
		}
		if s.History = observedPeriods(panel.At(i)); s.History == 0 && s.Why == nil {
			s.Why = fmt.Errorf("forecast %v: %w in the whole history", panel.Keys[i], demand.ErrNoData)
		}
		r.Series[i] = s
	}
	e := gather(panel, f, r.Series, made.explained, within(samples, shard))
	e.Tallies = j.tallies
	var err error
	if r.Evidence, err = json.Marshal(e); err != nil {
		return nil, fmt.Errorf("keep what shard %d tells: %w", shard.Number, err)
	}
	return r, nil
}

// rescue gives every series of a shard that could not be worked through the floor model's fan, with the reason. It gives
// up where the run itself has ended.
func (n Night) rescue(ctx context.Context, in *ingest.Result, shard Shard, why error) (*ShardResult, error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("work on shard %d: %w", shard.Number, context.Cause(ctx))
	}
	panel, future := shard.of(in)
	f, err := n.floorForecast(ctx, panel, future)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("work on shard %d: %w", shard.Number, why), err)
	}
	panel.Events.Close(f)
	if stopped := (*scheduler.PanicError)(nil); errors.As(why, &stopped) {
		why = fmt.Errorf("%w: %v\n%s", demand.ErrPanic, stopped.Value, stopped.Stack)
	}
	for i := range f.Why {
		f.Why[i] = fmt.Errorf("shard %d: %w", shard.Number, why)
	}
	unexplained := explained{parts: make([][]demand.Component, panel.Len())}
	return n.result(shard, panel, &made{forecast: f, explained: unexplained}, &judged{picked: make([]int, panel.Len())}, nil)
}

// within returns the numbers, inside the shard, of those series that lie in it.
func within(series []int, shard Shard) []int {
	var out []int
	for _, i := range series {
		if i >= shard.First && i < shard.First+shard.Count {
			out = append(out, i-shard.First)
		}
	}
	return out
}

// observedPeriods returns the number of periods that the feed gave.
func observedPeriods(s demand.Series) int {
	n := 0
	for t, y := range s.Y {
		if !math.IsNaN(y) && (s.Filled == nil || !s.Filled[t]) {
			n++
		}
	}
	return n
}

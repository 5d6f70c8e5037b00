package backtest

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/score"
)

// Result is what a backtest found. Its first index is the model and its second the window, as in Models and Windows.
// encoding/json writes the models, windows, tallies and failures, exactly, and not what is kept of each series.
type Result struct {
	Models   []string         `json:"models"`   // names, in the order given to Run
	Windows  []Window         `json:"windows"`  // latest first
	Tallies  [][]*score.Tally `json:"tallies"`  // [model][window]: all series; exact, so the same bits for any sharding
	Failures []Failure        `json:"failures"` // by model, window and key

	Keys   []demand.Key       `json:"-"`
	Series [][][]score.Series `json:"-"` // [model][window][series]: without a scored point where the series is not scorable
}

// Failure is one series in one window of which the model that was asked gave no usable forecast.
type Failure struct {
	Model  int        `json:"model"`  // place in Result.Models
	Window int        `json:"window"` // place in Result.Windows
	Key    demand.Key `json:"key"`
	By     string     `json:"by"`     // the model whose forecast was scored instead; "" when there was none
	Reason string     `json:"reason"` // code, see demand.Reason
	Why    error      `json:"-"`
}

func newResult(panel *demand.Panel, models []demand.Model, plan Plan) *Result {
	r := &Result{Keys: panel.Keys}
	for _, origin := range plan.origins(panel.End) {
		r.Windows = append(r.Windows, Window{Origin: origin})
	}
	for _, m := range models {
		r.Models = append(r.Models, m.Name())
		tallies, series := make([]*score.Tally, plan.Windows), make([][]score.Series, plan.Windows)
		for k := range plan.Windows {
			tallies[k], series[k] = score.NewTally(plan.Levels), make([]score.Series, panel.Len())
		}
		r.Tallies, r.Series = append(r.Tallies, tallies), append(r.Series, series)
	}
	return r
}

// Metrics returns the metrics of one model over all series, averaged over the windows.
func (r *Result) Metrics(model int) []score.Metric { return score.Average(r.Tallies[model]) }

// AppendSeriesMetrics appends the metrics of one model on one series, averaged over the windows where the series could be
// scored, to dst.
func (r *Result) AppendSeriesMetrics(dst []score.Metric, model, series int) []score.Metric {
	windows := make([]*score.Series, len(r.Windows))
	for k := range windows {
		windows[k] = &r.Series[model][k][series]
	}
	return score.AverageSeries(dst, windows)
}

// Grid returns one metric of every model in every window for every series, [model][window][series]; wql means the
// average over levels. A cell is NaN where the metric is undefined or the forecast missing. So is one where Σ|y| = 0,
// whose value is in units, unless that is so in every window of the series. It errs when the metric is not known.
func (r *Result) Grid(metric string) ([][][]float64, error) {
	grid := make([][][]float64, len(r.Models))
	var all []score.Metric // of one series, reused
	row := make([]score.Metric, len(r.Windows))
	for m := range grid {
		grid[m] = make([][]float64, len(r.Windows))
		for k := range grid[m] {
			grid[m][k] = make([]float64, len(r.Keys))
		}
		for i := range r.Keys {
			for k := range row {
				all = r.Series[m][k][i].AppendMetrics(all[:0])
				found, ok := score.Find(all, metric, math.NaN())
				if !ok {
					return nil, fmt.Errorf("take metric %q of each series: not known; use wql, wape, mape, rmse, mase, rmsse, bias or wapeb", metric)
				}
				row[k] = found
			}
			hideNumerators(row)
			for k := range row {
				grid[m][k][i] = row[k].Value
			}
		}
	}
	return grid, nil
}

// hideNumerators makes NaN of numerators in units where another window has a ratio: the two have no common mean.
func hideNumerators(windows []score.Metric) {
	isRatio := func(m score.Metric) bool { return m.N > 0 && !m.DenominatorZero }
	if !slices.ContainsFunc(windows, isRatio) {
		return
	}
	for k := range windows {
		if !isRatio(windows[k]) {
			windows[k].Value = math.NaN()
		}
	}
}

// Merge appends u, the result of the same plan and models on a later shard, to r. The result is then, bit for bit, that
// of one run over both shards. It errs when the two do not belong together or u's keys do not follow r's.
func (r *Result) Merge(u *Result) error {
	if err := r.mergeable(u); err != nil {
		return fmt.Errorf("merge backtests: %w", err)
	}
	for k := range r.Windows {
		r.Windows[k].merge(&u.Windows[k])
	}
	for m := range r.Models {
		for k := range r.Windows {
			if err := r.Tallies[m][k].Merge(u.Tallies[m][k]); err != nil {
				return fmt.Errorf("merge backtests: %w", err)
			}
			r.Series[m][k] = append(r.Series[m][k], u.Series[m][k]...)
		}
	}
	r.Keys = append(r.Keys[:len(r.Keys):len(r.Keys)], u.Keys...)
	r.Failures = append(r.Failures, u.Failures...)
	r.sortFailures()
	return nil
}

func (r *Result) mergeable(u *Result) error {
	sameOrigin := func(a, b Window) bool { return a.Origin == b.Origin }
	switch {
	case !slices.Equal(r.Models, u.Models):
		return fmt.Errorf("models %v and %v differ; run the same models on every shard", r.Models, u.Models)
	case !slices.EqualFunc(r.Windows, u.Windows, sameOrigin):
		return fmt.Errorf("the windows differ; run the same plan on shards of one panel")
	case len(r.Keys) > 0 && len(u.Keys) > 0 && r.Keys[len(r.Keys)-1].Compare(u.Keys[0]) >= 0:
		return fmt.Errorf("series %v does not follow %v; merge shards in the order of their keys", u.Keys[0], r.Keys[len(r.Keys)-1])
	case len(r.Models) > 0 && !slices.Equal(r.Tallies[0][0].Levels, u.Tallies[0][0].Levels):
		return fmt.Errorf("quantile levels %v and %v differ; run the same plan on every shard", r.Tallies[0][0].Levels, u.Tallies[0][0].Levels)
	}
	return nil
}

func (r *Result) sortFailures() {
	slices.SortFunc(r.Failures, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Window, b.Window), a.Key.Compare(b.Key))
	})
}

package score

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Tally is the sums of one model in one window over a scope of series. All its sums are exact, so that adding series in
// any order, and merging tallies of any grouping, gives metrics with the same bits. encoding/json writes it without
// rounding, for a ledger of finished shards, and reads it back equal. A Tally is not safe for concurrent writes.
type Tally struct {
	Levels       []float64 `json:"levels"`        // quantile levels, ascending
	Series       int       `json:"series"`        // series added
	ScoredSeries int       `json:"scored_series"` // of them, with at least one scored point
	PointSeries  int       `json:"point_series"`  // of them, with at least one point in the point metrics
	M            int       `json:"m"`             // season asked for in MASE; 0 before the first series, MixedSeasons when they differ
	ShortSeries  int       `json:"short_series"`  // series in MASE that were scaled at season 1, their training part being too short

	Counts      Counts `json:"counts"`
	AbsYScored  Sum    `json:"abs_y_scored"`
	AbsY        Sum    `json:"abs_y"`
	AbsErr      Sum    `json:"abs_err"`
	SqErr       Sum    `json:"sq_err"`
	Err         Sum    `json:"err"`
	PercentErr  Sum    `json:"percent_err"`
	UnitPeriods Sum    `json:"unit_periods"`
	Pinball     []Sum  `json:"pinball"`
	Covered     []int  `json:"covered"`
	Interval    []Sum  `json:"interval"`

	MASE       SeriesMean   `json:"mase"`
	RMSSE      SeriesMean   `json:"rmsse"`
	SeriesWQL  []SeriesMean `json:"series_wql"` // the average over levels, then one for each level
	SeriesWAPE SeriesMean   `json:"series_wape"`
	SeriesMAPE SeriesMean   `json:"series_mape"`
	SeriesRMSE SeriesMean   `json:"series_rmse"`

	shape *shape
}

// SeriesMean is a mean over the series for which a metric is defined.
type SeriesMean struct {
	Sum Sum `json:"sum"`
	N   int `json:"n"`
}

func (m *SeriesMean) add(x float64) {
	m.Sum.Add(x)
	m.N++
}

func (m *SeriesMean) merge(o *SeriesMean) {
	m.Sum.Merge(&o.Sum)
	m.N += o.N
}

func (m *SeriesMean) metric(name string, level float64, of int) Metric {
	return mean(name, level, m.Sum.Value(), m.N, of)
}

// NewTally returns an empty tally for quantile levels that a Scorer accepts; it panics on others.
func NewTally(levels []float64) *Tally {
	sh, err := newShape(levels)
	if err != nil {
		panic(err)
	}
	k := len(levels)
	return &Tally{
		Levels: sh.levels, shape: sh,
		Pinball: make([]Sum, k), Covered: make([]int, k), Interval: make([]Sum, len(sh.pairs)),
		SeriesWQL: make([]SeriesMean, k+1),
	}
}

// Add adds one series. It panics when s was scored at other quantile levels. In the means over series, a series whose
// Σ|y| is zero has no ratio and is left out, as is one with a constant training part from MASE; Metric.N counts those
// that are in.
func (t *Tally) Add(s *Series) {
	if s.shape != t.shape && !slices.Equal(s.shape.levels, t.Levels) {
		panic(fmt.Sprintf("score: a series of levels %v does not belong in a tally of levels %v", s.shape.levels, t.Levels))
	}
	t.Series++
	t.M = commonSeason(t.M, s.Scale.AskedM)
	t.Counts.add(&s.Counts)
	if s.Scored == 0 {
		return
	}
	t.ScoredSeries++
	t.addQuantiles(s)
	if s.point() > 0 {
		t.PointSeries++
		t.addPoints(s)
	}
}

func (t *Tally) addQuantiles(s *Series) {
	t.AbsYScored.Add(s.AbsYScored)
	average := 0.0
	for k, loss := range s.Pinball {
		t.Pinball[k].Add(loss)
		t.Covered[k] += s.Covered[k]
		if s.AbsYScored > 0 {
			wql := 2 * loss / s.AbsYScored
			t.SeriesWQL[k+1].add(wql)
			average += wql
		}
	}
	if s.AbsYScored > 0 && len(s.Pinball) > 0 {
		t.SeriesWQL[0].add(average / float64(len(s.Pinball)))
	}
	for i, v := range s.Interval {
		t.Interval[i].Add(v)
	}
}

func (t *Tally) addPoints(s *Series) {
	t.AbsY.Add(s.AbsY)
	t.AbsErr.Add(s.AbsErr)
	t.SqErr.Add(s.SqErr)
	t.Err.Add(s.Err)
	t.PercentErr.Add(s.PercentErr)
	t.UnitPeriods.Add(s.UnitPeriods)
	if s.AbsY > 0 {
		t.SeriesWAPE.add(s.AbsErr / s.AbsY)
	}
	if s.PercentPoints > 0 {
		t.SeriesMAPE.add(s.PercentErr / float64(s.PercentPoints))
	}
	t.SeriesRMSE.add(rootMean(s.SqErr, s.point()))
	if e := s.mase(); e.defined {
		t.MASE.add(e.value)
		if s.Scale.M != s.Scale.AskedM {
			t.ShortSeries++
		}
	}
	if e := s.rmsse(); e.defined {
		t.RMSSE.add(e.value)
	}
}

// Merge adds everything that was added to u; it errs when u has other quantile levels, and leaves u as it is.
func (t *Tally) Merge(u *Tally) error {
	if !slices.Equal(t.Levels, u.Levels) {
		return fmt.Errorf("merge tallies: quantile levels %v and %v differ; score both at the same levels", t.Levels, u.Levels)
	}
	t.Series += u.Series
	t.ScoredSeries += u.ScoredSeries
	t.PointSeries += u.PointSeries
	t.ShortSeries += u.ShortSeries
	t.M = commonSeason(t.M, u.M)
	t.Counts.add(&u.Counts)
	for k, n := range u.Covered {
		t.Covered[k] += n
	}
	mine, theirs := t.sums(), u.sums()
	for i := range mine {
		mine[i].Merge(theirs[i])
	}
	means, others := t.seriesMeans(), u.seriesMeans()
	for i := range means {
		means[i].merge(others[i])
	}
	return nil
}

// sums lists the sums over points, in a fixed order.
func (t *Tally) sums() []*Sum {
	list := []*Sum{&t.AbsYScored, &t.AbsY, &t.AbsErr, &t.SqErr, &t.Err, &t.PercentErr, &t.UnitPeriods}
	for k := range t.Pinball {
		list = append(list, &t.Pinball[k])
	}
	for i := range t.Interval {
		list = append(list, &t.Interval[i])
	}
	return list
}

// seriesMeans lists the means over series, in a fixed order.
func (t *Tally) seriesMeans() []*SeriesMean {
	list := []*SeriesMean{&t.MASE, &t.RMSSE, &t.SeriesWAPE, &t.SeriesMAPE, &t.SeriesRMSE}
	for k := range t.SeriesWQL {
		list = append(list, &t.SeriesWQL[k])
	}
	return list
}

// commonSeason combines two seasons, 0 being none yet.
func commonSeason(a, b int) int {
	switch {
	case a == 0 || a == b:
		return b
	case b == 0:
		return a
	}
	return MixedSeasons
}

// UnmarshalJSON reads a tally that encoding/json wrote, and errs when its parts do not belong together.
func (t *Tally) UnmarshalJSON(text []byte) error {
	type plain Tally // without this method
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("read tally: %w", err)
	}
	sh, err := newShape(p.Levels)
	if err != nil {
		return fmt.Errorf("read tally: %w", err)
	}
	k := len(sh.levels)
	if len(p.Pinball) != k || len(p.Covered) != k || len(p.Interval) != len(sh.pairs) || len(p.SeriesWQL) != k+1 {
		return fmt.Errorf("read tally: %d quantile losses, %d coverages, %d interval scores and %d series means do not belong to %d levels",
			len(p.Pinball), len(p.Covered), len(p.Interval), len(p.SeriesWQL), k)
	}
	p.Levels, p.shape = sh.levels, sh
	*t = Tally(p)
	return nil
}

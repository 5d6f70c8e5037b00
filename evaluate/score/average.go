package score

import (
	"fmt"
	"slices"
)

// Metrics returns the metrics of the tally in a fixed order, those with levels in the order of the levels: wql without
// and with levels, wape, mape, rmse, mase, rmsse, bias, over_forecast_units, over_forecast_ratio,
// over_forecast_unit_periods, wapeb, quantile_loss, coverage, interval_score (widest first), series_mean_wql without and
// with levels, series_mean_wape, series_mean_mape, series_mean_rmse.
func (t *Tally) Metrics() []Metric {
	v := t.totals()
	mase := t.MASE.metric(MASE, noLevel, t.PointSeries)
	mase.M, mase.ShortSeries = t.M, t.ShortSeries
	dst := v.pooled(nil, t.shape, mase, t.RMSSE.metric(RMSSE, noLevel, t.PointSeries))
	dst = append(dst, t.SeriesWQL[0].metric(SeriesMeanWQL, noLevel, t.ScoredSeries))
	for k, tau := range t.Levels {
		dst = append(dst, t.SeriesWQL[k+1].metric(SeriesMeanWQL, tau, t.ScoredSeries))
	}
	return append(
		dst,
		t.SeriesWAPE.metric(SeriesMeanWAPE, noLevel, t.PointSeries),
		t.SeriesMAPE.metric(SeriesMeanMAPE, noLevel, t.PointSeries),
		t.SeriesRMSE.metric(SeriesMeanRMSE, noLevel, t.PointSeries),
	)
}

// totals rounds each sum once.
func (t *Tally) totals() Totals {
	return Totals{
		Counts:     t.Counts,
		AbsYScored: t.AbsYScored.Value(), AbsY: t.AbsY.Value(),
		AbsErr: t.AbsErr.Value(), SqErr: t.SqErr.Value(), Err: t.Err.Value(),
		PercentErr: t.PercentErr.Value(), UnitPeriods: t.UnitPeriods.Value(),
		Pinball: values(t.Pinball), Covered: t.Covered, Interval: values(t.Interval),
	}
}

func values(sums []Sum) []float64 {
	out := make([]float64, len(sums))
	for i := range sums {
		out[i] = sums[i].Value()
	}
	return out
}

// windowMean takes the mean of one metric over backtest windows, each with equal weight. The zero value has seen no
// window. Windows are added in a fixed order, since the sum is rounded as it grows.
//
// A window where the metric is undefined (N = 0) is left out. A window where Σ|y| = 0, whose value is a numerator in
// units, is left out while another window has a ratio. A NaN that comes from missing forecasts is not left out.
type windowMean struct {
	N, Of           int  // sums over the windows that are in
	Windows         int  // windows that are in
	DenominatorZero bool // every window that is in has Σ|y| = 0
	sum             float64
}

// Add adds the metric of one window.
func (w *windowMean) Add(m *Metric) {
	switch {
	case m.N == 0 || m.DenominatorZero && w.Windows > 0 && !w.DenominatorZero:
		return
	case w.DenominatorZero && !m.DenominatorZero:
		*w = windowMean{} // the first ratio displaces the numerators
	}
	w.DenominatorZero = m.DenominatorZero
	w.N += m.N
	w.Of += m.Of
	w.Windows++
	w.sum += m.Value
}

// Value returns the mean; NaN when no window is in.
func (w *windowMean) Value() float64 { return w.sum / float64(w.Windows) }

// Average returns the metrics of Tally.Metrics averaged over backtest windows by the rules of windowMean; Metric.Windows
// says over how many, so that a window without a scored point is seen to be missing. Windows come in a fixed order. It
// panics when they differ in their quantile levels, and returns nil when there are none.
func Average(windows []*Tally) []Metric {
	for _, t := range windows {
		mustShareLevels(windows[0].Levels, t.Levels)
	}
	return average(nil, len(windows), func(dst []Metric, k int) []Metric { return append(dst, windows[k].Metrics()...) })
}

// AverageSeries appends the metrics of Series.AppendMetrics of one series, averaged over backtest windows as Average
// does, to dst.
func AverageSeries(dst []Metric, windows []*Series) []Metric {
	for _, s := range windows {
		mustShareLevels(windows[0].shape.levels, s.shape.levels)
	}
	return average(dst, len(windows), func(dst []Metric, k int) []Metric { return windows[k].AppendMetrics(dst) })
}

// average appends the mean of the metrics that metricsOf appends for each window.
func average(dst []Metric, windows int, metricsOf func(dst []Metric, k int) []Metric) []Metric {
	if windows == 0 {
		return dst
	}
	first := len(dst)
	dst = metricsOf(dst, 0)
	out := dst[first:]
	means := make([]windowMean, len(out))
	metrics := slices.Clone(out)
	for k := range windows {
		if k > 0 {
			metrics = metricsOf(metrics[:0], k)
		}
		for i := range metrics {
			means[i].Add(&metrics[i])
			if k > 0 {
				out[i].M = commonSeason(out[i].M, metrics[i].M)
				out[i].ShortSeries += metrics[i].ShortSeries
			}
		}
	}
	for i, w := range means {
		out[i].Value, out[i].N, out[i].Of = w.Value(), w.N, w.Of
		out[i].DenominatorZero, out[i].Windows = w.DenominatorZero, w.Windows
	}
	return dst
}

func mustShareLevels(a, b []float64) {
	if !slices.Equal(a, b) {
		panic(fmt.Sprintf("score: windows of quantile levels %v and %v have no average", a, b))
	}
}

package score

import "math"

// Names of metrics. With τ a quantile level, n the points that count, e = ŷ − y and ŷ the mean:
const (
	WQL                     = "wql"                        // 2·Σ QL_τ/Σ|y|; without a level, the mean of that over the levels
	WAPE                    = "wape"                       // Σ|e|/Σ|y|
	MAPE                    = "mape"                       // mean of |e|/|y| over points with y ≠ 0
	RMSE                    = "rmse"                       // √(Σe²/n), in units
	MASE                    = "mase"                       // mean over series of mean|e|/Scale.Abs
	RMSSE                   = "rmsse"                      // mean over series of √(mean e²/Scale.Squared)
	Bias                    = "bias"                       // Σe/n, in units; positive = over-forecast
	OverForecastUnits       = "over_forecast_units"        // Σe, in units; negative = under-forecast
	OverForecastRatio       = "over_forecast_ratio"        // Σe/Σ|y|
	OverForecastUnitPeriods = "over_forecast_unit_periods" // Σ over series and t of Σ_{s≤t} e_s, units × periods
	WAPEB                   = "wapeb"                      // (Σ|e| + |Σe|)/Σ|y|
	QuantileLoss            = "quantile_loss"              // Σ QL_τ/n, in units
	Coverage                = "coverage"                   // share of points with y ≤ q(τ)
	IntervalScore           = "interval_score"             // mean interval score, in units; Level is the nominal coverage 1 − α
	SeriesMeanWQL           = "series_mean_wql"            // mean over series of their wql
	SeriesMeanWAPE          = "series_mean_wape"           // mean over series of their wape
	SeriesMeanMAPE          = "series_mean_mape"           // mean over series of their mape
	SeriesMeanRMSE          = "series_mean_rmse"           // mean over series of their rmse, in units
)

// Metric is one number of a table of metrics.
//
// A metric that is Σ/Σ|y| with Σ|y| = 0 has its numerator as Value (for wql with its factor 2, in units), and
// DenominatorZero says so.
type Metric struct {
	Name            string
	Level           float64 // quantile level, or nominal coverage of an interval; NaN when the metric has none
	Value           float64 // NaN = undefined, or the forecast had values that are not finite
	N, Of           int     // points (for means over series: series) that the value was made of, out of how many scored
	M               int     // MASE only: season of the scale in periods, or MixedSeasons; 0 for every other metric
	ShortSeries     int     // MASE only: of N, series with a training part too short for M, scaled at season 1 instead
	DenominatorZero bool
	Windows         int // backtest windows that the value is the mean of: 1, or for Average those where it was defined
}

// MixedSeasons is Metric.M when series of different seasons were put into one tally.
const MixedSeasons = -1

// Find returns the first metric of that name and level; level NaN asks for the one without a level.
func Find(metrics []Metric, name string, level float64) (Metric, bool) {
	for _, m := range metrics {
		if m.Name == name && (m.Level == level || math.IsNaN(m.Level) && math.IsNaN(level)) {
			return m, true
		}
	}
	return Metric{}, false
}

var noLevel = math.NaN()

// ratio returns num/den as a metric over n of of points, by the rule for a zero denominator.
func ratio(name string, level, num, den float64, n, of int) Metric {
	m := Metric{Name: name, Level: level, Value: num / den, N: n, Of: of, Windows: 1}
	switch {
	case n == 0:
		m.Value = math.NaN()
	case den == 0:
		m.Value, m.DenominatorZero = num, true
	}
	return m
}

// mean returns sum/n as a metric over n of of points or series.
func mean(name string, level, sum float64, n, of int) Metric {
	return ratio(name, level, sum, float64(n), n, of)
}

// pooled appends the metrics that are made of the totals, with those of the scaled errors, which are not, between them.
func (v *Totals) pooled(dst []Metric, sh *shape, mase, rmsse Metric) []Metric {
	n, of := v.point(), v.Scored
	rmse := mean(RMSE, noLevel, v.SqErr, n, of)
	rmse.Value = rootMean(v.SqErr, n)
	units := mean(OverForecastUnits, noLevel, v.Err, n, of)
	unitPeriods := mean(OverForecastUnitPeriods, noLevel, v.UnitPeriods, n, of)
	if n > 0 {
		units.Value, unitPeriods.Value = v.Err, v.UnitPeriods
	}
	dst = v.weightedQuantileLosses(dst, sh)
	dst = append(
		dst,
		ratio(WAPE, noLevel, v.AbsErr, v.AbsY, n, of),
		mean(MAPE, noLevel, v.PercentErr, v.PercentPoints, of),
		rmse, mase, rmsse,
		mean(Bias, noLevel, v.Err, n, of),
		units,
		ratio(OverForecastRatio, noLevel, v.Err, v.AbsY, n, of),
		unitPeriods,
		ratio(WAPEB, noLevel, v.AbsErr+math.Abs(v.Err), v.AbsY, n, of),
	)
	return v.calibration(dst, sh)
}

// weightedQuantileLosses appends the average wQL and then the wQL of each level.
func (v *Totals) weightedQuantileLosses(dst []Metric, sh *shape) []Metric {
	average := ratio(WQL, noLevel, 0, v.AbsYScored, v.Scored, v.Scored)
	if len(sh.levels) == 0 {
		average.Value, average.N, average.DenominatorZero = math.NaN(), 0, false
	}
	first := len(dst)
	dst = append(dst, average)
	sum := 0.0
	for k, tau := range sh.levels {
		m := ratio(WQL, tau, 2*v.Pinball[k], v.AbsYScored, v.Scored, v.Scored)
		sum += m.Value
		dst = append(dst, m)
	}
	if len(sh.levels) > 0 {
		dst[first].Value = sum / float64(len(sh.levels))
	}
	return dst
}

// calibration appends quantile losses, coverages and interval scores.
func (v *Totals) calibration(dst []Metric, sh *shape) []Metric {
	for k, tau := range sh.levels {
		dst = append(dst, mean(QuantileLoss, tau, v.Pinball[k], v.Scored, v.Scored))
	}
	for k, tau := range sh.levels {
		covered := float64(v.Covered[k])
		if v.Missing > 0 {
			covered = math.NaN() // a missing quantile covers nothing and misses nothing
		}
		dst = append(dst, mean(Coverage, tau, covered, v.point(), v.Scored))
	}
	for i, p := range sh.pairs {
		dst = append(dst, mean(IntervalScore, p.coverage, v.Interval[i], v.Scored, v.Scored))
	}
	return dst
}

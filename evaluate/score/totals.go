package score

import "math"

// Counts says what became of the points of a window: Points = Scored + Unobserved + Skipped.
type Counts struct {
	Points         int `json:"points"`          // periods of the window, over all series
	Scored         int `json:"scored"`          // observed and not skipped
	Unobserved     int `json:"unobserved"`      // without an outcome
	Skipped        int `json:"skipped"`         // with an outcome that a filling rule gave
	CensoredPoints int `json:"censored_points"` // of the scored: stock ran out, so in quantile metrics only
	PercentPoints  int `json:"percent_points"`  // of the scored and uncensored: outcome not zero, so in MAPE
	Missing        int `json:"missing"`         // of the scored: the forecast had a value that is not finite
}

// point returns the number of points in the point metrics.
func (c *Counts) point() int { return c.Scored - c.CensoredPoints }

func (c *Counts) add(d *Counts) {
	c.Points += d.Points
	c.Scored += d.Scored
	c.Unobserved += d.Unobserved
	c.Skipped += d.Skipped
	c.CensoredPoints += d.CensoredPoints
	c.PercentPoints += d.PercentPoints
	c.Missing += d.Missing
}

// Totals are the sums over points that the pooled metrics are ratios of, with e = ŷ − y and ŷ the mean. Sums of squares
// are in units², shares in no unit, all others in units.
type Totals struct {
	Counts
	AbsYScored  float64   // Σ |y| over scored points: the denominator of wQL
	AbsY        float64   // Σ |y| over scored points that are not censored: the denominator of WAPE
	AbsErr      float64   // Σ |e|
	SqErr       float64   // Σ e²
	Err         float64   // Σ e, positive = over-forecast
	PercentErr  float64   // Σ |e|/|y| where y ≠ 0, a share
	UnitPeriods float64   // Σ_t Σ_{s≤t} e_s in a series: units × periods of stock that the over-forecast would have held
	Pinball     []float64 // Σ QL_τ, one for each level
	Covered     []int     // points with y ≤ q(τ), one for each level
	Interval    []float64 // Σ interval score, one for each central pair of levels, widest first
}

// pointSums adds up what Totals says of the mean, in time order.
type pointSums struct {
	absYScored, absY, absErr, sqErr, err, percentErr, unitPeriods running
}

func (p *pointSums) add(y, mean float64) {
	e := mean - y
	p.absY.add(math.Abs(y))
	p.absErr.add(math.Abs(e))
	p.sqErr.add(float64(e * e))
	p.err.add(e)
	p.unitPeriods.add(p.err.value())
	if y != 0 {
		p.percentErr.add(math.Abs(e / y))
	}
}

func (p *pointSums) write(v *Totals) {
	v.AbsYScored = p.absYScored.value()
	v.AbsY = p.absY.value()
	v.AbsErr = p.absErr.value()
	v.SqErr = p.sqErr.value()
	v.Err = p.err.value()
	v.PercentErr = p.percentErr.value()
	v.UnitPeriods = p.unitPeriods.value()
}

// rootMean returns √(sum/n).
func rootMean(sum float64, n int) float64 { return math.Sqrt(sum / float64(n)) }

package prophet

import (
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// Seasonality is a season as a sum of sines and cosines of once, twice, … in its length. One that has a condition is there in the
// periods in which a covariate is not 0, times its value.
type Seasonality struct {
	Name  string  `json:"name"`
	Days  float64 `json:"days"`           // length
	Order int     `json:"order"`          // sines and as many cosines
	Scale float64 `json:"scale"`          // standard deviation of the prior of a coefficient, in units of the scaled series
	When  string  `json:"when,omitempty"` // name of the covariate that is its condition; empty = always
}

// calendar holds the waves of a range of periods and the running sums that the matrix of products of any part of it is made of, so
// that a series, wherever it begins and ends, costs a few differences. It is read-only once made.
type calendar struct {
	cal   demand.Calendar
	first demand.Period
	n     int
	waves []Seasonality

	days []float64 // since 1970-01-01, at the beginning of each period; one more than periods
	// columns[i] is the i-th wave, by period, and scales[i] the deviation of its prior.
	columns [][]float64
	scales  []float64
	// Sums over the periods before p: of days since the first, their squares, each wave, each wave times days, and each pair of waves.
	sum1, sum2 []float64
	wave, lean [][]float64
	pair       [][]float64 // of wave i and j ≤ i at i(i+1)/2 + j
}

func newCalendar(cal demand.Calendar, first, end demand.Period, waves []Seasonality) *calendar {
	c := &calendar{cal: cal, first: first, n: int(end - first), waves: waves}
	c.days = make([]float64, c.n+1)
	for p := range c.days {
		c.days[p] = dayOf(cal, first+demand.Period(p))
	}
	c.columns = waveColumns(waves, c.days[:c.n])
	for _, w := range waves {
		c.scales = append(c.scales, slices.Repeat([]float64{w.Scale}, 2*w.Order)...)
	}
	c.sum1, c.sum2 = make([]float64, c.n+1), make([]float64, c.n+1)
	for p := range c.n {
		d := c.since(p)
		c.sum1[p+1] = c.sum1[p] + d
		c.sum2[p+1] = c.sum2[p] + d*d
	}
	for i, a := range c.columns {
		wave, lean := make([]float64, c.n+1), make([]float64, c.n+1)
		for p, v := range a {
			wave[p+1] = wave[p] + v
			lean[p+1] = lean[p] + c.since(p)*v
		}
		c.wave, c.lean = append(c.wave, wave), append(c.lean, lean)
		for _, b := range c.columns[:i+1] {
			sum, sums := 0.0, make([]float64, c.n+1)
			for p, v := range a {
				sum += v * b[p]
				sums[p+1] = sum
			}
			c.pair = append(c.pair, sums)
		}
	}
	return c
}

func dayOf(cal demand.Calendar, p demand.Period) float64 { return float64(cal.Seconds(p)) / 86400 }

// since returns the days from the first period to p.
func (c *calendar) since(p int) float64 { return c.days[p] - c.days[0] }

// stride is how many periods lie between the places where calendars begin. A series is fitted by the calendar that begins at the last
// of them before it, whatever else is fitted beside it, so that its sums have the same roundings in any company.
const stride = 1024

// calendars makes the calendars of a panel as its series ask for them. It is not safe for use by several goroutines.
type calendars struct {
	cal   demand.Calendar
	end   demand.Period
	waves []Seasonality
	by    map[demand.Period]*calendar
}

func newCalendars(cal demand.Calendar, end demand.Period, waves []Seasonality) *calendars {
	return &calendars{cal: cal, end: end, waves: waves, by: map[demand.Period]*calendar{}}
}

// of returns the calendar of a series that begins in a period.
func (c *calendars) of(first demand.Period) *calendar {
	anchor := first - (first%stride+stride)%stride
	found := c.by[anchor]
	if found == nil {
		found = newCalendar(c.cal, anchor, c.end, c.waves)
		c.by[anchor] = found
	}
	return found
}

// waveColumns returns the waves on the given days: sine and cosine of each order in turn, those of an order from the one before it by
// the rule for the sum of two angles.
func waveColumns(waves []Seasonality, days []float64) [][]float64 {
	var out [][]float64
	for _, w := range waves {
		first := len(out)
		for range 2 * w.Order {
			out = append(out, make([]float64, len(days)))
		}
		for p, d := range days {
			sin, cos := math.Sincos(2 * math.Pi * d / w.Days)
			s, c := sin, cos
			for i := range w.Order {
				out[first+2*i][p], out[first+2*i+1][p] = s, c
				s, c = s*cos+c*sin, c*cos-s*sin
			}
		}
	}
	return out
}

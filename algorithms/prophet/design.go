package prophet

import (
	"math"

	"shelfcast/engine/demand"
)

// Seasonality is a season as a sum of sines and cosines of once, twice, … in its length.
type Seasonality struct {
	Name  string  `json:"name"`
	Days  float64 `json:"days"`  // length
	Order int     `json:"order"` // sines and as many cosines
	Scale float64 `json:"scale"` // standard deviation of the prior of a coefficient, in units of the scaled series
}

// calendar holds the waves of a range of periods and the running sums that the matrix of products of any part of it is made of, so
// that a series, wherever it begins and ends, costs a few differences. It is read-only once made.
type calendar struct {
	cal   demand.Calendar
	first demand.Period
	n     int
	waves []Seasonality

	days []float64 // since 1970-01-01, at the beginning of each period; one more than periods
	// columns[i] is the i-th wave, by period.
	columns [][]float64
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
	k := len(c.columns)
	c.sum1, c.sum2 = make([]float64, c.n+1), make([]float64, c.n+1)
	for p := range c.n {
		d := c.since(p)
		c.sum1[p+1] = c.sum1[p] + d
		c.sum2[p+1] = c.sum2[p] + d*d
	}
	running := func(value func(p int) float64) []float64 {
		out := make([]float64, c.n+1)
		for p := range c.n {
			out[p+1] = out[p] + value(p)
		}
		return out
	}
	for i := range k {
		a := c.columns[i]
		c.wave = append(c.wave, running(func(p int) float64 { return a[p] }))
		c.lean = append(c.lean, running(func(p int) float64 { return c.since(p) * a[p] }))
		for j := range i + 1 {
			b := c.columns[j]
			c.pair = append(c.pair, running(func(p int) float64 { return a[p] * b[p] }))
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

// waveColumns returns the waves on the given days: sine and cosine of each order in turn.
func waveColumns(waves []Seasonality, days []float64) [][]float64 {
	var out [][]float64
	for _, w := range waves {
		for i := range w.Order {
			sines, cosines := make([]float64, len(days)), make([]float64, len(days))
			for p, d := range days {
				sines[p], cosines[p] = math.Sincos(2 * math.Pi * float64(i+1) * d / w.Days)
			}
			out = append(out, sines, cosines)
		}
	}
	return out
}

// scale returns the deviation of the prior of the i-th wave.
func (c *calendar) scale(i int) float64 {
	for _, w := range c.waves {
		if i < 2*w.Order {
			return w.Scale
		}
		i -= 2 * w.Order
	}
	panic("prophet: a wave beyond the last")
}

package synth

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"shelfcast/engine/demand"
)

// category is what the items of a category share.
type category struct {
	name       string
	elasticity float64 // mean of its items; over all near −2.62, the mean of Bijmolt, van Heerde and Pieters (2005)
	lift       float64 // mean promotion lift beside the price cut, in logs
	margin     float64 // share of the regular price
	price      float64 // median regular price, in money
	weekend    float64 // height of the weekly shape, in logs
	yearly     float64 // amplitude of the yearly shape, in logs
	peak       float64 // day of the year at which the yearly shape is highest
	holiday    float64 // height of the run-up to a holiday, in logs
	warmth     float64 // response to 1 °C above the season, in logs
}

// The figures are plausible for a grocer and otherwise free: nothing is estimated from them.
var categories = []category{
	{"bakery", -1.6, 0.20, 0.45, 2.2, 0.35, 0.05, 340, 0.30, 0.000},
	{"beverages", -2.9, 0.45, 0.30, 3.0, 0.40, 0.30, 195, 0.45, 0.020},
	{"dairy", -1.9, 0.25, 0.25, 1.8, 0.20, 0.04, 20, 0.25, -0.004},
	{"frozen", -2.6, 0.40, 0.35, 4.5, 0.25, 0.25, 200, 0.15, 0.015},
	{"household", -3.2, 0.55, 0.30, 5.5, 0.30, 0.06, 100, 0.05, 0.000},
	{"meat", -2.4, 0.35, 0.28, 7.5, 0.50, 0.10, 180, 0.50, 0.008},
	{"produce", -1.4, 0.20, 0.40, 2.0, 0.25, 0.15, 170, 0.20, 0.006},
	{"snacks", -3.0, 0.50, 0.38, 2.8, 0.45, 0.12, 350, 0.55, -0.002},
}

// weekShape is the weekly shape at height 1, Monday first; it sums to 0.
var weekShape = [7]float64{-0.5, -0.6, -0.4, -0.1, 0.5, 1.0, 0.1}

// runUp is the shape of the days before a holiday, from the holiday itself backwards.
var runUp = [5]float64{0.6, 1.0, 0.7, 0.4, 0.2}

var regions = []string{"east", "north", "south", "west"}

var formats = []struct {
	name string
	size float64 // sales relative to a medium store
}{{"small", 0.6}, {"medium", 1}, {"large", 1.6}}

type store struct {
	id     string
	region int
	format int
	size   float64
}

// chain is what all series share. It is read-only once it is made.
type chain struct {
	Options
	days        int   // Periods + Horizon
	first       int32 // day 0 in days since 1970-01-01
	items       int
	itemDigits  int
	stores      []store
	season      [][]float64   // by category and day, in logs
	holiday     []float64     // 1 on a holiday and the days that run up to it
	temperature [][]float64   // by region and day, °C
	anomaly     [][]float64   // by region and day, °C above the season; 0 without weather
	expected    [][][]float64 // by category, region and week: expected demand in logs, standardised over the weeks
}

// Streams of random numbers: what they decide is independent.
const (
	streamStore = iota
	streamWeather
	streamItem
	streamPlan
	streamSeries
	streamDemand
	streamStock
)

// rand returns the random numbers that decide one thing about one key, whoever asks and whenever.
func (c *chain) rand(item, store string, stream uint64) *rand.Rand {
	k := demand.Key{Item: item, Store: store}
	return rand.New(rand.NewPCG(k.Seed()+c.Seed, c.Seed<<8^stream))
}

func newChain(o Options) *chain {
	c := &chain{Options: o, days: o.Periods + o.Horizon}
	c.Start = time.Date(o.Start.Year(), o.Start.Month(), o.Start.Day(), 0, 0, 0, 0, time.UTC)
	c.first = int32(c.Start.Unix() / secondsPerDay)
	c.items = (o.Series + o.Stores - 1) / o.Stores
	c.itemDigits = max(4, len(strconv.Itoa(c.items-1)))
	for s := range o.Stores {
		c.stores = append(c.stores, c.store(s))
	}
	c.makeHolidays()
	for _, cat := range categories {
		c.season = append(c.season, c.seasonOf(cat))
	}
	for r := range regions {
		c.makeWeather(r)
	}
	for k := range categories {
		c.expected = append(c.expected, make([][]float64, len(regions)))
		for r := range regions {
			c.expected[k][r] = c.expectedWeeks(k, r)
		}
	}
	return c
}

func (c *chain) store(s int) store {
	id := fmt.Sprintf("ST%03d", s)
	r := c.rand("", id, streamStore)
	f := r.IntN(len(formats))
	return store{id: id, region: s % len(regions), format: f, size: formats[f].size * math.Exp(0.15*r.NormFloat64())}
}

// seasonOf returns the weekly, yearly and holiday shape of a category.
func (c *chain) seasonOf(cat category) []float64 {
	season := make([]float64, c.days)
	for t := range season {
		date := c.Start.AddDate(0, 0, t)
		season[t] = cat.weekend*weekShape[(int(date.Weekday())+6)%7] +
			cat.yearly*math.Cos(2*math.Pi*(float64(date.YearDay())-cat.peak)/365.25)
	}
	for _, h := range c.holidays() {
		for back, height := range runUp {
			if t := h - back; t >= 0 && t < c.days {
				season[t] += cat.holiday * height
			}
		}
	}
	return season
}

func (c *chain) makeHolidays() {
	c.holiday = make([]float64, c.days)
	for _, h := range c.holidays() {
		for back := range runUp {
			if t := h - back; t >= 0 && t < c.days {
				c.holiday[t] = 1
			}
		}
	}
}

// makeWeather makes a yearly shape and an AR(1) about it: φ = 0.8, standard deviation 3 °C.
func (c *chain) makeWeather(region int) {
	temperature, anomaly := make([]float64, c.days), make([]float64, c.days)
	r := c.rand("weather", regions[region], streamWeather)
	const phi, sd = 0.8, 3
	x := sd * r.NormFloat64()
	for t := range temperature {
		yearDay := float64(c.Start.AddDate(0, 0, t).YearDay())
		temperature[t] = math.Round(10*(11+9*math.Cos(2*math.Pi*(yearDay-200)/365.25)+x)) / 10
		if c.Weather {
			anomaly[t] = x
		}
		x = phi*x + sd*math.Sqrt(1-phi*phi)*r.NormFloat64()
	}
	c.temperature, c.anomaly = append(c.temperature, temperature), append(c.anomaly, anomaly)
}

// week returns the week of day t; weeks begin on Monday, and week 0 holds day 0.
func (c *chain) week(t int) int { return (t + (int(c.Start.Weekday())+6)%7) / 7 }

// expectedWeeks returns, for each week, the mean of season and weather, standardised: what the retailer plans by.
func (c *chain) expectedWeeks(cat, region int) []float64 {
	weeks := c.week(c.days-1) + 1
	mean, days := make([]float64, weeks), make([]float64, weeks)
	for t := range c.days {
		mean[c.week(t)] += c.season[cat][t] + categories[cat].warmth*c.anomaly[region][t]
		days[c.week(t)]++
	}
	var sum, squares float64
	for w := range mean {
		mean[w] /= days[w]
		sum += mean[w]
		squares += mean[w] * mean[w]
	}
	centre := sum / float64(weeks)
	sd := math.Sqrt(max(squares/float64(weeks)-centre*centre, 1e-12)) // not 0 where all weeks are alike
	for w := range mean {
		mean[w] = (mean[w] - centre) / sd
	}
	return mean
}

// holidays returns the days of the holidays that touch the chain's days: they may lie a little after the last one.
func (c *chain) holidays() []int {
	var days []int
	for year := c.Start.Year(); year <= c.Start.AddDate(0, 0, c.days+len(runUp)).Year(); year++ {
		for _, date := range holidaysOf(year) {
			t := int(date.Unix()/secondsPerDay) - int(c.first)
			if t >= 0 && t < c.days+len(runUp) {
				days = append(days, t)
			}
		}
	}
	return days
}

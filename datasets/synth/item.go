package synth

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// item is what the series of an item share.
type item struct {
	id         string
	cat        int
	brand      string
	price      float64 // regular price at the first day, in money
	cost       float64 // what a unit costs the retailer, in money
	mean       float64 // units a day in a medium store
	size       float64 // r of the negative binomial
	share      float64 // σ: the item's share in the season of its category
	elasticity float64
	lift       float64
	growth     float64 // in logs a year
	launch     int     // first day, 0 where the item is older than the history
	end        int     // day after the last, the days of the chain where the item stays
}

// profiles are how items sell: a share of the items, the range of the mean and that of the size, both log-uniform.
// The ranges put most items of a profile into one demand class: smooth, erratic, intermittent, lumpy.
var profiles = []struct{ share, meanLo, meanHi, sizeLo, sizeHi float64 }{
	{0.40, 5, 60, 5, 30},
	{0.15, 5, 40, 0.9, 1.6},
	{0.30, 0.05, 0.5, 2, 6},
	{0.15, 0.2, 0.8, 0.05, 0.11},
}

const brands = 40

func (c *chain) item(i int) item {
	it := item{id: fmt.Sprintf("SKU%0*d", c.itemDigits, i)}
	r := c.rand(it.id, "", streamItem)
	it.cat = r.IntN(len(categories))
	cat := categories[it.cat]
	it.brand = fmt.Sprintf("brand-%02d", r.IntN(brands))
	it.price = max(0.29, cents(cat.price*math.Exp(0.4*r.NormFloat64())))
	it.cost = cents(it.price * (1 - cat.margin))
	it.mean, it.size = sells(r)
	it.share = 0.7 + 0.6*r.Float64()
	it.elasticity = clamp(cat.elasticity+0.35*r.NormFloat64(), -4.5, -0.4)
	it.lift = clamp(cat.lift+0.1*r.NormFloat64(), 0.02, 0.9)
	it.growth = 0.06 * r.NormFloat64()
	it.launch, it.end = c.life(r)
	return it
}

// sells draws the mean and the size of an item.
func sells(r *rand.Rand) (mean, size float64) {
	u, k := r.Float64(), 0
	for u >= profiles[k].share && k < len(profiles)-1 {
		u -= profiles[k].share
		k++
	}
	p := profiles[k]
	return logUniform(r, p.meanLo, p.meanHi), logUniform(r, p.sizeLo, p.sizeHi)
}

// Shares of items that come or go within the history, and what a life must leave room for.
const (
	launchedShare = 0.20
	delistedShare = 0.08
	shortestLife  = 84 // days; chains shorter than twice this have neither launches nor delistings
)

func (c *chain) life(r *rand.Rand) (launch, end int) {
	comes, goes, when, then := r.Float64() < launchedShare, r.Float64() < delistedShare, r.Float64(), r.Float64()
	launch, end = 0, c.days
	if c.Periods < 2*shortestLife {
		return launch, end
	}
	if comes {
		launch = 1 + int(when*float64(c.Periods-shortestLife-1))
	}
	if earliest := launch + shortestLife; goes && earliest < c.Periods {
		end = earliest + int(then*float64(c.Periods-earliest))
	}
	return launch, end
}

// plan is what the retailer does with an item in a region: the price asked and whether it is promoted, by day.
type plan struct {
	price     []float64
	promotion []float64
}

// What the retailer does, week by week.
const (
	repriceShare  = 0.05 // of weeks in which the regular price changes
	repriceDrift  = 0.01 // mean change, in logs
	repriceSpread = 0.08 // its standard deviation
	promoLogit    = -2.4 // of a promotion's start in a week of average expected demand
	promoTiming   = 1.2  // what one standard deviation of expected demand adds to it
	promoPause    = 2    // weeks after a promotion without one
	promoLonger   = 0.4  // share of promotions that last two weeks
)

var promoDepths = []float64{0.10, 0.15, 0.20, 0.25, 0.30, 0.40}

func (c *chain) plans(it item) []plan {
	plans := make([]plan, len(regions))
	for region := range plans {
		plans[region] = c.plan(it, region)
	}
	return plans
}

func (c *chain) plan(it item, region int) plan {
	r := c.rand(it.id, regions[region], streamPlan)
	p := plan{price: make([]float64, c.days), promotion: make([]float64, c.days)}
	regular, left, pause, depth := it.price, 0, 0, 0.0
	for t := range c.days {
		if t == 0 || c.week(t) != c.week(t-1) {
			if r.Float64() < repriceShare {
				regular *= math.Exp(repriceDrift + repriceSpread*r.NormFloat64())
			}
			left, pause = max(left-1, 0), max(pause-1, 0)
			if start := c.promotes(r, it.cat, region, c.week(t)); start && left == 0 && pause == 0 {
				left, depth = 1, promoDepths[r.IntN(len(promoDepths))]
				if r.Float64() < promoLonger {
					left = 2
				}
				pause = left + promoPause
			}
		}
		p.price[t] = cents(regular)
		if left > 0 {
			p.price[t], p.promotion[t] = cents(regular*(1-depth)), 1
		}
	}
	return p
}

func (c *chain) promotes(r *rand.Rand, cat, region, week int) bool {
	return r.Float64() < 1/(1+math.Exp(-promoLogit-promoTiming*c.expected[cat][region][week]))
}

// cents rounds a price to hundredths, and never to nothing.
func cents(price float64) float64 { return math.Round(100*max(price, 0.01)) / 100 }

func clamp(v, lo, hi float64) float64 { return min(max(v, lo), hi) }

func logUniform(r *rand.Rand, lo, hi float64) float64 {
	return lo * math.Exp(r.Float64()*math.Log(hi/lo))
}

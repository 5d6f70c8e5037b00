package synth

import (
	"math"
	"math/rand/v2"
)

// series holds the true parameters of an item in a store.
type series struct {
	item       item
	store      store
	class      Class
	mean       float64 // b: units a day at the item's first price, in an average season
	size       float64 // r of the negative binomial
	elasticity float64
	lift       float64
	growth     float64
	at         int     // τ: day of the break, −1 where there is none
	shift      float64 // j, in logs
	launch     int     // first day
	end        int     // day after the last
	cover      float64 // stock ordered, relative to the demand expected until the next delivery
	review     int     // days between deliveries
}

const (
	breakShare = 0.30
	breakRoom  = 42  // days between a break and either end of a series' history
	tightShare = 0.2 // of series whose stock often runs out
)

func (c *chain) series(it item, s int) series {
	st := c.stores[s]
	r := c.rand(it.id, st.id, streamSeries)
	sr := series{item: it, store: st, at: -1, launch: it.launch, end: it.end}
	sr.mean = max(it.mean*st.size*math.Exp(0.25*r.NormFloat64()), lowestMean)
	sr.size = it.size * math.Exp(0.1*r.NormFloat64())
	sr.class = Classify(sr.mean, sr.size)
	sr.elasticity = clamp(it.elasticity+0.15*r.NormFloat64(), -5, -0.2)
	sr.lift = clamp(it.lift+0.05*r.NormFloat64(), 0, 1)
	sr.growth = it.growth + 0.03*r.NormFloat64()
	if late := r.IntN(15); sr.launch > 0 {
		sr.launch = min(sr.launch+late, c.Periods-minPeriods)
	}
	c.breakTrend(r, &sr)
	sr.review = 1 + r.IntN(7)
	sr.cover = 1.8 + 1.2*r.Float64()
	if r.Float64() < tightShare {
		sr.cover = 1 + 0.4*r.Float64()
	}
	return sr
}

const lowestMean = 0.05 // units a day

// breakTrend gives some of the series a level shift of at least 0.15 inside their history.
func (c *chain) breakTrend(r *rand.Rand, sr *series) {
	breaks, when, size := r.Float64() < breakShare, r.Float64(), 0.15+0.25*math.Abs(r.NormFloat64())
	down := r.IntN(2) == 0
	lo, hi := sr.launch+breakRoom, min(sr.end, c.Periods)-breakRoom
	if !breaks || lo >= hi {
		return
	}
	sr.at, sr.shift = lo+int(when*float64(hi-lo)), size
	if down {
		sr.shift = -size
	}
}

// path is what happens to a series, in slices that are used again for the next one. Index 0 is its launch.
type path struct {
	price, promotion []float64 // of the plan, to the end of the horizon: a delisted item keeps its place in the price list
	mean             []float64 // μ
	demand           []float64 // to the end of the horizon or of the series
	sales            []float64 // min(demand, stock), to the end of the history or of the series
	inStock          []float64 // 1, or 0 where stock ran out before demand did
}

// make works out the path of a series.
func (p *path) make(c *chain, it item, sr series, pl plan) {
	p.price, p.promotion = pl.price[sr.launch:], pl.promotion[sr.launch:]
	p.mean = p.mean[:0]
	for t := sr.launch; t < sr.end; t++ {
		p.mean = append(p.mean, math.Exp(c.trend(sr, t)+c.response(it, sr, pl, t)))
	}
	r := c.rand(it.id, sr.store.id, streamDemand)
	p.demand = p.demand[:0]
	for _, mu := range p.mean {
		p.demand = append(p.demand, NegBinomial{Mean: mu, Size: sr.size}.Quantile(r.Float64()))
	}
	p.sell(c, sr)
}

// trend returns the logarithm of the mean without season, price and weather.
func (c *chain) trend(sr series, t int) float64 {
	v := math.Log(sr.mean) + sr.growth*float64(t-c.Periods/2)/365.25
	if sr.at >= 0 && t >= sr.at {
		v += sr.shift
	}
	return v
}

// response returns what season, price, promotion and weather add to the logarithm of the mean.
func (c *chain) response(it item, sr series, pl plan, t int) float64 {
	return it.share*c.season[it.cat][t] + sr.elasticity*math.Log(pl.price[t]/it.price) + sr.lift*pl.promotion[t] +
		categories[it.cat].warmth*c.anomaly[sr.store.region][t]
}

const promoOrder = 1.5 // how many times the usual demand the retailer orders for while it promotes

// sell meets demand from stock. Every review days stock is filled up to what the retailer expects to sell until the next
// delivery, times the cover, and one unit for the shelf.
func (p *path) sell(c *chain, sr series) {
	history := max(min(sr.end, c.Periods)-sr.launch, 0)
	p.sales, p.inStock = p.sales[:0], p.inStock[:0]
	next := c.rand(sr.item.id, sr.store.id, streamStock).IntN(sr.review)
	stock := p.order(c, sr, 0, max(next, 1))
	for i := range history {
		if i == next {
			stock = max(stock, p.order(c, sr, i, sr.review))
			next += sr.review
		}
		sold := min(p.demand[i], stock)
		stock -= sold
		p.sales = append(p.sales, sold)
		p.inStock = append(p.inStock, 0)
		if sold == p.demand[i] {
			p.inStock[i] = 1
		}
	}
}

// order returns the stock that the retailer wants for some days from day i on. It knows season and trend, not how
// strongly this series answers to its price.
func (p *path) order(c *chain, sr series, i, days int) float64 {
	sum := 0.0
	for j := i; j < min(i+days, len(p.mean)); j++ {
		t := sr.launch + j
		expect := math.Exp(c.trend(sr, t) + sr.item.share*c.season[sr.item.cat][t])
		if p.promotion[j] > 0 {
			expect *= promoOrder
		}
		sum += expect
	}
	return math.Ceil(sr.cover*sum) + 1
}

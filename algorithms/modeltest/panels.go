package modeltest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"shelfcast/engine/demand"
)

// horizon is how far the checks forecast unless they are about the horizon: four weeks of days.
const horizon = 28

// threeLevels are the levels of the checks that are not about levels.
var threeLevels = []float64{0.1, 0.5, 0.9}

// hard is one series that a model may refuse, by an error, but must not stumble over.
type hard struct {
	words  string
	y      []float64
	unseen bool // without an observation
}

func hardSeries() []hard {
	nan := math.NaN()
	cases := []hard{
		{words: "all NaN", y: filled(100, nan), unseen: true},
		{words: "all zero", y: filled(100, 0)},
		{words: "constant", y: filled(100, 5)},
		{words: "huge", y: scaled(sales(120, 8), 1e12)},
		{words: "tiny", y: scaled(sales(120, 8), 1e-9)},
		{words: "not whole", y: scaled(sales(120, 8), 1.0/3)},
		{words: "sparse", y: sales(200, 0.03)},
		{words: "one sale", y: with(filled(100, 0), 50, 7)},
		{words: "one huge sale", y: with(filled(100, 0), 99, 1e12)},
		{words: "one observation between NaN", y: with(filled(100, nan), 50, 7)},
		{words: "some NaN", y: holes(sales(150, 6), func(t int) bool { return t%5 == 3 || t > 60 && t < 75 })},
		{words: "leading NaN", y: holes(sales(150, 6), func(t int) bool { return t < 60 })},
		{words: "trailing NaN", y: holes(sales(150, 6), func(t int) bool { return t > 90 })},
		{words: "every seventh observed", y: holes(sales(150, 6), func(t int) bool { return t%7 != 2 })},
		{words: "never observed on one weekday", y: holes(sales(150, 6), func(t int) bool { return t%7 == 2 })},
		{words: "stopped selling", y: append(sales(100, 6), filled(100, 0)...)},
		{words: "a trend down to nothing", y: ramp(100, 50, -0.5)},
		{words: "a step", y: append(filled(60, 2), filled(60, 90)...)},
		{words: "net returns", y: with(sales(100, 3), 40, -12)},
	}
	for _, n := range []int{0, 1, 2, 3, 6, 7, 8, 13, 14, 15, 29} {
		cases = append(cases, hard{words: fmt.Sprintf("%d observations", n), y: sales(n, 4), unseen: n == 0})
	}
	return cases
}

// sales returns Poisson demand with a week and the given mean, the same for each call.
func sales(n int, mean float64) []float64 {
	rng := rand.New(rand.NewPCG(uint64(n), math.Float64bits(mean)))
	y := make([]float64, n)
	for t := range y {
		y[t] = poisson(rng, mean*(1+0.5*math.Sin(2*math.Pi*float64(t)/7)))
	}
	return y
}

// poisson draws by Knuth's product of uniforms, which is exact and quick for small means.
func poisson(rng *rand.Rand, mean float64) float64 {
	limit, k := math.Exp(-mean), -1.0
	for p := 1.0; p > limit; p *= rng.Float64() {
		k++
	}
	return max(k, 0)
}

func filled(n int, v float64) []float64 {
	y := make([]float64, n)
	for t := range y {
		y[t] = v
	}
	return y
}

func ramp(n int, from, step float64) []float64 {
	y := make([]float64, n)
	for t := range y {
		y[t] = max(0, from+step*float64(t))
	}
	return y
}

func scaled(y []float64, by float64) []float64 {
	for t := range y {
		y[t] *= by
	}
	return y
}

func with(y []float64, t int, v float64) []float64 {
	y[t] = v
	return y
}

func holes(y []float64, at func(t int) bool) []float64 {
	for t := range y {
		if at(t) {
			y[t] = math.NaN()
		}
	}
	return y
}

// panelOf returns a panel without covariates; all series end with the same period.
func panelOf(freq demand.Freq, series ...[]float64) *demand.Panel {
	p := &demand.Panel{Cal: demand.Calendar{Freq: freq}, Off: []int{0}}
	p.End = p.Cal.Period(p.Cal.Time(0).AddDate(46, 3, 17)) // a day inside week, month and quarter
	for i, y := range series {
		p.Keys = append(p.Keys, demand.Key{Item: fmt.Sprintf("item-%02d", i), Store: "store"})
		p.Start = append(p.Start, p.End-demand.Period(len(y)))
		p.Y = append(p.Y, y...)
		p.Off = append(p.Off, len(p.Y))
	}
	return p
}

// chain returns series that a model must forecast: fast and slow, young and old, whole numbers and not, with gaps, two
// covariates, filled values and stock-outs.
func chain() *demand.Panel {
	p := panelOf(demand.Daily,
		sales(300, 9), sales(220, 1.5), sales(260, 40), scaled(sales(200, 12), 0.25),
		holes(sales(240, 5), func(t int) bool { return t%31 == 17 }), sales(180, 0.4))
	n := p.Cells()
	p.X = covariates(n)
	p.Filled, p.Censored = make([]bool, n), make([]bool, n)
	for c := range n {
		p.Filled[c] = c%97 == 11
		p.Censored[c] = c%53 == 29
	}
	return p
}

// covariates returns a price and a promotion that change every two weeks, n values each.
func covariates(n int) []demand.Column {
	price := demand.Column{Name: "price", Role: demand.Price, V: make([]float64, n)}
	promo := demand.Column{Name: "promotion", Role: demand.Promotion, V: make([]float64, n)}
	for c := range n {
		price.V[c] = 2.99 - 0.5*float64(c/14%3)
		promo.V[c] = float64(c / 14 % 3 / 2)
	}
	return []demand.Column{price, promo}
}

// futureOf returns the h periods after p, with covariates where p has them.
func futureOf(p *demand.Panel, h int) *demand.Future {
	f := &demand.Future{Keys: p.Keys, Cal: p.Cal, Start: p.End, H: h, Static: p.Static}
	if p.X != nil {
		f.X = covariates(len(p.Keys) * h)
	}
	return f
}

// copyOf returns a copy of p that shares nothing that a model might write to.
func copyOf(p *demand.Panel) *demand.Panel {
	q := *p
	q.Keys = append([]demand.Key(nil), p.Keys...)
	q.Start = append([]demand.Period(nil), p.Start...)
	q.Off = append([]int(nil), p.Off...)
	q.Y = append([]float64(nil), p.Y...)
	q.Filled = append([]bool(nil), p.Filled...)
	q.Censored = append([]bool(nil), p.Censored...)
	q.X = copyColumns(p.X)
	return &q
}

func copyColumns(x []demand.Column) []demand.Column {
	out := append([]demand.Column(nil), x...)
	for c := range out {
		out[c].V = append([]float64(nil), x[c].V...)
	}
	return out
}

// poison overwrites everything in p that a model might have kept.
func poison(p *demand.Panel) {
	for t := range p.Y {
		p.Y[t] = -12345.678
	}
	for t := range p.Filled {
		p.Filled[t] = !p.Filled[t]
	}
	for t := range p.Censored {
		p.Censored[t] = !p.Censored[t]
	}
	for _, col := range p.X {
		for t := range col.V {
			col.V[t] = -54321
		}
	}
	for i := range p.Keys {
		p.Keys[i] = demand.Key{Item: "poison"}
		p.Start[i], p.Off[i] = -1, -1
	}
}

package synth

import (
	"math"
	"math/rand/v2"
	"testing"

	"shelfcast/datasets/layout"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// eachPath calls f for every series of a chain.
func eachPath(t *testing.T, o Options, f func(c *chain, s series, p *path)) {
	t.Helper()
	o, err := o.complete()
	must(t, err)
	c := newChain(o)
	var p path
	for i := range c.items {
		it := c.item(i)
		plans := c.plans(it)
		for s := range c.stores {
			sr := c.series(it, s)
			p.make(c, it, sr, plans[c.stores[s].region])
			f(c, sr, &p)
		}
	}
}

// ols returns the least-squares coefficients of y on the columns of x, by QR. A column without variation gets NaN and is
// left out, since a series may never be promoted; all are NaN where the others are collinear, since a series may never
// change its price but by one promotion.
func ols(y []float64, x [][]float64) []float64 {
	var kept []int
	for k, col := range x {
		if k == 0 || stat.Variance(col, nil) > 0 {
			kept = append(kept, k)
		}
	}
	a := mat.NewDense(len(y), len(kept), nil)
	for j, k := range kept {
		a.SetCol(j, x[k])
	}
	coef := make([]float64, len(x))
	for k := range coef {
		coef[k] = math.NaN()
	}
	var qr mat.QR
	qr.Factorize(a)
	var b mat.VecDense
	if err := qr.SolveVecTo(&b, false, mat.NewVecDense(len(y), y)); err != nil || qr.Cond() > collinear {
		return coef
	}
	for j, k := range kept {
		coef[k] = b.AtVec(j)
	}
	return coef
}

const collinear = 1e5 // condition number beyond which a coefficient is not told apart from another

// design returns the columns that make up ln μ: constant, ln price, promotion, season, time, break, temperature.
func design(c *chain, s series, p *path) (logMean []float64, x [][]float64) {
	x = make([][]float64, 7)
	for i, mu := range p.mean {
		t := s.launch + i
		after := 0.0
		if s.at >= 0 && t >= s.at {
			after = 1
		}
		logMean = append(logMean, math.Log(mu))
		for k, v := range []float64{
			1, math.Log(p.price[i]), p.promotion[i], c.season[s.item.cat][t], float64(t) / 365.25, after, c.anomaly[s.store.region][t],
		} {
			x[k] = append(x[k], v)
		}
	}
	return logMean, x
}

func TestRegressionOfTheTrueMeanReturnsTheTrueParameters(t *testing.T) {
	t.Parallel()
	const tol = 1e-8 // the truth is exact; QR of 500 rows of logarithms loses some six digits of sixteen
	checked := 0
	eachPath(t, Options{Series: 60, Periods: 500, Stores: 3, Seed: 2, Weather: true}, func(c *chain, s series, p *path) {
		logMean, x := design(c, s, p)
		got := ols(logMean, x)
		want := []float64{1: s.elasticity, 2: s.lift, 3: s.item.share, 4: s.growth, 5: s.shift, 6: categories[s.item.cat].warmth}
		for k := 1; k < len(want); k++ {
			if math.IsNaN(got[k]) {
				continue
			}
			checked++
			if math.Abs(got[k]-want[k]) > tol {
				t.Errorf("%s@%s: coefficient %d is %v, true %v", s.item.id, s.store.id, k, got[k], want[k])
			}
		}
	})
	if checked < 250 {
		t.Errorf("only %d coefficients could be checked", checked)
	}
}

func TestPromotionsTimedOnExpectedDemandBiasARegressionWithoutTheSeason(t *testing.T) {
	t.Parallel()
	var bias []float64
	eachPath(t, Options{Series: 600, Stores: 4, Seed: 5}, func(c *chain, s series, p *path) {
		logMean, x := design(c, s, p)
		if got := ols(logMean, x[:2])[1]; !math.IsNaN(got) {
			bias = append(bias, got-s.elasticity)
		}
	})
	mean, sd := stat.MeanStdDev(bias, nil)
	t.Logf("mean bias of the naive elasticity %.2f over %d series, standard deviation %.2f", mean, len(bias), sd)
	if z := mean / (sd / math.Sqrt(float64(len(bias)))); mean > -0.3 || z > -10 {
		t.Errorf("bias %.3f, z %.1f: naive regression is hardly biased", mean, z)
	}
	var timing []float64
	eachPath(t, Options{Series: 600, Stores: 4, Seed: 5}, func(c *chain, s series, p *path) {
		logMean, x := design(c, s, p)
		if got := ols(logMean, x[:3])[2]; !math.IsNaN(got) {
			timing = append(timing, got-s.lift)
		}
	})
	// With price and promotion in the regression only the timing is left: promotions seem to lift more than they do.
	if m, sd := stat.MeanStdDev(timing, nil); m/(sd/math.Sqrt(float64(len(timing)))) < 5 {
		t.Errorf("bias of the lift %.3f, standard deviation %.3f: promotions are hardly timed", m, sd)
	}
}

func TestPromotionsAreHeldInWeeksOfHighExpectedDemand(t *testing.T) {
	t.Parallel()
	var promoted, expected []float64
	eachPath(t, Options{Series: 200, Stores: 1, Seed: 5}, func(c *chain, s series, p *path) {
		for i, on := range p.promotion {
			promoted = append(promoted, on)
			expected = append(expected, c.expected[s.item.cat][s.store.region][c.week(s.launch+i)])
			if p.price[i] <= 0 || on != 0 && on != 1 {
				t.Fatalf("price %v, promotion %v", p.price[i], on)
			}
		}
	})
	if share := stat.Mean(promoted, nil); share < 0.05 || share > 0.25 {
		t.Errorf("%.3f of the days are promoted", share)
	}
	if r := stat.Correlation(promoted, expected, nil); r < 0.15 {
		t.Errorf("promotion and expected demand correlate by %.3f", r)
	}
}

// plainCDF adds up the probabilities of the definition, with gamma functions.
func plainCDF(d NegBinomial, k float64) float64 {
	sum := 0.0
	for j := 0.0; j <= k; j++ {
		a, _ := math.Lgamma(j + d.Size)
		b, _ := math.Lgamma(j + 1)
		c, _ := math.Lgamma(d.Size)
		sum += math.Exp(a - b - c + d.Size*math.Log(d.Size/(d.Size+d.Mean)) + j*math.Log(d.Mean/(d.Size+d.Mean)))
	}
	return sum
}

func TestAQuantileIsTheSmallestCountWithEnoughProbability(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := NegBinomial{
			Mean: math.Exp(rapid.Float64Range(-3, 6).Draw(t, "log mean")),
			Size: math.Exp(rapid.Float64Range(-3, 3.4).Draw(t, "log size")),
		}
		u := rapid.Float64Range(0, 0.999).Draw(t, "u")
		q := d.Quantile(u)
		const tol = 1e-9 // the sums of a few thousand terms differ by rounding
		if plainCDF(d, q) < u-tol || q > 0 && plainCDF(d, q-1) > u+tol {
			t.Errorf("quantile %v of %+v is %v, where the distribution is %v", u, d, q, plainCDF(d, q))
		}
	})
}

func TestQuantilesEndEvenWhereSumsNeverReachTheLevel(t *testing.T) {
	t.Parallel()
	for _, d := range []NegBinomial{{0.05, 0.05}, {1, 1}, {60, 30}, {5000, 30}} {
		if q := d.Quantile(1 - 0x1p-53); q < d.Mean || q > 1000*(d.Mean+1) {
			t.Errorf("%+v: last quantile %v", d, q)
		}
		if d.Quantile(0) != 0 {
			t.Errorf("%+v: first quantile is not 0", d)
		}
	}
}

func TestDemandHasTheStatedMeanAndVariance(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for _, d := range []NegBinomial{{0.05, 2}, {0.5, 0.08}, {20, 1}, {60, 25}} {
		draws := make([]float64, 100_000)
		for i := range draws {
			draws[i] = d.Quantile(r.Float64())
		}
		mean, variance := stat.MeanVariance(draws, nil)
		want := d.Mean + d.Mean*d.Mean/d.Size
		if se := math.Sqrt(want / float64(len(draws))); math.Abs(mean-d.Mean) > 4*se { // four standard errors: once in 16,000
			t.Errorf("%+v: mean %v", d, mean)
		}
		// The excess kurtosis of a negative binomial is 6/r + 1/Var, which gives the standard error of its variance.
		if se := want * math.Sqrt((2+6/d.Size+1/want)/float64(len(draws))); math.Abs(variance-want) > 4*se {
			t.Errorf("%+v: variance %v, want %v", d, variance, want)
		}
	}
}

func TestRealisedDemandCoversTheTrueQuantilesAsTheyShould(t *testing.T) {
	t.Parallel()
	dir, _ := write(t, Options{Series: 700, Periods: 60, Seed: 11}, layout.Options{})
	size := map[string]float64{}
	for _, s := range read[SeriesTruth](t, dir, SeriesFile) {
		size[s.ItemID+s.StoreID] = s.Dispersion
	}
	var excess, spread [len(levels)]float64
	var drift, variance float64
	for _, f := range read[FutureTruth](t, dir, FutureFile) {
		d := NegBinomial{Mean: f.Mean, Size: size[f.ItemID+f.StoreID]}
		drift += f.Demand - f.Mean
		variance += f.Mean + f.Mean*f.Mean/d.Size
		for l, q := range []float64{f.P5, f.P10, f.P25, f.P50, f.P75, f.P90, f.P95} {
			p := plainCDF(d, q) // at least the level, since demand is a count
			if p < levels[l]-1e-9 {
				t.Fatalf("%+v: the quantile %v has only %v", f, levels[l], p)
			}
			excess[l] -= p
			if f.Demand <= q {
				excess[l]++
			}
			spread[l] += p * (1 - p)
		}
	}
	for l := range levels {
		if z := excess[l] / math.Sqrt(spread[l]); math.Abs(z) > 3 {
			t.Errorf("coverage of %v is off by %.1f standard errors", levels[l], z)
		}
	}
	if z := drift / math.Sqrt(variance); math.Abs(z) > 3 {
		t.Errorf("mean is off by %.1f standard errors", z)
	}
}

func TestEveryDemandClassIsThere(t *testing.T) {
	t.Parallel()
	var n [len(classNames)]float64
	eachPath(t, Options{Series: 1000, Periods: 28, Horizon: 1, Seed: 1}, func(_ *chain, s series, _ *path) { n[s.class]++ })
	for k, want := range []float64{0.40, 0.15, 0.30, 0.15} { // shares of the profiles; stores move some across a cut
		if share := n[k] / 1000; math.Abs(share-want) > 0.1 {
			t.Errorf("%.3f of the series are %s, about %.2f wanted", share, Class(k), want)
		}
	}
}

func TestAClassIsThatOfTheDemandItself(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	for want, d := range map[Class]NegBinomial{Smooth: {20, 10}, Erratic: {20, 1}, Intermittent: {0.3, 4}, Lumpy: {0.5, 0.08}} {
		var sizes []float64
		const days = 100_000
		for range days {
			if y := d.Quantile(r.Float64()); y > 0 {
				sizes = append(sizes, y)
			}
		}
		interval := days / float64(len(sizes))
		mean, variance := stat.MeanVariance(sizes, nil)
		got := Smooth
		if variance/(mean*mean) >= 0.49 { // cut-offs of Syntetos, Boylan and Croston (2005)
			got = Erratic
		}
		if interval >= 1.32 {
			got += Intermittent
		}
		if got != want || Classify(d.Mean, d.Size) != want {
			t.Errorf("%+v: drawn %s, classified %s, want %s", d, got, Classify(d.Mean, d.Size), want)
		}
	}
}

func TestSalesAreDemandUnlessStockRanOut(t *testing.T) {
	t.Parallel()
	eachPath(t, small, func(c *chain, s series, p *path) {
		if len(p.sales) != min(s.end, c.Periods)-s.launch || len(p.inStock) != len(p.sales) {
			t.Fatalf("%s: %d sales for a life from %d to %d", s.item.id, len(p.sales), s.launch, s.end)
		}
		for i, y := range p.sales {
			if y > p.demand[i] || y < 0 || (p.inStock[i] == 1) != (y == p.demand[i]) {
				t.Fatalf("%s: sold %v of %v, in stock %v", s.item.id, y, p.demand[i], p.inStock[i])
			}
		}
	})
}

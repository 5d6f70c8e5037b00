package theta

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/optimize"

	"shelfcast/algorithms/modeltest"
	"shelfcast/engine/demand"
)

var variants = []Variant{Standard, Optimised, Dynamic, DynamicOptimised}

func TestEveryVariantKeepsThePromisesOfAModel(t *testing.T) {
	t.Parallel()
	// The level of a constant is a sum of weights that add up to 1 but for roundings, and so is the line.
	o := modeltest.Options{Constant: true, Tolerance: 1e-9}
	for _, v := range variants {
		m := Model{Variant: v}
		t.Run(m.Name(), func(t *testing.T) {
			t.Parallel()
			modeltest.RunSeries(t, m, m.Decode, o)
		})
	}
	t.Run("auto", func(t *testing.T) {
		t.Parallel()
		modeltest.RunSeries(t, Auto{}, DecodeAuto, o)
	})
}

// plain computes the sum of squared errors as the papers write it: a level, and a line that is fitted anew by the
// textbook formula for each t.
func plain(x []float64, v Variant, alpha, first, share float64) float64 {
	level, sse, from := first, 0.0, 3
	if v == Standard {
		share, from = 0, 0
	}
	for t, y := range x { // t values lie before y
		until := t
		if v == Optimised {
			until = len(x)
		}
		a, b := 0.0, 0.0
		if until > 0 {
			a, b = lineThrough(x[:until])
		}
		left := math.Pow(1-alpha, float64(t))
		mean := level + share*(a*left+b*(1-left*(1-alpha))/alpha)
		if t >= from {
			sse += (y - mean) * (y - mean)
		}
		level = alpha*y + (1-alpha)*level
	}
	return sse
}

func lineThrough(y []float64) (a, b float64) {
	meanT, meanY := float64(len(y)+1)/2, 0.0
	for _, v := range y {
		meanY += v / float64(len(y))
	}
	above, below := 0.0, 0.0
	for i, v := range y {
		above += (float64(i+1) - meanT) * (v - meanY)
		below += (float64(i+1) - meanT) * (float64(i+1) - meanT)
	}
	if below > 0 {
		b = above / below
	}
	return meanY - b*meanT, b
}

func walk(seed uint64, n int, drift float64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x, level := make([]float64, n), 100.0
	for t := range x {
		e := rng.NormFloat64()
		x[t] = level + e
		level += drift + 0.3*e
	}
	return x
}

func TestTheSumOfSquaresIsThatOfThePlainRecursion(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		x := walk(3, 60, 0.4)
		p := newPath(x, v)
		for _, alpha := range []float64{0.1, 0.35, 0.9} {
			at := p.at(alpha)
			share := at.share
			want := plain(x, v, alpha, at.first, share)
			if math.Abs(at.sse/want-1) > 1e-9 { // normal equations lose half of the sixteen digits at worst
				t.Errorf("%s at %g: %.12g, plainly %.12g", names[v], alpha, at.sse, want)
			}
		}
	}
}

func TestNoSearchFindsASmallerSumOfSquares(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		x := walk(seed, 40+int(seed), 0.3*float64(seed%3))
		for _, v := range variants {
			best := newPath(x, v).search()
			low, high := 0.1, 0.99
			if v == Standard {
				low, high = 1e-4, 0.9999
			}
			f := func(p []float64) float64 {
				share := 0.5
				if v == Optimised || v == DynamicOptimised {
					share = p[2]
				}
				if p[0] < low || p[0] > high || share < 0 || share > 1 {
					return math.Inf(1)
				}
				return plain(x, v, p[0], p[1], share)
			}
			for _, start := range [][]float64{{0.15, x[0] / 2, 0.5}, {0.5, x[0], 0.9}, {0.9, x[0], 0.1}} {
				found, err := optimize.Minimize(optimize.Problem{Func: f}, start, nil, &optimize.NelderMead{})
				if err != nil {
					t.Fatal(err)
				}
				if found.F < best.sse*(1-1e-9) {
					t.Errorf("%s, series %d: %.12g at α = %g, the simplex finds %.12g at %v", names[v], seed, best.sse, best.alpha, found.F, found.X)
				}
			}
		}
	}
}

func TestForecastsOfALineGoOn(t *testing.T) {
	t.Parallel()
	x := make([]float64, 40)
	for i := range x {
		x[i] = 10 + 2*float64(i)
	}
	for _, v := range []Variant{Optimised, DynamicOptimised} {
		f := mustFit(t, Model{Variant: v, Season: 1}, x)
		mean, _ := f.steps(5)
		for j, got := range mean {
			if want := 10 + 2*float64(40+j); math.Abs(got/want-1) > 1e-6 {
				t.Errorf("%s, step %d: %g, want %g", names[v], j+1, got, want)
			}
		}
	}
}

func TestASeasonIsTakenOutAndPutBack(t *testing.T) {
	t.Parallel()
	index := []float64{0.5, 0.7, 0.9, 1, 1.2, 1.5, 1.2}
	x := make([]float64, 7*30+3)
	for i := range x {
		x[i] = 200 * index[i%7]
	}
	for _, v := range variants {
		f := mustFit(t, Model{Variant: v}, x)
		mean, _ := f.steps(9)
		for j := range mean {
			if got, want := f.Season.restore(mean[j], j), 200*index[(len(x)+j)%7]; math.Abs(got/want-1) > 1e-9 {
				t.Errorf("%s, step %d: %g, want %g", names[v], j+1, got, want)
			}
		}
	}
}

func TestADayWithoutSalesMakesTheSeasonAdditive(t *testing.T) {
	t.Parallel()
	x := make([]float64, 140)
	for i := range x {
		if i%7 != 6 {
			x[i] = 20 + float64(i%7)
		}
	}
	f := mustFit(t, Model{}, x)
	if !f.Season.Additive {
		t.Fatal("the season is multiplicative, with an index of nothing")
	}
	dst := fanOf(t, f, 7, 0.5)
	if dst.Mean[6] > 1e-6 || math.Abs(dst.Mean[0]-20) > 1e-6 {
		t.Errorf("a week is forecast as %v", dst.Mean)
	}
}

func TestAGapIsBridgedAlongTheForecast(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		x := walk(9, 120, 0)
		whole := fanOf(t, mustFit(t, Model{Variant: v, Season: 1}, x), 1)
		for i := 60; i < 64; i++ {
			x[i] = math.NaN()
		}
		f := mustFit(t, Model{Variant: v, Season: 1}, x)
		if f.Observed != 116 || f.N != 120 {
			t.Errorf("%s: %d of %d observed", names[v], f.Observed, f.N)
		}
		if got := fanOf(t, f, 1); math.Abs(got.Mean[0]-whole.Mean[0]) > 0.2 { // a fifth of the noise
			t.Errorf("%s: forecast %g with a gap, %g without", names[v], got.Mean[0], whole.Mean[0])
		}
	}
}

// TestTheWeightsAreThoseOfAChangedPast moves the last observation and compares the forecasts.
func TestTheWeightsAreThoseOfAChangedPast(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		x := walk(4, 50, 0.5)
		best := newPath(x, v).search()
		steps := func(x []float64) []float64 {
			f := &Fit{Variant: v, Alpha: best.alpha, Theta: best.theta(), First: best.first}
			f.Level, f.Decay, f.Line, _ = newPath(x, v).end(best)
			mean, _ := f.steps(4)
			return mean
		}
		if v == Standard || v == Optimised {
			continue // their line is fitted to the whole past, which the recursions take as given
		}
		before := steps(x)
		f := &Fit{Variant: v, Alpha: best.alpha, Theta: best.theta()}
		f.Level, f.Decay, f.Line, _ = newPath(x[:49], v).end(best)
		_, weights := f.steps(4)
		x[49]++
		for j, after := range steps(x) {
			if math.Abs(after-before[j]-weights[j]) > 1e-9 {
				t.Errorf("%s: one more unit changes step %d by %g, its weight is %g", names[v], j+1, after-before[j], weights[j])
			}
		}
	}
}

// TestBandsCoverTheirShare draws from the recursions themselves and counts.
func TestBandsCoverTheirShare(t *testing.T) {
	t.Parallel()
	const n, h, series = 400, 7, 1000
	for _, v := range variants {
		inside := [2]int{}
		for k := range series {
			rng := rand.New(rand.NewPCG(uint64(k), uint64(v)))
			s := forward{alpha: 0.3, share: 0.5, level: 1000, decay: 0, line: line{N: 1, T: 1, TT: 1, Y: 1000, TY: 1000, Now: 1}}
			x := make([]float64, n+h)
			for i := range x {
				x[i] = s.next(10 * rng.NormFloat64())
			}
			dst := fanOf(t, mustFit(t, Model{Variant: v, Season: 1}, x[:n]), h, 0.025, 0.1, 0.9, 0.975)
			last := x[n+h-1]
			q := dst.At(h - 1)
			if q[1] <= last && last <= q[2] {
				inside[0]++
			}
			if q[0] <= last && last <= q[3] {
				inside[1]++
			}
		}
		for b, want := range []float64{0.8, 0.95} {
			got := float64(inside[b]) / series
			t.Logf("%s: the %g %% band covers %.1f %%", names[v], 100*want, 100*got)
			if se := math.Sqrt(want * (1 - want) / series); math.Abs(got-want) > 3*se {
				t.Errorf("%s: the %g %% band covers %.1f %%", names[v], 100*want, 100*got)
			}
		}
	}
}

func TestTooLittleIsRefusedByName(t *testing.T) {
	t.Parallel()
	for _, v := range variants {
		least := 3
		if v != Standard {
			least = 6
		}
		x := walk(1, least, 0)
		if _, err := (Model{Variant: v}).FitSeries(demand.Series{Cal: daily, Y: x}); err != nil {
			t.Errorf("%s: %d values: %v", names[v], least, err)
		}
		if _, err := (Model{Variant: v}).FitSeries(demand.Series{Cal: daily, Y: x[1:]}); !errors.Is(err, demand.ErrTooShort) {
			t.Errorf("%s: %d values: %v", names[v], least-1, err)
		}
	}
}

func FuzzNoSeriesBreaksTheFan(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint8(0), int8(0))
	f.Add([]byte{0, 0, 0, 255, 0, 0, 0, 0, 1}, uint8(3), int8(99))
	f.Fuzz(func(t *testing.T, raw []byte, v uint8, power int8) {
		y := make([]float64, len(raw))
		for i, b := range raw {
			y[i] = float64(b) * math.Pow(10, float64(power%100))
			if b == 255 {
				y[i] = math.NaN()
			}
		}
		for _, m := range []demand.SeriesModel{Model{Variant: Variant(v % 4)}, Auto{}} {
			fit, err := m.FitSeries(demand.Series{Cal: daily, Y: y})
			if err != nil {
				continue
			}
			dst := newFan(30, 0.005, 0.1, 0.5, 0.9, 0.995)
			if err := fit.ForecastSeries(nil, dst); err != nil {
				t.Fatal(err)
			}
			if err := dst.Check(); err != nil {
				t.Fatal(err)
			}
			sum := newFan(1, 0.005, 0.1, 0.5, 0.9, 0.995)
			if err := fit.(demand.Summing).ForecastSum(nil, 30, sum); err != nil {
				t.Fatal(err)
			}
			if err := sum.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

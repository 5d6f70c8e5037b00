package baseline

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shelfcast/engine/demand"
)

// shopDays returns n days of negative binomial sales, busy on Saturdays and on the first ten days of a month.
func shopDays(seed uint64, n int, mean, ratio float64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	y := make([]float64, n)
	for t := range y {
		y[t] = negativeBinomial(rng, mean*shopFactor(t), ratio)
	}
	return y
}

// shopFactor is the truth of shopDays: means 1 over a week and over a month of thirty days.
func shopFactor(t int) float64 {
	weekday, monthday := 0.9, 0.95
	if t%7 == 5 {
		weekday = 1.6
	}
	if daily.Time(monday+demand.Period(t)).Day() <= 10 {
		monthday = 1.1
	}
	return weekday * monthday
}

func TestTheFloorForecastsZeroWithoutAnObservation(t *testing.T) {
	t.Parallel()
	for _, y := range [][]float64{nil, {math.NaN()}, {math.NaN(), math.Inf(1)}, {0, 0, 0}} {
		got := fan(t, LevelProfile{}, y, 2, 0.1, 0.9)
		wantAll(t, "mean", got.Mean, []float64{0, 0})
		wantAll(t, "quantile", got.Q, []float64{0, 0, 0, 0})
	}
}

func TestLevelProfileAgreesWithItsFormulaWrittenPlainly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		y := shopDays(rapid.Uint64().Draw(rt, "seed"), rapid.IntRange(1, 400).Draw(rt, "n"), 6, 2)
		for i := range y {
			if i%23 == 9 {
				y[i] = math.NaN()
			}
		}
		got := fan(t, LevelProfile{}, y, 40)
		for j, want := range plainLevelProfile(y, 40) {
			if !near(got.Mean[j], want) {
				rt.Fatalf("step %d is %v, want %v", j+1, got.Mean[j], want)
			}
		}
	})
}

// plainLevelProfile is the formula of LevelProfile, sum by sum, for days from monday.
func plainLevelProfile(y []float64, h int) []float64 {
	weekday := func(t int) int { return t % 7 }
	monthday := func(t int) int { return daily.Time(monday + demand.Period(t)).Day() }
	last := lastObserved(y)
	sum := func(memory float64, f func(t int) float64) (s float64) {
		for t := range y {
			if !math.IsNaN(y[t]) {
				s += math.Exp(-float64(last-t)/memory) * f(t)
			}
		}
		return s
	}
	one := func(int) float64 { return 1 }
	weight := sum(1200, one)
	mean := sum(1200, func(t int) float64 { return y[t] }) / weight
	if mean == 0 || last < 0 {
		return make([]float64, h)
	}
	dispersion := sum(1200, func(t int) float64 { return (y[t] - mean) * (y[t] - mean) }) / weight / mean
	profile := func(class func(int) int, k int, before func(int) float64, prior float64) float64 {
		in := func(f func(int) float64) float64 {
			return sum(1200, func(t int) float64 {
				if class(t) != k {
					return 0
				}
				return f(t)
			})
		}
		base := in(before)*mean + prior*dispersion
		if base == 0 {
			return 1
		}
		return (in(func(t int) float64 { return y[t] }) + prior*dispersion) / base
	}
	week, month := [7]float64{}, [32]float64{}
	for k := range week {
		week[k] = profile(weekday, k, one, 1)
	}
	for k := range month {
		month[k] = profile(monthday, k, func(t int) float64 { return week[weekday(t)] }, 7)
	}
	factor := func(t int) float64 { return week[weekday(t)] * month[monthday(t)] }
	level := sum(14, func(t int) float64 { return y[t] }) / sum(14, factor)
	out := make([]float64, h)
	for j := range out {
		out[j] = level * factor(len(y)+j)
	}
	return out
}

func TestTheProfileFindsTheTruth(t *testing.T) {
	t.Parallel()
	const n = 7 * 52 * 4
	got := fan(t, LevelProfile{LevelMemory: 300}, shopDays(2, n, 200, 3), 60)
	for j, v := range got.Mean {
		// 1,456 days of variance 3·200 estimate a weekday to 1 % and a day of the month to 2 %; three of both together.
		if want := 200 * shopFactor(n+j); math.Abs(v/want-1) > 0.07 {
			t.Errorf("step %d is %.1f, the truth %.1f", j+1, v, want)
		}
	}
}

func TestLittleDataGivesAFlatProfile(t *testing.T) {
	t.Parallel()
	got := fan(t, LevelProfile{}, []float64{0, 0, 0, 0, 0, 3, 0, 0, 0, 0}, 7)
	least, most := got.Mean[0], got.Mean[0]
	for _, v := range got.Mean {
		least, most = min(least, v), max(most, v)
	}
	if most > 3*least {
		t.Errorf("one sale on a Saturday gave a profile from %g to %g", least, most)
	}
}

func TestTheUnitOfDemandDoesNotMatter(t *testing.T) {
	t.Parallel()
	// A power of two scales a float64 without rounding. Thirds are not counts, so that both take the recent ratios.
	thirds := shopDays(4, 300, 9, 3)
	grams := make([]float64, len(thirds))
	for i := range thirds {
		thirds[i] /= 3
		grams[i] = thirds[i] / 1024
	}
	a, b := fan(t, LevelProfile{}, thirds, 28, 0.1, 0.5, 0.9), fan(t, LevelProfile{}, grams, 28, 0.1, 0.5, 0.9)
	for i := range a.Q {
		if !near(a.Q[i], b.Q[i]*1024) {
			t.Errorf("quantile %d is %v in one unit and %v in another", i, a.Q[i], b.Q[i]*1024)
		}
	}
}

func TestTheFloorCoversCountsOfKnownTruth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mean, ratio float64 }{{0.7, 1.5}, {4, 2}, {20, 4}} {
		const n = 1500
		levels := []float64{0.5, 0.9}
		below, atMost := [2]float64{}, [2]float64{}
		for i := range n {
			y := shopDays(uint64(100+i), 400, c.mean, c.ratio)
			f := fan(t, LevelProfile{}, y[:399], 1, levels...)
			for l := range levels {
				if y[399] < f.Q[l] {
					below[l]++
				}
				if y[399] <= f.Q[l] {
					atMost[l]++
				}
			}
		}
		for l, level := range levels {
			// Of counts, P(Y < q) < τ ≤ P(Y ≤ q). Three standard errors, and two points for a level learnt from about 28 days.
			slack := 3*math.Sqrt(level*(1-level)/n) + 0.02
			if below[l]/n > level+slack || atMost[l]/n < level-slack {
				t.Errorf("mean %g, ratio %g, level %g: %.3f lie below and %.3f at most there", c.mean, c.ratio, level, below[l]/n, atMost[l]/n)
			}
		}
	}
}

func TestTheFloorCoversWhatIsNoCount(t *testing.T) {
	t.Parallel()
	const n, want = 2000, 0.8
	inside := 0.0
	for i := range n {
		rng := rand.New(rand.NewPCG(8, uint64(i)))
		y := make([]float64, 300)
		for d := range y {
			y[d] = 70 * shopFactor(d) * math.Exp(0.3*rng.NormFloat64())
		}
		f := fan(t, LevelProfile{}, y[:299], 1, 0.1, 0.9)
		if y[299] >= f.Q[0] && y[299] <= f.Q[1] {
			inside++
		}
	}
	// Three standard errors, and three points for ratios whose weights are worth 120 days.
	tolerance := 3*math.Sqrt(want*(1-want)/n) + 0.03
	if math.Abs(inside/n-want) > tolerance {
		t.Errorf("coverage %.3f, want %.3f ± %.3f", inside/n, want, tolerance)
	}
}

func TestEveryUnitHasItsCycles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]int{
		"15min": {96, 7}, "H": {24, 7}, "D": {7, 31}, "W": nil, "M": {12}, "Q": {4}, "Y": nil,
	} {
		freq, err := demand.ParseFreq(name)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, c := range cyclesOf(demand.Calendar{Freq: freq}) {
			got = append(got, c.classes)
		}
		if len(got) != len(want) || len(want) > 0 && got[0] != want[0] || len(want) > 1 && got[1] != want[1] {
			t.Errorf("%s has cycles of %v classes, want %v", name, got, want)
		}
	}
}

func TestClassesAreThoseOfTheCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		freq  string
		cycle int
		class func(at time.Time) int
	}{
		{"D", 0, func(at time.Time) int { return (int(at.Weekday()) + 3) % 7 }}, // from Thursday
		{"D", 1, func(at time.Time) int { return at.Day() - 1 }},
		{"H", 0, func(at time.Time) int { return at.Hour() }},
		{"H", 1, func(at time.Time) int { return (int(at.Weekday()) + 3) % 7 }},
		{"15min", 0, func(at time.Time) int { return at.Hour()*4 + at.Minute()/15 }},
		{"15min", 1, func(at time.Time) int { return (int(at.Weekday()) + 3) % 7 }},
		{"M", 0, func(at time.Time) int { return int(at.Month()) - 1 }},
		{"Q", 0, func(at time.Time) int { return (int(at.Month()) - 1) / 3 }},
	} {
		freq, err := demand.ParseFreq(c.freq)
		if err != nil {
			t.Fatal(err)
		}
		cal := demand.Calendar{Freq: freq}
		for _, first := range []demand.Period{-1000, -7, 0, 1, 99, 16832} {
			classes := make([]uint16, 800)
			cyclesOf(cal)[c.cycle].fill(classes, cal, first)
			for i, got := range classes {
				if at := cal.Time(first + demand.Period(i)); int(got) != c.class(at) {
					t.Fatalf("%s, cycle %d: %v is class %d, want %d", c.freq, c.cycle, at, got, c.class(at))
				}
			}
		}
	}
}

func TestHoursFollowTheDayAndTheWeek(t *testing.T) {
	t.Parallel()
	freq, err := demand.ParseFreq("H")
	if err != nil {
		t.Fatal(err)
	}
	y := make([]float64, 24*7*8)
	truth := func(t int) float64 { return float64(t%24) * (1 + float64(t/24%7)/6) }
	for i := range y {
		y[i] = truth(i)
	}
	f := fanOf(t, LevelProfile{}, demand.Series{Cal: demand.Calendar{Freq: freq}, Start: 0, Y: y}, 24*7)
	for j, v := range f.Mean {
		// The priors pull 8 weeks by less than 8 %.
		if want := truth(j); math.Abs(v-want) > 0.08*want+0.3 {
			t.Errorf("hour %d is %.2f, want %.2f", j, v, want)
		}
	}
}

func TestRecentPeriodsThatNeverSellLeaveTheMean(t *testing.T) {
	t.Parallel()
	h := &history{y: []float64{4, 0}, expected: []float64{0, 0}, weight: []float64{1, 1}, mean: 2}
	if got := h.level(14); got != 2 {
		t.Errorf("the level is %g, want the mean, 2", got)
	}
}

func TestCountQuantilesAreThoseOfTheNegativeBinomial(t *testing.T) {
	t.Parallel()
	levels := []float64{0.1, 0.25, 0.5, 0.75, 0.9, 0.99}
	for _, c := range []struct{ mean, ratio float64 }{{0.01, 1.1}, {0.5, 1.5}, {3, 2}, {10, 1.0001}, {50, 200}, {50, 1.5}} {
		got := make([]float64, len(levels))
		countQuantiles(got, levels, c.mean, c.ratio)
		for l, level := range levels {
			if want := plainCountQuantile(level, c.mean, c.ratio); got[l] != want {
				t.Errorf("mean %g, ratio %g: quantile %g is %g, want %g", c.mean, c.ratio, level, got[l], want)
			}
		}
	}
	zero := []float64{7, 7}
	countQuantiles(zero, []float64{0.1, 0.999}, 0, 2)
	wantAll(t, "quantile of a mean of zero", zero, []float64{0, 0})
}

// plainCountQuantile adds up P(k) = Γ(k+r)/(Γ(r)·k!)·p^r·(1−p)^k.
func plainCountQuantile(level, mean, ratio float64) float64 {
	r, p := mean/(ratio-1), 1/ratio
	atR, _ := math.Lgamma(r)
	for k, upto := 0.0, 0.0; ; k++ {
		a, _ := math.Lgamma(k + r)
		b, _ := math.Lgamma(k + 1)
		upto += math.Exp(a - atR - b + r*math.Log(p) + k*math.Log1p(-p))
		if upto >= level-1e-9 {
			return k
		}
	}
}

func TestCountQuantilesStandWhereNoSaleAtAllIsNextToImpossible(t *testing.T) {
	t.Parallel()
	levels := []float64{0.01, 0.1, 0.5, 0.9, 0.99}
	for _, c := range []struct{ mean, ratio float64 }{
		{700, 1.1}, {740, 1.001}, {745, 1.01}, {800, 1.1}, {1100, 2}, {5000, 2}, {5000, 10}, {30000, 200},
	} {
		got := make([]float64, len(levels))
		countQuantiles(got, levels, c.mean, c.ratio)
		for l, level := range levels {
			// The gamma functions of some ten thousands keep eleven digits: enough for all but a tie.
			if want := plainCountQuantile(level, c.mean, c.ratio); math.Abs(got[l]-want) > 1 {
				t.Errorf("mean %g, ratio %g: quantile %g is %g, want %g", c.mean, c.ratio, level, got[l], want)
			}
		}
	}
}

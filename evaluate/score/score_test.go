package score

import (
	"math"
	"math/rand/v2"
	"testing"
)

var nan = math.NaN()

func setup(t testing.TB, levels ...float64) *Scorer {
	t.Helper()
	sc, err := NewScorer(levels)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// scoreOne scores one case and returns the metrics of the series.
func scoreOne(t testing.TB, levels []float64, c Case) (Series, []Metric) {
	t.Helper()
	var s Series
	setup(t, levels...).Score(&s, &c)
	return s, s.AppendMetrics(nil)
}

// mustFind returns a metric that has to be there.
func mustFind(t testing.TB, metrics []Metric, name string, level float64) Metric {
	t.Helper()
	m, ok := Find(metrics, name, level)
	if !ok {
		t.Fatalf("no metric %s at level %g", name, level)
	}
	return m
}

// near allows for the last bits of quotients and roots; sums are compensated.
func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-12*math.Max(1, math.Abs(b)) || math.IsNaN(a) && math.IsNaN(b)
}

func TestMetricsOfAHandWorkedSeries(t *testing.T) {
	t.Parallel()
	// Worked by hand. Training 1 3 2 6 5 9: |Y_t − Y_{t−2}| = 1 3 3 3, mean 2.5; (Y_t − Y_{t−1})² = 4 1 16 1 16, mean 7.6.
	// Outcomes 10 0 4 and means 12 1 2: errors 2 1 −2. The fourth outcome is not observed, the fifth is filled.
	c := Case{
		Train: []float64{1, 3, 2, 6, 5, 9}, M: 2,
		Y: []float64{10, 0, 4, nan, 6}, Skip: []bool{false, false, false, false, true},
		Mean: []float64{12, 1, 2, 50, 50},
		Q:    []float64{6, 11, 15, 0, 0, 3, 5, 6, 7, 0, 0, 0, 0, 0, 0},
	}
	s, metrics := scoreOne(t, []float64{0.1, 0.5, 0.9}, c)
	if s.Points != 5 || s.Scored != 3 || s.Unobserved != 1 || s.Skipped != 1 || s.PercentPoints != 2 {
		t.Errorf("counts are %+v", s.Counts)
	}
	for _, want := range []struct {
		name         string
		level, value float64
		n, of        int
	}{
		// Losses at 0.1: 0.1·4, 0, 0.9·1; at 0.5: 0.5·1, 0, 0.5·2; at 0.9: 0.1·5, 0.1·3, 0.1·3. Σ|y| = 14.
		{WQL, nan, 2 * (1.3 + 1.5 + 1.1) / 14 / 3, 3, 3},
		{WQL, 0.1, 2 * 1.3 / 14, 3, 3},
		{WQL, 0.5, 2 * 1.5 / 14, 3, 3},
		{WQL, 0.9, 2 * 1.1 / 14, 3, 3},
		{WAPE, nan, 5.0 / 14, 3, 3},
		{MAPE, nan, (0.2 + 0.5) / 2, 2, 3},
		{RMSE, nan, math.Sqrt(3), 3, 3},
		{MASE, nan, 5.0 / 3 / 2.5, 1, 1},
		{RMSSE, nan, math.Sqrt(3 / 7.6), 1, 1},
		{Bias, nan, 1.0 / 3, 3, 3},
		{OverForecastUnits, nan, 1, 3, 3},
		{OverForecastRatio, nan, 1.0 / 14, 3, 3},
		{OverForecastUnitPeriods, nan, 2 + 3 + 1, 3, 3},
		{WAPEB, nan, 6.0 / 14, 3, 3},
		{QuantileLoss, 0.9, 1.1 / 3, 3, 3},
		{Coverage, 0.1, 2.0 / 3, 3, 3}, // 10 > 6; 0 ≤ 0; 4 ≤ 5
		{Coverage, 0.5, 1, 3, 3},
		{Coverage, 0.9, 1, 3, 3},
		{IntervalScore, 0.8, (9.0 + 3 + 2 + 2/0.2*1) / 3, 3, 3}, // only 4 < 5 lies outside
	} {
		got := mustFind(t, metrics, want.name, want.level)
		if !near(got.Value, want.value) || got.N != want.n || got.Of != want.of || got.DenominatorZero || got.Windows != 1 {
			t.Errorf("%s at %g: got %+v, want %g of %d/%d", want.name, want.level, got, want.value, want.n, want.of)
		}
	}
	if m := mustFind(t, metrics, MASE, nan).M; m != 2 {
		t.Errorf("the season of MASE is %d, want 2", m)
	}
}

func TestMetricsEqualTheirFormulasWrittenPlainly(t *testing.T) {
	t.Parallel()
	levels := []float64{0.05, 0.25, 0.5, 0.75, 0.95}
	rng := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		c := randomCase(rng, levels, 1+rng.IntN(40))
		_, metrics := scoreOne(t, levels, c)
		for _, want := range plainMetrics(c, levels) {
			if got := mustFind(t, metrics, want.Name, want.Level); !near(got.Value, want.Value) {
				t.Fatalf("%s at %g: got %.17g, want %.17g", want.Name, want.Level, got.Value, want.Value)
			}
		}
	}
}

// randomCase draws intermittent demand with gaps, and a forecast without crossing.
func randomCase(rng *rand.Rand, levels []float64, h int) Case {
	draw := func(n int) []float64 {
		y := make([]float64, n)
		for i := range y {
			switch rng.IntN(6) {
			case 0:
				y[i] = nan
			case 1, 2:
			default:
				y[i] = math.Floor(20 * rng.ExpFloat64())
			}
		}
		return y
	}
	c := Case{Train: draw(60), M: 7, Y: draw(h), Mean: make([]float64, h), Skip: make([]bool, h)}
	for t := range h {
		c.Mean[t] = 20 * rng.Float64()
		c.Skip[t] = rng.IntN(9) == 0
		q := 0.0
		for range levels {
			q += 8 * rng.Float64()
			c.Q = append(c.Q, q)
		}
	}
	return c
}

// plainMetrics is the second way: each formula over the scored points, with plain sums.
func plainMetrics(c Case, levels []float64) []Metric {
	sumOver := func(f func(t int, y, mean float64) float64) (sum float64) {
		for t, y := range c.Y {
			if !math.IsNaN(y) && !c.Skip[t] {
				sum += f(t, y, c.Mean[t])
			}
		}
		return sum
	}
	n := sumOver(func(_ int, _, _ float64) float64 { return 1 })
	nonzero := sumOver(func(_ int, y, _ float64) float64 { return map[bool]float64{true: 1}[y != 0] })
	absY := sumOver(func(_ int, y, _ float64) float64 { return math.Abs(y) })
	absErr := sumOver(func(_ int, y, m float64) float64 { return math.Abs(m - y) })
	sqErr := sumOver(func(_ int, y, m float64) float64 { return (m - y) * (m - y) })
	err := sumOver(func(_ int, y, m float64) float64 { return m - y })
	percent := sumOver(func(_ int, y, m float64) float64 {
		if y == 0 {
			return 0
		}
		return math.Abs(m-y) / math.Abs(y)
	})
	if n == 0 || absY == 0 {
		return nil // edge rules have tests of their own
	}
	out := []Metric{
		{Name: WAPE, Level: nan, Value: absErr / absY},
		{Name: MAPE, Level: nan, Value: percent / nonzero},
		{Name: RMSE, Level: nan, Value: math.Sqrt(sqErr / n)},
		{Name: MASE, Level: nan, Value: absErr / n / plainScale(c.Train, c.M, 1)},
		{Name: RMSSE, Level: nan, Value: math.Sqrt(sqErr / n / plainScale(fromFirstSale(c.Train), 1, 2))},
		{Name: Bias, Level: nan, Value: err / n},
		{Name: OverForecastUnits, Level: nan, Value: err},
		{Name: OverForecastRatio, Level: nan, Value: err / absY},
		{Name: WAPEB, Level: nan, Value: (absErr + math.Abs(err)) / absY},
	}
	k, average := len(levels), 0.0
	for l, tau := range levels {
		loss := sumOver(func(t int, y, _ float64) float64 {
			q := c.Q[t*k+l]
			return math.Max(tau*(y-q), (tau-1)*(y-q))
		})
		covered := sumOver(func(t int, y, _ float64) float64 { return map[bool]float64{true: 1}[y <= c.Q[t*k+l]] })
		average += 2 * loss / absY / float64(k)
		out = append(out, Metric{Name: WQL, Level: tau, Value: 2 * loss / absY},
			Metric{Name: QuantileLoss, Level: tau, Value: loss / n}, Metric{Name: Coverage, Level: tau, Value: covered / n})
	}
	for l, alpha := range []float64{0.1, 0.5} { // the pairs 0.05–0.95 and 0.25–0.75
		score := sumOver(func(t int, y, _ float64) float64 {
			lower, upper := c.Q[t*k+l], c.Q[t*k+k-1-l]
			return upper - lower + 2/alpha*math.Max(lower-y, 0) + 2/alpha*math.Max(y-upper, 0)
		})
		out = append(out, Metric{Name: IntervalScore, Level: 1 - alpha, Value: score / n})
	}
	return append(out, Metric{Name: WQL, Level: nan, Value: average})
}

// plainScale is the mean of |Y_t − Y_{t−m}|^power over the observed pairs.
func plainScale(y []float64, m int, power float64) float64 {
	sum, pairs := 0.0, 0.0
	for t := m; t < len(y); t++ {
		if !math.IsNaN(y[t]) && !math.IsNaN(y[t-m]) {
			sum += math.Pow(math.Abs(y[t]-y[t-m]), power)
			pairs++
		}
	}
	return sum / pairs
}

func TestScaleFallsBackToSeasonOneAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		train    []float64
		m        int
		abs      float64
		squared  float64
		used     int
		askedFor int
	}{
		"long enough":                      {[]float64{1, 2, 4, 8}, 2, (3 + 6) / 2.0, (1 + 4 + 16) / 3.0, 2, 2},
		"as long as the season":            {[]float64{1, 2, 4}, 3, 1.5, 2.5, 1, 3},
		"no observed pair at the season":   {[]float64{1, 2, nan, nan}, 2, 1, 1, 1, 2},
		"season below one":                 {[]float64{1, 2, 4}, 0, 1.5, 2.5, 1, 1},
		"constant":                         {[]float64{5, 5, 5}, 1, nan, nan, 1, 1},
		"constant at the season alone":     {[]float64{1, 2, 1, 2}, 2, nan, 1, 2, 2},
		"one observation":                  {[]float64{5}, 7, nan, nan, 1, 7},
		"nothing observed":                 {[]float64{nan, nan}, 1, nan, nan, 1, 1},
		"empty":                            {nil, 1, nan, nan, 1, 1},
		"leading zeros leave RMSSE's part": {[]float64{0, 0, 0, 3, 5}, 1, (3 + 2) / 4.0, 4, 1, 1}, // 3² is before the first sale
		"gaps":                             {[]float64{1, nan, 3, 4}, 1, 1, 1, 1, 1},
	} {
		got := ScaleOf(c.train, c.m)
		if !near(got.Abs, c.abs) || !near(got.Squared, c.squared) || got.M != c.used || got.AskedM != c.askedFor {
			t.Errorf("%s: got %+v, want %+v", name, got, c)
		}
	}
}

func TestZeroDemandGivesTheNumeratorAndAFlag(t *testing.T) {
	t.Parallel()
	_, metrics := scoreOne(t, []float64{0.5}, Case{
		Train: []float64{1, 2}, M: 1, Y: []float64{0, 0}, Mean: []float64{2, 1}, Q: []float64{3, 1},
	})
	for name, want := range map[string]float64{WQL: 4, WAPE: 3, WAPEB: 6, OverForecastRatio: 3} { // wql: 2·0.5·(3 + 1)
		if got := mustFind(t, metrics, name, nan); got.Value != want || !got.DenominatorZero {
			t.Errorf("%s: got %+v, want the numerator %g and the flag", name, got, want)
		}
	}
	if got := mustFind(t, metrics, MAPE, nan); !math.IsNaN(got.Value) || got.N != 0 || got.Of != 2 || got.DenominatorZero {
		t.Errorf("mape without a point: got %+v, want undefined, 0 of 2", got)
	}
}

func TestSeriesWithoutAScoredPointIsUndefined(t *testing.T) {
	t.Parallel()
	s, metrics := scoreOne(t, []float64{0.1, 0.9}, Case{
		Train: []float64{1, 2}, M: 1, Y: []float64{nan, 4}, Skip: []bool{false, true},
		Mean: []float64{nan, nan}, Q: []float64{nan, nan, nan, nan},
	})
	if s.Scored != 0 || s.Missing != 0 {
		t.Errorf("counts are %+v", s.Counts)
	}
	for _, m := range metrics {
		if !math.IsNaN(m.Value) || m.N != 0 || m.Of != 0 || m.DenominatorZero {
			t.Errorf("%+v should be undefined", m)
		}
	}
}

func TestMissingForecastMakesItsMetricsNaNAndIsCounted(t *testing.T) {
	t.Parallel()
	for _, bad := range []float64{nan, math.Inf(1), math.Inf(-1)} {
		s, metrics := scoreOne(t, []float64{0.1, 0.5, 0.9}, Case{
			Train: []float64{1, 2}, M: 1, Y: []float64{1, 2},
			Mean: []float64{1, bad}, Q: []float64{0, 1, 2, bad, bad, bad},
		})
		if s.Missing != 1 {
			t.Errorf("%g: %d points are missing, want 1", bad, s.Missing)
		}
		for _, m := range metrics {
			if !math.IsNaN(m.Value) || m.N == 0 {
				t.Errorf("forecast %g: %+v should be NaN over its points", bad, m)
			}
		}
	}
}

func TestCensoredPointIsChargedOnlyBelowWhatWasSold(t *testing.T) {
	t.Parallel()
	// Stock ran out at 5, so demand was 5 or more: a quantile of 3 is short by at least 2, one of 8 may be right.
	levels := []float64{0.25, 0.75}
	c := Case{
		Train: []float64{1, 2}, M: 1, Y: []float64{5, 4}, Censored: []bool{true, false},
		Mean: []float64{100, 6}, Q: []float64{3, 8, 3, 8},
	}
	s, metrics := scoreOne(t, levels, c)
	if s.CensoredPoints != 1 || s.Scored != 2 {
		t.Errorf("counts are %+v", s.Counts)
	}
	for _, want := range []Metric{
		{Name: WQL, Level: 0.25, Value: 2 * (0.25*2 + 0.25*1) / 9, N: 2, Of: 2},
		{Name: WQL, Level: 0.75, Value: 2 * (0 + 0.25*4) / 9, N: 2, Of: 2},
		{Name: WAPE, Level: nan, Value: 2.0 / 4, N: 1, Of: 2},
		{Name: Coverage, Level: 0.75, Value: 1, N: 1, Of: 2},
		{Name: IntervalScore, Level: 0.5, Value: 5, N: 2, Of: 2}, // both widths; neither is surely outside
	} {
		got := mustFind(t, metrics, want.Name, want.Level)
		if !near(got.Value, want.Value) || got.N != want.N || got.Of != want.Of {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	c.Y[0] = 9 // now above both quantiles
	_, metrics = scoreOne(t, levels, c)
	if got, want := mustFind(t, metrics, IntervalScore, 0.5).Value, (5+4*1+5)/2.0; !near(got, want) {
		t.Errorf("interval score: got %g, want %g", got, want)
	}
}

func TestCensoredLossIsTheLeastThatAnyDemandCouldHaveGiven(t *testing.T) {
	t.Parallel()
	levels := []float64{0.2, 0.8}
	rng := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		sold, lower := math.Floor(10*rng.Float64()), 10*rng.Float64()
		q := []float64{lower, lower + 5*rng.Float64()}
		loss := []float64{math.Inf(1), math.Inf(1)}
		interval := math.Inf(1)
		// The losses are piecewise linear in demand, so the least lies at an end of a piece.
		for _, demand := range []float64{sold, math.Max(sold, q[0]), math.Max(sold, q[1])} {
			for k, tau := range levels {
				loss[k] = math.Min(loss[k], Pinball(demand, q[k], tau))
			}
			interval = math.Min(interval, Interval(demand, q[0], q[1], 0.4))
		}
		s, _ := scoreOne(t, levels, Case{Y: []float64{sold}, Censored: []bool{true}, Mean: []float64{0}, Q: q})
		if !near(s.Pinball[0], loss[0]) || !near(s.Pinball[1], loss[1]) || !near(s.Interval[0], interval) {
			t.Fatalf("sold %g, quantiles %v: got %v and %v, want %v and %g", sold, q, s.Pinball, s.Interval, loss, interval)
		}
	}
}

func TestScorerRefusesLevelsThatAreNoLevels(t *testing.T) {
	t.Parallel()
	for _, levels := range [][]float64{{0}, {1}, {nan}, {0.5, 0.5}, {0.9, 0.1}, {-0.1}} {
		if _, err := NewScorer(levels); err == nil {
			t.Errorf("levels %v were taken", levels)
		}
	}
}

func TestCentralPairsAreFoundAmongAnyLevels(t *testing.T) {
	t.Parallel()
	levels := []float64{0.005, 0.025, 0.165, 0.25, 0.3, 0.5, 0.75, 0.835, 0.975, 0.995} // those of the M5 and a stray 0.3
	sh, err := newShape(levels)
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, p := range sh.pairs {
		got = append(got, p.coverage)
		if math.Abs(levels[p.lower]+levels[p.upper]-1) > 1e-9 {
			t.Errorf("%g and %g are not a central pair", levels[p.lower], levels[p.upper])
		}
	}
	want := []float64{0.99, 0.95, 0.67, 0.5}
	if len(got) != len(want) {
		t.Fatalf("got coverages %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got coverages %v, want %v", got, want)
		}
	}
}

func TestScorePanicsOnLengthsThatDoNotBelongTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Case{
		"mean":     {Y: []float64{1}, Q: []float64{1}},
		"quantile": {Y: []float64{1}, Mean: []float64{1}},
		"skip":     {Y: []float64{1}, Mean: []float64{1}, Q: []float64{1}, Skip: []bool{}},
		"censored": {Y: []float64{1}, Mean: []float64{1}, Q: []float64{1}, Censored: make([]bool, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sc := setup(t, 0.5)
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			sc.Score(new(Series), &c)
		})
	}
}

func TestScoringALoopOfSeriesDoesNotAllocate(t *testing.T) {
	levels := []float64{0.1, 0.5, 0.9}
	c := randomCase(rand.New(rand.NewPCG(11, 12)), levels, 28)
	sc, tally, s := setup(t, levels...), NewTally(levels), new(Series)
	if n := testing.AllocsPerRun(100, func() { sc.Score(s, &c); tally.Add(s) }); n != 0 {
		t.Errorf("%g allocations a series, want none", n)
	}
}

func BenchmarkScore(b *testing.B) {
	for name, levels := range map[string][]float64{
		"3 levels": {0.1, 0.5, 0.9}, "9 levels": {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9},
	} {
		b.Run("horizon 28, "+name, func(b *testing.B) {
			c := randomCase(rand.New(rand.NewPCG(13, 14)), levels, 28)
			scale := ScaleOf(c.Train, c.M)
			c.Scale = &scale
			sc, tally, s := setup(b, levels...), NewTally(levels), new(Series)
			n := 0
			for b.Loop() {
				sc.Score(s, &c)
				tally.Add(s)
				n++
			}
			b.ReportMetric(float64(28*n)/b.Elapsed().Seconds(), "points/s")
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "series/s")
		})
	}
}

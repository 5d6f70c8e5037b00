package score

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func tallyOf(t testing.TB, levels []float64, cases []Case) *Tally {
	t.Helper()
	sc, tally := setup(t, levels...), NewTally(levels)
	var s Series
	for i := range cases {
		sc.Score(&s, &cases[i])
		tally.Add(&s)
	}
	return tally
}

func randomCases(rng *rand.Rand, levels []float64, n int) []Case {
	cases := make([]Case, n)
	for i := range cases {
		cases[i] = randomCase(rng, levels, 14)
		for t := range cases[i].Y { // scales that differ widely make roundings show
			cases[i].Y[t] *= math.Exp(float64(i % 20))
		}
	}
	return cases
}

// metricsDiff compares metrics by their bits.
func metricsDiff(a, b []Metric) string {
	return cmp.Diff(a, b, cmp.Comparer(sameBits))
}

func TestTallyHasTheSameBitsForAnyShardingAndOrder(t *testing.T) {
	t.Parallel()
	levels := []float64{0.1, 0.5, 0.9}
	rng := rand.New(rand.NewPCG(1, 1))
	cases := randomCases(rng, levels, 300)
	whole := tallyOf(t, levels, cases)
	want, text := whole.Metrics(), marshal(t, whole)
	for _, shards := range []int{1, 2, 7, 300} {
		rng.Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
		merged := NewTally(levels)
		for k := range shards {
			part := tallyOf(t, levels, cases[k*len(cases)/shards:(k+1)*len(cases)/shards])
			var stored Tally // as a ledger gives it back
			if err := json.Unmarshal([]byte(marshal(t, part)), &stored); err != nil {
				t.Fatal(err)
			}
			if err := merged.Merge(&stored); err != nil {
				t.Fatal(err)
			}
		}
		if diff := metricsDiff(want, merged.Metrics()); diff != "" {
			t.Errorf("%d shards: %s", shards, diff)
		}
		if marshal(t, merged) != text {
			t.Errorf("%d shards are written otherwise", shards)
		}
	}
}

func TestPooledAndSeriesMeanMetricsDiffer(t *testing.T) {
	t.Parallel()
	// By hand: a big series that is 10 % off and a small one that is 100 % off; the third sells nothing.
	levels := []float64{0.5}
	tally := tallyOf(t, levels, []Case{
		{Train: []float64{0, 50}, M: 1, Y: []float64{100}, Mean: []float64{90}, Q: []float64{90}},
		{Train: []float64{0, 2}, M: 1, Y: []float64{2}, Mean: []float64{4}, Q: []float64{4}},
		{Train: []float64{3, 3}, M: 1, Y: []float64{0}, Mean: []float64{1}, Q: []float64{1}},
	})
	metrics := tally.Metrics()
	for _, want := range []Metric{
		{Name: WAPE, Level: nan, Value: 13.0 / 102, N: 3, Of: 3},
		{Name: WQL, Level: nan, Value: 13.0 / 102, N: 3, Of: 3},
		{Name: MAPE, Level: nan, Value: (0.1 + 1) / 2, N: 2, Of: 3},
		{Name: SeriesMeanWAPE, Level: nan, Value: (0.1 + 1) / 2, N: 2, Of: 3}, // no ratio where nothing sold
		{Name: SeriesMeanWQL, Level: nan, Value: (0.1 + 1) / 2, N: 2, Of: 3},
		{Name: SeriesMeanWQL, Level: 0.5, Value: (0.1 + 1) / 2, N: 2, Of: 3},
		{Name: SeriesMeanMAPE, Level: nan, Value: (0.1 + 1) / 2, N: 2, Of: 3},
		{Name: SeriesMeanRMSE, Level: nan, Value: (10 + 2 + 1) / 3.0, N: 3, Of: 3},
		{Name: RMSE, Level: nan, Value: math.Sqrt(105 / 3.0), N: 3, Of: 3},
		{Name: MASE, Level: nan, Value: (10/50.0 + 2/2.0) / 2, N: 2, Of: 3, M: 1}, // the constant series has no scale
		{Name: RMSSE, Level: nan, Value: nan, N: 0, Of: 3},                        // one observation since the first sale
	} {
		got := mustFind(t, metrics, want.Name, want.Level)
		if !near(got.Value, want.Value) || got.N != want.N || got.Of != want.Of || got.M != want.M {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestTallySaysHowManySeriesWereScaledAtSeasonOne(t *testing.T) {
	t.Parallel()
	tally := tallyOf(t, nil, []Case{
		{Train: []float64{1, 2, 4, 8, 16, 32, 64, 128}, M: 7, Y: []float64{1}, Mean: []float64{1}},
		{Train: []float64{1, 2, 4}, M: 7, Y: []float64{1}, Mean: []float64{1}},
		{Train: []float64{5, 5}, M: 7, Y: []float64{1}, Mean: []float64{1}},
		{Train: []float64{1, 2, 4}, M: 7, Y: []float64{nan}, Mean: []float64{1}},
	})
	got := mustFind(t, tally.Metrics(), MASE, nan)
	if got.M != 7 || got.ShortSeries != 1 || got.N != 2 || got.Of != 3 {
		t.Errorf("got %+v, want season 7, 1 short, 2 of 3", got)
	}
	if other := tallyOf(t, nil, []Case{{M: 12}}); tally.Merge(other) != nil || tally.M != MixedSeasons {
		t.Errorf("seasons 7 and 12 give %d, want %d", tally.M, MixedSeasons)
	}
}

func TestMetricsHaveAFixedOrder(t *testing.T) {
	t.Parallel()
	tally := tallyOf(t, []float64{0.1, 0.9}, nil)
	var got []string
	for _, m := range tally.Metrics() {
		got = append(got, m.Name)
	}
	want := []string{
		WQL, WQL, WQL, WAPE, MAPE, RMSE, MASE, RMSSE, Bias, OverForecastUnits, OverForecastRatio, OverForecastUnitPeriods, WAPEB,
		QuantileLoss, QuantileLoss, Coverage, Coverage, IntervalScore, SeriesMeanWQL, SeriesMeanWQL, SeriesMeanWQL,
		SeriesMeanWAPE, SeriesMeanMAPE, SeriesMeanRMSE,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var s Series
	setup(t, 0.1, 0.9).Score(&s, &Case{})
	for i, m := range s.AppendMetrics(nil) {
		if m.Name != want[i] {
			t.Errorf("metric %d of a series is %s, that of a tally %s", i, m.Name, want[i])
		}
	}
}

func TestTallyRefusesOtherLevels(t *testing.T) {
	t.Parallel()
	if err := NewTally([]float64{0.1}).Merge(NewTally([]float64{0.2})); err == nil {
		t.Error("tallies of different levels were merged")
	}
	for name, call := range map[string]func(){
		"new":     func() { NewTally([]float64{2}) },
		"add":     func() { s, _ := scoreOne(t, []float64{0.2}, Case{}); NewTally([]float64{0.1}).Add(&s) },
		"average": func() { Average([]*Tally{NewTally(nil), NewTally([]float64{0.1})}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func TestTallyRefusesJSONWhosePartsDoNotBelongTogether(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"levels":[0.5]}`, `{"levels":[2]}`, `[]`, `{"levels":[],"series_wql":[{}],"abs_y":"x"}`, `{"levels":[],"series_wql":[]}`,
	} {
		if err := json.Unmarshal([]byte(text), new(Tally)); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func FuzzTallyJSON(f *testing.F) {
	levels := []float64{0.1, 0.9}
	tally := tallyOf(f, levels, randomCases(rand.New(rand.NewPCG(2, 2)), levels, 3))
	text, err := json.Marshal(tally)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		var tally, back Tally
		if json.Unmarshal(text, &tally) != nil {
			return
		}
		tally.Metrics()
		if err := json.Unmarshal([]byte(marshal(t, &tally)), &back); err != nil || metricsDiff(tally.Metrics(), back.Metrics()) != "" {
			t.Fatalf("read, written and not read back equal: %v", err)
		}
		if err := tally.Merge(&back); err != nil {
			t.Fatal(err)
		}
	})
}

// drawnCases draws cases of positive demand, so that every metric is defined.
func drawnCases(rt *rapid.T, levels []float64) []Case {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
	cases := make([]Case, rapid.IntRange(1, 8).Draw(rt, "series"))
	for i := range cases {
		cases[i] = randomCase(rng, levels, rapid.IntRange(1, 20).Draw(rt, "horizon"))
		for _, y := range [][]float64{cases[i].Y, cases[i].Train} {
			for t := range y {
				y[t] = 1 + math.Floor(50*rng.ExpFloat64())
			}
		}
		clear(cases[i].Skip)
	}
	return cases
}

func TestWQLOfTheMedianEqualsWAPEOfTheMedian(t *testing.T) {
	t.Parallel()
	levels := []float64{0.5}
	rapid.Check(t, func(rt *rapid.T) {
		cases := drawnCases(rt, levels)
		for i := range cases {
			cases[i].Mean = cases[i].Q
		}
		metrics := tallyOf(t, levels, cases).Metrics()
		if a, b := mustFind(t, metrics, WQL, 0.5).Value, mustFind(t, metrics, WAPE, nan).Value; a != b { // ½ is exact, so the bits agree
			rt.Fatalf("wQL[0.5] %.17g, WAPE %.17g", a, b)
		}
	})
}

func TestIntervalScoreEqualsTwoQuantileLosses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		value := rapid.Float64Range(0, 1e6)
		y, lower, alpha := value.Draw(rt, "y"), value.Draw(rt, "lower"), rapid.Float64Range(0.01, 0.99).Draw(rt, "alpha")
		upper := lower + value.Draw(rt, "width")
		want := 2 / alpha * (Pinball(y, lower, alpha/2) + Pinball(y, upper, 1-alpha/2))
		// The two quantile losses cancel down to the width, so the error is relative to the greatest number in them.
		if got := Interval(y, lower, upper, alpha); math.Abs(got-want) > 1e-12*(y+upper)/alpha {
			rt.Fatalf("got %.17g, want %.17g", got, want)
		}
	})
}

func TestExpectedCostIsQuantileLossInMoney(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		amount, price := rapid.Float64Range(0, 1e4), rapid.Float64Range(0.01, 100)
		y, proposed, over, under := amount.Draw(rt, "y"), amount.Draw(rt, "proposed"), price.Draw(rt, "over"), price.Draw(rt, "under")
		want := (under + over) * Pinball(y, proposed, CriticalLevel(over, under))
		if got := Cost(y, proposed, over, under); math.Abs(got-want) > 1e-9*math.Max(1, want) { // 1 − τ* loses digits when τ* is near 1
			rt.Fatalf("got %.17g, want %.17g", got, want)
		}
	})
}

func TestChangeOfUnitLeavesRatiosAndScalesRMSE(t *testing.T) {
	t.Parallel()
	levels := []float64{0.1, 0.5, 0.9}
	scaled := []string{RMSE, Bias, OverForecastUnits, OverForecastUnitPeriods, QuantileLoss, IntervalScore, SeriesMeanRMSE}
	rapid.Check(t, func(rt *rapid.T) {
		cases := drawnCases(rt, levels)
		before := tallyOf(t, levels, cases).Metrics()
		c := rapid.Float64Range(0.001, 1000).Draw(rt, "units")
		for _, s := range cases {
			for _, v := range [][]float64{s.Train, s.Y, s.Mean, s.Q} {
				for i := range v {
					v[i] *= c
				}
			}
		}
		for i, after := range tallyOf(t, levels, cases).Metrics() {
			want, slack := before[i].Value, 1e-9 // errors are differences of rounded numbers
			if slices.Contains(scaled, after.Name) {
				want, slack = want*c, slack*math.Max(1, c)*1000
			}
			if after.Name != Coverage && math.Abs(after.Value-want) > slack*math.Max(1, math.Abs(want)) {
				rt.Fatalf("%s at %g: %g became %g, want %g", after.Name, after.Level, before[i].Value, after.Value, want)
			}
		}
	})
}

func TestPerfectForecastScoresZeroEverywhere(t *testing.T) {
	t.Parallel()
	levels := []float64{0.1, 0.5, 0.9}
	rapid.Check(t, func(rt *rapid.T) {
		cases := drawnCases(rt, levels)
		for i, c := range cases {
			copy(cases[i].Mean, c.Y)
			for j := range c.Q {
				c.Q[j] = c.Y[j/len(levels)]
			}
		}
		for _, m := range tallyOf(t, levels, cases).Metrics() {
			if want := map[bool]float64{true: 1}[m.Name == Coverage]; m.Value != want && m.N > 0 {
				rt.Fatalf("%s at %g is %g", m.Name, m.Level, m.Value)
			}
		}
	})
}

func TestMergingTwoSetsGivesRatiosBetweenTheirs(t *testing.T) {
	t.Parallel()
	levels := []float64{0.1, 0.5, 0.9}
	rapid.Check(t, func(rt *rapid.T) {
		a, b := tallyOf(t, levels, drawnCases(rt, levels)), tallyOf(t, levels, drawnCases(rt, levels))
		before, other := a.Metrics(), b.Metrics()
		if err := a.Merge(b); err != nil {
			rt.Fatal(err)
		}
		for i, m := range a.Metrics() {
			if !slices.Contains([]string{WQL, WAPE, MAPE, RMSE, MASE, Bias, Coverage, SeriesMeanWQL}, m.Name) || before[i].N*other[i].N == 0 {
				continue
			}
			low, high := min(before[i].Value, other[i].Value), max(before[i].Value, other[i].Value)
			slack := 1e-12 * max(1, math.Abs(low), math.Abs(high)) // one rounding of each quotient
			// The average wQL is a mean of ratios, each of which lies between.
			if m.Value < low-slack || m.Value > high+slack {
				rt.Fatalf("%s at %g: %g is outside [%g, %g]", m.Name, m.Level, m.Value, low, high)
			}
		}
	})
}

func TestAverageGivesEachWindowEqualWeight(t *testing.T) {
	t.Parallel()
	window := func(y, mean float64) *Tally {
		return tallyOf(t, nil, []Case{{Train: []float64{1, 2}, M: 1, Y: []float64{y}, Mean: []float64{mean}}})
	}
	two := tallyOf(t, nil, []Case{{Y: []float64{10, 10, 10}, Mean: []float64{11, 11, 11}}})
	for name, c := range map[string]struct {
		windows []*Tally
		want    Metric
	}{
		"equal weight whatever the size":     {[]*Tally{two, window(10, 13)}, Metric{Value: (0.1 + 0.3) / 2, N: 4, Of: 4, Windows: 2}},
		"a window without a point is out":    {[]*Tally{window(nan, 1), window(10, 13)}, Metric{Value: 0.3, N: 1, Of: 1, Windows: 1}},
		"no window has a point":              {[]*Tally{window(nan, 1)}, Metric{Value: nan}},
		"a numerator gives way to a ratio":   {[]*Tally{window(0, 5), window(10, 13)}, Metric{Value: 0.3, N: 1, Of: 1, Windows: 1}},
		"a ratio does not take a numerator":  {[]*Tally{window(10, 13), window(0, 5)}, Metric{Value: 0.3, N: 1, Of: 1, Windows: 1}},
		"numerators alone keep the flag":     {[]*Tally{window(0, 5), window(0, 2)}, Metric{Value: 3.5, N: 2, Of: 2, Windows: 2, DenominatorZero: true}},
		"a missing forecast is not left out": {[]*Tally{window(10, nan), window(10, 13)}, Metric{Value: nan, N: 2, Of: 2, Windows: 2}},
	} {
		got := mustFind(t, Average(c.windows), WAPE, nan)
		if !near(got.Value, c.want.Value) || got.N != c.want.N || got.Of != c.want.Of ||
			got.Windows != c.want.Windows || got.DenominatorZero != c.want.DenominatorZero {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
	if Average(nil) != nil {
		t.Error("no windows have metrics")
	}
}

func TestAverageOfASeriesIsThatOfItsTallies(t *testing.T) {
	t.Parallel()
	levels := []float64{0.1, 0.9}
	cases := randomCases(rand.New(rand.NewPCG(3, 3)), levels, 3)
	var tallies []*Tally
	var series []*Series
	for i := range cases {
		s, _ := scoreOne(t, levels, cases[i])
		series = append(series, &s)
		tallies = append(tallies, tallyOf(t, levels, cases[i:i+1]))
	}
	got := AverageSeries(nil, series)
	if diff := metricsDiff(Average(tallies)[:len(got)], got); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkTallyMetrics(b *testing.B) {
	levels := []float64{0.1, 0.5, 0.9}
	tally := tallyOf(b, levels, randomCases(rand.New(rand.NewPCG(4, 4)), levels, 10))
	for b.Loop() {
		tally.Metrics()
	}
}

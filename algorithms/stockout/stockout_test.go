package stockout

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"shelfcast/datasets/synth"
	"shelfcast/engine/demand"

	"github.com/google/go-cmp/cmp"
)

func series(t *testing.T, freq string, y []float64) demand.Series {
	t.Helper()
	f, err := demand.ParseFreq(freq)
	if err != nil {
		t.Fatal(err)
	}
	return demand.Series{Cal: demand.Calendar{Freq: f}, Start: 19_000, Y: y}
}

// sales draws n periods of negative binomial demand with a mean for each.
func sales(n int, size float64, seed uint64, mean func(t int) float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	for t := range y {
		y[t] = synth.NegBinomial{Mean: max(mean(t), 1e-9), Size: size}.Quantile(r.Float64())
	}
	return y
}

func steady(mean float64) func(int) float64 { return func(int) float64 { return mean } }

// empty returns y without sales from lo to hi.
func empty(y []float64, lo, hi int) []float64 {
	out := slices.Clone(y)
	for t := lo; t <= hi; t++ {
		out[t] = 0
	}
	return out
}

// places lists the runs as indices of the series.
func places(s demand.Series, runs []Run) [][2]int {
	var out [][2]int
	for _, r := range runs {
		out = append(out, [2]int{int(r.First - s.Start), int(r.Last - s.Start)})
	}
	return out
}

func TestARunWithoutSalesIsProposedWhereDemandDoesNotExplainIt(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	fast := sales(200, 5, 1, steady(6))
	shutOnSundays := func(day int) float64 {
		if day%7 == 3 {
			return 0
		}
		return 8
	}
	byHour := func(hour int) float64 {
		if hour%24 < 8 || hour/24%7 == 6 {
			return 0
		}
		return 4
	}
	tests := map[string]struct {
		freq string
		y    []float64
		want [][2]int
	}{
		"three days of an item that sells six":           {"D", empty(fast, 90, 92), [][2]int{{90, 92}}},
		"sold by weight: only proportions count":         {"D", scaled(empty(fast, 90, 92), 0.125), [][2]int{{90, 92}}},
		"days that were not observed lie in the run":     {"D", with(empty(fast, 90, 94), nan, 91, 93), [][2]int{{90, 94}}},
		"net returns are no sales":                       {"D", with(empty(fast, 90, 92), -1, 91), [][2]int{{90, 92}}},
		"the last days of a series that sold to the end": {"D", empty(fast, 195, 199), [][2]int{{195, 199}}},
		"eight weeks": {"D", empty(fast, 81, 136), [][2]int{{81, 136}}},
		"more than eight weeks: out of the assortment":    {"D", empty(fast, 81, 137), nil},
		"no sales for 15 days up to the end: delisted":    {"D", empty(fast, 185, 199), nil},
		"no sales for 14 days up to the end":              {"D", empty(fast, 186, 199), [][2]int{{186, 199}}},
		"too soon after the beginning":                    {"D", empty(fast, 13, 15), nil},
		"as soon as two weeks were observed":              {"D", empty(fast, 14, 16), [][2]int{{14, 16}}},
		"an item that sells one in four days":             {"D", empty(sales(400, 5, 2, steady(0.25)), 200, 230), nil},
		"demand that fades out and comes back as another": {"D", slices.Concat(fast[:90], make([]float64, 5), sales(100, 5, 3, steady(0.1))), nil},
		"no demand on Sundays":                            {"D", sales(200, 5, 4, shutOnSundays), nil},
		"hours, shut at night and on Sundays":             {"H", sales(24*7*12, 5, 5, byHour), nil},
		"an afternoon of hours":                           {"H", empty(sales(24*7*12, 5, 5, byHour), 24*60+12, 24*60+19), [][2]int{{24*60 + 12, 24*60 + 19}}},
		"two weeks of weeks":                              {"W", empty(sales(80, 9, 6, steady(9)), 40, 41), [][2]int{{40, 41}}},
		"a month of months":                               {"M", empty(sales(60, 5, 7, steady(60)), 40, 40), [][2]int{{40, 40}}},
		"two months: more than eight weeks":               {"M", empty(sales(60, 5, 7, steady(60)), 40, 41), nil},
		"quarters":                                        {"Q", empty(sales(60, 5, 7, steady(60)), 40, 40), nil},
		"nothing ever sold":                               {"D", make([]float64, 100), nil},
		"nothing observed":                                {"D", with(make([]float64, 3), nan, 0, 1, 2), nil},
		"no periods":                                      {"D", nil, nil},
		"sales too large to be squared":                   {"D", with(empty(fast, 90, 92), math.MaxFloat64, 80), nil},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := series(t, c.freq, c.y)
			before := slices.Clone(s.Y)
			if diff := cmp.Diff(c.want, places(s, Propose(s))); diff != "" {
				t.Errorf("proposed runs (-want +got):\n%s", diff)
			}
			if !slices.EqualFunc(before, s.Y, func(a, b float64) bool { return a == b || a != a && b != b }) {
				t.Error("the series was changed")
			}
		})
	}
}

func scaled(y []float64, by float64) []float64 {
	for t := range y {
		y[t] *= by
	}
	return y
}

func with(y []float64, v float64, at ...int) []float64 {
	for _, t := range at {
		y[t] = v
	}
	return y
}

func TestPeriodsKnownToBeCensoredAreNotProposedAgain(t *testing.T) {
	t.Parallel()
	s := series(t, "D", empty(sales(200, 5, 1, steady(6)), 90, 92))
	s.Censored = make([]bool, len(s.Y))
	s.Censored[90], s.Censored[91], s.Censored[92] = true, true, true
	if got := Propose(s); got != nil {
		t.Errorf("proposed %v", got)
	}
}

func TestARunThatWasFoundIsNoPartOfTheSurroundingsOfAnother(t *testing.T) {
	t.Parallel()
	y := sales(300, 3, 8, steady(4))
	long := empty(empty(y, 100, 130), 150, 152)
	s := series(t, "D", long)
	d := newSearch(s, nil)
	d.pass()
	first := places(s, runsOf(d, s))
	if diff := cmp.Diff([][2]int{{100, 130}}, first); diff != "" {
		t.Fatalf("the first search (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]int{{100, 130}, {150, 152}}, places(s, Propose(s))); diff != "" {
		t.Errorf("both (-want +got):\n%s", diff)
	}
}

func runsOf(d *search, s demand.Series) (runs []Run) {
	for _, c := range d.found {
		runs = append(runs, Run{s.Start + demand.Period(c.lo), s.Start + demand.Period(c.hi), c.p})
	}
	return runs
}

func TestDemandThatNeverRanOutHasHardlyAnyProposals(t *testing.T) {
	t.Parallel()
	const n = 1000
	found := 0
	for i := range n {
		mean := math.Exp2(float64(i%9) - 3) // from an eighth to 32 units
		y := sales(365, 0.5+float64(i%7), uint64(i), func(day int) float64 {
			return mean * (1 + 0.4*math.Sin(float64(day%7)) + 0.3*math.Sin(float64(day)/58))
		})
		if len(Propose(series(t, "D", y))) > 0 {
			found++
		}
	}
	// Where no run is a stock-out, every proposal is false: the rule lets that be one series in ten, at most.
	if found > n/10 {
		t.Errorf("%d of %d series have proposals", found, n)
	}
	t.Logf("%d of %d series without stock-outs have proposals", found, n)
}

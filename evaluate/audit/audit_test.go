package audit

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
)

// panelOf makes a daily panel of series that end together; related columns are price and promotion.
func panelOf(t testing.TB, list ...planted) *demand.Panel {
	t.Helper()
	longest := 0
	for _, s := range list {
		longest = max(longest, len(s.y))
	}
	end := demand.Calendar{Freq: demand.Daily}.Period(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	p := &demand.Panel{Cal: demand.Calendar{Freq: demand.Daily}, End: end, Off: []int{0}}
	p.X = []demand.Column{{Name: "price", Role: demand.Price}, {Name: "promotion", Role: demand.Promotion}}
	for i, s := range list {
		p.Keys = append(p.Keys, demand.Key{Item: fmt.Sprintf("i%05d", i)})
		p.Start = append(p.Start, end-demand.Period(len(s.y)))
		p.Y = append(p.Y, s.y...)
		p.X[0].V, p.X[1].V = append(p.X[0].V, s.price...), append(p.X[1].V, s.promotion...)
		p.Off = append(p.Off, len(p.Y))
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// planted is a series in which a fault may be planted.
type planted struct{ y, price, promotion []float64 }

// clean is a series without a fault: Poisson demand with a week, a price that moves a little, promotions at a lower price.
func clean(rng *rand.Rand, days int, mean float64) planted {
	s := planted{make([]float64, days), make([]float64, days), make([]float64, days)}
	for t := range days {
		s.price[t] = 2 + 0.25*float64(t/90%3)
		if t%30 < 5 {
			s.promotion[t], s.price[t] = 1, s.price[t]*0.8
		}
		s.y[t] = poisson(rng, mean*(1+0.3*math.Sin(2*math.Pi*float64(t)/7)))
	}
	return s
}

func poisson(rng *rand.Rand, mean float64) float64 {
	n, p := 0.0, math.Exp(-mean)
	for u := rng.Float64(); u > p; u *= rng.Float64() {
		n++
	}
	return n
}

func find(findings []Finding, code string) Finding {
	if i := slices.IndexFunc(findings, func(f Finding) bool { return f.Code == code }); i >= 0 {
		return findings[i]
	}
	return Finding{}
}

func TestEveryPlantedFaultIsFoundWhereItIs(t *testing.T) {
	t.Parallel()
	const days = 400
	for _, c := range []struct {
		code  string
		plant func(s *planted)
		count int64
		at    int // of the example, days from the beginning; −1 where it is not one day
		near  int // days that it may be off by
	}{
		{"V003", func(s *planted) { s.y[200], s.y[300] = 400, 500 }, 2, 300, 0},
		{"V004", func(s *planted) { scale(s.y[250:], 3.2) }, 1, 250, 7},
		{"V004", func(s *planted) { scale(s.y[:250], 3.2) }, 1, 250, 7},
		{"V005", func(s *planted) { scale(s.y[250:], 12) }, 1, 250, 7},
		{"V005", func(s *planted) { scale(s.y[:120], 1000) }, 1, 120, 7},
		{"V002", func(s *planted) { scale(s.y[:100], 0) }, 1, 100, 1},
		{"S001", func(s *planted) { scale(s.y[300:], 0) }, 1, 299, 1},
		{"S002", func(s *planted) { s.y, s.price, s.promotion = s.y[380:], s.price[380:], s.promotion[380:] }, 1, 0, 0},
		{"P001", func(s *planted) { set(s.price, 3); set(s.promotion, 0) }, 1, 0, 0},
		{"P002", func(s *planted) { s.price[77], s.price[78], s.price[200] = 0, -1, 0 }, 3, 77, 0},
		{"P003", func(s *planted) {
			for t := range s.price {
				s.price[t] = 2 + float64(t/90)
			}
		}, 1, 30, 0},
		{"P004", func(s *planted) { scale(s.price[150:], 100) }, 1, 150, 0},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(1, 2))
			var list []planted
			for range 40 {
				list = append(list, clean(rng, days, 12))
			}
			if found := Panel(panelOf(t, list...), 1); len(found) != 0 {
				t.Fatalf("in clean series: %+v", found[0])
			}
			c.plant(&list[17])
			p := panelOf(t, list...)
			found := Panel(p, 2)
			f := find(found, c.code)
			if f.Count != c.count || len(f.Examples) != 1 {
				t.Fatalf("%+v, want a count of %d", f, c.count)
			}
			for _, other := range found {
				if other.Code != c.code {
					t.Errorf("%s %s is found too: %v", other.Code, other.What, other.Examples)
				}
			}
			e, want := f.Examples[0], p.Start[17]+demand.Period(c.at)
			close := false
			for off := -c.near; off <= c.near; off++ {
				close = close || e.Where == fmt.Sprintf("i00017 at %s", p.Cal.Format(want+demand.Period(off)))
			}
			if !close || e.Text == "" {
				t.Errorf("the example is %q: %q, want one at %s", e.Where, e.Text, p.Cal.Format(want))
			}
		})
	}
}

func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}

func set(v []float64, to float64) {
	for i := range v {
		v[i] = to
	}
}

func TestCleanSeriesOfEveryLevelAreQuiet(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	var list []planted
	for i := range 2000 {
		list = append(list, clean(rng, 200+i%300, []float64{0.05, 0.3, 1, 5, 40, 300}[i%6]))
	}
	for _, f := range Panel(panelOf(t, list...), 2) {
		if f.Severity > Info && 1000*f.Count > f.Of {
			t.Errorf("%s %s: %d of %d: %v", f.Code, f.What, f.Count, f.Of, f.Examples[0])
		}
	}
}

func TestAFeatureThatIsMadeOfTheSalesIsTold(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	var list []planted
	for range 20 {
		list = append(list, clean(rng, 300, 20))
	}
	p := panelOf(t, list...)
	if f := find(Panel(p, 1), "L002"); f.Count != 0 {
		t.Errorf("in clean features: %+v", f)
	}
	echo := make([]float64, len(p.Y))
	for i, y := range p.Y {
		echo[i] = 3*y + 2*rng.NormFloat64() // receipts
	}
	p.X = append(p.X, demand.Column{Name: "receipts", V: echo})
	if f := find(Panel(p, 1), "L002"); f.Count == 0 || f.Examples[0].Where != "receipts" {
		t.Errorf("receipts are not told: %+v", f)
	}
}

func TestFindingsDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	var list []planted
	for i := range 3 * rangeSeries {
		s := clean(rng, 120, 5)
		if i%7 == 0 {
			scale(s.y[60:], 10)
		}
		list = append(list, s)
	}
	p := panelOf(t, list...)
	want := Panel(p, 1)
	for _, workers := range []int{2, 5} {
		if diff := cmp.Diff(want, Panel(p, workers)); diff != "" {
			t.Errorf("%d workers (-want +got):\n%s", workers, diff)
		}
	}
	f := find(want, "V005")
	if f.Of != int64(p.Len()) || len(f.Examples) != Examples {
		t.Errorf("%d of %d series, %d examples", f.Count, f.Of, len(f.Examples))
	}
}

func TestOddSeriesDoNotBreakDetectors(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	odd := [][]float64{{}, {0}, {nan}, {1e100, 1e-300}, slices.Repeat([]float64{nan}, 500), slices.Repeat([]float64{0}, 500), slices.Repeat([]float64{1e100}, 500)}
	var list []planted
	for _, y := range odd {
		list = append(list, planted{y, slices.Repeat([]float64{nan}, len(y)), slices.Repeat([]float64{1}, len(y))})
	}
	p := panelOf(t, list...)
	for _, f := range Panel(p, 1) {
		if f.Severity > Info {
			t.Errorf("%s %s: %v", f.Code, f.What, f.Examples)
		}
	}
	p.X = nil
	Panel(p, 1)
}

func TestFindingsAreAddedUpByWhatTheySay(t *testing.T) {
	t.Parallel()
	example := func(n int) []Example { return slices.Repeat([]Example{{Where: "x"}}, n) }
	got := Merge(
		[]Finding{{Code: "R001", What: "a", Count: 2, Of: 10, Examples: example(7)}, {Code: "D002", Count: 0}},
		[]Finding{{Code: "R001", What: "b", Count: 1}, {Code: "R001", What: "a", Count: 3, Of: 20, Severity: Error, Examples: example(7)}, {Code: "D001", Count: 1}},
	)
	var text []string
	for _, f := range got {
		text = append(text, fmt.Sprintf("%s%s %v %d/%d %d", f.Code, f.What, f.Severity, f.Count, f.Of, len(f.Examples)))
	}
	if diff := cmp.Diff([]string{"D001 info 1/0 0", "R001a error 5/30 10", "R001b info 1/0 0"}, text); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if worst, ok := Worst(got); worst != Error || !ok {
		t.Errorf("the worst is %v", worst)
	}
	var back []Finding
	if data, err := json.Marshal(got); err != nil || json.Unmarshal(data, &back) != nil || cmp.Diff(got, back) != "" {
		t.Error("findings do not come back from JSON as they went")
	}
}

func BenchmarkPanel(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	var list []planted
	for range 1000 {
		list = append(list, clean(rng, 730, 3))
	}
	p := panelOf(b, list...)
	for b.Loop() {
		Panel(p, 1)
	}
	b.ReportMetric(float64(p.Len()*b.N)/b.Elapsed().Seconds(), "series/s")
}

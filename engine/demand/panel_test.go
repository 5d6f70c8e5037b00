package demand

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// shop is three series on days 10 to 15: one of six days, one of three, one without any.
func shop() *Panel {
	return &Panel{
		Cal: Calendar{Freq: Daily}, End: 16,
		Keys:  []Key{{Item: "beer", Store: "n"}, {Item: "beer", Store: "s"}, {Item: "milk"}},
		Start: []Period{10, 13, 16}, Off: []int{0, 6, 9, 9},
		Y:        []float64{1, 2, 3, 4, 5, 6, 7, 8, math.NaN()},
		Filled:   []bool{false, true, false, false, false, false, false, false, false},
		Censored: []bool{false, false, false, false, true, false, false, true, false},
		X:        []Column{{Name: "price", Role: Price, V: []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}}},
		Static:   []Attribute{{Name: "brand", Labels: []string{"a", "b"}, Code: []int32{1, 0, -1}}},
	}
}

func TestAPanelThatKeepsItsPromisesPasses(t *testing.T) {
	t.Parallel()
	p := shop()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	if p.Len() != 3 || p.Cells() != 9 || p.First() != 10 {
		t.Errorf("%d series of %d cells from %d", p.Len(), p.Cells(), p.First())
	}
	if err := (&Panel{Off: []int{0}, End: 5}).Check(); err != nil {
		t.Errorf("a panel without series: %v", err)
	}
	if first := (&Panel{Off: []int{0}, End: 5}).First(); first != 5 {
		t.Errorf("a panel without series begins at %d", first)
	}
}

func TestEachBreachOfThePanelIsNamed(t *testing.T) {
	t.Parallel()
	for words, breach := range map[string]func(p *Panel){
		"do not belong together":            func(p *Panel) { p.Off = p.Off[1:] },
		"3 keys, 2 starts":                  func(p *Panel) { p.Start = p.Start[1:] },
		"are not in order":                  func(p *Panel) { p.Keys[0], p.Keys[1] = p.Keys[1], p.Keys[0] },
		"keys beer@n and beer@n":            func(p *Panel) { p.Keys[1] = p.Keys[0] },
		"series beer@s has 3":               func(p *Panel) { p.Start[1] = 12 },
		"a column of the target":            func(p *Panel) { p.Y = p.Y[:8] },
		"a column of the target is":         func(p *Panel) { p.Filled = p.Filled[:8] },
		"a column of the target is short":   func(p *Panel) { p.Censored = p.Censored[:8] },
		"column price has 8 values":         func(p *Panel) { p.X[0].V = p.X[0].V[:8] },
		"attribute brand has 2 codes for 3": func(p *Panel) { p.Static[0].Code = p.Static[0].Code[:2] },
	} {
		p := shop()
		breach(p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("want an error with %q, got %v", words, err)
		}
	}
}

func TestASeriesIsAViewThatAnAppendDoesNotWriteThrough(t *testing.T) {
	t.Parallel()
	p := shop()
	s := p.At(0)
	if &s.Y[0] != &p.Y[0] || &s.X[0].V[0] != &p.X[0].V[0] {
		t.Error("the series is a copy")
	}
	_ = append(s.Y, 99)
	_ = append(s.Filled, true)
	_ = append(s.Censored, true)
	_ = append(s.X[0].V, 99)
	if p.Y[6] != 7 || p.Filled[6] || p.Censored[6] || p.X[0].V[6] != .7 {
		t.Error("an append to a series wrote into the next one")
	}
	if s = p.At(2); len(s.Y) != 0 || s.Key.Item != "milk" || s.Start != 16 {
		t.Errorf("the empty series is %v", s)
	}
	p.X, p.Filled, p.Censored = nil, nil, nil
	if s = p.At(1); s.X != nil || s.Filled != nil || s.Censored != nil || s.Y[0] != 7 {
		t.Errorf("a series without covariates and marks is %v", s)
	}
}

func TestAShardHoldsTheSameSeries(t *testing.T) {
	t.Parallel()
	p := shop()
	q := p.Shard(1, 3)
	if err := q.Check(); err != nil {
		t.Fatal(err)
	}
	if q.Len() != 2 || q.Cells() != 3 || q.Static[0].Label(0) != "a" || q.Static[0].Label(1) != "" {
		t.Errorf("the shard has %d series, %d cells and the brand %q", q.Len(), q.Cells(), q.Static[0].Label(0))
	}
	if got, want := q.At(0), p.At(1); &got.Y[0] != &want.Y[0] || got.Key != want.Key || got.Start != want.Start {
		t.Errorf("the first series of the shard is %v, want %v", got, want)
	}
	if p.Static[0].Label(0) != "b" || len(p.Static[0].Code) != 3 {
		t.Error("cutting a shard changed the panel")
	}
}

func TestASplitHidesWhatComesAfterTheOrigin(t *testing.T) {
	t.Parallel()
	p := shop()
	train, f, err := p.Split(13, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := train.Check(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(train.Y, []float64{1, 2, 3, 4, 7}) || !slices.Equal(train.X[0].V, []float64{.1, .2, .3, .4, .7}) {
		t.Errorf("trained on %v with prices %v", train.Y, train.X[0].V)
	}
	if !train.Filled[1] || slices.Contains(train.Censored, true) || train.End != 14 {
		t.Errorf("marks %v and %v, end %d", train.Filled, train.Censored, train.End)
	}
	if cap(train.Y) > 5 {
		t.Error("what comes after the origin lies behind the training panel")
	}
	if f.Start != 14 || f.H != 2 || !slices.Equal(f.At(0)[0].V, []float64{.5, .6}) || !slices.Equal(f.At(1)[0].V, []float64{.8, .9}) {
		t.Errorf("the future from %d has the prices %v", f.Start, f.X[0].V)
	}
	if got := f.At(2)[0].V; got[0] == got[0] || got[1] == got[1] {
		t.Errorf("a series that has not begun has the prices %v", got)
	}
	p.Y[0], p.X[0].V[0] = 50, 50
	if train.Y[0] != 1 || train.X[0].V[0] != .1 {
		t.Error("the training panel shares memory with its source")
	}
}

func TestASplitBeforeASeriesLeavesItEmpty(t *testing.T) {
	t.Parallel()
	train, _, err := shop().Split(9, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := train.Check(); err != nil || train.Cells() != 0 || train.Len() != 3 {
		t.Errorf("%d series of %d cells: %v", train.Len(), train.Cells(), err)
	}
}

func TestASplitOutsideThePanelIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		origin Period
		h      int
	}{{14, 2}, {15, 1}, {12, 0}, {12, -1}, {99, 1}} {
		if _, _, err := shop().Split(c.origin, c.h); err == nil {
			t.Errorf("a split at %d for %d periods passes", c.origin, c.h)
		}
	}
	if _, _, err := shop().Split(14, 1); err != nil {
		t.Errorf("the last possible split: %v", err)
	}
}

func TestSplitAndShardMayBeSwapped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPanel(rt)
		h := rapid.IntRange(1, 5).Draw(rt, "h")
		origin := p.End - 1 - Period(h) - Period(rapid.IntRange(0, 8).Draw(rt, "back"))
		lo := rapid.IntRange(0, p.Len()).Draw(rt, "lo")
		hi := rapid.IntRange(lo, p.Len()).Draw(rt, "hi")
		whole, future, err := p.Split(origin, h)
		if err != nil {
			rt.Fatal(err)
		}
		part, partFuture, err := p.Shard(lo, hi).Split(origin, h)
		if err != nil {
			rt.Fatal(err)
		}
		if err := part.Check(); err != nil {
			rt.Fatal(err)
		}
		for i := range part.Len() {
			a, b := whole.Shard(lo, hi).At(i), part.At(i)
			fa, fb := future.Shard(lo, hi).At(i), partFuture.At(i)
			if a.Key != b.Key || a.Start != b.Start || !slices.Equal(a.Y, b.Y) || !slices.Equal(a.X[0].V, b.X[0].V) || !sameBits(fa[0].V, fb[0].V) {
				rt.Fatalf("series %d: %v and %v", i, a, b)
			}
		}
	})
}

func drawPanel(t *rapid.T) *Panel {
	p := &Panel{Cal: Calendar{Freq: Daily}, End: 1000, Off: []int{0}}
	for i := range rapid.IntRange(1, 6).Draw(t, "series") {
		n := rapid.IntRange(0, 20).Draw(t, "periods")
		p.Keys = append(p.Keys, Key{Item: string(rune('a' + i))})
		p.Start = append(p.Start, p.End-Period(n))
		for range n {
			p.Y = append(p.Y, float64(rapid.IntRange(0, 9).Draw(t, "y")))
		}
		p.Off = append(p.Off, len(p.Y))
	}
	p.X = []Column{{Name: "twice", V: make([]float64, len(p.Y))}}
	for t, y := range p.Y {
		p.X[0].V[t] = 2 * y
	}
	return p
}

func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

func TestRolesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for r := Other; r <= Weather; r++ {
		if got, err := ParseRole(r.String()); err != nil || got != r {
			t.Errorf("%v is read as %v (%v)", r, got, err)
		}
	}
	if _, err := ParseRole("discount"); err == nil {
		t.Error("discount is a role")
	}
}

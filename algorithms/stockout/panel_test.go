package stockout

import (
	"fmt"
	"testing"

	"shelfcast/engine/demand"

	"github.com/google/go-cmp/cmp"
)

// panelOf returns a panel of series of one store that end together.
func panelOf(t *testing.T, store string, ys ...[]float64) *demand.Panel {
	t.Helper()
	end := demand.Period(19_200)
	p := &demand.Panel{Cal: series(t, "D", nil).Cal, Off: []int{0}, End: end}
	for i, y := range ys {
		p.Keys = append(p.Keys, demand.Key{Item: fmt.Sprintf("item %d", i), Store: store})
		p.Start = append(p.Start, end-demand.Period(len(y)))
		p.Y = append(p.Y, y...)
		p.Off = append(p.Off, len(p.Y))
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestADayOnWhichAStoreSoldNothingSaysNothingOfItsStock(t *testing.T) {
	t.Parallel()
	seller := func(seed uint64) []float64 { return empty(sales(200, 5, seed, steady(6)), 100, 102) }
	young := func(seed uint64) []float64 { return sales(60, 5, seed, steady(6)) } // begins on day 140
	delisted := func(seed uint64, last int) []float64 { return empty(seller(seed), last+1, 199) }
	found := [][2]int{{100, 102}}
	tests := map[string]struct {
		ys   [][]float64
		want [][2]int // of the first series
	}{
		"shut":                                {[][]float64{seller(1), seller(2), seller(3), seller(4), seller(5)}, nil},
		"one item was sold":                   {[][]float64{seller(1), seller(2), seller(3), seller(4), seller(5), sales(200, 5, 9, steady(6))}, found},
		"too few items to tell":               {[][]float64{seller(1), seller(2), seller(3), seller(4)}, found},
		"items that were not born yet":        {[][]float64{seller(1), seller(2), seller(3), seller(4), young(5)}, found},
		"items that were delisted long ago":   {[][]float64{seller(1), seller(2), seller(3), seller(4), delisted(5, 80)}, found},
		"items that may have been, just then": {[][]float64{seller(1), seller(2), seller(3), seller(4), delisted(5, 99)}, nil},
		"items that never sold":               {[][]float64{seller(1), seller(2), seller(3), seller(4), make([]float64, 200)}, found},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := panelOf(t, "S1", c.ys...)
			if diff := cmp.Diff(c.want, places(p.At(0), NewDetector(p).Propose(0))); diff != "" {
				t.Errorf("proposed runs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADetectorOfAPanelWithoutSeriesOrPeriodsIsMade(t *testing.T) {
	t.Parallel()
	NewDetector(&demand.Panel{Cal: series(t, "D", nil).Cal, Off: []int{0}})
	p := panelOf(t, "S1", nil)
	if got := NewDetector(p).Propose(0); got != nil {
		t.Errorf("proposed %v", got)
	}
}

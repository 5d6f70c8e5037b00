package demand

import (
	"math"
	"testing"
)

func TestCleanDemandIsNotCopied(t *testing.T) {
	t.Parallel()
	y := []float64{1, math.NaN(), 0}
	if _, n := (Series{Y: y, Censored: make([]bool, 3)}).Observed(); n != 2 {
		t.Errorf("%d observations, want 2", n)
	}
	got, n := Series{Y: y}.Observed()
	if n != 2 || &got[0] != &y[0] {
		t.Errorf("%d observations in a copy", n)
	}
}

func TestWhatIsNoDemandIsSetAside(t *testing.T) {
	t.Parallel()
	y := []float64{-3, 4, math.Inf(1), math.Inf(-1), 1e101, math.NaN(), 0}
	got, n := Series{Y: y}.Observed()
	if n != 3 || got[0] != 0 || got[1] != 4 || got[6] != 0 {
		t.Errorf("%d observations: %v", n, got)
	}
	for t2 := 2; t2 <= 5; t2++ {
		if got[t2] == got[t2] {
			t.Errorf("%v counts as observed", y[t2])
		}
	}
	if y[0] != -3 {
		t.Error("the series was written to")
	}
}

func TestAStockOutIsSetAsideUnlessThereIsNothingElse(t *testing.T) {
	t.Parallel()
	got, n := Series{Y: []float64{5, 1, 6}, Censored: []bool{false, true, false}}.Observed()
	if n != 2 || got[1] == got[1] {
		t.Errorf("%d observations: %v", n, got)
	}
	got, n = Series{Y: []float64{1, 2}, Censored: []bool{true, true}}.Observed()
	if n != 2 || got[0] != 1 {
		t.Errorf("with nothing else: %d observations: %v", n, got)
	}
}

func TestScalingChangesNoDigit(t *testing.T) {
	t.Parallel()
	for _, largest := range []float64{0, 1e-9, 1e-3, 1, 1e6, 1e12, 1e100} {
		y := []float64{largest / 3, math.NaN(), largest, 0}
		got, scale := Scaled(y)
		for i, v := range got {
			if v*scale != y[i] && y[i] == y[i] || (v == v) != (y[i] == y[i]) {
				t.Errorf("largest %g: %v is %v times %v", largest, y[i], v, scale)
			}
		}
		ordinary := largest == 0 || largest == 1
		if ordinary != (scale == 1) || !ordinary && !(got[2] >= 0.5 && got[2] < 1) || ordinary && &got[0] != &y[0] {
			t.Errorf("largest %g: scaled by %g to %v", largest, scale, got)
		}
	}
}

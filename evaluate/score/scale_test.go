package score

import (
	"math"
	"testing"
)

func TestValuesThatDifferByRoundingAloneHaveNoScale(t *testing.T) {
	t.Parallel()
	y := []float64{300.1, math.Nextafter(300.1, 301), 300.1, math.Nextafter(300.1, 299), 300.1, 300.1}
	if s := ScaleOf(y, 1); !math.IsNaN(s.Abs) || !math.IsNaN(s.Squared) {
		t.Errorf("the scale is %g and %g", s.Abs, s.Squared)
	}
	y[3] = 300.1001
	if s := ScaleOf(y, 1); !(s.Abs > 0) || !(s.Squared > 0) {
		t.Errorf("the scale is %g and %g, want the step", s.Abs, s.Squared)
	}
}

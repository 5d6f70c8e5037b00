package theta

import (
	"math"
	"testing"

	"shelfcast/algorithms/reference"
)

// R stops its search for α early on some series: a smaller sum of squares than its own is a better answer.
func TestStandardIsThetafOfR(t *testing.T) {
	t.Parallel()
	same, better, other := 0, 0, 0
	for _, r := range reference.Table(t, "thetaf") {
		s := reference.Find(t, r)
		fit := mustFit(t, Model{Season: s.Season}, s.Train)
		want := r.Floats("mean")
		mean, _ := fit.steps(len(want))
		worst := 0.0
		for j := range want {
			worst = max(worst, math.Abs(fit.Season.restore(mean[j], j)/want[j]-1))
		}
		switch {
		case worst <= 1e-4:
			same++
		case fit.Sigma2 < r.Float("sigma2"):
			better++
			t.Logf("%s %s: off by %.2g, with σ² %.9g where R has %.9g", s.Set, s.ID, worst, fit.Sigma2, r.Float("sigma2"))
		default:
			other++
			t.Errorf("%s %s: off by %.2g; σ² %.9g, in R %.9g; α %.6g, in R %.6g", s.Set, s.ID, worst, fit.Sigma2, r.Float("sigma2"), fit.Alpha, r.Float("alpha"))
		}
	}
	t.Logf("within 1e-4: %d; a better fit than R's: %d; other: %d", same, better, other)
}

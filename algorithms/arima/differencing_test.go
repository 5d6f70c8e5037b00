package arima

import (
	"math"
	"slices"
	"testing"

	"shelfcast/algorithms/reference"
)

func TestTheTestsAreThoseOfR(t *testing.T) {
	t.Parallel()
	rows, worst := 0, 0.0
	for _, r := range reference.Table(t, "tests") {
		s := reference.Find(t, r)
		near := func(what string, got, want float64) {
			t.Helper()
			worst = max(worst, math.Abs(got-want)/max(1, math.Abs(want)))
			if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
				t.Errorf("%s %s: %s %.12g, R %.12g", s.Set, s.ID, what, got, want)
			}
		}
		near("KPSS", kpss(s.Train), r.Float("kpss"))
		low := -1.0
		if slices.Min(s.Train) <= 0 {
			low = 0
		}
		if lambda := float64(guerrero(s.Train, s.Season, low, 2)); math.Abs(lambda-r.Float("lambda_guerrero")) > 1e-3 { // R stops there
			t.Errorf("%s %s: λ %.6g, R %s", s.Set, s.ID, lambda, r.Text("lambda_guerrero"))
		}
		difference, _ := Order{D: 1}.differenced(s.Train)
		near("KPSS of the difference", kpss(difference), r.Float("kpss_diff"))
		near("strength of the season", seasonStrength(s.Train, s.Season), r.Float("seas_strength"))
		if seasonStrength(s.Train, s.Season) > strongSeason != (r.Int("nsdiffs") == 1) {
			t.Errorf("%s %s: nsdiffs is not %s", s.Set, s.ID, r.Text("nsdiffs"))
		}
		d, y := 0, s.Train
		for d < mostD && kpss(y) > criticalKPSS {
			y, _ = Order{D: 1}.differenced(y)
			d++
		}
		if d != r.Int("ndiffs") {
			t.Errorf("%s %s: ndiffs %d, R %s", s.Set, s.ID, d, r.Text("ndiffs"))
		}
		rows++
	}
	t.Logf("%d series, all within %.2g", rows, worst)
}

package prophet

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"shelfcast/algorithms/reference"
	"shelfcast/engine/demand"
)

var daily = demand.Calendar{Freq: demand.Daily}

// dated are the series of a set, which begin on the day that Prophet was told.
func dated(t *testing.T, set string) map[string]demand.Series {
	t.Helper()
	all := map[string]demand.Series{}
	for _, s := range reference.All(t, set, 7) {
		all[s.ID] = demand.Series{Cal: daily, Y: s.Train}
	}
	for _, r := range reference.Table(t, "auto_"+set+"_s7_prophet") {
		day, err := time.Parse(time.DateOnly, r.Text("start"))
		if err != nil {
			t.Fatal(err)
		}
		s := all[r.Text("uid")]
		s.Start = daily.Period(day)
		all[r.Text("uid")] = s
	}
	return all
}

// TestTheOptimumIsTheExactOne compares the log posterior, the coefficients and the forecasts with those of coordinate descent to the
// last digit, and the posterior with that of Stan.
func TestTheOptimumIsTheExactOne(t *testing.T) {
	t.Parallel()
	for _, set := range []string{"nn5", "m5d"} {
		all := dated(t, set)
		rows, worstLP, worstYhat, worstB := 0, 0.0, 0.0, 0.0
		for _, r := range reference.Table(t, "prophet_exact_map_"+set) {
			s := all[r.Text("uid")]
			fitted, err := Model{}.FitSeries(s)
			if err != nil {
				t.Fatal(err)
			}
			f := fitted.(*Fit)
			rows++
			worstLP = max(worstLP, math.Abs(f.Posterior/r.Float("lp_exact")-1))
			if f.Posterior < r.Float("lp_rstan") {
				t.Errorf("%s: log posterior %.9g, Stan %.9g", r.Text("uid"), f.Posterior, r.Float("lp_rstan"))
			}
			b := r.Floats("k_m_delta_beta")
			got := []float64{f.K, f.M}
			deltas := make([]float64, 25)
			for _, c := range f.Changes {
				deltas[changeAt(f, c.T)] = c.Delta
			}
			got = append(got, deltas...)
			for _, season := range f.Seasons {
				got = append(got, season.Beta...)
			}
			for i, want := range b {
				worstB = max(worstB, math.Abs(got[i]-want))
				if i >= 2 && i < 27 && (got[i] != 0) != (want != 0) {
					t.Errorf("%s: change %d is %g, want %g", r.Text("uid"), i-2, got[i], want)
				}
			}
			mean := 0.0
			for _, v := range s.Y {
				mean += math.Abs(v) / float64(len(s.Y))
			}
			want := r.Floats("yhat")
			parts, err := f.Components(nil, len(want))
			if err != nil {
				t.Fatal(err)
			}
			for j, w := range want {
				sum := 0.0
				for _, c := range parts {
					sum += c.Value[j]
				}
				worstYhat = max(worstYhat, math.Abs(sum-w)/mean)
			}
		}
		t.Logf("%s: %d series; log posterior within %.2g, coefficients within %.2g, forecasts within %.2g of the mean", set, rows, worstLP, worstB, worstYhat)
		if worstLP > 1e-9 || worstYhat > 1e-4 || worstB > 1e-4 {
			t.Errorf("%s: log posterior within %.2g, coefficients %.2g, forecasts %.2g", set, worstLP, worstB, worstYhat)
		}
	}
}

// TestNoOptimumOfStanIsHigher compares the log posterior with Stan's on every series that Prophet was run on.
func TestNoOptimumOfStanIsHigher(t *testing.T) {
	t.Parallel()
	rows, ahead := 0, 0.0
	for _, set := range []string{"nn5", "m5d"} {
		all := dated(t, set)
		for _, r := range reference.Table(t, "auto_"+set+"_s7_prophet") {
			fitted, err := Model{}.FitSeries(all[r.Text("uid")])
			if err != nil {
				t.Fatal(err)
			}
			rows++
			gain := fitted.(*Fit).Posterior - r.Float("lp")
			ahead = max(ahead, gain)
			if gain < 0 {
				t.Errorf("%s: log posterior %.9g, Stan %.9g", r.Text("uid"), fitted.(*Fit).Posterior, r.Float("lp"))
			}
		}
	}
	t.Logf("%d series, at most %.3g above Stan's", rows, ahead)
}

// changeAt returns the number of the change-point at a time.
func changeAt(f *Fit, at float64) int {
	n := f.Periods
	size := int(math.Floor(float64(n) * 0.8))
	for i := range 25 {
		if day := math.RoundToEven(float64(i+1) * float64(size-1) / 25); math.Abs(day/f.SpanDays-at) < 1e-9 {
			return i
		}
	}
	return -1
}

// TestIntervalsAreThoseThatProphetDraws compares the ends of 80 % intervals with those of a thousand paths of Prophet.
func TestIntervalsAreThoseThatProphetDraws(t *testing.T) {
	t.Parallel()
	var off []float64
	for _, set := range []string{"nn5", "m5d"} {
		all := dated(t, set)
		fans := map[string]demand.Fan{}
		for _, r := range reference.Table(t, fmt.Sprintf("auto_%s_s7_prophet_components", set)) {
			id := r.Text("uid")
			dst, ok := fans[id]
			if !ok {
				fit, err := Model{}.FitSeries(all[id])
				if err != nil {
					t.Fatal(err)
				}
				dst = demand.Fan{Levels: []float64{0.1, 0.9}, Mean: make([]float64, 56), Q: make([]float64, 112)}
				if err := fit.ForecastSeries(nil, dst); err != nil {
					t.Fatal(err)
				}
				fans[id] = dst
			}
			j := r.Int("step") - 1
			low, high := r.Float("yhat_lower"), r.Float("yhat_upper")
			for k, want := range []float64{low, high} {
				off = append(off, math.Abs(dst.At(j)[k]-max(want, 0))/(high-low))
			}
		}
	}
	slices.Sort(off)
	median := off[len(off)/2]
	t.Logf("%d ends: off by %.4f of the width of the interval (median), %.4f in the worst hundredth", len(off), median, off[len(off)*99/100])
	if median > 0.03 {
		t.Errorf("the ends are off by %.4f of the width (median)", median)
	}
}

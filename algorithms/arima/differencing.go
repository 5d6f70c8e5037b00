package arima

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

const (
	strongSeason = 0.64  // strength above which a season is differenced; Wang, Smith and Hyndman 2006, as in R's nsdiffs
	seasonWindow = 11    // of the decomposition that it is measured by, as in R's mstl
	criticalKPSS = 0.463 // at 5 %, Kwiatkowski, Phillips, Schmidt and Shin 1992, table 1
	mostD        = 2
)

// differencing returns how often to difference at the season, and how often then at one period.
func differencing(y []float64, m int) (d, seasonal int) {
	if m > 1 && len(y) > 2*m && seasonStrength(y, m) > strongSeason {
		w := Order{SD: 1, M: m}
		if x, _ := w.differenced(y); !constant(x) {
			seasonal, y = 1, x
		}
	}
	for d < mostD && !constant(y) && kpss(y) > criticalKPSS {
		next, _ := Order{D: 1}.differenced(y)
		d, y = d+1, next
	}
	return d, seasonal
}

func constant(y []float64) bool {
	for _, v := range y {
		if math.Abs(v-y[0]) > 1e-10*math.Abs(y[0]) {
			return false
		}
	}
	return true
}

// seasonStrength returns max(0, 1 − var(rest)/var(rest + season)) of the decomposition of y.
func seasonStrength(y []float64, m int) float64 {
	season, trend := stl(y, m, seasonWindow)
	rest, both := make([]float64, len(y)), make([]float64, len(y))
	for t, v := range y {
		rest[t] = v - trend[t] - season[t]
		both[t] = v - trend[t]
	}
	whole := variance(both)
	if whole == 0 {
		return 0
	}
	return max(0, 1-variance(rest)/whole)
}

func variance(x []float64) float64 {
	mean := floats.Sum(x) / float64(len(x))
	sum := 0.0
	for _, v := range x {
		sum += (v - mean) * (v - mean)
	}
	return sum / float64(len(x)-1)
}

// kpss returns the statistic of Kwiatkowski, Phillips, Schmidt and Shin for a level, large where y is not stationary:
//
//	Σ S_t²/(n²·s²),   s² = (Σ e_t² + 2·Σ_{j≤l} (1 − j/(l+1))·Σ e_t·e_{t−j})/n
//
// S the sums of the deviations e from the mean, and l = ⌊3·√n/13⌋ lags, as in R's ndiffs.
func kpss(y []float64) float64 {
	n := len(y)
	mean := floats.Sum(y) / float64(n)
	e := make([]float64, n)
	sum, squares := 0.0, 0.0
	for t, v := range y {
		e[t] = v - mean
		sum += e[t]
		squares += sum * sum
	}
	lags := int(3 * math.Sqrt(float64(n)) / 13)
	long := floats.Dot(e, e)
	for j := 1; j <= lags; j++ {
		long += 2 * (1 - float64(j)/float64(lags+1)) * floats.Dot(e[j:], e[:n-j])
	}
	if !(long > 0) {
		return 0
	}
	return squares / (float64(n) * long)
}

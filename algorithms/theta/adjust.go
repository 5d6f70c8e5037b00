package theta

import (
	"math"
	"slices"
)

// Adjustment is the season that is taken out before the method and put back after it.
type Adjustment struct {
	Index    []float64 `json:"index,omitempty"` // of each position, the first period to forecast first; nil = none
	Additive bool      `json:"additive,omitempty"`
}

const (
	ninetyPercent = 1.6448536269514722 // the standard normal quantile of 0.95: two-sided 10 %
	nearlyNothing = 0.01               // an index below it would divide by almost 0
)

// adjust returns the series without its season, which is x itself where it has none.
func adjust(x []float64, observed, season int, strict bool) ([]float64, Adjustment) {
	if season < 2 || observed <= 2*season || !seasonal(x, season) {
		return x, Adjustment{}
	}
	index, additive := decompose(x, season, false), false
	if strict && !positive(x) || !usable(index, false) {
		index, additive = decompose(x, season, true), true
	}
	if !usable(index, additive) {
		return x, Adjustment{}
	}
	return take(x, index, additive)
}

// usable reports whether there is an index of each position, and none that would divide by almost 0.
func usable(index []float64, additive bool) bool {
	return !slices.ContainsFunc(index, func(v float64) bool { return v != v || !additive && v < nearlyNothing })
}

// take returns x without the season, whose index of the position of x[0] comes first.
func take(x, index []float64, additive bool) ([]float64, Adjustment) {
	season := len(index)
	out := make([]float64, len(x))
	k := 0
	for t, v := range x {
		if additive {
			out[t] = v - index[k]
		} else {
			out[t] = v / index[k]
		}
		if k++; k == season {
			k = 0
		}
	}
	turned := append(append(make([]float64, 0, season), index[k:]...), index[:k]...)
	return out, Adjustment{Index: turned, Additive: additive}
}

// positive reports whether every observed value is.
func positive(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return v <= 0 })
}

// seasonal reports whether the autocorrelation at the season is further from 0 than that of nine in ten series that have
// only the correlations at shorter lags: |r_m| > 1.645·√((1 + 2·Σ_{k<m} r_k²)/n).
func seasonal(x []float64, season int) bool {
	mean, n := 0.0, 0
	for _, v := range x {
		if v == v {
			mean += v
			n++
		}
	}
	mean /= float64(n)
	centred := make([]float64, len(x))
	variance := 0.0
	for t, v := range x {
		if v == v {
			centred[t] = v - mean
			variance += centred[t] * centred[t]
		}
	}
	if variance <= 1e-24*mean*mean*float64(n) {
		return false
	}
	squares, last := 0.0, 0.0
	for lag := 1; lag <= season; lag++ {
		sum := 0.0
		for t := lag; t < len(centred); t++ {
			sum += centred[t] * centred[t-lag]
		}
		last = sum / variance
		squares += last * last
	}
	return math.Abs(last) > ninetyPercent*math.Sqrt((1+2*(squares-last*last))/float64(n))
}

// decompose returns the index of each position of the season, the position of x[0] first: the mean of what remains of the
// values of that position when a moving average over one season is divided out, or subtracted, scaled to a mean of 1, or
// shifted to a mean of 0. An index is NaN where its position was never observed within half a season of either end.
func decompose(x []float64, season int, additive bool) []float64 {
	sum, count := make([]float64, season), make([]float64, season)
	half := season / 2
	k := half // t % season
	for t := half; t+half < len(x); t++ {
		trend := average(x[t-half:t+half+1], season)
		rest := x[t] - trend
		if !additive {
			rest = x[t] / trend
		}
		if rest == rest && !math.IsInf(rest, 0) {
			sum[k] += rest
			count[k]++
		}
		if k++; k == season {
			k = 0
		}
	}
	mean := 0.0
	for k := range sum {
		sum[k] /= count[k]
		mean += sum[k]
	}
	mean /= float64(season)
	for k := range sum {
		if additive {
			sum[k] -= mean
		} else {
			sum[k] /= mean
		}
	}
	return sum
}

// average returns the mean of window, whose first and last value weigh half where it is one longer than an even season.
// It is NaN where fewer than half of the values were observed.
func average(window []float64, season int) float64 {
	ends := 1.0
	if season%2 == 0 {
		ends = 0.5
	}
	last := len(window) - 1
	sum := ends * window[0]
	for _, v := range window[1:last] {
		sum += v
	}
	if sum += ends * window[last]; sum == sum {
		return sum / float64(season)
	}
	sum = 0
	weight := 0.0
	for k, v := range window {
		w := 1.0
		if k == 0 || k == last {
			w = ends
		}
		if v == v {
			sum += w * v
			weight += w
		}
	}
	if 2*weight < float64(season) {
		return math.NaN()
	}
	return sum / weight
}

// restore puts the season of step j, counted from 0, back.
func (a Adjustment) restore(v float64, j int) float64 {
	if a.Index == nil {
		return v
	}
	k := a.Index[j%len(a.Index)]
	if a.Additive {
		return v + k
	}
	return v * k
}

// scales returns what an error of each step is multiplied by, nil where by nothing.
func (a Adjustment) scales(h int) []float64 {
	if a.Index == nil || a.Additive {
		return nil
	}
	s := make([]float64, h)
	for j := range s {
		s[j] = a.Index[j%len(a.Index)]
	}
	return s
}

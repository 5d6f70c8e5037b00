package arima

import (
	"math"

	"shelfcast/algorithms/optim"
	"shelfcast/algorithms/predictive"
)

// withZeros is the least λ where nothing was sold in some period: the smaller it is, the further a zero lies from all else.
const withZeros = 0.2

// transform returns the transformation of a series, of which filled has no gaps, and the series after it. λ lies between 0, where it
// is the logarithm, and 1.
func transform(raw, filled []float64, season int) (*predictive.BoxCox, []float64) {
	low := 0.0
	for _, v := range filled {
		if !(v > 0) {
			low = withZeros
		}
	}
	b := guerrero(filled, season, low, 1)
	return &b, transformed(raw, b)
}

func transformed(raw []float64, b predictive.BoxCox) []float64 {
	out := make([]float64, len(raw))
	for t, v := range raw {
		out[t] = b.To(v)
	}
	return out
}

// guerrero returns the λ between low and high whose transformed series varies most alike in each of its seasons: it minimises the
// coefficient of variation of s_i/m_i^{1−λ} over the means m and standard deviations s of whole seasons, counted from the last one
// back, or pairs of periods without a season (Guerrero, Journal of Forecasting 12(1), 1993). A season without sales does not
// count; where fewer than two are left, it is 1.
func guerrero(y []float64, season int, low, high float64) predictive.BoxCox {
	season = max(season, 2)
	var means, deviations []float64
	for at := len(y) % season; at < len(y); at += season {
		mean, squares := 0.0, 0.0
		for _, v := range y[at : at+season] {
			mean += v / float64(season)
		}
		for _, v := range y[at : at+season] {
			squares += (v - mean) * (v - mean)
		}
		if !(mean > 0) {
			continue
		}
		means, deviations = append(means, mean), append(deviations, math.Sqrt(squares/float64(season-1)))
	}
	if len(means) < 2 {
		return 1
	}
	lambda, value := optim.Scalar(func(lambda float64) float64 {
		n, mean, squares := float64(len(means)), 0.0, 0.0
		ratio := func(i int) float64 { return deviations[i] / math.Pow(means[i], 1-lambda) }
		for i := range means {
			mean += ratio(i) / n
		}
		for i := range means {
			squares += (ratio(i) - mean) * (ratio(i) - mean)
		}
		return math.Sqrt(squares/(n-1)) / mean
	}, low, (low+high)/2, high, 1e-7)
	if math.IsNaN(value) {
		return 1
	}
	return predictive.BoxCox(lambda)
}

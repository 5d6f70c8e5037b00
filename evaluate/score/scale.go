package score

import "math"

// Scale holds the denominators of the scaled errors of one series: they come
// from the training part alone. NaN means undefined: a training part that is
// constant, but for the rounding of its values, or one without a usable pair of observations.
type Scale struct {
	Abs     float64 // mean |Y_t − Y_{t−M}| over the training part, in units
	Squared float64 // mean (Y_t − Y_{t−1})² from the first non-zero observation on, in units²
	M       int     // the season that Abs was taken at: AskedM, or 1 when the training part is too short
	AskedM  int     // the season that was asked for; at least 1
}

// ScaleOf returns the scale of the training part train (units a period, NaN =
// not observed) at season m; m below 1 counts as 1.
//
//	Abs     = 1/(T−m) · Σ_{t=m+1..T} |Y_t − Y_{t−m}|          Hyndman and Koehler, IJF 22(4), 2006
//	Squared = 1/(T−s) · Σ_{t=s+1..T} (Y_t − Y_{t−1})²          Makridakis et al., IJF 38(4), 2022 (M5)
//
// with s the first non-zero observation, since M5 scales by the active life of
// an item. Pairs with an unobserved end are left out and the divisor is the
// number of pairs that remain. When none remains at m, Abs falls back to m = 1
// and Scale.M says so.
func ScaleOf(train []float64, m int) Scale {
	asked := max(m, 1)
	abs, used := meanAbsDifference(train, asked), asked
	if math.IsNaN(abs) && asked > 1 {
		abs, used = meanAbsDifference(train, 1), 1
	}
	least := roundoff * largest(train)
	return Scale{
		Abs:     aboveOrNaN(abs, least),
		Squared: aboveOrNaN(meanSquaredDifference(fromFirstSale(train)), least*least),
		M:       used,
		AskedM:  asked,
	}
}

// meanAbsDifference is NaN when no pair at distance m is observed.
func meanAbsDifference(y []float64, m int) float64 {
	var total running
	pairs := 0
	for t := m; t < len(y); t++ {
		if d := y[t] - y[t-m]; !math.IsNaN(d) {
			total.add(math.Abs(d))
			pairs++
		}
	}
	return total.value() / float64(pairs)
}

// meanSquaredDifference is NaN when no neighbouring pair is observed.
func meanSquaredDifference(y []float64) float64 {
	var total running
	pairs := 0
	for t := 1; t < len(y); t++ {
		if d := y[t] - y[t-1]; !math.IsNaN(d) {
			total.add(float64(d * d))
			pairs++
		}
	}
	return total.value() / float64(pairs)
}

func fromFirstSale(y []float64) []float64 {
	for t, v := range y {
		if !math.IsNaN(v) && v != 0 {
			return y[t:]
		}
	}
	return nil
}

// roundoff is the share of the largest value that a mean difference must exceed: what is left where values differ by the
// rounding of a division alone, such as a mean that was filled in, is no scale.
const roundoff = 1e-12

// largest returns the largest |y|; 0 where nothing is observed.
func largest(y []float64) (size float64) {
	for _, v := range y {
		if a := math.Abs(v); a > size {
			size = a
		}
	}
	return size
}

func aboveOrNaN(x, least float64) float64 {
	if x > least {
		return x
	}
	return math.NaN()
}

package predictive

import "math"

// What of the past the errors ahead are taken to be like.
const (
	shapedBy = 364 // errors that a shape is taken from: a year of days
	halfLife = 56  // periods after which an error counts half in the spread: eight weeks of days
)

// Recent returns what the last of the errors of a fit tell of those ahead: their deviation, and their shape. Sigma is the deviation
// estimated from all of them, with its degrees of freedom.
//
//	spread² = σ²·(Σ 2^(−k/56)·e_{n−k}² / Σ 2^(−k/56)) / (Σ e²/n)
//
// It is σ, but for chance, where errors have the same variance throughout. An item that sells a tenth of what it sold last year has
// a tenth of the errors, and a fan with those of last year would lie half below 0.
func Recent(errors []float64, sigma float64) (spread float64, shape Shape) {
	all := meanSquare(errors)
	if !(all > 0) {
		return sigma, nil
	}
	keep := math.Exp2(-1. / halfLife)
	sum, weights, w := 0.0, 0.0, 1.0
	for t := len(errors) - 1; t >= 0; t-- {
		sum += w * errors[t] * errors[t]
		weights += w
		w *= keep
	}
	last := errors[max(0, len(errors)-shapedBy):]
	shape = NewShape(append([]float64(nil), last...), sigma*math.Sqrt(meanSquare(last)/all))
	return sigma * math.Sqrt(sum/weights/all), shape
}

func meanSquare(errors []float64) float64 {
	sum := 0.0
	for _, e := range errors {
		sum += e * e
	}
	return sum / float64(max(len(errors), 1))
}

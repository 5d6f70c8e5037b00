// Package residuals says whether the errors of a fit have anything left in them that a model could have used.
package residuals

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"
)

// Diagnosis is what the errors of a fit look like.
type Diagnosis struct {
	ACF []float64 `json:"acf"` // autocorrelations at lags 1, 2, …
	// LjungBox is n(n+2)·Σ_k r_k²/(n−k) over the lags of ACF, and P the probability of a larger one where the errors are white
	// noise, by the χ² distribution with as many degrees of freedom as there are lags less parameters (Ljung and Box,
	// Biometrika 65(2), 1978). P is 1 where no degree is left.
	LjungBox float64 `json:"ljung_box"`
	P        float64 `json:"p"`
}

// Lags returns how many lags to look at: two seasons, or ten periods, and at most a fifth of the series, as R's checkresiduals
// does.
func Lags(n, season int) int {
	lags := 10
	if season > 1 {
		lags = 2 * season
	}
	return max(min(lags, n/5), 1)
}

// Diagnose looks at errors, the parameters of whose model that describe correlation are so many.
func Diagnose(errors []float64, season, parameters int) Diagnosis {
	n := len(errors)
	lags := min(Lags(n, season), max(n-1, 0))
	d := Diagnosis{ACF: make([]float64, lags), P: 1}
	mean := 0.0
	if n > 0 {
		mean = floats.Sum(errors) / float64(n)
	}
	e := make([]float64, n)
	for t, v := range errors {
		e[t] = v - mean
	}
	whole := floats.Dot(e, e)
	if !(whole > 0) || math.IsInf(whole, 0) {
		return d
	}
	for k := range d.ACF {
		r := floats.Dot(e[k+1:], e[:n-k-1]) / whole
		d.ACF[k] = r
		d.LjungBox += float64(n) * float64(n+2) * r * r / float64(n-k-1)
	}
	if degrees := lags - parameters; degrees > 0 {
		d.P = distuv.ChiSquared{K: float64(degrees)}.Survival(d.LjungBox)
	}
	return d
}

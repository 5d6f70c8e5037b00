package arima

import "math"

// conditional returns the log-likelihood and σ² of the conditional sum of squares, as R's arima defines them: errors before the
// autoregression has all its values count as 0 and are left out.
//
//	log L = −n/2·(log(2π·σ²) + 1),   σ² = Σ e²/(n − p)
func conditional(o Order, c Coefficients, w []float64) (logLik, sigma2 float64) {
	phi, theta := c.autoregression(o.M), c.movingAverage(o.M)
	e := make([]float64, len(w))
	sum := 0.0
	for t := len(phi); t < len(w); t++ {
		e[t] = w[t]
		for i, a := range phi {
			e[t] -= a * w[t-1-i]
		}
		for i, b := range theta {
			if t-1-i >= 0 {
				e[t] -= b * e[t-1-i]
			}
		}
		sum += e[t] * e[t]
	}
	n := float64(len(w))
	sigma2 = sum / (n - float64(len(phi)))
	return -n / 2 * (math.Log(2*math.Pi*sigma2) + 1), sigma2
}

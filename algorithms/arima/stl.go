package arima

import "math"

// stl splits y into season, trend and rest by local regression, as R's stl does with its defaults and a seasonal window of w
// periods of the same position: two inner rounds, no robust weights, values between every tenth of a window interpolated.
//
// Cleveland, Cleveland, McRae and Terpenning, Journal of Official Statistics 6(1), 1990.
func stl(y []float64, m, w int) (season, trend []float64) {
	n := len(y)
	season, trend = make([]float64, n), make([]float64, n)
	trendWindow := odd(int(math.Ceil(1.5 * float64(m) / (1 - 1.5/float64(w)))))
	lowWindow := odd(m)
	free := make([]float64, n)
	cycle, low := make([]float64, n+2*m), make([]float64, n)
	for range 2 {
		for t := range y {
			free[t] = y[t] - trend[t]
		}
		cycles(free, m, w, cycle)
		lowPass := movingMean(movingMean(movingMean(cycle, m), m), 3)
		loess(lowPass, low, lowWindow, 1, jump(lowWindow))
		for t := range y {
			season[t] = cycle[m+t] - low[t]
			free[t] = y[t] - season[t]
		}
		loess(free, trend, trendWindow, 1, jump(trendWindow))
	}
	return season, trend
}

func odd(n int) int {
	if n%2 == 0 {
		n++
	}
	return max(n, 3)
}

func jump(window int) int { return (window + 9) / 10 }

// cycles smooths the values of each position of the season over the seasons, and extends them by a season at either end.
func cycles(y []float64, m, w int, out []float64) {
	for j := range min(m, len(y)) {
		k := (len(y)-1-j)/m + 1
		x, s := make([]float64, k), make([]float64, k)
		for i := range k {
			x[i] = y[i*m+j]
		}
		loess(x, s, w, 0, jump(w))
		first, ok := local(x, 0, 1, min(w, k), w, 0)
		if !ok {
			first = s[0]
		}
		last, ok := local(x, k+1, max(1, k-w+1), k, w, 0)
		if !ok {
			last = s[k-1]
		}
		out[j] = first
		for i, v := range s {
			out[(i+1)*m+j] = v
		}
		out[(k+1)*m+j] = last
	}
}

func movingMean(x []float64, w int) []float64 {
	out := make([]float64, len(x)-w+1)
	sum := 0.0
	for i, v := range x {
		sum += v
		if i >= w {
			sum -= x[i-w]
		}
		if i >= w-1 {
			out[i-w+1] = sum / float64(w)
		}
	}
	return out
}

// loess smooths y by local polynomials of a degree of 0 or 1 over window values, at every step-th of them, and by lines between.
func loess(y, out []float64, window, degree, step int) {
	n := len(y)
	if n < 2 {
		copy(out, y)
		return
	}
	step = min(step, n-1)
	half := (window + 1) / 2
	fit := func(i int) { // counted from 1
		left, right := i-half+1, window+i-half
		switch {
		case window >= n:
			left, right = 1, n
		case i < half:
			left, right = 1, window
		case i >= n-half+1:
			left, right = n-window+1, n
		}
		v, ok := local(y, i, left, right, window, degree)
		if !ok {
			v = y[i-1]
		}
		out[i-1] = v
	}
	line := func(from, to int) {
		d := (out[to-1] - out[from-1]) / float64(to-from)
		for j := from + 1; j < to; j++ {
			out[j-1] = out[from-1] + d*float64(j-from)
		}
	}
	last := 1
	for i := 1; i <= n; i += step {
		fit(i)
		if i > 1 {
			line(i-step, i)
		}
		last = i
	}
	if last != n {
		fit(n)
		line(last, n)
	}
}

// local returns the local regression at x, counted from 1, over the values left to right.
func local(y []float64, x, left, right, window, degree int) (float64, bool) {
	n := len(y)
	h := float64(max(x-left, right-x))
	if window > n {
		h += float64((window - n) / 2)
	}
	weights := make([]float64, 0, 64)
	sum := 0.0
	for j := left; j <= right; j++ {
		r, w := math.Abs(float64(j-x)), 0.0
		if r <= 0.999*h {
			w = 1
			if r > 0.001*h {
				q := r / h
				q = 1 - q*q*q
				w = q * q * q
			}
		}
		weights = append(weights, w)
		sum += w
	}
	if sum <= 0 {
		return 0, false
	}
	if h > 0 && degree > 0 {
		mean := 0.0
		for i := range weights {
			weights[i] /= sum
			mean += weights[i] * float64(left+i)
		}
		spread := 0.0
		for i, w := range weights {
			d := float64(left+i) - mean
			spread += w * d * d
		}
		if math.Sqrt(spread) > 0.001*float64(n-1) {
			slope := (float64(x) - mean) / spread
			for i := range weights {
				weights[i] *= slope*(float64(left+i)-mean) + 1
			}
		}
		sum = 1
	}
	v := 0.0
	for i, w := range weights {
		v += w * y[left-1+i]
	}
	return v / sum, true
}

package arima

// autocovariances writes to g the autocovariances at lags 0, 1, … of the process (1 − Σ φ_i·B^i)·w = (1 + Σ θ_i·B^i)·e with
// errors of variance 1. It reports false where the process is not stationary.
//
// Those of the autoregression alone follow from its partial autocorrelations, r_k: γ_0 = 1/Π(1 − r_k²), and γ_k from those
// before it by the coefficients of order k. The moving average then weighs them by the products of its coefficients. Both
// take a number of steps that grows with the square of the orders.
func autocovariances(phi, theta, g []float64, work *covarianceWork) bool {
	p, q := len(phi), len(theta)
	n := len(g) + q
	pure := grow(&work.pure, n)
	orders := grow(&work.orders, p*p)
	partial := grow(&work.partial, p)
	cur := append(grow(&work.current, 0), phi...)
	pure[0] = 1
	for k := p - 1; k >= 0; k-- {
		copy(orders[k*p:], cur[:k+1])
		v := cur[k]
		partial[k] = v
		if !(v > -1 && v < 1) {
			return false
		}
		scale := 1 / (1 - v*v)
		pure[0] *= scale
		for i, j := 0, k-1; i <= j; i, j = i+1, j-1 {
			x, y := cur[i], cur[j]
			cur[i], cur[j] = (x+v*y)*scale, (y+v*x)*scale
		}
	}
	work.current = cur
	// The variance of the error of order k is γ_0·Π_{j≤k}(1 − r_j²); γ_k = Σ a_i·γ_{k−i} with the coefficients of order k.
	for k := 1; k < n; k++ {
		order := phi
		if k <= p {
			order = orders[(k-1)*p : (k-1)*p+k]
		}
		sum := 0.0
		for i, a := range order {
			sum += a * pure[k-1-i]
		}
		pure[k] = sum
	}
	products := grow(&work.products, q+1)
	for l := range products {
		sum := 0.0
		for i := 0; i+l <= q; i++ {
			sum += coefficient(theta, i) * coefficient(theta, i+l)
		}
		products[l] = sum
	}
	for k := range g {
		sum := products[0] * pure[k]
		for l := 1; l <= q; l++ {
			back := k - l
			if back < 0 {
				back = -back
			}
			sum += products[l] * (pure[k+l] + pure[back])
		}
		g[k] = sum
	}
	return true
}

// coefficient returns θ_i, with θ_0 = 1.
func coefficient(theta []float64, i int) float64 {
	if i == 0 {
		return 1
	}
	return theta[i-1]
}

// covarianceWork is the room for autocovariances.
type covarianceWork struct{ pure, orders, partial, current, products []float64 }

// grow returns n values of a buffer, which it makes longer where it is too short. They hold what was there.
func grow(v *[]float64, n int) []float64 {
	if cap(*v) < n {
		*v = make([]float64, n)
	}
	return (*v)[:n]
}

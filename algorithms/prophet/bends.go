package prophet

import (
	"math"

	"shelfcast/algorithms/predictive"
)

// bends is the law of how a trend changes after the history: change-points come at random, so many in a span, and each changes the
// slope by δ of Laplace's distribution with mean |δ| of what was fitted. A change at u adds δ·(t − u) at t, or another profile g(u)
// to a sum, so that what it all adds has the characteristic function
//
//	ψ(ω) = exp(rate·∫ (1/(1 + (size·ω·g(u))²) − 1) du)
//
// and the variance 2·rate·size²·∫ g(u)² du. Together with a normal error its quantiles follow from the distribution function
//
//	F(x) = ½ + 1/π·∫_0^∞ sin(ωx)/ω·ψ(ω)·exp(−σ²ω²/2) dω
//
// (Gil-Pelaez, Biometrika 38, 1951), by the trapezoidal rule, which for such integrands is as exact as its step is short enough for no
// other period of the sum to reach x. Prophet draws from the same law.
type bends struct {
	rate  float64   // change-points in a span
	size  float64   // mean |δ|, units of demand over a span
	times []float64 // of the steps after the history, in spans
	lift  []float64 // by which seasons multiply the trend in each
}

// profile is what a change adds: the sum of lift_j·(t_j − u)⁺ over some steps.
type profile struct{ times, lift []float64 }

func (b bends) step(j int) profile { return profile{b.times[j : j+1], b.lift[j : j+1]} }

func (b bends) sum() profile { return profile{b.times, b.lift} }

// variance returns the variance that bends add to a profile.
func (b bends) variance(p profile) float64 {
	square := 0.0 // ∫ g(u)² du; of two steps s ≤ t it is s²·(3t − s)/6
	for j, t := range p.times {
		for i, s := range p.times {
			low, high := min(s, t), max(s, t)
			square += p.lift[i] * p.lift[j] * low * low * (3*high - low) / 6
		}
	}
	return 2 * b.rate * b.size * b.size * square
}

// exponent returns log ψ(ω).
func (b bends) exponent(p profile, omega float64) float64 {
	a := b.size * omega
	if len(p.times) == 1 {
		h := p.times[0]
		if a *= math.Abs(p.lift[0]); a == 0 {
			return 0
		}
		if a*h < 1e-4 {
			return -b.rate * a * a * h * h * h / 3
		}
		return b.rate * (math.Atan(a*h)/a - h)
	}
	const points = 4 // of the rule of Gauss and Legendre in each stretch between two steps, where g is straight
	nodes := [points]float64{-0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526}
	weights := [points]float64{0.34785484513745385, 0.6521451548625461, 0.6521451548625461, 0.34785484513745385}
	sum, from := 0.0, 0.0
	for j, to := range p.times {
		half := (to - from) / 2
		for k, z := range nodes {
			u, g := from+half*(1+z), 0.0
			for i, t := range p.times[j:] {
				g += p.lift[j+i] * (t - u)
			}
			g *= a
			sum += half * weights[k] * (1/(1+g*g) - 1)
		}
		from = to
	}
	return b.rate * sum
}

const (
	reach     = 7.0 // deviations of the error in which its characteristic function dies out
	width     = 9.0 // deviations on either side that the law is taken to have
	mostNodes = 3000
)

// write writes the quantiles of mean + bends + σ·e, cut at 0.
func (b bends) write(p profile, sigma, mean float64, levels, dst []float64) {
	variance := b.variance(p)
	if variance < 1e-8*sigma*sigma || !(sigma > 0) {
		for k, level := range levels {
			dst[k] = max(0, mean+predictive.Normal(level)*math.Sqrt(sigma*sigma+variance))
		}
		return
	}
	sd := math.Sqrt(sigma*sigma + variance)
	step := math.Pi / (width * sd)
	sigma = max(sigma, reach/(step*mostNodes)) // a hundredth of what bends add is as good as less
	n := int(reach/(sigma*step)) + 1
	psi := make([]float64, n)
	for i := range psi {
		omega := (float64(i) + 0.5) * step
		psi[i] = math.Exp(b.exponent(p, omega) - sigma*sigma*omega*omega/2)
	}
	for k, level := range levels {
		q := max(0, mean+quantile(psi, step, sd, level))
		if k > 0 {
			q = max(q, dst[k-1])
		}
		dst[k] = q
	}
}

// quantile returns that of a symmetric law, by bisection and Newton's steps.
func quantile(psi []float64, step, sd, level float64) float64 {
	if level == 0.5 {
		return 0
	}
	low, high := -width*sd, width*sd
	x := sd * predictive.Normal(level)
	for range 40 {
		f, density := distribution(psi, step, x)
		if f < level {
			low = x
		} else {
			high = x
		}
		next := x - (f-level)/density
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		if math.Abs(next-x) < 1e-7*sd {
			return next
		}
		x = next
	}
	return x
}

// distribution returns the distribution function and the density at x, by the rule of midpoints.
func distribution(psi []float64, step, x float64) (f, density float64) {
	sin, cos := math.Sincos(step * x / 2)
	turnSin, turnCos := math.Sincos(step * x)
	for i, v := range psi {
		f += sin / (float64(i) + 0.5) * v
		density += cos * v
		sin, cos = sin*turnCos+cos*turnSin, cos*turnCos-sin*turnSin
	}
	return 0.5 + f/math.Pi, density * step / math.Pi
}

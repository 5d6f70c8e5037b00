package doubleml

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
)

// Confounder is one that was left out: the share of what is left of the outcome that it would explain, that of the treatment, and the
// correlation of the two parts, by which the bias is scaled; 1 is the worst.
type Confounder struct{ OfY, OfD, Rho float64 }

// Sensitivity says how far an estimate would move if something were left out (Chernozhukov, Cinelli, Newey, Sharma and Syrgkanis, Long
// story short, 2022).
type Sensitivity struct {
	Low, High         float64 // θ at most so far moved
	LowEnd, HighEnd   float64 // the same with the error of the estimate, one-sided
	Robustness        float64 // share of both that a confounder must explain to move θ to 0
	RobustnessOfBound float64 // or the nearer end of the interval
}

// Sensitivity returns the bounds under a confounder, with ends of the one-sided level, such as 0.95. It is of an estimate with one treatment
// and the score of partialling out:
//
//	bias = |ρ|·√(c_y·c_d/(1−c_d))·√(σ²·ν²),  σ² = E(u − θv)²,  ν² = 1/E v²
//	robustness = (√(f⁴+4f²) − f²)/2,  f = |θ|/√(σ²·ν²)
func (e *Estimate) Sensitivity(c Confounder, level float64) (Sensitivity, error) {
	if len(e.Theta) != 1 {
		return Sensitivity{}, errors.New("find the sensitivity of an estimate: it has several treatments; estimate one at a time")
	}
	share := func(v float64) bool { return v >= 0 && v < 1 }
	if !share(c.OfY) || !share(c.OfD) || !(math.Abs(c.Rho) <= 1) || !(level > 0.5 && level < 1) {
		return Sensitivity{}, errors.New("find the sensitivity of an estimate: shares lie in [0, 1), the correlation in [−1, 1] and the level in (0.5, 1)")
	}
	b := e.bias()
	s := Sensitivity{}
	strength := c.strength()
	s.Low, s.High = e.Theta[0]-strength*b.size, e.Theta[0]+strength*b.size
	s.LowEnd, s.HighEnd = b.end(strength, level, -1), b.end(strength, level, 1)
	f := math.Abs(e.Theta[0]) / b.size
	s.Robustness = (math.Sqrt(f*f*f*f+4*f*f) - f*f) / 2
	s.RobustnessOfBound = b.robustness(level)
	return s, nil
}

func (c Confounder) strength() float64 { return math.Abs(c.Rho) * math.Sqrt(c.OfY*c.OfD/(1-c.OfD)) }

// bias is how far a confounder of strength 1 moves θ, with the influence of each row on it and on θ.
type bias struct {
	theta, size    float64
	ofTheta, ofOwn []float64
}

func (e *Estimate) bias() bias {
	n := float64(e.N)
	residual := append([]float64(nil), e.u...)
	floats.AddScaled(residual, -e.Theta[0], e.v[0])
	sigma2, v2 := floats.Dot(residual, residual)/n, floats.Dot(e.v[0], e.v[0])/n
	nu2 := 1 / v2
	b := bias{theta: e.Theta[0], size: math.Sqrt(sigma2 * nu2)}
	for i, r := range residual {
		v := e.v[0][i]
		b.ofTheta = append(b.ofTheta, v*r/v2)
		ofSigma2, ofNu2 := r*r-sigma2, nu2-v*v*nu2*nu2
		b.ofOwn = append(b.ofOwn, (sigma2*ofNu2+nu2*ofSigma2)/(2*b.size))
	}
	return b
}

// end returns the end of the interval of the bound on the given side.
func (b bias) end(strength, level, side float64) float64 {
	sum := 0.0
	for i, v := range b.ofTheta {
		v += side * strength * b.ofOwn[i]
		sum += v * v
	}
	z := math.Sqrt2 * math.Erfinv(2*level-1)
	return b.theta + side*(strength*b.size+z*math.Sqrt(sum)/float64(len(b.ofTheta)))
}

// robustness returns the share of both at which the end that is nearer to 0 reaches it; 0 where it has already.
func (b bias) robustness(level float64) float64 {
	side := -1.0
	if b.theta < 0 {
		side = 1
	}
	beyond := func(share float64) bool {
		return b.end(Confounder{share, share, 1}.strength(), level, side)*side >= 0
	}
	if beyond(0) {
		return 0
	}
	low, high := 0.0, 1-1e-12
	for range 200 {
		if mid := (low + high) / 2; beyond(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return (low + high) / 2
}

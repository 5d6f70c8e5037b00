package optim

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAStepWithoutBoundsSolvesTheModel(t *testing.T) {
	t.Parallel()
	b := NewBox(5)
	b.Resize(2)
	copy(b.Gradient, []float64{1, 2})
	copy(b.Curvature, []float64{4, 1, 1, 3})
	promise := b.Step(0, 0)
	// H⁻¹g = (1/11, 7/11), and half of g·H⁻¹g is 15/22.
	if math.Abs(b.Move[0]-1.0/11) > 1e-9 || math.Abs(b.Move[1]-7.0/11) > 1e-9 || math.Abs(promise-15.0/22) > 1e-9 {
		t.Errorf("step %v promises %g", b.Move, promise)
	}
}

// TestAStepInsideABoxIsNearlyTheBestOne compares with the best point of a grid over the box.
func TestAStepInsideABoxIsNearlyTheBestOne(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		b := NewBox(2)
		b.Resize(2)
		p, q, r := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		copy(b.Curvature, []float64{p*p + 0.1, p * q, p * q, q*q + r*r + 0.1})
		for i := range 2 {
			b.Gradient[i] = rng.NormFloat64()
			b.Low[i], b.High[i] = -rng.Float64(), rng.Float64()
			if rng.IntN(4) == 0 {
				b.Low[i] = 0
			}
		}
		promise := b.Step(0, 0)
		best := 0.0
		for i := range 41 {
			for j := range 41 {
				x := b.Low[0] + float64(i)/40*(b.High[0]-b.Low[0])
				y := b.Low[1] + float64(j)/40*(b.High[1]-b.Low[1])
				c := b.Curvature
				best = max(best, b.Gradient[0]*x+b.Gradient[1]*y-(c[0]*x*x+2*c[1]*x*y+c[3]*y*y)/2)
			}
		}
		for i, d := range b.Move {
			if d < b.Low[i]-1e-12 || d > b.High[i]+1e-12 {
				t.Fatalf("step %v leaves %v to %v", b.Move, b.Low, b.High)
			}
		}
		if promise < 0.3*best-1e-9 { // a step that is cut short may stop before the best point, but goes some way
			t.Errorf("step %v promises %g, the best point of a grid %g", b.Move, promise, best)
		}
	}
}

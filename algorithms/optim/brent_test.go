package optim

import (
	"math"
	"testing"
)

func TestScalarFindsKnownMinima(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		f          func(float64) float64
		lo, hi, at float64
	}{
		{"parabola", func(x float64) float64 { return (x - 0.3) * (x - 0.3) }, 0, 1, 0.3},
		{"cosine", math.Cos, 0, 2 * math.Pi, math.Pi},
		{"quartic", func(x float64) float64 { return math.Pow(x-2, 4) }, 0, 5, 2},
		{"at the lower end", func(x float64) float64 { return x }, 1, 4, 1},
		{"at the upper end", func(x float64) float64 { return -x }, 1, 4, 4},
		{"absolute value", func(x float64) float64 { return math.Abs(x - 0.123) }, -1, 1, 0.123},
		{"x log x", func(x float64) float64 { return x * math.Log(x) }, 1e-6, 3, 1 / math.E},
	} {
		x, fx := Scalar(c.f, c.lo, (c.lo+c.hi)/2, c.hi, 1e-9)
		// A minimum is flat: f cannot tell x from points √ε away, and a quartic from points ε^¼ away.
		if math.Abs(x-c.at) > 2e-3 || fx > c.f(c.at)+1e-8 {
			t.Errorf("%s: minimum %g at %g, want at %g", c.name, fx, x, c.at)
		}
	}
}

func TestScalarStaysInsideAndIsCheapOnASmoothFunction(t *testing.T) {
	t.Parallel()
	calls := 0
	Scalar(func(x float64) float64 {
		calls++
		if x < 0.1 || x > 0.9 {
			t.Fatalf("called at %g", x)
		}
		return math.Exp(x) - 2*x
	}, 0.1, 0.5, 0.9, 1e-8)
	if calls > 15 {
		t.Errorf("%d calls", calls)
	}
}

func TestScalarEndsWhereTheFunctionIsNotANumber(t *testing.T) {
	t.Parallel()
	x, _ := Scalar(func(float64) float64 { return math.NaN() }, 0, 0.5, 1, 1e-8)
	if !(x >= 0 && x <= 1) {
		t.Errorf("returned %g", x)
	}
}

package arima

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

func TestPartialAutocorrelationsThereAndBack(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for n := range 6 {
		for range 20 {
			r, a, back := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range r {
				r[i] = 1.98*rng.Float64() - 0.99
			}
			fromPartial(r, a)
			if !toPartial(a, back) {
				t.Fatalf("%v became %v, which is not stationary", r, a)
			}
			for i := range r {
				if math.Abs(r[i]-back[i]) > 1e-6 { // two recursions that divide by 1 − r²
					t.Fatalf("%v became %v", r, back)
				}
			}
			// No point inside the unit circle is a root.
			for k := range 64 {
				x := cmplx.Rect(0.999*rng.Float64(), 2*math.Pi*float64(k)/64)
				v := complex(1, 0)
				for i, c := range a {
					v -= complex(c, 0) * cmplx.Pow(x, complex(float64(i+1), 0))
				}
				if cmplx.Abs(v) < 1e-9 {
					t.Fatalf("%v has a root at %v", a, x)
				}
			}
		}
	}
	if toPartial([]float64{0.5, 0.6}, make([]float64, 2)) {
		t.Error("1 − 0.5x − 0.6x² counts as stationary")
	}
}

func TestExpandMultiplies(t *testing.T) {
	t.Parallel()
	got := expand([]float64{2, 3}, []float64{5}, 4) // (1 + 2x + 3x²)(1 + 5x⁴)
	for i, want := range []float64{2, 3, 0, 5, 10, 15} {
		if got[i] != want {
			t.Fatalf("%v", got)
		}
	}
}

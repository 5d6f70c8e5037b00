package cholesky

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// products returns XᵀX of rows×k random values.
func products(rng *rand.Rand, rows, k int) []float64 {
	x, a := make([]float64, rows*k), make([]float64, k*k)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	for i := range k {
		for j := range k {
			for r := range rows {
				a[i*k+j] += x[r*k+i] * x[r*k+j]
			}
		}
	}
	return a
}

func TestAFactorSolvesWhatGonumSolves(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for k := 1; k < 12; k++ {
		a := products(rng, k+5, k)
		var plain mat.Cholesky
		if !plain.Factorize(mat.NewSymDense(k, append([]float64(nil), a...))) {
			t.Fatal("gonum finds no factor")
		}
		var inverse mat.SymDense
		if err := plain.InverseTo(&inverse); err != nil {
			t.Fatal(err)
		}
		b := make([]float64, k)
		for i := range b {
			b[i] = rng.NormFloat64()
		}
		want := mat.NewVecDense(k, nil)
		if err := plain.SolveVecTo(want, mat.NewVecDense(k, append([]float64(nil), b...))); err != nil {
			t.Fatal(err)
		}
		Factor(a, k)
		SolveLower(a, b)
		SolveUpper(a, b)
		roots := InverseRoots(a, k)
		for i := range k {
			if math.Abs(b[i]-want.AtVec(i)) > 1e-9*(1+math.Abs(b[i])) {
				t.Errorf("%d×%d: solution %d is %g, want %g", k, k, i, b[i], want.AtVec(i))
			}
			if w := math.Sqrt(inverse.At(i, i)); math.Abs(roots[i]-w) > 1e-9*w {
				t.Errorf("%d×%d: root %d of the inverse is %g, want %g", k, k, i, roots[i], w)
			}
		}
	}
}

func TestARootOfASingularMatrixGivesItBack(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 2))
	for rank := range 6 {
		const k = 6
		a := products(rng, rank, k)
		l := append([]float64(nil), a...)
		Root(l, k)
		empty := 0
		for j := range k {
			if l[j*k+j] == 0 {
				empty++
			}
			for i := range k {
				v := 0.0
				for q := range k {
					v += l[i*k+q] * l[j*k+q]
				}
				if math.Abs(v-a[i*k+j]) > 1e-9 {
					t.Errorf("rank %d: (%d,%d) is %g, want %g", rank, i, j, v, a[i*k+j])
				}
			}
		}
		if empty != k-rank {
			t.Errorf("rank %d: %d columns are empty", rank, empty)
		}
	}
}

func TestAMatrixOfZerosHasAFiniteFactor(t *testing.T) {
	t.Parallel()
	a := make([]float64, 9)
	Factor(a, 3)
	for _, v := range a {
		if math.IsNaN(v) {
			t.Fatal("a factor of zeros is not a number")
		}
	}
}

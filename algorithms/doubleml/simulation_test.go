package doubleml

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"shelfcast/algorithms/crossfit"
)

// partlyLinear draws from the process of make_plr_CCDDHNR2018 of DoubleML, after Chernozhukov et al. (2018):
//
//	d = m(x) + v, m = x_1 + exp(x_3)/(4·(1 + exp(x_3))),  y = θ·d + g(x) + e, g = exp(x_1)/(1 + exp(x_1)) + x_3/4
//
// with standard normal v and e, and normal x with covariances 0.7^|i−j|.
func partlyLinear(rng *rand.Rand, n, p int, theta float64) Data {
	sigma := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			sigma.SetSym(i, j, math.Pow(0.7, float64(j-i)))
		}
	}
	normal, ok := distmv.NewNormal(make([]float64, p), sigma, rng)
	if !ok {
		panic("the covariances are no covariances")
	}
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	data := Data{Y: make([]float64, n), D: [][]float64{make([]float64, n)}, X: make([][]float64, p)}
	for j := range data.X {
		data.X[j] = make([]float64, n)
	}
	x := make([]float64, p)
	for i := range n {
		normal.Rand(x)
		for j, v := range x {
			data.X[j][i] = v
		}
		d := x[0] + logistic(x[2])/4 + rng.NormFloat64()
		data.D[0][i] = d
		data.Y[i] = theta*d + logistic(x[0]) + x[2]/4 + rng.NormFloat64()
	}
	return data
}

// TestCoverageBySimulation prints how far estimates are off and how often 95 % intervals hold the truth: over 24 draws, or 500 where
// SHELFCAST_HEAVY is set.
func TestCoverageBySimulation(t *testing.T) {
	t.Parallel()
	draws := 24
	if os.Getenv("SHELFCAST_HEAVY") != "" {
		draws = 500
	}
	const n, p, theta = 500, 20, 0.5
	type outcome struct {
		bias, absolute float64
		covered        int
	}
	trees := Trees{Rounds: 60, Leaves: 4, Rate: 0.08, LeastRows: 20, L2: 5, Rows: 0.6}
	methods := []struct {
		name string
		m    Model
		bias float64
	}{
		{"least squares, partialling out", Model{L: Linear{}, M: Linear{}}, 0.01},
		{"least squares, IV-type", Model{Score: IVType, L: Linear{}, M: Linear{}}, 0.01},
		{"lasso 0.05, partialling out", Model{L: Lasso{0.05}, M: Lasso{0.05}}, 0.01},
		{"trees, partialling out", Model{L: trees, M: trees}, 0},
		{"trees, IV-type", Model{Score: IVType, L: trees, M: trees}, 0.02},
	}
	results := make([]outcome, len(methods)+1)
	add := func(k int, e *Estimate) {
		low, high := e.Interval(0, 0.95)
		off := e.Theta[0] - theta
		results[k].bias += off / float64(draws)
		results[k].absolute += math.Abs(off) / float64(draws)
		if low <= theta && theta <= high {
			results[k].covered++
		}
	}
	for seed := range uint64(draws) {
		data := partlyLinear(rand.New(rand.NewPCG(seed, 1234)), n, p, theta)
		folds, err := crossfit.Units(n, 5, seed)
		if err != nil {
			t.Fatal(err)
		}
		for k, method := range methods {
			e, err := method.m.Fit(data, folds)
			if err != nil {
				t.Fatal(err)
			}
			add(k, e)
		}
		data.X = nil // naive: y on d alone
		e, err := Model{L: Linear{}, M: Linear{}}.Fit(data, folds)
		if err != nil {
			t.Fatal(err)
		}
		add(len(methods), e)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%d draws of %d rows and %d controls\n\n| method | bias | mean absolute error | 95 %% intervals hold |\n|---|---|---|---|\n", draws, n, p)
	for k, r := range results {
		name := "y on d alone"
		if k < len(methods) {
			name = methods[k].name
		}
		share := float64(r.covered) / float64(draws)
		fmt.Fprintf(&table, "| %s | %+.4f | %.4f | %.3f |\n", name, r.bias, r.absolute, share)
		if k == len(methods) || methods[k].bias == 0 {
			continue
		}
		slack, least := 0.0, 0.92
		if draws < 500 { // three standard errors of so few
			slack, least = 3*0.045/math.Sqrt(float64(draws)), least-3*math.Sqrt(0.05*0.95/float64(draws))
		}
		if math.Abs(r.bias) > methods[k].bias+slack || share < least || draws >= 500 && share > 0.97 {
			t.Errorf("%s: bias %+.4f, 95 %% intervals hold %.3f", name, r.bias, share)
		}
	}
	t.Log(table.String())
}

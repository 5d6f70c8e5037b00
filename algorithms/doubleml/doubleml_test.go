package doubleml

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"shelfcast/algorithms/crossfit"
)

// TestEndsOfBoundsHaveTheErrorsOfBounds draws data in which the errors of θ and of the bias hang together, so that their sign shows.
func TestEndsOfBoundsHaveTheErrorsOfBounds(t *testing.T) {
	t.Parallel()
	const n, draws = 400, 1500
	rng := rand.New(rand.NewPCG(1, 1))
	c := Confounder{0.3, 0.3, 1}
	folds, err := crossfit.Units(n, 5, 1)
	if err != nil {
		t.Fatal(err)
	}
	var lows, highs []float64
	lowSE, highSE := 0.0, 0.0
	for range draws {
		data := Data{Y: make([]float64, n), D: [][]float64{make([]float64, n)}}
		for i := range n {
			v := rng.ExpFloat64() - 1
			data.D[0][i] = v
			data.Y[i] = 0.5*v + (rng.ExpFloat64()-1)*(1+0.5*v)
		}
		e, err := Model{L: Linear{}, M: Linear{}}.Fit(data, folds)
		if err != nil {
			t.Fatal(err)
		}
		s, err := e.Sensitivity(c, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		z := 1.6448536269514722
		lows, highs = append(lows, s.Low), append(highs, s.High)
		lowSE += (s.Low - s.LowEnd) / z / draws
		highSE += (s.HighEnd - s.High) / z / draws
	}
	sd := func(v []float64) float64 { return stat.StdDev(v, nil) }
	t.Logf("lower bound: deviation %.4f, standard error %.4f; upper bound: %.4f, %.4f", sd(lows), lowSE, sd(highs), highSE)
	if sd(highs) < 1.2*sd(lows) {
		t.Fatal("the two bounds vary alike, and the sign does not show")
	}
	if math.Abs(lowSE/sd(lows)-1) > 0.15 || math.Abs(highSE/sd(highs)-1) > 0.15 {
		t.Errorf("lower bound: deviation %.4f, standard error %.4f; upper bound: %.4f, %.4f", sd(lows), lowSE, sd(highs), highSE)
	}
}

// confounded draws two treatments of unequal effects in clusters.
func confounded(rng *rand.Rand, clusters, size int) (Data, [2]float64) {
	truth := [2]float64{-2, 0.7}
	d := Data{D: make([][]float64, 2), X: make([][]float64, 3)}
	for c := range clusters {
		common, shock := rng.NormFloat64(), [2]float64{0.7 * rng.NormFloat64(), 0.7 * rng.NormFloat64()} // the last by which rows hang together
		for k := range size {
			x := [3]float64{rng.NormFloat64(), rng.NormFloat64(), common + 0.1*rng.NormFloat64()}
			a := 0.8*x[0] - 0.3*x[1] + 0.5*x[2] + shock[0] + rng.NormFloat64()
			b := 0.5*x[1] + 0.4*a + rng.NormFloat64()
			y := truth[0]*a + truth[1]*b + x[0] + x[2] + shock[1] + rng.NormFloat64()
			d.Y, d.D[0], d.D[1] = append(d.Y, y), append(d.D[0], a), append(d.D[1], b)
			for j, v := range x {
				d.X[j] = append(d.X[j], v)
			}
			d.Cluster, d.Order = append(d.Cluster, c), append(d.Order, k)
		}
	}
	return d, truth
}

// TestTheSandwichIsThatOfItsDefinition computes θ and its covariance from the moments, row by row, cluster by cluster and lag by lag.
func TestTheSandwichIsThatOfItsDefinition(t *testing.T) {
	t.Parallel()
	for seed, lags := range []int{-1, 0, 3} {
		data, _ := confounded(rand.New(rand.NewPCG(uint64(seed), 2)), 12, 9)
		folds, err := crossfit.Clusters(data.Cluster, 4, 1)
		if err != nil {
			t.Fatal(err)
		}
		switch lags {
		case -1:
			data.Cluster, data.Order = nil, nil
		case 0:
			data.Order = nil
		default:
			data.Lags = lags
		}
		for _, score := range []Score{PartiallingOut, IVType} {
			e, err := Model{Score: score, L: Linear{}, M: Linear{Ridge: 2}}.Fit(data, folds)
			if err != nil {
				t.Fatal(err)
			}
			n := len(data.Y)
			j, s := mat.NewDense(2, 2, nil), mat.NewDense(2, 2, nil)
			scores := make([][2]float64, n)
			for i := range n {
				v := [2]float64{data.D[0][i] - e.Fitted.M[0][i], data.D[1][i] - e.Fitted.M[1][i]}
				w, u := v, data.Y[i]-e.Fitted.L[i]
				if score == IVType {
					w, u = [2]float64{data.D[0][i], data.D[1][i]}, data.Y[i]-e.Fitted.G[i]
				}
				u -= w[0]*e.Theta[0] + w[1]*e.Theta[1]
				for a := range 2 {
					scores[i][a] = v[a] * u
					for b := range 2 {
						j.Set(a, b, j.At(a, b)+v[a]*w[b])
					}
				}
			}
			for a := range 2 {
				sum := 0.0
				for _, v := range scores {
					sum += v[a]
				}
				if math.Abs(sum) > 1e-8*float64(n) {
					t.Errorf("score %d: its moment %d is %g", score, a, sum)
				}
			}
			for i := range n {
				for k := range n {
					weight := 0.0
					switch {
					case lags == -1 && i == k, lags == 0 && data.Cluster[i] == data.Cluster[k]:
						weight = 1
					case lags > 0 && data.Cluster[i] == data.Cluster[k]:
						weight = max(0, 1-math.Abs(float64(data.Order[i]-data.Order[k]))/float64(lags+1))
					}
					for a := range 2 {
						for b := range 2 {
							s.Set(a, b, s.At(a, b)+weight*scores[i][a]*scores[k][b])
						}
					}
				}
			}
			var inverse, want mat.Dense
			if err := inverse.Inverse(j); err != nil {
				t.Fatal(err)
			}
			want.Mul(&inverse, s)
			want.Mul(mat.DenseCopyOf(&want), inverse.T())
			for a := range 2 {
				for b := range 2 {
					if math.Abs(e.Cov.At(a, b)-want.At(a, b)) > 1e-9*math.Abs(want.At(0, 0)) {
						t.Errorf("lags %d, score %d: covariance %d %d is %g, want %g", lags, score, a, b, e.Cov.At(a, b), want.At(a, b))
					}
				}
			}
		}
	}
}

func TestSeveralTreatmentsAreRecovered(t *testing.T) {
	t.Parallel()
	const draws = 300
	covered, bias := [2]int{}, [2]float64{}
	for seed := range uint64(draws) {
		data, truth := confounded(rand.New(rand.NewPCG(seed, 3)), 60, 8)
		folds, err := crossfit.Clusters(data.Cluster, 5, seed)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Model{L: Linear{}, M: Linear{}}.Fit(data, folds)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range truth {
			low, high := e.Interval(k, 0.95)
			if v > low && v < high {
				covered[k]++
			}
			bias[k] += (e.Theta[k] - v) / draws
		}
	}
	t.Logf("bias %.4f, coverage %.3f %.3f", bias, float64(covered[0])/draws, float64(covered[1])/draws)
	for k := range bias {
		if share := float64(covered[k]) / draws; math.Abs(bias[k]) > 0.01 || share < 0.90 || share > 0.98 {
			t.Errorf("treatment %d: bias %.4f, 95 %% intervals hold %.3f", k, bias[k], share)
		}
	}
}

// TestLearnersSolveTheirEquations checks what is 0 at the optimum of each.
func TestLearnersSolveTheirEquations(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	const n = 80
	x := make([][]float64, 6)
	for j := range x {
		for range n {
			x[j] = append(x[j], 3+rng.NormFloat64()*math.Pow(10, float64(j-2)))
		}
	}
	copy(x[5], x[1]) // the same column twice
	y, rows := make([]float64, n), []int{}
	for i := range y {
		y[i] = 2*x[0][i] - x[1][i] + rng.NormFloat64()
		if i%4 != 0 {
			rows = append(rows, i)
		}
	}
	for _, l := range []Learner{Linear{}, Linear{Ridge: 5}, Lasso{0.3}, Lasso{}} {
		p, err := l.Fit(x, y, rows)
		if err != nil {
			t.Fatal(err)
		}
		at, slope := make([]float64, len(rows)), p.(plane).slope
		p.Predict(x, rows, at)
		residual := make([]float64, n)
		sum := 0.0
		for k, i := range rows {
			residual[i] = y[i] - at[k]
			sum += residual[i]
		}
		if math.Abs(sum) > 1e-8*n {
			t.Errorf("%#v: the residuals add up to %g", l, sum)
		}
		for j, v := range x {
			g := floats.Dot(v, residual)
			size := floats.Norm(v, 2)
			switch l := l.(type) {
			case Linear:
				g -= l.Ridge * slope[j]
			case Lasso:
				g /= float64(len(rows))
				if slope[j] != 0 {
					g -= math.Copysign(l.Penalty, slope[j])
				} else {
					g = max(math.Abs(g)-l.Penalty, 0)
				}
			}
			if math.Abs(g) > 1e-7*size {
				t.Errorf("%#v: the gradient of column %d is %g", l, j, g)
			}
		}
	}
}

func TestBadDataAreRefused(t *testing.T) {
	t.Parallel()
	folds, _ := crossfit.Of([]int{0, 1, 0, 1})
	good := []float64{1, 2, 4, 3}
	m := Model{L: Linear{}, M: Linear{}}
	for words, d := range map[string]Data{
		"no rows":                 {},
		"a NaN":                   {Y: []float64{1, 2, math.NaN(), 3}, D: [][]float64{good}},
		"a short control":         {Y: good, D: [][]float64{good}, X: [][]float64{{1}}},
		"a treatment that stands": {Y: good, D: [][]float64{{1, 1, 1, 1}}},
		"treatments alike":        {Y: good, D: [][]float64{good, good}},
		"lags without time":       {Y: good, D: [][]float64{good}, Lags: 1},
		"clusters of few rows":    {Y: good, D: [][]float64{good}, Cluster: []int{1}},
	} {
		if e, err := m.Fit(d, folds); err == nil {
			t.Errorf("%s: θ is %v", words, e.Theta)
		}
	}
	e, err := m.Fit(Data{Y: []float64{1, 2, 5, 3}, D: [][]float64{good}}, folds)
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Solve(Data{Y: []float64{1, 2, 5, 3}, D: [][]float64{good}}, e.Fitted)
	if err != nil || again.Theta[0] != e.Theta[0] || again.SE[0] != e.SE[0] {
		t.Errorf("by its own predictions θ is %v, and was %v (%v)", again, e, err)
	}
	if _, err := m.Solve(Data{Y: []float64{1, 2, 5}, D: [][]float64{good}}, e.Fitted); err == nil {
		t.Error("an outcome without a row is solved")
	}
	if _, err := e.Sensitivity(Confounder{1, 0, 1}, 0.95); err == nil {
		t.Error("a confounder that explains all is taken")
	}
}

package predictive

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"shelfcast/engine/demand"
)

func newFan(h int, levels ...float64) demand.Fan {
	return demand.Fan{Levels: levels, Mean: make([]float64, h), Q: make([]float64, h*len(levels))}
}

func TestNormalQuantiles(t *testing.T) {
	t.Parallel()
	for level, want := range map[float64]float64{0.5: 0, 0.9: 1.2815515655446004, 0.975: 1.959963984540054, 0.005: -2.575829303548901} { // scipy norm.ppf
		if got := Normal(level); math.Abs(got-want) > 1e-12 {
			t.Errorf("%g: %.16g, want %.16g", level, got, want)
		}
	}
}

func TestWithoutAShapeTheFanIsNormal(t *testing.T) {
	t.Parallel()
	dst := newFan(3, 0.1, 0.5, 0.9)
	l := Linear{Mean: []float64{50, 50, 50}, Weights: []float64{0.5, 0.5, 0.5}, Scale: []float64{1, 1, 2}, Sigma: 4}
	l.Steps().Write(dst)
	for j, sd := range []float64{4, 4 * math.Sqrt(1.25), 8 * math.Sqrt(1.5)} {
		if got, want := dst.At(j)[2], 50+1.2815515655446004*sd; math.Abs(got-want) > 1e-12*want {
			t.Errorf("step %d: %v, want %v", j+1, got, want)
		}
		if dst.Mean[j] != 50 || dst.At(j)[1] != 50 {
			t.Errorf("step %d: mean %v, median %v", j+1, dst.Mean[j], dst.At(j)[1])
		}
	}
}

func TestAShapeHasTheQuantilesOfItsErrors(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	errors := make([]float64, 200001)
	for i := range errors {
		errors[i] = 3 * (rng.ExpFloat64() - 1) // standard deviation 3
	}
	s := NewShape(errors, 3)
	for _, level := range []float64{0.005, 0.07, 0.1, 0.33, 0.5, 0.9, 0.965, 0.995} {
		want := -math.Log(1-level) - 1
		if got := s.Quantile(level); math.Abs(got-want) > 0.1 { // three standard errors at the ends, and lines between grid levels
			t.Errorf("%g: %g, want %g", level, got, want)
		}
	}
}

func TestQuantilesOfAShapeAscend(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for n := fewest; n < 120; n += 7 {
		errors := make([]float64, n)
		for i := range errors {
			errors[i] = math.Round(rng.NormFloat64() * 2)
		}
		s := NewShape(errors, 2)
		last := math.Inf(-1)
		for level := 0.0005; level < 1; level += 0.0005 {
			q := s.Quantile(level)
			if q < last-1e-12 {
				t.Fatalf("%d errors: the quantile of %g is %g, of a lower level %g", n, level, q, last)
			}
			last = q
		}
	}
}

func TestFewErrorsOrNoSpreadHaveNoShape(t *testing.T) {
	t.Parallel()
	if s := NewShape(make([]float64, fewest-1), 1); s != nil {
		t.Error("fifty-nine errors have a shape")
	}
	if s := NewShape(make([]float64, 100), 0); s != nil {
		t.Error("errors without spread have a shape")
	}
}

// TestTheMeanIsThatOfWhatIsNotNegative draws from the distribution of the fan.
func TestTheMeanIsThatOfWhatIsNotNegative(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	skewed := make([]float64, 5000)
	for i := range skewed {
		skewed[i] = rng.ExpFloat64() - 1
	}
	for _, shape := range []Shape{nil, NewShape(skewed, 1)} {
		for _, mean := range []float64{20, 1, 0.3, 0, -1} {
			dst := newFan(1)
			l := Linear{Mean: []float64{mean}, Weights: []float64{0}, Sigma: 1.5, Shape: shape}
			l.Steps().Write(dst)
			want, draws := 0.0, 200000
			for range draws {
				want += max(0, mean+1.5*shape.Quantile(rng.Float64())) / float64(draws)
			}
			if math.Abs(dst.Mean[0]-want) > 0.02 { // four standard errors of the draws, and the trapezoids
				t.Errorf("mean %g, shape %v: %g, drawn %g", mean, shape != nil, dst.Mean[0], want)
			}
			if mean == 20 && dst.Mean[0] != 20 {
				t.Errorf("a mean far above 0 became %v", dst.Mean[0])
			}
		}
	}
}

// TestTheTotalHasTheSpreadOfASumOfPaths draws paths of a moving average and adds them up.
func TestTheTotalHasTheSpreadOfASumOfPaths(t *testing.T) {
	t.Parallel()
	l := Linear{Mean: []float64{20, 21, 22, 23}, Weights: []float64{0.5, 0.2, -0.3, 0}, Scale: []float64{1, 2, 0.5, 1}, Sigma: 2, Doubt: [][]float64{{1, 0.5, 0.2, 0}}}
	rng := rand.New(rand.NewPCG(9, 9))
	const paths = 200000
	sum, squares := 0.0, 0.0
	for range paths {
		e := [4]float64{}
		total, before := 0.0, 2*rng.NormFloat64()
		for j := range e {
			e[j] = 2 * rng.NormFloat64()
			step := e[j] + l.Doubt[0][j]*before
			for i := 1; i <= j; i++ {
				step += l.Weights[i-1] * e[j-i]
			}
			total += l.Mean[j] + l.Scale[j]*step
		}
		sum += total
		squares += total * total
	}
	mean := sum / paths
	sd := math.Sqrt(squares/paths - mean*mean)
	got := l.Total()
	if math.Abs(got.Mean[0]-86) > 1e-12 || math.Abs(got.SD[0]/sd-1) > 0.01 { // six standard errors of a drawn deviation
		t.Errorf("total of mean %g and deviation %g, drawn %g and %g", got.Mean[0], got.SD[0], mean, sd)
	}
}

// TestTheTotalCutsEachStep draws paths whose steps are cut at 0 one by one, as demand is.
func TestTheTotalCutsEachStep(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 4))
	for _, h := range []int{1, 7, 28} {
		for _, mean := range []float64{-0.5, 0.3, 2} {
			l := Linear{Sigma: 1}
			for range h {
				l.Mean, l.Weights = append(l.Mean, mean), append(l.Weights, 0.1)
			}
			const paths = 40000
			totals, drawn := make([]float64, paths), 0.0
			for p := range totals {
				level := mean
				for range h {
					e := rng.NormFloat64()
					totals[p] += max(0, level+e)
					level += 0.1 * e
				}
				drawn += totals[p] / paths
			}
			slices.Sort(totals)
			dst := newFan(1, 0.1, 0.5, 0.9)
			l.Total().Write(dst)
			if math.Abs(dst.Mean[0]/drawn-1) > 0.03 { // the trapezoids of the cut
				t.Errorf("%d steps of mean %g: mean %g, drawn %g", h, mean, dst.Mean[0], drawn)
			}
			// The deviation is that of what is not cut: bands that are too wide, but lie where they should.
			for k, level := range dst.Levels {
				if want := totals[int(level*paths)]; math.Abs(dst.Q[k]-want) > 0.6*l.Total().SD[0] {
					t.Errorf("%d steps of mean %g: quantile %g is %g, drawn %g", h, mean, level, dst.Q[k], want)
				}
			}
		}
	}
}

// The errors of an item that was delisted long ago are next to nothing, and a sum with a normal quantile rounds.
func TestErrorsOfNextToNothingDoNotMakeQuantilesCross(t *testing.T) {
	t.Parallel()
	shape := make(Shape, len(Grid))
	for k := range shape {
		shape[k] = 1e-46 * normals[k]
	}
	dst := newFan(1, 0.1, 0.5, 0.9)
	Steps{Mean: []float64{2e-57}, SD: []float64{0.3}, Share: []float64{1}, Shape: shape}.Write(dst)
	if err := dst.Check(); err != nil {
		t.Error(err)
	}
}

func TestAFanIsWholeForAnyNumbers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	levels := []float64{0.0001, 0.005, 0.1, 0.5, 0.9, 0.995, 0.9999}
	for range 500 {
		errors := make([]float64, 20+rng.IntN(50))
		for i := range errors {
			errors[i] = math.Trunc(rng.NormFloat64() * 3)
		}
		scale := math.Pow(10, float64(rng.IntN(60)-30))
		l := Linear{
			Mean: []float64{rng.NormFloat64() * scale, 0, -scale}, Weights: []float64{rng.NormFloat64(), 0.1, 0},
			Scale: []float64{rng.NormFloat64(), 1, 1}, Sigma: scale * rng.Float64(), Shape: NewShape(errors, 3),
		}
		dst := newFan(3, levels...)
		l.Steps().Write(dst)
		if err := dst.Check(); err != nil {
			t.Fatalf("%+v: %v", l, err)
		}
		if !slices.IsSorted(dst.At(0)) {
			t.Fatal("quantiles cross")
		}
	}
}

// TestATransformedFanIsThatOfDraws draws from normal steps after the logarithm and the square root.
func TestATransformedFanIsThatOfDraws(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(12, 12))
	for _, back := range []BoxCox{0, 0.5} {
		l := Linear{Mean: []float64{1, 1.2, 0.9}, Weights: []float64{0.6, 0.3, 0.1}, Sigma: 0.4, Back: &back}
		const paths = 200000
		steps, totals := make([][]float64, 3), make([]float64, paths)
		for p := range totals {
			e := [3]float64{}
			for j := range e {
				e[j] = 0.4 * rng.NormFloat64()
				w := l.Mean[j] + e[j]
				for i := 1; i <= j; i++ {
					w += l.Weights[i-1] * e[j-i]
				}
				v := back.From(w)
				steps[j] = append(steps[j], v)
				totals[p] += v
			}
		}
		check := func(what string, dst demand.Fan, drawn []float64, tolerance float64) {
			t.Helper()
			mean := 0.0
			for _, v := range drawn {
				mean += v / paths
			}
			slices.Sort(drawn)
			if math.Abs(dst.Mean[0]/mean-1) > 0.005 {
				t.Errorf("λ %g: the mean of %s is %g, drawn %g", float64(back), what, dst.Mean[0], mean)
			}
			for k, level := range dst.Levels {
				want := drawn[int(level*paths)]
				if math.Abs(dst.Q[k]/want-1) > tolerance {
					t.Errorf("λ %g: quantile %g of %s is %g, drawn %g", float64(back), level, what, dst.Q[k], want)
				}
			}
		}
		dst, total := newFan(3, 0.1, 0.5, 0.9), newFan(1, 0.1, 0.5, 0.9)
		l.Steps().Write(dst)
		for j := range 3 {
			check("a step", demand.Fan{Levels: dst.Levels, Mean: dst.Mean[j : j+1], Q: dst.At(j)}, steps[j], 0.01)
		}
		l.WriteTotal(total)
		check("the sum", total, totals, 0.04) // three standard errors of 2,000 paths
	}
}

func TestBoxCoxGoesThereAndBack(t *testing.T) {
	t.Parallel()
	for _, b := range []BoxCox{0, 0.2, 0.5, 1, -0.5} {
		for _, y := range []float64{0.01, 1, 7, 1e6} {
			if got := b.From(b.To(y)); math.Abs(got/y-1) > 1e-9 {
				t.Errorf("λ %g: %g came back as %g", float64(b), y, got)
			}
		}
	}
	if v := BoxCox(0.5).From(-100); v != 0 {
		t.Errorf("below the value of no demand there is %g", v)
	}
}

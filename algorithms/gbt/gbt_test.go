package gbt

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// made draws n rows of p features, of which some values are missing, and an outcome of some of them.
func made(seed uint64, n, p int, missing float64) Data {
	rng := rand.New(rand.NewPCG(seed, 1))
	d := Data{X: make([][]float64, p), Y: make([]float64, n)}
	for j := range d.X {
		for range n {
			v := rng.NormFloat64()
			if j%3 == 2 {
				v = math.Round(3 * v)
			}
			d.X[j] = append(d.X[j], v)
		}
	}
	for i := range n {
		s := math.Sin(2*d.X[0][i]) + 0.5*d.X[1%p][i]
		if d.X[2%p][i] > 1 {
			s += 0.8
		}
		d.Y[i] = s + 0.3*rng.NormFloat64()
		for j := range p {
			if rng.Float64() < missing {
				d.X[j][i] = math.NaN()
			}
		}
	}
	return d
}

func poisson(rng *rand.Rand, mean float64) float64 {
	k, p := 0.0, math.Exp(-mean)
	for u := rng.Float64() - p; u > 0; u -= p {
		k++
		p *= mean / k
	}
	return k
}

// plain finds the best tree of two leaves by trying every cut between values of every column, with what is missing on either side.
func plain(d Data, g, h []float64, o Options) (feature int, gain float64, left map[int]bool) {
	worth := func(rows map[int]bool) float64 {
		var a, b float64
		for i := range rows {
			a, b = a+g[i], b+h[i]
		}
		return a * a / (b + o.L2) / 2
	}
	all := map[int]bool{}
	for i := range d.Y {
		all[i] = true
	}
	before := worth(all)
	for j, v := range d.X {
		for _, cut := range v {
			if math.IsNaN(cut) {
				continue
			}
			for _, missing := range []bool{false, true} {
				l, r := map[int]bool{}, map[int]bool{}
				for i, x := range v {
					if x <= cut || missing && math.IsNaN(x) {
						l[i] = true
					} else {
						r[i] = true
					}
				}
				if len(l) < o.LeastRows || len(r) < o.LeastRows {
					continue
				}
				if won := worth(l) + worth(r) - before; won > gain+1e-9 {
					feature, gain, left = j, won, l
				}
			}
		}
	}
	return feature, gain, left
}

func TestTheFirstSplitIsTheBestOfAll(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		d := made(seed, 150, 4, 0.1*float64(seed%3))
		o := Options{Rounds: 1, Leaves: 2, Rate: 1, LeastRows: 1 + int(seed), L2: float64(seed % 4)}
		m, err := Train(d, nil, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		g, h := make([]float64, 150), make([]float64, 150)
		o.gradients(d.Y, d.scores(m.First), g, h)
		feature, gain, left := plain(d, g, h, o)
		tree := m.Trees[0]
		if int(tree.Feature[0]) != feature || math.Abs(tree.Gain[0]-gain) > 1e-9*gain {
			t.Errorf("seed %d: the split is of feature %d and gain %.9g, want %d and %.9g", seed, tree.Feature[0], tree.Gain[0], feature, gain)
			continue
		}
		var a, b float64
		for i := range left {
			a, b = a+g[i], b+h[i]
		}
		for i := range left {
			if v := tree.at(d.X, i); math.Abs(v+a/(b+o.L2)) > 1e-9 {
				t.Fatalf("seed %d: row %d has the score %g, want %g", seed, i, v, -a/(b+o.L2))
			}
		}
	}
}

func TestTheModelIsTheSameForAnyWorkersAndFromItsFile(t *testing.T) {
	t.Parallel()
	d := made(3, 3000, 7, 0.05)
	o := Options{Rounds: 30, Leaves: 15, Rate: 0.1, LeastRows: 10, Rows: 0.7, Columns: 0.6, Seed: 5}
	var files []string
	for _, workers := range []int{0, 2, 5} {
		o.Workers = workers
		m, err := Train(d, nil, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, string(data))
	}
	if files[0] != files[1] || files[0] != files[2] {
		t.Error("the model depends on the number of workers")
	}
	var back Model
	if err := json.Unmarshal([]byte(files[0]), &back); err != nil {
		t.Fatal(err)
	}
	rows, scores, sum := make([]int, 3000), make([]float64, 3000), 0.0
	for i := range rows {
		rows[i] = i
	}
	back.Scores(d.X, rows, scores)
	sum = o.Loss(d.Y, scores)
	if last := back.Losses[len(back.Losses)-1]; math.Abs(sum-last) > 1e-12*last {
		t.Errorf("the loss by the features is %.15g, and while training %.15g", sum, last)
	}
}

func TestEachObjectiveFindsWhatItIsFor(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(9, 9))
	const n = 20000
	d := Data{X: make([][]float64, 3), Y: make([]float64, n), Offset: make([]float64, n)}
	truth := make([]float64, n)
	for i := range n {
		for j := range d.X {
			d.X[j] = append(d.X[j], rng.Float64())
		}
		d.Offset[i] = math.Log(0.5 + rng.Float64())
		truth[i] = math.Exp(math.Sin(5*d.X[0][i]) + d.X[1][i])
		d.Y[i] = poisson(rng, truth[i]*math.Exp(d.Offset[i]))
	}
	o := Options{Rounds: 80, Leaves: 8, Rate: 0.1, LeastRows: 50}
	rows, got := make([]int, n), make([]float64, n)
	for i := range rows {
		rows[i] = i
	}
	for _, o.Objective = range []Objective{Poisson, Tweedie} {
		o.Power = 1.2
		m, err := Train(d, nil, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		m.Predict(d.X, rows, got)
		miss, size := 0.0, 0.0
		for i, v := range truth {
			miss += (got[i] - v) * (got[i] - v)
			size += v * v
		}
		if share := math.Sqrt(miss / size); share > 0.06 {
			t.Errorf("objective %d: the root mean square error is %.3f of the mean", o.Objective, share)
		}
	}
	d.Offset = nil
	for i := range n {
		d.Y[i] = truth[i] + (0.2+d.X[2][i])*rng.NormFloat64()
	}
	o.Objective = Quantile
	for _, o.Level = range []float64{0.1, 0.5, 0.9} {
		m, err := Train(d, nil, nil, o)
		if err != nil {
			t.Fatal(err)
		}
		m.Predict(d.X, rows, got)
		for _, part := range []float64{0, 0.5} {
			below, all := 0, 0
			for i, v := range d.Y {
				if d.X[2][i] >= part && d.X[2][i] < part+0.5 {
					if all++; v <= got[i] {
						below++
					}
				}
			}
			if share := float64(below) / float64(all); math.Abs(share-o.Level) > 0.02 {
				t.Errorf("of the quantile %g, %.3f lie below it where the third feature begins at %g", o.Level, share, part)
			}
		}
	}
}

func TestMonotoneFeaturesAre(t *testing.T) {
	t.Parallel()
	d := made(6, 2000, 3, 0)
	for _, sign := range []int8{1, -1} {
		m, err := Train(d, nil, nil, Options{Rounds: 40, Leaves: 20, Rate: 0.2, Monotone: []int8{sign, 0, 0}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 50 {
			x, rows := [][]float64{nil, nil, nil}, []int{}
			for k := range 200 {
				x[0], x[1], x[2] = append(x[0], float64(k-100)/30), append(x[1], d.X[1][i]), append(x[2], d.X[2][i])
				rows = append(rows, k)
			}
			got := make([]float64, 200)
			m.Predict(x, rows, got)
			for k := 1; k < 200; k++ {
				if (got[k]-got[k-1])*float64(sign) < -1e-12 {
					t.Fatalf("sign %d: the prediction goes from %g to %g", sign, got[k-1], got[k])
				}
			}
		}
	}
}

func TestTrainingStopsWhereValidationIsBest(t *testing.T) {
	t.Parallel()
	d, v := made(1, 400, 5, 0), made(2, 400, 5, 0)
	m, err := Train(d, nil, &v, Options{Rounds: 500, Leaves: 31, Rate: 0.3, Patience: 20})
	if err != nil {
		t.Fatal(err)
	}
	best := slices.Index(m.Validation, slices.Min(m.Validation))
	if len(m.Trees) != best+1 || len(m.Validation) != best+21 {
		t.Errorf("%d trees and %d rounds, and the best is round %d", len(m.Trees), len(m.Validation), best+1)
	}
}

func TestHardData(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	good := Options{Rounds: 3, Leaves: 4, Rate: 0.5}
	for words, d := range map[string]Data{
		"constant features":    {X: [][]float64{{1, 1, 1}}, Y: []float64{1, 2, 3}},
		"all missing":          {X: [][]float64{{nan, nan, nan}}, Y: []float64{1, 2, 3}},
		"one row":              {X: [][]float64{{5}}, Y: []float64{2}},
		"constant outcome":     {X: [][]float64{{1, 2, 3}}, Y: []float64{2, 2, 2}},
		"neighbouring numbers": {X: [][]float64{{1, math.Nextafter(1, 2), 2}}, Y: []float64{0, 5, 9}},
		"huge":                 {X: [][]float64{{1e300, -1e300, 0}}, Y: []float64{1e12, 0, 1}},
	} {
		for _, o := range []Objective{Squared, Poisson, Quantile} {
			o2 := good
			o2.Objective, o2.Level = o, 0.5
			m, err := Train(d, nil, nil, o2)
			if err != nil {
				t.Errorf("%s: %v", words, err)
				continue
			}
			if _, err := json.Marshal(m); err != nil {
				t.Errorf("%s, objective %d: the model cannot be written: %v", words, o, err)
			}
			got, rows := make([]float64, len(d.Y)), []int{0, 1, 2}[:len(d.Y)]
			m.Predict(d.X, rows, got)
			for _, v := range got {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s, objective %d: predicted are %v", words, o, got)
				}
			}
		}
	}
	x := [][]float64{{1, 2}}
	for words, c := range map[string]struct {
		d Data
		o Options
	}{
		"no rows":            {Data{X: [][]float64{{}}}, good},
		"a NaN outcome":      {Data{X: x, Y: []float64{1, nan}}, good},
		"a negative count":   {Data{X: x, Y: []float64{1, -1}}, Options{Objective: Poisson, Rounds: 1, Leaves: 2, Rate: 1}},
		"a short feature":    {Data{X: [][]float64{{1}}, Y: []float64{1, 2}}, good},
		"infinite features":  {Data{X: [][]float64{{-inf, inf}}, Y: []float64{1, 2}}, good},
		"no rounds":          {Data{X: x, Y: []float64{1, 2}}, Options{}},
		"patience, nothing":  {Data{X: x, Y: []float64{1, 2}}, Options{Rounds: 1, Leaves: 2, Rate: 1, Patience: 1}},
		"a level of 1":       {Data{X: x, Y: []float64{1, 2}}, Options{Objective: Quantile, Level: 1, Rounds: 1, Leaves: 2, Rate: 1}},
		"signs of no column": {Data{X: x, Y: []float64{1, 2}}, Options{Monotone: []int8{1, 1}, Rounds: 1, Leaves: 2, Rate: 1}},
	} {
		if _, err := Train(c.d, nil, nil, c.o); err == nil {
			t.Errorf("%s: trained", words)
		}
	}
}

func TestSizesBetweenFewValuesAndBinsKeepEveryValueApart(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 2))
	for _, n := range []int{2, 253, 254, 255, 5000, 450000} {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(rng.IntN(max(n/2, 2)))
		}
		c := newColumn(v)
		if c.bins() > mostBins+1 || !slices.IsSorted(c.edges) {
			t.Fatalf("%d values: %d bins", n, c.bins())
		}
		counts := make([]int, c.bins())
		for i, x := range v {
			b := c.bin[i]
			counts[b]++
			if b == 0 || x > c.edges[b-1] || b > 1 && x <= c.edges[b-2] {
				t.Fatalf("%d values: %g is in bin %d of %v", n, x, b, fmt.Sprint(c.edges)[:40])
			}
		}
		if n == 450000 {
			for b, k := range counts[1:] {
				if k > 4*n/mostBins {
					t.Errorf("bin %d holds %d of %d values", b, k, n)
				}
			}
		}
	}
}

func BenchmarkTrain500kRows20Features100Rounds(b *testing.B) {
	d := made(1, 500_000, 20, 0)
	for b.Loop() {
		if _, err := Train(d, nil, nil, Options{Rounds: 100, Leaves: 31, Rate: 0.1, LeastRows: 20}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(100*float64(b.N)/b.Elapsed().Seconds(), "trees/s")
}

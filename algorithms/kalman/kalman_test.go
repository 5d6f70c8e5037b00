package kalman

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// process is an ARIMA process with what the plain equations need.
type process struct {
	name              string
	phi, theta, delta []float64
}

var processes = []process{
	{name: "white noise"},
	{name: "ar", phi: []float64{0.5, -0.3}},
	{name: "ma", theta: []float64{0.4, 0.2, -0.3}},
	{name: "arma", phi: []float64{0.7}, theta: []float64{-0.4, 0.3}},
	{name: "seasonal", phi: []float64{0.3, 0, 0, 0.6, -0.18}, theta: []float64{-0.2, 0, 0, 0.5, -0.1}},
	{name: "random walk", delta: []float64{1}},
	{name: "arima", phi: []float64{0.6}, theta: []float64{-0.5}, delta: []float64{1}},
	{name: "airline", theta: []float64{-0.4, 0, 0, -0.6, 0.24}, delta: []float64{1, 0, 0, 1, -1}},
	{name: "twice", theta: []float64{-0.9}, delta: []float64{2, -1}},
	{name: "season", phi: []float64{0.5}, theta: []float64{0, 0, 0, -0.7}, delta: []float64{0, 0, 0, 1}},
}

// weights are ψ of θ(B)/φ(B) by long division.
func (p process) weights(n int) []float64 {
	psi := make([]float64, n)
	for j := range psi {
		switch {
		case j == 0:
			psi[j] = 1
		case j <= len(p.theta):
			psi[j] = p.theta[j-1]
		}
		for i, a := range p.phi {
			if j > i {
				psi[j] += a * psi[j-i-1]
			}
		}
	}
	return psi
}

const long = 4000 // weights after which nothing is left

// autocovariances are Σ ψ_j·ψ_{j+k}.
func (p process) autocovariances(n int) []float64 {
	psi := p.weights(long)
	g := make([]float64, n)
	for k := range g {
		for j := 0; j+k < long; j++ {
			g[k] += psi[j] * psi[j+k]
		}
	}
	return g
}

// start is the covariance of a, by the weights that errors before the first period have in it: what an error i periods before
// adds to w_j, less what passes through the w between.
func (p process) start() []float64 {
	r := max(len(p.phi), len(p.theta))
	psi := p.weights(long + r)
	back := make([][]float64, r) // of a_j, by the error at −i
	for j := range r {
		back[j] = make([]float64, long)
		for i := range long {
			v := psi[i+j+1]
			for k := 0; k < len(p.phi) && k < j; k++ {
				v -= p.phi[k] * psi[i+j-k]
			}
			back[j][i] = v
		}
	}
	c := mat.NewSymDense(max(r, 1), nil)
	for i := range r {
		for j := range r {
			v := 0.0
			for k := range long {
				v += back[i][k] * back[j][k]
			}
			if j >= i {
				c.SetSym(i, j, v)
			}
		}
	}
	out := make([]float64, r*r)
	if r == 0 {
		return out
	}
	for i := range r { // plain Cholesky, semi-definite
		for j := range i + 1 {
			v := c.At(i, j)
			for k := range j {
				v -= out[i*r+k] * out[j*r+k]
			}
			switch {
			case i == j:
				out[i*r+i] = math.Sqrt(max(v, 0))
			case out[j*r+j] > 1e-7:
				out[i*r+j] = v / out[j*r+j]
			}
		}
	}
	return out
}

// plain are the first n periods of z as linear in the start and in w: z = A·start + C·w, and the covariance C·Γ·Cᵀ.
func (p process) plain(n int) (start *mat.Dense, covariance *mat.Dense) {
	l := len(p.delta)
	c := mat.NewDense(n, n, nil)
	a := mat.NewDense(n, max(l, 1), nil)
	for t := range n {
		c.Set(t, t, 1)
		for i, d := range p.delta {
			at := t - i - 1
			if at < 0 {
				a.Set(t, -at-1, a.At(t, -at-1)+d)
				continue
			}
			for k := range n {
				c.Set(t, k, c.At(t, k)+d*c.At(at, k))
			}
			for k := range l {
				a.Set(t, k, a.At(t, k)+d*a.At(at, k))
			}
		}
	}
	g := p.autocovariances(n)
	gamma := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			gamma.Set(i, j, g[max(i-j, j-i)])
		}
	}
	var half, whole mat.Dense
	half.Mul(c, gamma)
	whole.Mul(&half, c.T())
	return a, &whole
}

// exact is the likelihood, and the forecasts and their deviations over σ, by the whole covariance matrix.
func (p process) exact(y []float64, x []float64, h int) (v Value, mean, sd []float64) {
	n, l := len(y), len(p.delta)
	a, cov := p.plain(n + h)
	var seen []int
	for t, v := range y {
		if v == v {
			seen = append(seen, t)
		}
	}
	m := len(seen)
	k := l
	if x != nil {
		k++
	}
	vo := mat.NewSymDense(m, nil)
	design := mat.NewDense(m, max(k, 1), nil)
	obs := mat.NewVecDense(m, nil)
	for i, s := range seen {
		obs.SetVec(i, y[s])
		for j, q := range seen[i:] {
			vo.SetSym(i, i+j, cov.At(s, q))
		}
		for j := range l {
			design.Set(i, j, a.At(s, j))
		}
		if x != nil {
			design.Set(i, l, x[s])
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(vo) {
		panic("the covariance is not positive definite")
	}
	logDet := chol.LogDet()
	var vy mat.VecDense
	if err := chol.SolveVecTo(&vy, obs); err != nil {
		panic(err)
	}
	squares := mat.Dot(obs, &vy)
	beta := mat.NewVecDense(max(k, 1), nil)
	var gram mat.Dense
	if k > 0 {
		var vx mat.Dense
		if err := chol.SolveTo(&vx, design); err != nil {
			panic(err)
		}
		gram.Mul(design.T(), &vx)
		var side mat.VecDense
		side.MulVec(design.T(), &vy)
		if err := beta.SolveVec(&gram, &side); err != nil {
			panic(err)
		}
		squares -= mat.Dot(beta, &side)
		if l > 0 {
			logDet += math.Log(mat.Det(gram.Slice(0, l, 0, l)))
		}
	}
	free := float64(m - l)
	v = Value{LogLik: -0.5 * (free*math.Log(2*math.Pi*squares/free) + free + logDet), Squares: squares, Free: m - l}
	if x != nil {
		v.Beta = []float64{beta.AtVec(l)}
	}
	rest := mat.VecDenseCopyOf(obs)
	var fitted mat.VecDense
	fitted.MulVec(design, beta)
	rest.SubVec(rest, &fitted)
	var vr mat.VecDense
	if err := chol.SolveVecTo(&vr, rest); err != nil {
		panic(err)
	}
	for j := range h { // what is expected of z, and how far it may be off: the start is estimated, the regressor known
		t := n + j
		c := mat.NewVecDense(m, nil)
		for i, s := range seen {
			c.SetVec(i, cov.At(t, s))
		}
		var vc mat.VecDense
		if err := chol.SolveVecTo(&vc, c); err != nil {
			panic(err)
		}
		value, variance := mat.Dot(c, &vr), cov.At(t, t)-mat.Dot(c, &vc)
		if l > 0 {
			d := mat.NewVecDense(l, nil)
			for q := range l {
				value += a.At(t, q) * beta.AtVec(q)
				d.SetVec(q, a.At(t, q)-mat.Dot(design.ColView(q), &vc))
			}
			var solved mat.VecDense
			if err := solved.SolveVec(gram.Slice(0, l, 0, l), d); err != nil {
				panic(err)
			}
			variance += mat.Dot(d, &solved)
		}
		mean, sd = append(mean, value), append(sd, math.Sqrt(variance))
	}
	return v, mean, sd
}

// draw is a path of a process, with a share of it missing, and a regressor.
func (p process) draw(rng *rand.Rand, n int, missing float64) (y, x []float64) {
	e := make([]float64, n+50)
	for i := range e {
		e[i] = rng.NormFloat64()
	}
	w, z := make([]float64, n+50), make([]float64, n+50)
	for t := range w {
		w[t] = e[t]
		for i, v := range p.theta {
			if t > i {
				w[t] += v * e[t-i-1]
			}
		}
		for i, v := range p.phi {
			if t > i {
				w[t] += v * w[t-i-1]
			}
		}
		z[t] = w[t]
		for i, v := range p.delta {
			if t > i {
				z[t] += v * z[t-i-1]
			}
		}
	}
	for t := range n {
		x = append(x, math.Sin(float64(t*t)))
		v := 20 + z[t+50] + 2*x[t]
		if rng.Float64() < missing {
			v = math.NaN()
		}
		y = append(y, v)
	}
	return y, x
}

func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol*max(1, math.Abs(a), math.Abs(b)) }

// TestTheLikelihoodAndTheForecastsAreThoseOfTheWholeCovarianceMatrix compares likelihood, sum of squares, coefficient, forecasts and
// their deviations.
func TestTheLikelihoodAndTheForecastsAreThoseOfTheWholeCovarianceMatrix(t *testing.T) {
	t.Parallel()
	const h = 9
	for i, p := range processes {
		for j, missing := range []float64{0, 0.1, 0.5} {
			rng := rand.New(rand.NewPCG(uint64(i), uint64(j)))
			y, x := p.draw(rng, 60, missing)
			if missing == 0.5 { // and the last of all
				y[58], y[59] = math.NaN(), math.NaN()
			}
			want, mean, sd := p.exact(y, x, h)
			f := New(p.delta, [][]float64{y, x})
			got, ok := f.At(p.phi, p.theta, p.start())
			if !ok {
				t.Fatalf("%s, %g missing: no value", p.name, missing)
			}
			if got.Free != want.Free || !near(got.LogLik, want.LogLik, 1e-8) || !near(got.Squares, want.Squares, 1e-8) || !near(got.Beta[0], want.Beta[0], 1e-8) {
				t.Errorf("%s, %g missing: %+v, want %+v", p.name, missing, got, want)
			}
			sum := 0.0
			for _, e := range f.Errors(got.Beta) {
				sum += e * e
			}
			if !near(sum, got.Squares, 1e-8) {
				t.Errorf("%s, %g missing: the squares of the errors are %g, the sum %g", p.name, missing, sum, got.Squares)
			}
			state, doubt := f.State()
			for k := range h {
				value, variance := f.value(state), 1.0
				f.step(state, 0)
				for _, d := range doubt {
					v := f.value(d)
					variance += v * v
					f.step(d, 0)
				}
				d := make([]float64, f.r+f.lost) // the error of this period is one column more
				f.step(d, 1)
				doubt = append(doubt, d)
				if !near(value, mean[k], 1e-7) || !near(math.Sqrt(variance), sd[k], 1e-7) {
					t.Errorf("%s, %g missing, %d ahead: %g ± %g, want %g ± %g", p.name, missing, k+1, value, math.Sqrt(variance), mean[k], sd[k])
				}
			}
		}
	}
}

// TestOfWhatIsNeverSeenNothingIsDetermined has one day of each season that is never observed, as that on which a shop is closed.
func TestOfWhatIsNeverSeenNothingIsDetermined(t *testing.T) {
	t.Parallel()
	p := process{delta: []float64{0, 0, 0, 1}, theta: []float64{0, 0, 0, -0.5}}
	rng := rand.New(rand.NewPCG(8, 8))
	y, _ := p.draw(rng, 80, 0)
	for i := 2; i < len(y); i += 4 {
		y[i] = math.NaN()
	}
	f := New(p.delta, [][]float64{y})
	got, ok := f.At(p.phi, p.theta, p.start())
	if !ok || got.Free != 60-3 {
		t.Fatalf("%+v, %v: want 57 free of 60 observations, three of the start are determined", got, ok)
	}
	state, _ := f.State()
	for _, v := range state {
		if math.IsNaN(v) || math.Abs(v) > 100 {
			t.Errorf("the state is %v", state)
		}
	}
	if _, ok := New(p.delta, [][]float64{y[:3]}).At(p.phi, p.theta, p.start()); ok {
		t.Error("two observations gave a likelihood of what has a start of four")
	}
}

func BenchmarkLikelihoodOf1000DaysWithOneInTwentyMissing(b *testing.B) {
	p := process{theta: []float64{-0.5, 0, 0, 0, 0, 0, -0.8, 0.4}, delta: []float64{0, 0, 0, 0, 0, 0, 1}, phi: []float64{0.6}}
	y, _ := p.draw(rand.New(rand.NewPCG(1, 1)), 1000, 0.05)
	f := New(p.delta, [][]float64{y})
	start := p.start()
	b.ReportAllocs()
	for b.Loop() {
		f.At(p.phi, p.theta, start)
	}
}

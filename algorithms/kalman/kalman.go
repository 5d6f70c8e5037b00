// Package kalman evaluates the exact Gaussian likelihood of ARIMA processes of which some observations are missing.
package kalman

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/cholesky"
)

// Filter evaluates the likelihood of one series with regressors, whose coefficients take their best values.
//
//	y_t = Σ β_k·x_kt + z_t,   z_t = w_t + Σ δ_i·z_{t−i},   φ(B)·w_t = θ(B)·e_t,   e_t Gaussian with variance σ²
//
// The state is what the past adds to the periods ahead, a_1 … a_r with r = max(p, q), and the last values of z that the
// differences δ reach:
//
//	w_t = a_1 + e_t,   a'_j = a_{j+1} + φ_j·w_t + θ_j·e_t
//
// Its covariance over σ² is kept as a factor, P = Σ_k d_k·d_kᵀ. In this form a period that is observed makes every column
// smaller, so that the columns die out and the recursion becomes that of the errors alone, without a switch to a steady state;
// a period that is missing adds one column. With u_k what column k adds to the period and F = 1 + Σ u_k², one step is
//
//	d̃_k = (T − G·H)·d_k,   d'_k = d̃_k − u_k·(1 − 1/√F)/(F − 1)·Σ u_l·d̃_l
//
// since P' = D̃(I + uuᵀ)⁻¹D̃ᵀ. It takes r values a column.
//
// The values of z before the first period are not known at all. Each enters as a column of its own, which is filtered like a
// regressor; the likelihood is that of what does not depend on them (diffuse: de Jong, Biometrika 75(1), 1988), which is that of
// the differenced series where nothing is missing. A value that no observation depends on counts as the mean of the series.
type Filter struct {
	delta []term
	lost  int
	data  [][]float64 // the series, NaN where it is missing, and the regressors
	seen  int         // observations

	own    []term // φ
	both   []term // φ + θ
	r      int
	rows   [][]float64 // filtered, over √F: of the unknown start, the regressors and the series in turn
	states [][]float64
	doubt  [][]float64
	spare  [][]float64
	around []float64
	u      []float64
	gram   []float64
	side   []float64
	kept   []bool // of the unknown start, whether an observation depends on it
}

// term is a coefficient and its lag.
type term struct {
	lag int
	v   float64
}

// Value is what the likelihood says of coefficients.
type Value struct {
	LogLik  float64
	Squares float64   // Σe²/F at the best coefficients, units²
	Free    int       // observations less values of the start that they determine
	Beta    []float64 // of the regressors, valid until the next call
}

// dead is the deviation, over σ, below which a column of doubt is dropped.
const dead = 1e-8

// undetermined is the share of a column's squares below which what the other columns leave of it is nothing but roundings.
const undetermined = 1e-11

// New returns the filter of a series and its regressors, with the differences 1 − Σ delta_i·B^i.
func New(delta []float64, data [][]float64) *Filter {
	f := &Filter{delta: terms(nil, delta), lost: len(delta), data: data}
	for _, v := range data[0] {
		if v == v {
			f.seen++
		}
	}
	f.rows = make([][]float64, f.lost+len(data))
	f.states = make([][]float64, len(f.rows))
	for c := range f.rows {
		f.rows[c] = make([]float64, f.seen)
	}
	f.kept = make([]bool, f.lost)
	return f
}

func terms(room []term, a []float64) []term {
	room = room[:0]
	for i, v := range a {
		if v != 0 {
			room = append(room, term{i, v})
		}
	}
	return room
}

// At evaluates the likelihood of 1 − Σ phi_i·B^i and 1 + Σ theta_i·B^i. Start is a factor L, r×r, of the covariance
// LLᵀ over σ² of a before the first period. It reports false where too little is observed.
func (f *Filter) At(phi, theta, start []float64) (Value, bool) {
	f.begin(phi, theta, start)
	logDet := 0.0
	at := 0
	for t, y := range f.data[0] {
		if y != y {
			f.miss()
			continue
		}
		logDet += f.observe(t, at)
		at++
	}
	return f.solve(logDet)
}

// begin sets the coefficients and the state before the first period.
func (f *Filter) begin(phi, theta, start []float64) {
	f.r = max(len(phi), len(theta))
	f.own = terms(f.own, phi)
	sum := make([]float64, f.r)
	copy(sum, phi)
	for i, v := range theta {
		sum[i] += v
	}
	f.both = terms(f.both, sum)
	n := f.r + f.lost
	f.around = resized(f.around, n)
	for c := range f.states {
		f.states[c] = resized(f.states[c], n)
		clear(f.states[c])
	}
	for i := range f.lost {
		f.states[i][f.r+i] = 1
	}
	series := f.states[len(f.states)-1]
	mean := f.mean()
	for i := range f.lost {
		series[f.r+i] = mean
	}
	f.spare = append(f.spare, f.doubt...)
	f.doubt = f.doubt[:0]
	for k := range f.r {
		d := f.column()
		for j := range d[:f.r] {
			d[j] = start[j*f.r+k]
		}
		f.keep(d)
	}
}

func (f *Filter) mean() float64 {
	sum := 0.0
	for _, v := range f.data[0] {
		if v == v {
			sum += v
		}
	}
	return sum / float64(max(f.seen, 1))
}

// column returns a column of zeros.
func (f *Filter) column() []float64 {
	n := f.r + f.lost
	if last := len(f.spare) - 1; last >= 0 {
		d := resized(f.spare[last], n)
		f.spare = f.spare[:last]
		clear(d)
		return d
	}
	return make([]float64, n)
}

func resized(v []float64, n int) []float64 {
	if cap(v) < n {
		return make([]float64, n)
	}
	return v[:n]
}

// keep adds a column to what is not known, unless it is next to nothing.
func (f *Filter) keep(d []float64) {
	for _, v := range d {
		if v > dead || v < -dead {
			f.doubt = append(f.doubt, d)
			return
		}
	}
	f.spare = append(f.spare, d)
}

// value returns what a state says of z in the period that follows.
func (f *Filter) value(s []float64) float64 {
	v := 0.0
	if f.r > 0 {
		v = s[0]
	}
	for _, d := range f.delta {
		v += d.v * s[f.r+d.lag]
	}
	return v
}

// step moves a state on by one period, whose error is e.
func (f *Filter) step(s []float64, e float64) {
	z := f.value(s) + e
	if f.r > 0 {
		first := s[0]
		copy(s[:f.r-1], s[1:f.r])
		s[f.r-1] = 0
		if first != 0 {
			for _, a := range f.own {
				s[a.lag] += a.v * first
			}
		}
		if e != 0 {
			for _, a := range f.both {
				s[a.lag] += a.v * e
			}
		}
	}
	if f.lost > 0 {
		copy(s[f.r+1:], s[f.r:len(s)-1])
		s[f.r] = z
	}
}

// miss moves on by a period that is not observed.
func (f *Filter) miss() {
	for _, s := range f.states {
		f.step(s, 0)
	}
	for _, d := range f.doubt {
		f.step(d, 0)
	}
	d := f.column()
	f.step(d, 1)
	f.keep(d)
	if len(f.doubt) > f.r+f.lost {
		f.compress()
	}
}

// compress replaces the columns of doubt by as many as the state has values.
func (f *Filter) compress() {
	n := f.r + f.lost
	p := make([]float64, n*n)
	for _, d := range f.doubt {
		for i, v := range d {
			if v != 0 {
				floats.AddScaled(p[i*n:i*n+i+1], v, d[:i+1])
			}
		}
	}
	cholesky.Root(p, n)
	f.spare = append(f.spare, f.doubt...)
	f.doubt = f.doubt[:0]
	for k := range n {
		d := f.column()
		for j := k; j < n; j++ {
			d[j] = p[j*n+k]
		}
		f.keep(d)
	}
}

// observe moves on by period t, the at-th that is observed, and returns log F.
func (f *Filter) observe(t, at int) float64 {
	f.u = f.u[:0]
	more := 0.0 // F − 1
	for _, d := range f.doubt {
		u := f.value(d)
		f.u = append(f.u, u)
		more += u * u
	}
	variance := 1 + more
	root := math.Sqrt(variance)
	if more > 0 {
		clear(f.around)
		for k, d := range f.doubt {
			floats.AddScaled(f.around, f.u[k], d)
		}
	}
	for c, s := range f.states {
		v := -f.value(s)
		if c >= f.lost {
			v += f.observed(c, t)
		}
		f.rows[c][at] = v / root
		if more > 0 {
			floats.AddScaled(s, v/variance, f.around)
		}
		f.step(s, v/variance)
	}
	f.learn(more, root)
	return math.Log(variance)
}

// observed returns what column c has in period t: the regressors come before the series.
func (f *Filter) observed(c, t int) float64 {
	if k := c - f.lost + 1; k < len(f.data) {
		return f.data[k][t]
	}
	return f.data[0][t]
}

// learn moves the columns of doubt on by a period that is observed.
func (f *Filter) learn(more, root float64) {
	if len(f.doubt) == 0 {
		return
	}
	for k, d := range f.doubt {
		f.step(d, -f.u[k])
	}
	if more > 0 {
		clear(f.around)
		for k, d := range f.doubt {
			floats.AddScaled(f.around, f.u[k], d)
		}
		share := (1 - 1/root) / more
		for k, d := range f.doubt {
			floats.AddScaled(d, -f.u[k]*share, f.around)
		}
	}
	all := f.doubt
	f.doubt = f.doubt[:0]
	for _, d := range all {
		f.keep(d)
	}
}

// solve finds the start, the coefficients and the value.
func (f *Filter) solve(logDet float64) (Value, bool) {
	k := len(f.rows) - 1
	y := f.rows[k]
	f.gram, f.side = resized(f.gram, k*k), resized(f.side, k)
	for i := range k {
		for j := range i + 1 {
			f.gram[i*k+j] = floats.Dot(f.rows[i], f.rows[j])
		}
		f.side[i] = floats.Dot(f.rows[i], y)
	}
	rank := f.start(k)
	free := f.seen - rank
	if free <= len(f.data)-1 {
		return Value{}, false
	}
	cholesky.Factor(f.gram, k)
	for i, kept := range f.kept {
		if kept {
			logDet += 2 * math.Log(f.gram[i*k+i])
		}
	}
	cholesky.SolveLower(f.gram, f.side)
	squares := floats.Dot(y, y) - floats.Dot(f.side, f.side)
	cholesky.SolveUpper(f.gram, f.side)
	n := float64(free)
	squares = max(squares, math.SmallestNonzeroFloat64)
	return Value{
		LogLik:  -0.5 * (n*math.Log(2*math.Pi*squares/n) + n + logDet),
		Squares: squares, Free: free, Beta: f.side[f.lost:],
	}, true
}

// start finds which values of the start the observations determine, and takes the others out of the equations. It returns how
// many there are.
func (f *Filter) start(k int) (rank int) {
	l := make([]float64, f.lost*f.lost)
	for i := range f.lost {
		row := l[i*f.lost : (i+1)*f.lost]
		copy(row, f.gram[i*k:i*k+i+1])
		whole := row[i]
		for j := range i {
			if !f.kept[j] {
				row[j] = 0
				continue
			}
			row[j] = (row[j] - floats.Dot(row[:j], l[j*f.lost:j*f.lost+j])) / l[j*f.lost+j]
		}
		left := whole - floats.Dot(row[:i], row[:i])
		f.kept[i] = whole > 0 && left > undetermined*whole
		if f.kept[i] {
			row[i] = math.Sqrt(left)
			rank++
			continue
		}
		for j := range k { // its own equation says 0
			f.gram[max(i, j)*k+min(i, j)] = 0
		}
		f.gram[i*k+i], f.side[i] = 1, 0
	}
	return rank
}

// Errors writes the errors of the observed periods, each over √F, to a new slice. At must have been called before.
func (f *Filter) Errors(beta []float64) []float64 {
	e := append([]float64(nil), f.rows[len(f.rows)-1]...)
	for c, v := range append(append([]float64(nil), f.side[:f.lost]...), beta...) {
		floats.AddScaled(e, -v, f.rows[c])
	}
	return e
}

// State returns what the past adds to the periods after the last one, a and then the last values of z, and the columns of a
// factor of its covariance over σ². At must have been called before, and its Beta be whole.
func (f *Filter) State() (mean []float64, doubt [][]float64) {
	mean = append([]float64(nil), f.states[len(f.states)-1]...)
	for c, v := range f.side {
		floats.AddScaled(mean, -v, f.states[c])
	}
	for _, d := range f.doubt {
		doubt = append(doubt, append([]float64(nil), d...))
	}
	return mean, append(doubt, f.startDoubt()...)
}

// startDoubt returns what not knowing the start adds: A·S⁻¹·Aᵀ = (L⁻¹Aᵀ)ᵀ(L⁻¹Aᵀ), A the states of the start and S = LLᵀ the
// products of their rows.
func (f *Filter) startDoubt() [][]float64 {
	k := len(f.rows) - 1
	var out [][]float64
	for i := range f.lost { // row i of L⁻¹Aᵀ
		d := append([]float64(nil), f.states[i]...)
		if !f.kept[i] {
			clear(d)
		}
		for j := range i {
			floats.AddScaled(d, -f.gram[i*k+j], out[j])
		}
		floats.Scale(1/f.gram[i*k+i], d)
		out = append(out, d)
	}
	return out
}

// Deviations returns the standard errors of the coefficients of the regressors over σ. At must have been called before.
func (f *Filter) Deviations() []float64 {
	return cholesky.InverseRoots(f.gram, len(f.rows)-1)[f.lost:]
}

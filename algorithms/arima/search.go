package arima

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/optim"
)

// The bounds of the partial autocorrelations while the sum of squares is searched, which does not know that the likelihood is flat
// where a moving average ends on the unit circle.
const (
	highAR = 0.995
	highMA = 0.95
)

const (
	roughly   = 1e-2 // log-likelihood that a step must promise while orders are compared
	finely    = 1e-4 // and for those that are kept
	mostSteps = 50
	nudge     = 1e-5 // of a partial autocorrelation, for differences
	mostNudge = 1e-3 // of u
)

// searcher finds the coefficients of greatest likelihood for orders on one differenced series. It holds the room for it.
type searcher struct {
	l        *likelihood
	box      *optim.Box
	n        int
	work     [][]float64 // derivatives of the errors by each coefficient's polynomial
	e        []float64
	jac      []float64 // of the coefficients of one polynomial by their partial autocorrelations
	grad     []float64
	gram     []float64
	cautious bool // whether autoregressions stay away from the unit circle
	gaps     *gaps
	evals    int // evaluations of the likelihood, for benchmarks
}

// mostTerms bounds the coefficients of one model.
const mostTerms = 2*maxP + 2*maxSP

func newSearcher(m int, data [][]float64) *searcher {
	s := &searcher{l: newLikelihood(m, data), box: optim.NewBox(mostTerms), n: len(data[0])}
	for range 4 {
		s.work = append(s.work, make([]float64, s.n))
	}
	s.e = make([]float64, s.n)
	s.jac = make([]float64, maxP*maxP)
	s.grad, s.gram = make([]float64, mostTerms), make([]float64, mostTerms*mostTerms)
	return s
}

// point are partial autocorrelations, of the AR, MA, SAR and SMA polynomials in turn, and what they are worth.
type point struct {
	x      []float64
	value  value
	betas  []float64
	damp   float64
	logLik float64
}

// coefficients returns those of x.
func (o Order) coefficients(x []float64) Coefficients {
	var c Coefficients
	take := func(n int, sign float64) []float64 {
		if n == 0 {
			return nil
		}
		out := make([]float64, n)
		fromPartial(x[:n], out)
		for i := range out {
			out[i] *= sign
		}
		x = x[n:]
		return out
	}
	c.AR, c.MA, c.SAR, c.SMA = take(o.P, 1), take(o.Q, -1), take(o.SP, 1), take(o.SQ, -1)
	return c
}

// bound returns the bound of the i-th partial autocorrelation.
func (o Order) bound(i int) float64 {
	if o.autoregressive(i) {
		return highAR
	}
	return highMA
}

// autoregressive reports whether the i-th partial autocorrelation is one of the AR or SAR polynomial.
func (o Order) autoregressive(i int) bool { return i < o.P || i >= o.P+o.Q && i < o.P+o.Q+o.SP }

func (s *searcher) at(o Order, x []float64) value {
	s.evals++
	if s.gaps != nil {
		return s.gaps.at(s.l, o.coefficients(x))
	}
	return s.l.at(o.coefficients(x))
}

// enter evaluates x as a place to begin at.
func (s *searcher) enter(o Order, x []float64) point {
	p := point{x: append([]float64(nil), x...), damp: 1e-3}
	p.take(s.at(o, p.x))
	return p
}

func (p *point) take(v value) {
	p.value, p.logLik = v, v.logLik
	p.betas = append(p.betas[:0], v.beta...)
	p.value.beta = p.betas
}

// approach goes uphill from p by damped Gauss-Newton steps on the sum of squares of the exact likelihood, while a step promises
// more than least and the likelihood grows. It leads near to the top at a fraction of the cost of refine.
//
// It gives up where ten times what a step promises would not lead to enough.
func (s *searcher) approach(o Order, p *point, least, enough float64) {
	k := o.terms()
	if k == 0 || math.IsInf(p.logLik, -1) {
		return
	}
	s.at(o, p.x) // what slopes reads
	fresh := false
	for range mostSteps {
		if !fresh {
			s.slopes(o, p)
			fresh = true
		}
		box := s.box
		box.Resize(k)
		copy(box.Gradient, s.grad[:k])
		copy(box.Curvature, s.gram[:k*k])
		for i, x := range p.x {
			b := max(o.bound(i), math.Abs(x))
			box.Low[i], box.High[i] = -b-x, b-x
		}
		promise := box.Step(p.damp, least)
		if !(promise > least) || p.logLik+10*promise < enough {
			return
		}
		next := make([]float64, k)
		for i, x := range p.x {
			next[i] = x + box.Move[i]
		}
		v := s.at(o, next)
		if v.logLik > p.logLik {
			gain := (v.logLik - p.logLik) / promise
			p.x = next
			p.take(v)
			if gain > 0.5 {
				p.damp = max(p.damp/10, 1e-9)
			}
			fresh = false
			continue
		}
		if p.damp *= 10; p.damp > 1e4 {
			return
		}
	}
}

// refine goes to the top of the exact likelihood by quasi-Newton steps (Broyden, Fletcher, Goldfarb and Shanno 1970) in
// u = artanh of each partial autocorrelation, where nothing is bounded that a float64 can tell from its bound. The first matrix is
// that of approach.
func (s *searcher) refine(o Order, p *point) {
	k := o.terms()
	if k == 0 || math.IsInf(p.logLik, -1) {
		return
	}
	s.l.at(o.coefficients(p.x))
	s.slopes(o, p)
	u, curvature := make([]float64, k), make([]float64, k*k)
	for i, x := range p.x {
		u[i] = min(max(math.Atanh(x), -s.farthest(o, i)), s.farthest(o, i))
	}
	for i := range k {
		for j := range k {
			curvature[i*k+j] = s.gram[i*k+j] * (1 - p.x[i]*p.x[i]) * (1 - p.x[j]*p.x[j])
		}
		curvature[i*k+i] += 1 // what the prior of a start adds at least
	}
	grad := s.differences(o, u, p.logLik)
	damp := 0.0
	for range mostSteps {
		box := s.box
		box.Resize(k)
		copy(box.Gradient, grad)
		copy(box.Curvature, curvature)
		for i, v := range u {
			far := s.farthest(o, i)
			box.Low[i], box.High[i] = max(-far-v, -longest), min(far-v, longest)
		}
		promise := box.Step(damp, finely)
		if !(promise > finely) {
			return
		}
		next, x := make([]float64, k), make([]float64, k)
		for i := range u {
			next[i] = u[i] + box.Move[i]
			x[i] = math.Tanh(next[i])
		}
		v := s.at(o, x)
		if !(v.logLik > p.logLik) {
			if damp = max(4*damp, 0.5); damp > 1e5 {
				return
			}
			continue
		}
		damp /= 8
		p.x = x
		p.take(v)
		after := s.differences(o, next, p.logLik)
		update(curvature, u, next, grad, after)
		u, grad = next, after
	}
}

const (
	farthest = 8   // u of a partial autocorrelation of 0.9999998
	cautious = 4.5 // that of 0.99975, for autoregressions where orders are chosen
	longest  = 2   // step in u
)

func (s *searcher) farthest(o Order, i int) float64 {
	if s.cautious && o.autoregressive(i) {
		return cautious
	}
	return farthest
}

// update changes the curvature so that it explains how the gradient changed.
func update(h, from, to, before, after []float64) {
	k := len(from)
	bent, step := make([]float64, k), make([]float64, k)
	sy, shs := 0.0, 0.0
	for i := range k {
		step[i] = to[i] - from[i]
		sy += step[i] * (before[i] - after[i])
	}
	for i := range k {
		for j := range k {
			bent[i] += h[i*k+j] * step[j]
		}
		shs += step[i] * bent[i]
	}
	if !(sy > 1e-8*shs) || !(shs > 0) {
		return
	}
	for i := range k {
		for j := range k {
			h[i*k+j] += (before[i]-after[i])*(before[j]-after[j])/sy - bent[i]*bent[j]/shs
		}
	}
}

// slopes computes the matrix of the products of the derivatives of the errors by each partial autocorrelation, and the gradient
// of the sum of squares, both times n/S. The likelihood must have been evaluated at p last.
//
// The derivative by the i-th coefficient of a polynomial is one series, moved by i periods:
//
//	∂e/∂φ_i = −B^i·Φ(B^m)/(θ(B)Θ(B^m))·w,   ∂e/∂θ_i = −B^i/θ(B)·e
//
// and likewise for the season.
func (s *searcher) slopes(o Order, p *point) {
	s.products(o, p)
	s.chain(o, p.x, o.terms())
}

// products is slopes by each coefficient.
func (s *searcher) products(o Order, p *point) {
	c := o.coefficients(p.x)
	l := s.l
	w := l.z[:0:0]
	w = append(w, l.data[0]...)
	for i, b := range p.value.beta {
		floats.AddScaled(w, -b, l.data[i+1])
	}
	l.errors(p.value.beta, s.e)
	if o.P > 0 {
		l.filter(w, s.work[0], Coefficients{MA: c.MA, SAR: c.SAR, SMA: c.SMA})
	}
	if o.Q > 0 {
		copy(s.work[1], s.e)
		recur(s.work[1], c.MA)
	}
	if o.SP > 0 {
		l.filter(w, s.work[2], Coefficients{AR: c.AR, MA: c.MA, SMA: c.SMA})
	}
	if o.SQ > 0 {
		copy(s.work[3], s.e)
		recurSeason(s.work[3], c.SMA, l.m)
	}
	type column struct{ of, lag int }
	columns := make([]column, 0, mostTerms)
	for of, size := range [4]int{o.P, o.Q, o.SP, o.SQ} {
		for i := range size {
			lag := i + 1
			if of >= 2 {
				lag *= l.m
			}
			columns = append(columns, column{of, lag})
		}
	}
	k := len(columns)
	worth := float64(s.n) / p.value.squares
	for i, a := range columns {
		s.grad[i] = 0
		if a.lag < s.n {
			s.grad[i] = worth * floats.Dot(s.e[a.lag:], s.work[a.of][:s.n-a.lag])
		}
		for j, b := range columns[:i+1] {
			v, far := 0.0, max(a.lag, b.lag)
			if far < s.n {
				v = worth * floats.Dot(s.work[a.of][far-a.lag:s.n-a.lag], s.work[b.of][far-b.lag:s.n-b.lag])
			}
			s.gram[i*k+j], s.gram[j*k+i] = v, v
		}
	}
}

// chain turns derivatives by coefficients into those by partial autocorrelations. Each coefficient is linear in each partial
// autocorrelation, so that a difference is a derivative.
func (s *searcher) chain(o Order, x []float64, k int) {
	at := 0
	for of, size := range [4]int{o.P, o.Q, o.SP, o.SQ} {
		if size == 0 {
			continue
		}
		sign := 1.0
		if of == 1 || of == 3 {
			sign = -1
		}
		if size == 1 {
			s.grad[at] *= sign
			for j := range k {
				s.gram[at*k+j] *= sign
				s.gram[j*k+at] *= sign
			}
			at++
			continue
		}
		r := append([]float64(nil), x[at:at+size]...)
		base, moved := make([]float64, size), make([]float64, size)
		fromPartial(r, base)
		jac := s.jac[:size*size]
		for q := range size {
			r[q]++
			fromPartial(r, moved)
			r[q]--
			for i := range size {
				jac[i*size+q] = sign * (moved[i] - base[i])
			}
		}
		row := make([]float64, size)
		mix := func(get func(i int) *float64) {
			for q := range size {
				row[q] = 0
				for i := range size {
					row[q] += *get(i) * jac[i*size+q]
				}
			}
			for q := range size {
				*get(q) = row[q]
			}
		}
		mix(func(i int) *float64 { return &s.grad[at+i] })
		for j := range k {
			mix(func(i int) *float64 { return &s.gram[(at+i)*k+j] })
		}
		for j := range k {
			mix(func(i int) *float64 { return &s.gram[j*k+at+i] })
		}
		at += size
	}
}

// differences returns the gradient of the exact likelihood at u, where it is value. Near the unit circle, where the likelihood has
// roundings of 1e-5 and changes slowly, it looks further.
func (s *searcher) differences(o Order, u []float64, value float64) []float64 {
	x, grad := make([]float64, len(u)), make([]float64, len(u))
	for i, v := range u {
		x[i] = math.Tanh(v)
	}
	for i, v := range u {
		keep := x[i]
		h := min(nudge/(1-keep*keep), mostNudge)
		if v > 0 {
			h = -h
		}
		x[i] = math.Tanh(v + h)
		grad[i] = (s.at(o, x).logLik - value) / h
		x[i] = keep
	}
	return grad
}

// starts returns partial autocorrelations to begin the search of an order at.
func (o Order) starts() [][]float64 {
	k := o.terms()
	all := [][]float64{make([]float64, k)}
	for _, v := range [][4]float64{{0.8, 0.5, 0.6, 0.6}, {-0.3, -0.3, 0.2, 0.4}, {0.9, 0.75, 0.98, 0.9}, {-0.7, -0.8, -0.6, -0.65}} {
		x, at := make([]float64, k), 0
		for of, size := range [4]int{o.P, o.Q, o.SP, o.SQ} {
			if size > 0 {
				x[at] = v[of]
			}
			at += size
		}
		all = append(all, x)
	}
	return all
}

// best returns the top of an order, from the starts that lead highest.
func (s *searcher) best(o Order) point {
	var all []point
	for _, x := range o.starts() {
		p := s.enter(o, x)
		s.approach(o, &p, roughly, math.Inf(-1))
		all = append(all, p)
		if o.terms() == 0 {
			return p
		}
	}
	slices.SortStableFunc(all, func(a, b point) int { return cmp.Compare(b.logLik, a.logLik) })
	best := all[0]
	for _, p := range all[:2] {
		s.refine(o, &p)
		if p.logLik > best.logLik {
			best = p
		}
	}
	return best
}

const (
	promising   = 1.0  // log-likelihood by which another place of the bounded search may lie lower for what is beyond it to lie higher
	elsewhere   = 0.05 // distance of what is another place
	otherStarts = 3
)

// again looks for a higher top than p: where another start leads to another place that is as high, inside the bounds of approach.
func (s *searcher) again(o Order, p *point) {
	if o.terms() < 2 {
		return
	}
	here := s.enter(o, o.inside(p.x))
	s.approach(o, &here, roughly, math.Inf(-1))
	known := []point{here}
	for _, x := range o.starts()[:otherStarts] {
		q := s.enter(o, x)
		s.approach(o, &q, roughly, here.logLik-promising)
		if q.logLik < here.logLik-promising || slices.ContainsFunc(known, func(k point) bool {
			return floats.Distance(k.x, q.x, math.Inf(1)) < elsewhere
		}) {
			continue
		}
		known = append(known, point{x: q.x})
		if s.refine(o, &q); q.logLik > p.logLik {
			*p = q
		}
	}
}

// inside returns x moved into the bounds.
func (o Order) inside(x []float64) []float64 {
	out := slices.Clone(x)
	for i, v := range out {
		bound := o.bound(i)
		out[i] = min(max(v, -bound), bound)
	}
	return out
}

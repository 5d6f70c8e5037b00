package prophet

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// problem is the maximum of the posterior in the products of the columns.
//
//	log p = −n·log σ − Σ(y − Xb)²/(2σ²) − Σ_i (b_i − c_i)²/(2·s_i²) − Σ_j |δ_j|/τ − σ²/(2·0.5²)
//
// Given σ it is a ridge regression of the coefficients with a normal prior and a lasso of the changes δ. Of these few are not 0, so
// that an active set finds the exact optimum in a handful of Cholesky factors, of which a change that enters costs one row. Given the
// sum of squares, σ² = (−n + √(n² + 16·Σ(y − Xb)²))/8. The two alternate until neither moves.
type problem struct {
	n       float64
	squares float64   // Σ y²
	gram    []float64 // k×k, lower triangle
	side    []float64 // Xᵀy
	prior   []normal  // of the smooth coefficients
	tau     float64

	k, smooth int
	sigma2    float64
	b         []float64
	active    []int // changes that are not 0, in the order in which they entered
	sign      []float64
	l         []float64 // factor of the active columns, rows in that order
	x         []float64
	lp        float64 // log p, where it is known
}

const (
	sigmaPrior = 0.5
	mostSigmas = 60
	mostMoves  = 500
	closely    = 1e-11 // relative change of σ² at which it is found
)

// normal is the prior of a coefficient.
type normal struct{ mean, sd float64 }

// log returns the logarithm of its density, up to a constant.
func (n normal) log(b float64) float64 {
	z := (b - n.mean) / n.sd
	return -z * z / 2
}

func newProblem(n int, squares float64, gram, side []float64, prior []normal, tau float64) *problem {
	k := len(side)
	return &problem{
		n: float64(n), squares: squares, gram: gram, side: side, prior: prior, tau: tau, k: k, smooth: len(prior),
		b: make([]float64, k), l: make([]float64, k*k), x: make([]float64, k),
	}
}

func (p *problem) at(i, j int) float64 {
	if i < j {
		i, j = j, i
	}
	return p.gram[i*p.k+j]
}

// maximise finds b and σ², beginning with the changes in p.active.
func (p *problem) maximise(sigma2 float64) {
	p.sigma2 = sigma2
	for range mostSigmas {
		p.coefficients()
		next := bestSigma2(p.n, p.residualSquares())
		done := math.Abs(next-p.sigma2) <= closely*next
		p.sigma2 = next
		if done {
			break
		}
	}
	p.lp = p.logPosterior()
}

// begin makes those changes active that lie nearest to those of an earlier fit.
func (p *problem) begin(before, now *Fit, h *history) {
	for _, c := range before.Changes {
		t := (before.FirstDay + c.T*before.span() - now.FirstDay) / now.span()
		nearest := 0
		for j, at := range h.times {
			if math.Abs(at-t) < math.Abs(h.times[nearest]-t) {
				nearest = j
			}
		}
		if j := p.smooth + nearest; len(h.times) > 0 && !p.isActive(j) {
			p.active, p.sign = append(p.active, j), append(p.sign, math.Copysign(1, c.Delta))
		}
	}
}

// bestSigma2 returns (−n + √(n² + 16·squares))/8, without the cancellation.
func bestSigma2(n, squares float64) float64 {
	return max(2*squares/(n+math.Sqrt(n*n+16*squares)), 1e-18)
}

// settle takes b and σ² as what was found, with its log posterior.
func (p *problem) settle(b []float64, sigma2, lp float64) {
	copy(p.b, b)
	p.sigma2, p.lp = sigma2, lp
	p.active, p.sign = p.active[:0], p.sign[:0]
	for j := p.smooth; j < p.k; j++ {
		if b[j] != 0 {
			p.active, p.sign = append(p.active, j), append(p.sign, math.Copysign(1, b[j]))
		}
	}
	p.factor(0)
}

// residualSquares returns Σ(y − Xb)².
func (p *problem) residualSquares() float64 {
	sum := p.squares
	for i, v := range p.b {
		if v != 0 {
			sum += v * (p.product(i) - 2*p.side[i])
		}
	}
	return max(sum, 0)
}

// product returns (XᵀXb)_i.
func (p *problem) product(i int) float64 {
	sum := floats.Dot(p.gram[i*p.k:i*p.k+min(i+1, p.smooth)], p.b[:min(i+1, p.smooth)])
	for j := i + 1; j < p.smooth; j++ {
		sum += p.gram[j*p.k+i] * p.b[j]
	}
	for _, j := range p.active {
		sum += p.at(i, j) * p.b[j]
	}
	return sum
}

// logPosterior returns log p at b and σ.
func (p *problem) logPosterior() float64 {
	lp := -p.n*math.Log(p.sigma2)/2 - p.residualSquares()/(2*p.sigma2) - p.sigma2/(2*sigmaPrior*sigmaPrior)
	for i, n := range p.prior {
		lp += n.log(p.b[i])
	}
	for _, j := range p.active {
		lp -= math.Abs(p.b[j]) / p.tau
	}
	return lp
}

// coefficients finds the best b at σ², by an active set of changes and their signs (Osborne, Presnell and Turlach, IMA Journal of
// Numerical Analysis 20(3), 2000): a change enters where its gradient exceeds the price of being other than 0, and leaves where it
// would cross 0.
func (p *problem) coefficients() {
	p.factor(0)
	for range mostMoves {
		if !p.descend() && !p.enter() {
			return
		}
	}
}

// descend goes to the solution of the active columns, or as far as the first change that becomes 0, which then leaves. It reports
// whether one left.
func (p *problem) descend() bool {
	m := p.smooth + len(p.active)
	price := p.sigma2 / p.tau
	x := p.x[:m]
	for i, n := range p.prior {
		x[i] = p.side[i] + p.sigma2*n.mean/(n.sd*n.sd)
	}
	for i, j := range p.active {
		x[p.smooth+i] = p.side[j] - price*p.sign[i]
	}
	p.solve(x)
	step, first := 1.0, -1
	for i, j := range p.active {
		if x[p.smooth+i]*p.sign[i] < 0 {
			if s := p.b[j] / (p.b[j] - x[p.smooth+i]); s < step {
				step, first = s, i
			}
		}
	}
	for i := range p.smooth {
		p.b[i] += step * (x[i] - p.b[i])
	}
	for i, j := range p.active {
		p.b[j] += step * (x[p.smooth+i] - p.b[j])
	}
	if first < 0 {
		return false
	}
	p.b[p.active[first]] = 0
	p.active = append(p.active[:first], p.active[first+1:]...)
	p.sign = append(p.sign[:first], p.sign[first+1:]...)
	p.factor(p.smooth + first)
	return true
}

// enter makes the change with the steepest gradient active, if there is one that pays its price.
func (p *problem) enter() bool {
	price := p.sigma2 / p.tau
	best, at, sign := price*(1+1e-9), -1, 0.0
	for j := p.smooth; j < p.k; j++ {
		if p.b[j] != 0 || p.isActive(j) {
			continue
		}
		g := p.side[j] - p.product(j)
		if math.Abs(g) > best {
			best, at, sign = math.Abs(g), j, math.Copysign(1, g)
		}
	}
	if at < 0 {
		return false
	}
	p.active, p.sign = append(p.active, at), append(p.sign, sign)
	p.factor(p.smooth + len(p.active) - 1)
	return true
}

func (p *problem) isActive(j int) bool {
	for _, a := range p.active {
		if a == j {
			return true
		}
	}
	return false
}

// column returns which column is the i-th of the active ones.
func (p *problem) column(i int) int {
	if i < p.smooth {
		return i
	}
	return p.active[i-p.smooth]
}

// factor computes the rows of the Cholesky factor of the active columns from the given one on.
func (p *problem) factor(from int) {
	m := p.smooth + len(p.active)
	for i := from; i < m; i++ {
		row, a := p.l[i*p.k:i*p.k+i+1], p.column(i)
		if i < p.smooth {
			copy(row, p.gram[i*p.k:i*p.k+i+1])
			row[i] += p.sigma2 / (p.prior[i].sd * p.prior[i].sd)
		} else {
			for j := range i + 1 {
				row[j] = p.at(a, p.column(j))
			}
		}
		whole := row[i]
		for j := range i {
			other := p.l[j*p.k : j*p.k+j+1]
			row[j] = (row[j] - floats.Dot(row[:j], other[:j])) / other[j]
		}
		row[i] = math.Sqrt(max(whole-floats.Dot(row[:i], row[:i]), 1e-13*whole+1e-300))
	}
}

// solve replaces x by the solution of LLᵀz = x.
func (p *problem) solve(x []float64) {
	for i := range x {
		row := p.l[i*p.k : i*p.k+i+1]
		x[i] = (x[i] - floats.Dot(row[:i], x[:i])) / row[i]
	}
	for i := len(x) - 1; i >= 0; i-- {
		row := p.l[i*p.k : i*p.k+i+1]
		x[i] /= row[i]
		floats.AddScaled(x[:i], -x[i], row[:i])
	}
}

// deviations returns the standard errors of the last so many smooth coefficients, by the curvature of the log posterior at the optimum
// with the changes that are not 0.
func (p *problem) deviations(last int) []float64 {
	out, unit := make([]float64, last), make([]float64, p.smooth+len(p.active))
	for i := range out {
		clear(unit)
		unit[p.smooth-last+i] = 1
		p.solve(unit)
		out[i] = math.Sqrt(p.sigma2 * max(unit[p.smooth-last+i], 0))
	}
	return out
}

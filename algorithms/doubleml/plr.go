// Package doubleml estimates what a treatment, such as a price, does to an outcome where many other things move both, by double machine
// learning (Chernozhukov, Chetverikov, Demirer, Duflo, Hansen, Newey and Robins, The Econometrics Journal 21(1), 2018).
package doubleml

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"shelfcast/algorithms/crossfit"
)

// Score is the moment condition that an estimate solves.
type Score uint8

// The scores. Partialling out regresses the residual of the outcome on that of the treatment. The IV-type score first takes the
// treatment's part out of the outcome; with boosted trees its intervals cover better.
const (
	PartiallingOut Score = iota
	IVType
)

// Data are n observations. Columns are indexed by row.
type Data struct {
	Y       []float64   // outcome
	D       [][]float64 // treatments
	X       [][]float64 // controls
	Cluster []int       // nil, or the unit of each row: rows of one are not independent
	Order   []int       // nil, or the time of each row within its cluster (or of all): then errors may hang together over Lags of it
	Lags    int         // of Newey and West; 0 = none
}

// Model is the partially linear regression
//
//	y = θ'd + g(x) + ζ,  d = m(x) + v,  l(x) = E[y|x]
//
// with l, m and, of the IV-type score, g(x) = E[y − θ'd|x] estimated by learners.
type Model struct {
	Score   Score
	L, M, G Learner // of y, of each treatment, and of y without the treatments; G is L where nil
}

// Predictions are those of the learners for rows that they were not fitted on. External ones may be given.
type Predictions struct {
	L []float64
	M [][]float64 // by treatment
	G []float64   // nil without an IV-type score
}

// Estimate is what was found.
type Estimate struct {
	Theta  []float64
	Cov    *mat.SymDense // of the errors of Theta
	SE     []float64
	RMSEL  float64   // of the predictions of y
	RMSEM  []float64 // and of each treatment
	N      int
	Fitted Predictions

	u []float64   // y − l
	v [][]float64 // d − m
}

// Interval returns the ends of the confidence interval of a treatment, of a level such as 0.95.
func (e *Estimate) Interval(treatment int, level float64) (low, high float64) {
	z := math.Sqrt2 * math.Erfinv(level)
	return e.Theta[treatment] - z*e.SE[treatment], e.Theta[treatment] + z*e.SE[treatment]
}

// Fit predicts every row by learners that have not seen it, and estimates θ.
func (m Model) Fit(data Data, folds crossfit.Folds) (*Estimate, error) {
	if err := data.check(); err != nil {
		return nil, fmt.Errorf("fit double machine learning: %w", err)
	}
	p, err := m.predict(data, folds)
	if err != nil {
		return nil, fmt.Errorf("fit double machine learning: %w", err)
	}
	e, err := m.solve(data, p)
	if err != nil {
		return nil, fmt.Errorf("fit double machine learning: %w", err)
	}
	return e, nil
}

// predict makes the predictions, fold by fold.
func (m Model) predict(data Data, folds crossfit.Folds) (Predictions, error) {
	n := len(data.Y)
	if err := folds.Check(n); err != nil {
		return Predictions{}, err
	}
	var p Predictions
	var err error
	if p.L, err = crossPredict(m.L, data.X, data.Y, folds); err != nil {
		return p, fmt.Errorf("predict the outcome: %w", err)
	}
	for k, d := range data.D {
		one, err := crossPredict(m.M, data.X, d, folds)
		if err != nil {
			return p, fmt.Errorf("predict treatment %d: %w", k, err)
		}
		p.M = append(p.M, one)
	}
	if m.Score != IVType {
		return p, nil
	}
	first, err := Model{}.solve(data, p)
	if err != nil {
		return p, err
	}
	rest := append([]float64(nil), data.Y...)
	for k, d := range data.D {
		floats.AddScaled(rest, -first.Theta[k], d)
	}
	learner := m.G
	if learner == nil {
		learner = m.L
	}
	if p.G, err = crossPredict(learner, data.X, rest, folds); err != nil {
		return p, fmt.Errorf("predict the outcome without treatments: %w", err)
	}
	return p, nil
}

func crossPredict(l Learner, x [][]float64, y []float64, folds crossfit.Folds) ([]float64, error) {
	if l == nil {
		return nil, errors.New("there is no learner")
	}
	out := make([]float64, len(y))
	for _, f := range folds {
		p, err := l.Fit(x, y, f.Train)
		if err != nil {
			return nil, err
		}
		dst := make([]float64, len(f.Test))
		p.Predict(x, f.Test, dst)
		for k, i := range f.Test {
			out[i] = dst[k]
		}
	}
	return out, nil
}

// Solve estimates θ from predictions of other software, of rows that it was not fitted on.
func (m Model) Solve(data Data, p Predictions) (*Estimate, error) {
	if err := data.check(); err != nil {
		return nil, fmt.Errorf("solve double machine learning: %w", err)
	}
	e, err := m.solve(data, p)
	if err != nil {
		return nil, fmt.Errorf("solve double machine learning: %w", err)
	}
	return e, nil
}

// solve estimates θ:
//
//	v = d − m,  partialling out: Σ v·(y − l − v'θ) = 0,  IV-type: Σ v·(y − g − d'θ) = 0
func (m Model) solve(data Data, p Predictions) (*Estimate, error) {
	n, k := len(data.Y), len(data.D)
	if err := p.check(n, k, m.Score); err != nil {
		return nil, err
	}
	e := &Estimate{N: n, Fitted: p, u: difference(data.Y, p.L)}
	for j, d := range data.D {
		e.v = append(e.v, difference(d, p.M[j]))
		e.RMSEM = append(e.RMSEM, math.Sqrt(floats.Dot(e.v[j], e.v[j])/float64(n)))
	}
	e.RMSEL = math.Sqrt(floats.Dot(e.u, e.u) / float64(n))
	outcome, with := e.u, e.v
	if m.Score == IVType {
		outcome, with = difference(data.Y, p.G), data.D
	}
	jacobian, side := mat.NewDense(k, k, nil), mat.NewVecDense(k, nil)
	for i := range k {
		side.SetVec(i, floats.Dot(e.v[i], outcome))
		for j := range k {
			jacobian.Set(i, j, floats.Dot(e.v[i], with[j]))
		}
	}
	var theta mat.VecDense
	if err := theta.SolveVec(jacobian, side); err != nil {
		return nil, fmt.Errorf("the treatments do not vary beside the controls, or vary together (%w); leave one out", err)
	}
	e.Theta = append([]float64(nil), theta.RawVector().Data...)
	residual := append([]float64(nil), outcome...)
	for j, w := range with {
		floats.AddScaled(residual, -e.Theta[j], w)
	}
	scores := make([][]float64, k)
	for j := range scores {
		scores[j] = append([]float64(nil), e.v[j]...)
		floats.Mul(scores[j], residual)
	}
	return e, e.sandwich(jacobian, data.meat(scores))
}

func difference(a, b []float64) []float64 {
	out := make([]float64, len(a))
	floats.SubTo(out, a, b)
	return out
}

// sandwich writes J⁻¹·meat·J⁻ᵀ.
func (e *Estimate) sandwich(jacobian *mat.Dense, meat *mat.SymDense) error {
	var inverse, half, whole mat.Dense
	if err := inverse.Inverse(jacobian); err != nil {
		return fmt.Errorf("the errors of the estimates cannot be found: %w", err)
	}
	half.Mul(&inverse, meat)
	whole.Mul(&half, inverse.T())
	k := len(e.Theta)
	e.Cov = mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			e.Cov.SetSym(i, j, (whole.At(i, j)+whole.At(j, i))/2)
		}
		e.SE = append(e.SE, math.Sqrt(max(e.Cov.At(i, i), 0)))
	}
	return nil
}

func (p Predictions) check(n, treatments int, score Score) error {
	bad := len(p.L) != n || len(p.M) != treatments || score == IVType && len(p.G) != n
	for _, m := range p.M {
		bad = bad || len(m) != n
	}
	if bad {
		return fmt.Errorf("the predictions are not of %d rows and %d treatments, or of another score", n, treatments)
	}
	for _, v := range append(append([][]float64{p.L}, p.M...), p.G) {
		for i, x := range v {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("the prediction of row %d is not finite", i)
			}
		}
	}
	return nil
}

func (d Data) check() error {
	n := len(d.Y)
	if n == 0 || len(d.D) == 0 {
		return errors.New("there are no rows, or no treatments")
	}
	for _, list := range [][][]float64{{d.Y}, d.D, d.X} {
		for j, v := range list {
			if len(v) != n {
				return fmt.Errorf("column %d has %d rows, and the outcome %d", j, len(v), n)
			}
			for i, x := range v {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					return fmt.Errorf("row %d of column %d is not finite; leave the row out or fill it", i, j)
				}
			}
		}
	}
	if d.Cluster != nil && len(d.Cluster) != n || d.Order != nil && len(d.Order) != n {
		return errors.New("clusters or times are not of all rows")
	}
	if d.Lags < 0 || d.Lags > 0 && d.Order == nil {
		return fmt.Errorf("errors hang together over %d lags of time, and rows have no time; give it, or 0 lags", d.Lags)
	}
	return nil
}

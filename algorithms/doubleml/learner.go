package doubleml

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Learner estimates the mean of y given x from some rows. Columns of x, y and the predictions are indexed by row. It is a value without
// state, and two fits of the same rows are equal.
type Learner interface {
	Fit(x [][]float64, y []float64, rows []int) (Predictor, error)
}

// Predictor writes the mean of each of the rows to dst.
type Predictor interface {
	Predict(x [][]float64, rows []int, dst []float64)
}

// Linear is least squares with an intercept and, with Ridge, a penalty:
//
//	Σ (y − a − x'b)² + Ridge·Σ b²
//
// The intercept is not penalised and columns are not scaled. Of columns that depend on each other the shortest b is taken.
type Linear struct{ Ridge float64 }

// Lasso is least squares with an intercept and a penalty of absolute coefficients, by coordinate descent:
//
//	Σ (y − a − x'b)²/(2n) + Penalty·Σ |b|
type Lasso struct{ Penalty float64 }

// plane is a linear predictor.
type plane struct {
	intercept float64
	slope     []float64
}

// Predict returns intercept + x'slope.
func (p plane) Predict(x [][]float64, rows []int, dst []float64) {
	for k, i := range rows {
		dst[k] = p.intercept
		for j, b := range p.slope {
			dst[k] += b * x[j][i]
		}
	}
}

// centred are rows of columns less their means, and the same of y.
type centred struct {
	x     [][]float64
	means []float64
	y     []float64
	mean  float64
}

func centre(x [][]float64, y []float64, rows []int) (centred, error) {
	if len(rows) == 0 {
		return centred{}, errors.New("there are no rows to fit")
	}
	take := func(v []float64) ([]float64, float64) {
		out := make([]float64, len(rows))
		for k, i := range rows {
			out[k] = v[i]
		}
		mean := floats.Sum(out) / float64(len(out))
		floats.AddConst(-mean, out)
		return out, mean
	}
	var c centred
	c.y, c.mean = take(y)
	for j, v := range x {
		column, mean := take(v)
		if math.IsNaN(mean) || math.IsInf(mean, 0) {
			return c, fmt.Errorf("column %d of the controls has values that are not finite", j)
		}
		c.x, c.means = append(c.x, column), append(c.means, mean)
	}
	if math.IsNaN(c.mean) || math.IsInf(c.mean, 0) {
		return c, errors.New("what is predicted has values that are not finite")
	}
	return c, nil
}

// plane returns the predictor with the slope.
func (c centred) plane(slope []float64) plane {
	return plane{c.mean - floats.Dot(slope, c.means), slope}
}

// Fit solves by the singular values of the columns, each scaled to length 1.
func (l Linear) Fit(x [][]float64, y []float64, rows []int) (Predictor, error) {
	c, err := centre(x, y, rows)
	if err != nil {
		return nil, err
	}
	n, p := len(rows), len(x)
	if p == 0 {
		return c.plane(nil), nil
	}
	lengths := make([]float64, p)
	for j, v := range c.x {
		if lengths[j] = 1; l.Ridge == 0 {
			if s := floats.Norm(v, 2); s > 0 {
				lengths[j] = s
			}
		}
	}
	a := mat.NewDense(n, p, nil)
	for j, v := range c.x {
		for i, w := range v {
			a.Set(i, j, w/lengths[j])
		}
	}
	var svd mat.SVD
	if !svd.Factorize(a, mat.SVDThin) {
		return nil, errors.New("the singular values of the controls cannot be found")
	}
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	s := svd.Values(nil)
	slope := make([]float64, p)
	for k, d := range s {
		if d <= s[0]*1e-12 {
			continue
		}
		along := 0.0
		for i, w := range c.y {
			along += u.At(i, k) * w
		}
		along *= d / (d*d + l.Ridge)
		for j := range slope {
			slope[j] += along * v.At(j, k) / lengths[j]
		}
	}
	return c.plane(slope), nil
}

// Fit goes from column to column until none moves.
func (l Lasso) Fit(x [][]float64, y []float64, rows []int) (Predictor, error) {
	c, err := centre(x, y, rows)
	if err != nil {
		return nil, err
	}
	if !(l.Penalty >= 0) {
		return nil, fmt.Errorf("the penalty of the lasso is %g; use 0 or more", l.Penalty)
	}
	n := float64(len(rows))
	slope, squares := make([]float64, len(x)), make([]float64, len(x))
	for j, v := range c.x {
		squares[j] = floats.Dot(v, v) / n
	}
	size := math.Sqrt(floats.Dot(c.y, c.y) / n)
	e := append([]float64(nil), c.y...)
	for range 100000 {
		moved := 0.0
		for j, v := range c.x {
			if squares[j] <= 1e-24*(c.means[j]*c.means[j]) {
				continue
			}
			g := floats.Dot(v, e)/n + squares[j]*slope[j]
			next := math.Copysign(max(math.Abs(g)-l.Penalty, 0), g) / squares[j]
			if d := next - slope[j]; d != 0 {
				floats.AddScaled(e, -d, v)
				slope[j] = next
				moved = max(moved, math.Abs(d)*math.Sqrt(squares[j]))
			}
		}
		if moved <= 1e-12*size {
			break
		}
	}
	return c.plane(slope), nil
}

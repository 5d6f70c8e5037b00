package gbt

import (
	"fmt"
	"math"
	"slices"
)

// Objective is what a model is trained for. A score s is what the trees add up to; a prediction is s, or exp(s) of Poisson and Tweedie.
type Objective uint8

// The objectives, with their losses.
const (
	Squared  Objective = iota // (y − s)²/2
	Poisson                   // exp(s) − y·s
	Tweedie                   // −y·exp((1−p)·s)/(1−p) + exp((2−p)·s)/(2−p), of the power 1 < p < 2
	Quantile                  // (y − s)·(q − [y < s]) of the level q
)

func (o Options) logarithmic() bool { return o.Objective == Poisson || o.Objective == Tweedie }

// stepBound is by how much exp(s) is raised in the curvature of Poisson's loss, so that no step is wild.
const stepBound = 0.7

// gradients writes the first and second derivative of the loss of each row by its score.
func (o Options) gradients(y, score []float64, g, h []float64) {
	switch o.Objective {
	case Squared:
		for i, s := range score {
			g[i], h[i] = s-y[i], 1
		}
	case Poisson:
		raised := math.Exp(stepBound)
		for i, s := range score {
			e := math.Exp(s)
			g[i], h[i] = e-y[i], e*raised
		}
	case Tweedie:
		p := o.Power
		for i, s := range score {
			a, b := math.Exp((1-p)*s), math.Exp((2-p)*s)
			g[i], h[i] = -y[i]*a+b, -y[i]*(1-p)*a+(2-p)*b
		}
	case Quantile:
		for i, s := range score {
			g[i], h[i] = -o.Level, 1
			if y[i] < s {
				g[i] = 1 - o.Level
			}
		}
	}
}

// Loss returns the mean loss of scores.
func (o Options) Loss(y, score []float64) float64 {
	sum := 0.0
	for i, s := range score {
		switch o.Objective {
		case Squared:
			sum += (y[i] - s) * (y[i] - s) / 2
		case Poisson:
			sum += math.Exp(s) - y[i]*s
		case Tweedie:
			sum += -y[i]*math.Exp((1-o.Power)*s)/(1-o.Power) + math.Exp((2-o.Power)*s)/(2-o.Power)
		case Quantile:
			if d := y[i] - s; d >= 0 {
				sum += o.Level * d
			} else {
				sum += (o.Level - 1) * d
			}
		}
	}
	return sum / float64(len(y))
}

// first returns the score that is best for all rows alike, beside their offsets.
func (o Options) first(y, offset []float64) float64 {
	switch o.Objective {
	case Poisson, Tweedie:
		sum, scale := 0.0, 0.0
		for i, v := range y {
			sum += v
			if offset == nil {
				scale++
			} else {
				scale += math.Exp(offset[i])
			}
		}
		return math.Log(max(sum, 1e-9) / scale)
	case Quantile:
		rest := slices.Clone(y)
		for i := range offset {
			rest[i] -= offset[i]
		}
		return quantile(rest, o.Level)
	}
	sum := 0.0
	for i, v := range y {
		sum += v
		if offset != nil {
			sum -= offset[i]
		}
	}
	return sum / float64(len(y))
}

// quantile returns the value at ⌈level·n⌉ in ascending order. It reorders v.
func quantile(v []float64, level float64) float64 {
	slices.Sort(v)
	return v[min(max(int(math.Ceil(level*float64(len(v))))-1, 0), len(v)-1)]
}

func (o Options) check(y []float64) error {
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) || o.logarithmic() && v < 0 {
			return fmt.Errorf("the outcome of row %d is %g, which the objective does not take; leave the row out", i, v)
		}
	}
	switch {
	case o.Rounds < 1 || o.Leaves < 2 || !(o.Rate > 0 && o.Rate <= 1):
		return fmt.Errorf("%d rounds of %d leaves at the rate %g; use 1 round, 2 leaves or more and a rate in (0, 1]", o.Rounds, o.Leaves, o.Rate)
	case o.Objective == Tweedie && !(o.Power > 1 && o.Power < 2):
		return fmt.Errorf("the power of Tweedie's loss is %g; use one between 1 and 2", o.Power)
	case o.Objective == Quantile && !(o.Level > 0 && o.Level < 1):
		return fmt.Errorf("the level of the quantile is %g; use one between 0 and 1", o.Level)
	case o.L2 < 0 || o.LeastWeight < 0 || o.LeastRows < 0 || o.Depth < 0:
		return fmt.Errorf("the penalty is %g, the least weight %g, the fewest rows %d and the depth %d; use 0 or more", o.L2, o.LeastWeight, o.LeastRows, o.Depth)
	case !share(o.Rows) || !share(o.Columns):
		return fmt.Errorf("the shares of rows and columns are %g and %g; use shares in (0, 1], or 0 for all", o.Rows, o.Columns)
	}
	return nil
}

func share(v float64) bool { return v >= 0 && v <= 1 }

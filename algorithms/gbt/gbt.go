// Package gbt trains gradient-boosted trees on histograms (Friedman, The Annals of Statistics 29(5), 2001; Ke et al., LightGBM, NIPS 2017).
package gbt

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Options say how trees are trained.
type Options struct {
	Objective Objective
	Power     float64 // of Tweedie
	Level     float64 // of Quantile

	Rounds int     // trees
	Leaves int     // at most, of a tree
	Depth  int     // at most, of splits above a leaf; 0 = no bound
	Rate   float64 // by which the scores of a tree are shrunk

	LeastRows   int     // of a leaf
	LeastWeight float64 // of a leaf: the sum of its second derivatives
	L2          float64 // penalty of the squares of a leaf's score

	Rows, Columns float64 // share drawn for each tree; all where 0
	Seed          uint64
	// Monotone says of some features whether the prediction may only rise (+1) or fall (−1) with them; nil = neither.
	Monotone []int8
	// Patience is after how many rounds without a lower loss of the validation data training ends, and the trees after the best are
	// dropped; 0 = never.
	Patience int
	// Workers are how many goroutines fill histograms; 1 where 0. The model is the same.
	Workers int
}

// Data are rows: columns of features, NaN where missing, and an outcome. Offset, where it is not nil, is a part of the score of each row
// that is known.
type Data struct {
	X      [][]float64
	Y      []float64
	Offset []float64
}

// Model is what was trained. It is a plain value that encoding/json writes and reads back equal.
type Model struct {
	Objective Objective `json:"objective"`
	Power     float64   `json:"power,omitempty"`
	Level     float64   `json:"level,omitempty"`
	Features  int       `json:"features"`
	First     float64   `json:"first"` // score of all rows before the first tree
	Trees     []Tree    `json:"trees"`
	// Losses are the mean losses after each tree, of the training rows and of the validation data.
	Losses     []float64 `json:"losses"`
	Validation []float64 `json:"validation,omitempty"`
}

// Tree is a tree in arrays: node i splits at Feature[i] and Threshold[i], or is a leaf where Feature[i] is −1.
type Tree struct {
	Feature   []int32   `json:"feature"`
	Threshold []float64 `json:"threshold"` // a value up to and with it goes left
	Left      []int32   `json:"left"`
	Right     []int32   `json:"right"`
	Missing   []bool    `json:"missing"` // whether what is missing goes left
	Score     []float64 `json:"score"`   // of a leaf
	Gain      []float64 `json:"gain"`    // by which a split lowered the loss
}

// at returns the score of a row.
func (t *Tree) at(x [][]float64, row int) float64 {
	node := int32(0)
	for t.Feature[node] >= 0 {
		v := x[t.Feature[node]][row]
		if left := v <= t.Threshold[node]; left || t.Missing[node] && math.IsNaN(v) {
			node = t.Left[node]
		} else {
			node = t.Right[node]
		}
	}
	return t.Score[node]
}

// Scores writes the score of each of the rows, without offsets, to dst.
func (m *Model) Scores(x [][]float64, rows []int, dst []float64) {
	for k, i := range rows {
		dst[k] = m.First
		for t := range m.Trees {
			dst[k] += m.Trees[t].at(x, i)
		}
	}
}

// Predict writes the mean, or quantile, of each of the rows of which the offset is 0.
func (m *Model) Predict(x [][]float64, rows []int, dst []float64) {
	m.Scores(x, rows, dst)
	if (Options{Objective: m.Objective}).logarithmic() {
		for k, s := range dst {
			dst[k] = math.Exp(s)
		}
	}
}

// Importance returns by how much the splits of each feature lowered the loss.
func (m *Model) Importance() []float64 {
	out := make([]float64, m.Features)
	for _, t := range m.Trees {
		for i, f := range t.Feature {
			if f >= 0 {
				out[f] += t.Gain[i]
			}
		}
	}
	return out
}

// Train trains on some rows of the data, all where rows is nil. Validation, where it is not nil, are data to stop by.
func Train(data Data, rows []int, validation *Data, o Options) (*Model, error) {
	if rows != nil {
		data = data.take(rows)
	}
	if err := data.check(o); err != nil {
		return nil, fmt.Errorf("train trees: %w", err)
	}
	if validation != nil {
		if err := validation.check(o); err != nil {
			return nil, fmt.Errorf("train trees: validation: %w", err)
		}
		if len(validation.X) != len(data.X) {
			return nil, fmt.Errorf("train trees: validation has %d features, and training %d", len(validation.X), len(data.X))
		}
	} else if o.Patience > 0 {
		return nil, errors.New("train trees: nothing to stop by; give validation data, or no patience")
	}
	m := &Model{Objective: o.Objective, Power: o.Power, Level: o.Level, Features: len(data.X), First: o.first(data.Y, data.Offset)}
	score, held := data.scores(m.First), []float64(nil)
	if validation != nil {
		held = validation.scores(m.First)
	}
	b := newBuilder(data, o)
	best := 0
	for round := range o.Rounds {
		o.gradients(data.Y, score, b.g, b.h)
		rng := rand.New(rand.NewPCG(o.Seed, uint64(round)))
		tree := b.grow(draw(rng, len(data.Y), o.Rows), draw(rng, len(data.X), o.Columns), score)
		m.Trees = append(m.Trees, tree)
		b.addTo(score, &m.Trees[round], data.X)
		m.Losses = append(m.Losses, o.Loss(data.Y, score))
		if validation == nil {
			continue
		}
		for i := range held {
			held[i] += tree.at(validation.X, i)
		}
		m.Validation = append(m.Validation, o.Loss(validation.Y, held))
		if m.Validation[round] < m.Validation[best] {
			best = round
		}
		if o.Patience > 0 && round-best >= o.Patience {
			break
		}
	}
	if o.Patience > 0 {
		m.Trees = m.Trees[:best+1]
	}
	return m, nil
}

// draw returns a share of the numbers below n, ascending.
func draw(rng *rand.Rand, n int, share float64) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	if share == 0 || share == 1 {
		return all
	}
	k := max(1, int(math.Round(share*float64(n))))
	for i := range k {
		j := i + rng.IntN(n-i)
		all[i], all[j] = all[j], all[i]
	}
	all = all[:k]
	slices.Sort(all)
	return all
}

func (d Data) take(rows []int) Data {
	pick := func(v []float64) []float64 {
		out := make([]float64, len(rows))
		for k, i := range rows {
			out[k] = v[i]
		}
		return out
	}
	t := Data{Y: pick(d.Y)}
	for _, v := range d.X {
		t.X = append(t.X, pick(v))
	}
	if d.Offset != nil {
		t.Offset = pick(d.Offset)
	}
	return t
}

func (d Data) scores(first float64) []float64 {
	out := make([]float64, len(d.Y))
	for i := range out {
		if out[i] = first; d.Offset != nil {
			out[i] += d.Offset[i]
		}
	}
	return out
}

func (d Data) check(o Options) error {
	if len(d.Y) == 0 || len(d.X) == 0 {
		return errors.New("there are no rows, or no features")
	}
	for j, v := range d.X {
		if len(v) != len(d.Y) {
			return fmt.Errorf("feature %d has %d rows, and the outcome %d", j, len(v), len(d.Y))
		}
		for i, x := range v {
			if math.IsInf(x, 0) {
				return fmt.Errorf("feature %d of row %d is infinite; leave the row out, or let it be missing (NaN)", j, i)
			}
		}
	}
	if d.Offset != nil && len(d.Offset) != len(d.Y) {
		return fmt.Errorf("the offset has %d rows, and the outcome %d", len(d.Offset), len(d.Y))
	}
	for i, v := range d.Offset {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("the offset of row %d is %g; leave the row out", i, v)
		}
	}
	if o.Monotone != nil && len(o.Monotone) != len(d.X) {
		return fmt.Errorf("%d features, and %d that say whether they are monotone", len(d.X), len(o.Monotone))
	}
	return o.check(d.Y)
}

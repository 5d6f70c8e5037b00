package optim

import (
	"math"

	"shelfcast/algorithms/cholesky"
)

// Box steps uphill on a function that is modelled as
//
//	f(x + d) ≈ f(x) + g·d − ½·dᵀHd,   H positive semi-definite
//
// with d inside bounds. It holds the room for steps of up to as many parameters as it was made for.
type Box struct {
	// Gradient is g, and Curvature H, of k×k values. Low and High are what a step may be at least and at most, with 0 inside;
	// infinite where a parameter is not bounded.
	Gradient, Curvature, Low, High []float64
	// Move is the step d.
	Move []float64

	held   []bool
	factor []float64
	side   []float64
}

// NewBox returns a Box for up to k parameters.
func NewBox(k int) *Box {
	room := make([]float64, 5*k+2*k*k)
	cut := func(n int) []float64 {
		v := room[:n:n]
		room = room[n:]
		return v
	}
	return &Box{
		Gradient: cut(k), Low: cut(k), High: cut(k), Move: cut(k), side: cut(k), Curvature: cut(k * k), factor: cut(k * k),
		held: make([]bool, k),
	}
}

// Resize makes the Box one of k parameters, all zero and without bounds.
func (b *Box) Resize(k int) {
	b.Gradient, b.Low, b.High, b.Move, b.side, b.held = b.Gradient[:k], b.Low[:k], b.High[:k], b.Move[:k], b.side[:k], b.held[:k]
	b.Curvature, b.factor = b.Curvature[:k*k], b.factor[:k*k]
	clear(b.Gradient)
	clear(b.Curvature)
	for i := range k {
		b.Low[i], b.High[i] = math.Inf(-1), math.Inf(1)
	}
}

// Step writes to Move the step that the model promises most of when the diagonal of H is (1 + damping) times as large, and
// returns how much it promises. A parameter that it would carry beyond a bound stops there, and the others step as is best
// then; where that promises less than least, the whole step ends at the first bound that it meets.
//
// This is a step of Levenberg (1944) and Marquardt (1963) inside a box.
func (b *Box) Step(damping, least float64) (promise float64) {
	b.hold()
	clipped := false
	for range len(b.Low) + 1 {
		b.solve(damping)
		_, first := b.first()
		if first < 0 {
			break
		}
		clipped = true
		b.held[first], b.Move[first] = true, min(max(b.Move[first], b.Low[first]), b.High[first])
	}
	promise = b.promise()
	if !(promise > least) && clipped {
		b.hold()
		b.shorten(damping)
		promise = b.promise()
	}
	return promise
}

// hold holds the parameters at a bound that the gradient points beyond.
func (b *Box) hold() {
	clear(b.Move)
	for i, g := range b.Gradient {
		b.held[i] = b.Low[i] >= 0 && g <= 0 || b.High[i] <= 0 && g >= 0
	}
}

// first returns the share of the step up to the first bound that it meets, and whose that is; 1 and −1 where it meets none.
func (b *Box) first() (share float64, first int) {
	share, first = 1, -1
	for i, d := range b.Move {
		room := b.High[i]
		if d < 0 {
			room = b.Low[i]
		}
		if !b.held[i] && d != 0 && room/d < share {
			share, first = room/d, i
		}
	}
	return share, first
}

// shorten makes the step as long as every bound allows, holding those that allow nothing.
func (b *Box) shorten(damping float64) {
	for range len(b.Low) + 1 {
		b.solve(damping)
		share, first := b.first()
		if share > 1e-9 {
			for i := range b.Move {
				b.Move[i] *= share
			}
			return
		}
		b.held[first], b.Move[first] = true, 0
	}
}

// promise returns what the model says that Move wins.
func (b *Box) promise() float64 {
	k := len(b.Move)
	linear, bent := 0.0, 0.0
	for i, d := range b.Move {
		linear += d * b.Gradient[i]
		for j, e := range b.Move {
			bent += d * b.Curvature[i*k+j] * e
		}
	}
	return linear - bent/2
}

// solve writes the damped step of the parameters that are not held, given the moves of those that are, to Move.
func (b *Box) solve(damping float64) {
	k := len(b.Move)
	a, x, held := b.factor, b.side, b.held
	for i := range k {
		row := a[i*k : (i+1)*k]
		x[i] = 0
		for j := range i + 1 {
			row[j] = 0
			if !held[i] && !held[j] {
				row[j] = b.Curvature[i*k+j]
			}
		}
		if held[i] || row[i] == 0 {
			row[i] = 1
			continue
		}
		row[i] *= 1 + damping + 1e-12
		x[i] = b.Gradient[i]
		for j := range k {
			if held[j] {
				x[i] -= b.Curvature[i*k+j] * b.Move[j]
			}
		}
	}
	cholesky.Factor(a, k)
	cholesky.SolveLower(a, x)
	cholesky.SolveUpper(a, x)
	for i := range k {
		if !held[i] {
			b.Move[i] = x[i]
		}
	}
}

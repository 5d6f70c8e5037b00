package optim

import "math"

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
	Cholesky(a, k)
	SolveLower(a, x)
	SolveUpper(a, x)
	for i := range k {
		if !held[i] {
			b.Move[i] = x[i]
		}
	}
}

// Cholesky replaces the lower triangle of the k×k matrix a by that of its factor L, a = LLᵀ. A pivot below 1e-14 of its
// diagonal is raised to that, so that a matrix that is semi-definite but for roundings has a factor.
func Cholesky(a []float64, k int) {
	for i := range k {
		row := a[i*k : (i+1)*k]
		for j := range i + 1 {
			other := a[j*k : (j+1)*k]
			v := row[j]
			for q := range j {
				v -= row[q] * other[q]
			}
			if i == j {
				row[i] = math.Sqrt(max(v, 1e-14*row[i]))
			} else if other[j] != 0 {
				row[j] = v / other[j]
			} else {
				row[j] = 0
			}
		}
	}
}

// SolveLower replaces x by the solution of Lz = x.
func SolveLower(l, x []float64) {
	k := len(x)
	for i := range k {
		row := l[i*k : i*k+i]
		v := x[i]
		for j, a := range row {
			v -= a * x[j]
		}
		x[i] = v / l[i*k+i]
	}
}

// SolveUpper replaces x by the solution of Lᵀz = x.
func SolveUpper(l, x []float64) {
	k := len(x)
	for i := k - 1; i >= 0; i-- {
		v := x[i]
		for j := i + 1; j < k; j++ {
			v -= l[j*k+i] * x[j]
		}
		x[i] = v / l[i*k+i]
	}
}

// Root replaces a positive semi-definite k×k matrix, of which the lower triangle is read, by its lower Cholesky factor. A pivot that
// is nothing but roundings empties its column.
func Root(a []float64, k int) {
	largest := 0.0
	for i := range k {
		largest = max(largest, a[i*k+i])
	}
	for j := range k {
		row := a[j*k : (j+1)*k]
		v := row[j]
		for q := range j {
			v -= row[q] * row[q]
		}
		root := 0.0
		if v > 1e-13*largest {
			root = math.Sqrt(v)
		}
		row[j] = root
		for i := j + 1; i < k; i++ {
			other := a[i*k : (i+1)*k]
			w := 0.0
			if root > 0 {
				w = other[j]
				for q := range j {
					w -= other[q] * row[q]
				}
				w /= root
			}
			other[j] = w
		}
		clear(row[j+1:])
	}
}

// InverseRoots returns the square roots of the diagonal of (LLᵀ)⁻¹, of the k×k factor L that Cholesky wrote: where that is a matrix
// of information, the standard errors.
func InverseRoots(l []float64, k int) []float64 {
	out, unit := make([]float64, k), make([]float64, k)
	for i := range k {
		clear(unit)
		unit[i] = 1
		SolveLower(l, unit)
		sum := 0.0
		for _, v := range unit {
			sum += v * v
		}
		out[i] = math.Sqrt(sum)
	}
	return out
}

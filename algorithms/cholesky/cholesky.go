// Package cholesky factors the small dense matrices of least squares and of states, row by row in one slice, without allocating.
package cholesky

import "math"

// Factor replaces the lower triangle of the k×k matrix a by that of its factor L, a = LLᵀ. A pivot below 1e-14 of its
// diagonal is raised to that, so that a matrix that is semi-definite but for roundings has a factor.
func Factor(a []float64, k int) {
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

// InverseRoots returns the square roots of the diagonal of (LLᵀ)⁻¹, of the k×k factor L that Factor wrote: where that is a matrix
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

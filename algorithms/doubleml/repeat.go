package doubleml

import (
	"errors"
	"math"
	"slices"
)

// Median puts estimates of the same data by several draws of folds together, so that no one draw decides:
//
//	θ = median(θ_r),  SE² = median(SE_r² + (θ_r − θ)²)
//
// (Chernozhukov et al. 2018, definition 3.3). It is of each treatment by itself.
func Median(estimates []*Estimate) (theta, se []float64, err error) {
	if len(estimates) == 0 {
		return nil, nil, errors.New("take the median of estimates: there are none")
	}
	for k := range estimates[0].Theta {
		var thetas, squares []float64
		for _, e := range estimates {
			thetas = append(thetas, e.Theta[k])
		}
		m := median(thetas)
		for _, e := range estimates {
			squares = append(squares, e.SE[k]*e.SE[k]+(e.Theta[k]-m)*(e.Theta[k]-m))
		}
		theta, se = append(theta, m), append(se, math.Sqrt(median(squares)))
	}
	return theta, se, nil
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

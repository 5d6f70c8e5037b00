package predictive

import (
	"math"
	"math/rand/v2"
	"slices"

	"shelfcast/engine/demand"
)

// BoxCox is the transformation of Box and Cox (Journal of the Royal Statistical Society B 26(2), 1964), by its λ.
//
//	w = (y^λ − 1)/λ, and log y where λ is 0
//
// What varies in proportion to its level varies alike after it.
type BoxCox float64

// To returns the transformed value of y, which is not negative, and positive where λ is 0.
func (b BoxCox) To(y float64) float64 {
	if b == 0 {
		return math.Log(y)
	}
	return (math.Pow(y, float64(b)) - 1) / float64(b)
}

// From returns the value whose transformed value is w, 0 where w lies below that of 0.
func (b BoxCox) From(w float64) float64 {
	if b == 0 {
		return math.Exp(w)
	}
	return math.Pow(max(float64(b)*w+1, 0), 1/float64(b))
}

const paths = 2000 // drawn for a sum

// drawTotal writes the fan of the sum of all steps, by paths that are drawn from the distribution of the errors, the same for every
// series. Its mean is the sum of the means of the steps.
func (l Linear) drawTotal(dst demand.Fan) {
	h := len(l.Mean)
	if h == 1 {
		l.Steps().Write(dst)
		return
	}
	rng := rand.New(rand.NewPCG(1964, uint64(h)))
	e, totals, before := make([]float64, h), make([]float64, paths), make([]float64, len(l.Doubt))
	for p := range totals {
		for k := range before {
			before[k] = rng.NormFloat64()
		}
		for j := range e {
			e[j] = l.Shape.at(rng.NormFloat64())
			v := e[j]
			for i := 1; i <= j; i++ {
				v += l.Weights[i-1] * e[j-i]
			}
			for k, d := range l.Doubt {
				v += d[j] * before[k]
			}
			v *= l.Sigma
			if l.Scale != nil {
				v *= l.Scale[j]
			}
			totals[p] += l.Back.From(l.Mean[j] + v)
		}
	}
	slices.Sort(totals)
	for k, level := range dst.Levels {
		rank := level*paths - 0.5
		i := min(max(int(rank), 0), paths-2)
		q := totals[i] + min(max(rank-float64(i), 0), 1)*(totals[i+1]-totals[i])
		dst.Q[k] = q
	}
	s := l.Steps()
	dst.Mean[0] = 0
	for j, m := range s.Mean {
		dst.Mean[0] += s.mean(m, s.SD[j], s.Share[j])
	}
}

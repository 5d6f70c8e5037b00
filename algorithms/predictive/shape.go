package predictive

import (
	"math"
	"slices"
	"sort"
)

// Shape is the distribution of a model's one-step errors over their standard deviation: its quantiles at the levels of
// Grid. A nil Shape is the standard normal distribution.
type Shape []float64

// Grid are the levels at which a Shape is kept: every twentieth, and finer towards the ends.
var Grid = []float64{
	0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
	0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9975,
}

// normals are the standard normal quantiles of Grid.
var normals = func() []float64 {
	z := make([]float64, len(Grid))
	for k, level := range Grid {
		z[k] = Normal(level)
	}
	return z
}()

// fewest is how many errors tell more of their distribution than that it is bell-shaped.
const fewest = 60

// Normal returns the standard normal quantile of a level.
func Normal(level float64) float64 { return math.Sqrt2 * math.Erfinv(2*level-1) }

// NewShape returns the shape of errors, whose order it changes, over sigma: nil where there are fewer than 60, or no spread.
//
// The quantile is that of a further draw (definition 6 of Hyndman and Fan, The American Statistician 50(4), 1996). A level
// beyond the outermost of n errors, 1/(n+1), carries that error on in proportion to the normal quantiles of the two levels, so
// that short series do not get bands that end with what was seen.
func NewShape(errors []float64, sigma float64) Shape {
	n := len(errors)
	if n < fewest || !(sigma > 0) {
		return nil
	}
	slices.Sort(errors)
	edge := 1 / float64(n+1)
	s := make(Shape, len(Grid))
	for k, level := range Grid {
		inside := min(max(level, edge), 1-edge)
		rank := inside * float64(n+1)
		i := min(max(int(rank), 1), n-1)
		q := errors[i-1] + (rank-float64(i))*(errors[i]-errors[i-1])
		s[k] = beyond(q, Normal(inside), Normal(level)) / sigma
	}
	return s
}

// beyond carries a quantile on from its normal quantile to one further out, in proportion to them; it stays where it is
// where it lies on the other side of 0.
func beyond(q, normal, further float64) float64 {
	if further == normal {
		return q
	}
	return q + (further-normal)*max(q/normal, 0)
}

// Quantile returns the quantile of a level, linear between those of Grid over the normal quantile of the level, and beyond
// them in proportion to it.
func (s Shape) Quantile(level float64) float64 { return s.at(Normal(level)) }

// at returns the quantile of the level whose normal quantile is z.
func (s Shape) at(z float64) float64 {
	if s == nil {
		return z
	}
	last := len(Grid) - 1
	switch {
	case z <= normals[0]:
		return beyond(s[0], normals[0], z)
	case z >= normals[last]:
		return beyond(s[last], normals[last], z)
	}
	k := sort.SearchFloat64s(normals, z)
	share := (z - normals[k-1]) / (normals[k] - normals[k-1])
	return s[k-1] + share*(s[k]-s[k-1])
}

package modeltest

import (
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

// sumLevels begin so low that what is cut at 0 shows.
var sumLevels = []float64{0.0001, 0.1, 0.5, 0.9, 0.9999}

// sumsOfSteps checks the fits that are demand.Summing.
func sumsOfSteps(m demand.SeriesModel, _ Options) error {
	return eachFit(m, func(s demand.Series, fit demand.SeriesFitted) error {
		sum, ok := fit.(demand.Summing)
		if !ok {
			return nil
		}
		for _, h := range []int{1, 7, 28, 60} {
			if err := sumOfSteps(s, sum, h); err != nil {
				return fmt.Errorf("the sum of %d periods: %w", h, err)
			}
		}
		return nil
	})
}

// stepsOf returns the covariates of the next h periods of a series, and the fan of a fit.
func stepsOf(s demand.Series, fit demand.SeriesFitted, h int) (x []demand.Column, steps demand.Fan, err error) {
	if s.X != nil {
		x = covariates(h)
	}
	steps = demand.Fan{Levels: sumLevels, Mean: make([]float64, h), Q: make([]float64, h*len(sumLevels))}
	return x, steps, fit.ForecastSeries(x, steps)
}

func sumOfSteps(s demand.Series, fit demand.Summing, h int) error {
	x, steps, err := stepsOf(s, fit, h)
	if err != nil {
		return err
	}
	total := demand.Fan{Levels: sumLevels, Mean: make([]float64, 1), Q: make([]float64, len(sumLevels))}
	if err := fit.ForecastSum(x, h, total); err != nil {
		return err
	}
	if err := total.Check(); err != nil {
		return err
	}
	const tolerance = 1e-9 // a few hundred roundings
	same := func(a, b float64) bool { return math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b)) }
	mean, cut := 0.0, total.Q[0] == 0
	for j, v := range steps.Mean {
		mean += v
		cut = cut || steps.At(j)[0] == 0
	}
	if !cut && !same(total.Mean[0], mean) {
		return fmt.Errorf("its mean is %v, and those of its steps add up to %v", total.Mean[0], mean)
	}
	for l, q := range total.Q {
		if h == 1 && !same(q, steps.Q[l]) {
			return fmt.Errorf("its quantile %g is %v, and that of its one step %v", sumLevels[l], q, steps.Q[l])
		}
	}
	return nil
}

package modeltest

import (
	"errors"
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

// partsOfMeans checks the fits that are demand.Explaining.
func partsOfMeans(m demand.SeriesModel, _ Options) error {
	return eachFit(m, func(s demand.Series, fit demand.SeriesFitted) error {
		explaining, ok := fit.(demand.Explaining)
		if !ok {
			return nil
		}
		if err := partsOfMean(s, explaining, horizon); err != nil {
			return fmt.Errorf("the parts of %d periods: %w", horizon, err)
		}
		return nil
	})
}

func partsOfMean(s demand.Series, fit demand.Explaining, h int) error {
	x, steps, err := stepsOf(s, fit, h)
	if err != nil {
		return err
	}
	parts, err := fit.Components(x, h)
	if err != nil {
		return err
	}
	if len(parts) == 0 || parts[0].Name != "trend" {
		return errors.New("the first is not the trend")
	}
	for j, mean := range steps.Mean {
		sum, size := 0.0, mean
		for _, c := range parts {
			if len(c.Value) != h {
				return fmt.Errorf("%s has %d steps", c.Name, len(c.Value))
			}
			sum += c.Value[j]
			size = max(size, math.Abs(c.Value[j]))
		}
		const tolerance = 1e-9                   // a few hundred roundings
		cut := steps.At(j)[0] <= steps.Mean[j]/2 // some of the distribution, if next to none, lies below 0
		if off := sum - mean; off > tolerance*size || !cut && -off > tolerance*size {
			return fmt.Errorf("those of step %d add up to %v, and its mean is %v", j+1, sum, mean)
		}
	}
	return nil
}

package demand

import (
	"fmt"
	"runtime/debug"
)

// Component is one part of the mean of one series.
type Component struct {
	Name  string    // trend, or that of a season, an event or a covariate
	Value []float64 // what it adds, units a period; one for each step
}

// Components returns the parts of the fan of series i in dst, which Forecast has written for fut: see Explaining. There are none
// where the method does not explain itself, or where another made the fan.
func (f *SeriesFits) Components(i int, fut *Future, dst *Forecast) ([]Component, error) {
	fit, ok := f.Fits[i].(Explaining)
	if !ok || dst.By[i] != f.model {
		return nil, nil
	}
	parts, err := components(fit, fut.At(i), fut.H)
	if err != nil {
		return nil, fmt.Errorf("explain %v: %s: %w", f.Keys[i], f.model, err)
	}
	return parts, nil
}

func components(fit Explaining, x []Column, h int) (parts []Component, err error) {
	defer func() {
		if r := recover(); r != nil {
			parts, err = nil, fmt.Errorf("%w: %v\n%s", ErrPanic, r, debug.Stack())
		}
	}()
	if parts, err = fit.Components(x, h); err != nil {
		return nil, err
	}
	for _, c := range parts {
		if len(c.Value) != h {
			return nil, fmt.Errorf("%w: the part %s has %d steps of %d", ErrNotUsable, c.Name, len(c.Value), h)
		}
		for j, v := range c.Value {
			if v == 0 {
				c.Value[j] = 0 // and not −0, which files would show
			}
			if v-v != 0 {
				return nil, fmt.Errorf("%w: the part %s of step %d is %g", ErrNotUsable, c.Name, j+1, v)
			}
		}
	}
	return parts, nil
}

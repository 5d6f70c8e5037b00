package modeltest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// sameForecast reports the first cell in which two forecasts do not have the same bytes.
func sameForecast(want, got *demand.Forecast) error {
	if i := firstDifference(want.Mean, got.Mean); i >= 0 {
		return fmt.Errorf("the mean of %v, step %d: %v, and then %v", want.Keys[i/want.H], i%want.H+1, want.Mean[i], got.Mean[i])
	}
	if i := firstDifference(want.Q, got.Q); i >= 0 {
		row := i / len(want.Levels)
		return fmt.Errorf("the quantile %g of %v, step %d: %v, and then %v",
			want.Levels[i%len(want.Levels)], want.Keys[row/want.H], row%want.H+1, want.Q[i], got.Q[i])
	}
	if !slices.Equal(want.By, got.By) {
		return fmt.Errorf("by %q, and then by %q", want.By, got.By)
	}
	return nil
}

// firstDifference returns the first index at which a and b differ in a bit, 0 where their lengths differ, or −1.
func firstDifference(a, b []float64) int {
	if len(a) != len(b) {
		return 0
	}
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return i
		}
	}
	return -1
}

// samePanel reports the first column in which two panels differ in a bit.
func samePanel(want, got *demand.Panel) error {
	if i := firstDifference(want.Y, got.Y); i >= 0 {
		return fmt.Errorf("demand in cell %d was %v and is %v", i, want.Y[i], got.Y[i])
	}
	if !slices.Equal(want.Filled, got.Filled) || !slices.Equal(want.Censored, got.Censored) {
		return errors.New("the marks of filled or censored cells are not what they were")
	}
	if !slices.Equal(want.Keys, got.Keys) || !slices.Equal(want.Start, got.Start) || !slices.Equal(want.Off, got.Off) {
		return errors.New("keys, starts or offsets are not what they were")
	}
	return sameColumns(want.X, got.X)
}

func sameColumns(want, got []demand.Column) error {
	for c, col := range want {
		if i := firstDifference(col.V, got[c].V); i >= 0 {
			return fmt.Errorf("%s in cell %d was %v and is %v", col.Name, i, col.V[i], got[c].V[i])
		}
	}
	return nil
}

// whole reports the first fan of f that is not usable does not say who made it, or hides a panic.
func whole(f *demand.Forecast, name string) error {
	if err := f.Check(); err != nil {
		return err
	}
	for i, by := range f.By {
		if errors.Is(f.Why[i], demand.ErrPanic) {
			return f.Why[i]
		}
		if by == "" {
			return fmt.Errorf("the forecast of %v does not say who made it", f.Keys[i])
		}
		if by != name && f.Why[i] == nil {
			return fmt.Errorf("the forecast of %v is by %s and does not say why not by %s", f.Keys[i], by, name)
		}
	}
	return nil
}

package modeltest

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
)

func anyLevels(m demand.Model, _ Options) error {
	many := make([]float64, 19)
	for l := range many {
		many[l] = float64(l+1) / 20
	}
	m5 := []float64{0.005, 0.025, 0.165, 0.25, 0.5, 0.75, 0.835, 0.975, 0.995}
	for _, levels := range [][]float64{nil, {0.5}, {0.9}, threeLevels, many, m5, {0.0001, 0.9999}} {
		f, err := forecast(m, chain(), horizon, levels)
		if err != nil {
			return fmt.Errorf("levels %v: %w", levels, err)
		}
		if err := whole(f, m.Name()); err != nil {
			return fmt.Errorf("levels %v: %w", levels, err)
		}
	}
	return nil
}

func anyHorizon(m demand.Model, _ Options) error {
	for _, h := range []int{60, 29, 7, 1} {
		f, err := forecast(m, chain(), h, threeLevels)
		if err != nil {
			return fmt.Errorf("%d periods: %w", h, err)
		}
		if err := whole(f, m.Name()); err != nil {
			return fmt.Errorf("%d periods: %w", h, err)
		}
	}
	return nil
}

func anyFrequency(m demand.Model, o Options) error {
	for _, c := range []struct {
		name    string
		periods int
	}{
		{"D", 200},
		{"W", 150},
		{"W-SUN", 60},
		{"M", 72},
		{"Q", 40},
		{"Y", 30},
		{"H", 24 * 21},
		{"30min", 48 * 10},
		{"15min", 96 * 8},
	} {
		freq, err := demand.ParseFreq(c.name)
		if err != nil {
			return err
		}
		p := panelOf(freq, sales(c.periods, 7), sales(c.periods-5, 0.8))
		if err := wholeOrRefused(m, p, o, c.name == "D"); err != nil {
			return fmt.Errorf("frequency %s: %w", c.name, err)
		}
	}
	return nil
}

// wholeOrRefused forecasts p. A refusal is an error unless the model may refuse.
func wholeOrRefused(m demand.Model, p *demand.Panel, o Options, must bool) error {
	f, err := forecast(m, p, horizon, threeLevels)
	switch {
	case errors.Is(err, demand.ErrPanic):
		return err
	case err != nil && (must || o.Total):
		return err
	case err != nil:
		return nil
	}
	return whole(f, m.Name())
}

func plainPanel(m demand.Model, o Options) error {
	p := chain()
	p.X, p.Filled, p.Censored = nil, nil, nil
	if err := wholeOrRefused(m, p, o, true); err != nil {
		return err
	}
	p = chain()
	for c := range p.Censored {
		p.Censored[c], p.Filled[c] = true, true
	}
	return wholeOrRefused(m, p, o, false)
}

func anySeries(m demand.Model, o Options) error {
	var broken []error
	for _, h := range hardSeries() {
		for _, explained := range []bool{false, true} {
			p := panelOf(demand.Daily, slices.Clone(h.y))
			if explained {
				p.X = covariates(p.Cells())
			}
			if err := guarded(func() error { return wholeOrRefused(m, p, o, false) }); err != nil {
				broken = append(broken, fmt.Errorf("series %q: %w", h.words, err))
				break
			}
		}
	}
	return errors.Join(broken...)
}

func unseenSeries(m demand.Model, o Options) error {
	for _, h := range hardSeries() {
		if !h.unseen {
			continue
		}
		_, err := forecast(m, panelOf(demand.Daily, h.y), horizon, threeLevels)
		if err != nil && !errors.Is(err, demand.ErrNoData) && !errors.Is(err, demand.ErrTooShort) {
			return fmt.Errorf("series %q: %w: wrap demand.ErrNoData or demand.ErrTooShort", h.words, err)
		}
	}
	return nil
}

func totalModel(m demand.Model, o Options) error {
	if !o.Total {
		return nil
	}
	for _, h := range hardSeries() {
		f, err := forecast(m, panelOf(demand.Daily, h.y), horizon, threeLevels)
		if err != nil {
			return fmt.Errorf("series %q: %w", h.words, err)
		}
		if h.unseen && (slices.Max(f.Mean) != 0 || slices.Max(f.Q) != 0) {
			return fmt.Errorf("series %q: the forecast is not zero", h.words)
		}
	}
	return nil
}

func constantSeries(m demand.Model, o Options) error {
	if !o.Constant {
		return nil
	}
	tolerance := o.Tolerance
	if tolerance == 0 {
		tolerance = 1e-9
	}
	for _, v := range []float64{0, 1, 5, 0.1, 1e-9, 123456.789, 1e12} {
		f, err := forecast(m, panelOf(demand.Daily, filled(200, v)), horizon, threeLevels)
		if err != nil {
			return fmt.Errorf("constant %g: %w", v, err)
		}
		for _, x := range append(f.Mean, f.Q...) {
			if !(math.Abs(x-v) <= tolerance*v) {
				return fmt.Errorf("constant %g: forecast as %v", v, x)
			}
		}
	}
	return nil
}

package demand

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
)

// Each makes a Model of a method that looks at one series at a time. A series that m cannot fit or forecast, for any
// reason and even by a panic, gets the fan of fallback, and Forecast.By and Forecast.Why say so. Fallback should be able
// to forecast any series; where it fails too, the cells stay NaN, By is empty and Why holds both errors.
func Each(m, fallback SeriesModel) Model { return each{m, fallback} }

type each struct{ m, fallback SeriesModel }

// SeriesFits is what fitting a Model made by Each returns: one fit for each series.
type SeriesFits struct {
	Keys []Key
	Fits []SeriesFitted // nil where the method could not fit the series
	Why  []error        // nil, or why it could not
	// Carried is how many of them were carried on from earlier ones.
	Carried int

	model, fallback string
	stand           []SeriesFitted // fits of the fallback; nil where it failed
}

// Name returns the name of the method.
func (e each) Name() string { return e.m.Name() }

// Fit fits every series. The fallback is fitted beside it, since the training panel is gone when a forecast fails.
func (e each) Fit(ctx context.Context, train *Panel) (Fitted, error) { return e.fit(ctx, train, nil) }

// Carry is Fit where the method is no Updater, or earlier does not hold a fit of a series.
func (e each) Carry(ctx context.Context, earlier Fitted, train *Panel) (Fitted, error) {
	before, ok := earlier.(*SeriesFits)
	if _, updater := e.m.(Updater); !ok || !updater {
		return e.fit(ctx, train, nil)
	}
	return e.fit(ctx, train, func(m SeriesModel, i int, s Series) SeriesFitted {
		return later(m.(Updater).Update, before.Fits[i], s)
	})
}

// Renew is Fit where the method is no Refitter, or earlier has no fit of a series.
func (e each) Renew(ctx context.Context, earlier func(Key) SeriesFitted, train *Panel) (Fitted, error) {
	if _, refitter := e.m.(Refitter); !refitter {
		return e.fit(ctx, train, nil)
	}
	return e.fit(ctx, train, func(m SeriesModel, _ int, s Series) SeriesFitted {
		return later(m.(Refitter).Refit, earlier(s.Key), s)
	})
}

// fit fits every series, by carry where that returns a fit.
func (e each) fit(ctx context.Context, train *Panel, carry func(m SeriesModel, i int, s Series) SeriesFitted) (Fitted, error) {
	n := train.Len()
	f := &SeriesFits{
		Keys: slices.Clone(train.Keys), Fits: make([]SeriesFitted, n), Why: make([]error, n),
		model: e.m.Name(), fallback: e.fallback.Name(), stand: make([]SeriesFitted, n),
	}
	model := e.m
	if sharing, ok := model.(SharingModel); ok {
		model = sharing.Share(train)
	}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("fit %s: %w", f.model, err)
		}
		s := train.At(i)
		if carry != nil {
			if f.Fits[i] = carry(model, i, s); f.Fits[i] != nil {
				f.Carried++
			}
		}
		if f.Fits[i] == nil {
			f.Fits[i], f.Why[i] = fitSeries(model, s)
		}
		if f.fallback == f.model {
			continue
		}
		var err error
		if f.stand[i], err = fitSeries(e.fallback, s); err != nil {
			f.Why[i] = errors.Join(f.Why[i], err)
		}
	}
	return f, nil
}

// Forecast writes the fan of every series.
func (f *SeriesFits) Forecast(ctx context.Context, fut *Future, dst *Forecast) error {
	if len(fut.Keys) != len(f.Fits) || len(dst.Keys) != len(f.Fits) {
		return fmt.Errorf("forecast %s: fitted on %d series, asked for %d into %d; give the same keys in the same order",
			f.model, len(f.Fits), len(fut.Keys), len(dst.Keys))
	}
	for i := range f.Fits {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("forecast %s: %w", f.model, err)
		}
		f.forecastSeries(i, fut.At(i), dst)
	}
	return nil
}

func (f *SeriesFits) forecastSeries(i int, x []Column, dst *Forecast) {
	fan, why := dst.Fan(i), f.Why[i]
	if f.Fits[i] != nil {
		err := forecastSeries(f.Fits[i], x, fan)
		if err == nil {
			dst.By[i], dst.Why[i] = f.model, nil
			return
		}
		why = errors.Join(why, fmt.Errorf("forecast %v: %s: %w", f.Keys[i], f.model, err))
	}
	if f.stand[i] != nil {
		err := forecastSeries(f.stand[i], x, fan)
		if err == nil {
			dst.By[i], dst.Why[i] = f.fallback, why
			return
		}
		why = errors.Join(why, fmt.Errorf("forecast %v: %s: %w", f.Keys[i], f.fallback, err))
	}
	fan.clear()
	dst.By[i], dst.Why[i] = "", why
}

// clear fills the fan with NaN, as NewForecast made it.
func (f Fan) clear() {
	copy(f.Mean, nans(len(f.Mean)))
	copy(f.Q, nans(len(f.Q)))
}

// later returns nil where there is no earlier fit, or it cannot be carried on, so that the series is fitted anew.
func later(carry func(SeriesFitted, Series) (SeriesFitted, error), earlier SeriesFitted, s Series) (fit SeriesFitted) {
	if earlier == nil {
		return nil
	}
	defer func() {
		if recover() != nil {
			fit = nil // what is wrong with the series shows where it is fitted anew
		}
	}()
	fit, err := carry(earlier, s)
	if err != nil {
		return nil
	}
	return fit
}

func fitSeries(m SeriesModel, s Series) (fit SeriesFitted, err error) {
	defer func() {
		if r := recover(); r != nil {
			fit, err = nil, fmt.Errorf("fit %v: %s: %w: %v\n%s", s.Key, m.Name(), ErrPanic, r, debug.Stack())
		}
	}()
	if fit, err = m.FitSeries(s); err != nil {
		return nil, fmt.Errorf("fit %v: %s: %w", s.Key, m.Name(), err)
	}
	return fit, nil
}

func forecastSeries(fit SeriesFitted, x []Column, fan Fan) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v\n%s", ErrPanic, r, debug.Stack())
		}
	}()
	if err := fit.ForecastSeries(x, fan); err != nil {
		return err
	}
	return fan.Check()
}

package modeltest

import (
	"context"

	"shelfcast/engine/demand"
)

// alone is a demand.Model of a demand.SeriesModel without any help: no fallback, no recovery. What demand.Each would
// mend must be seen here.
type alone struct{ m demand.SeriesModel }

type aloneFits struct {
	name string
	fits []demand.SeriesFitted
}

func (a alone) Name() string { return a.m.Name() }

func (a alone) Fit(ctx context.Context, train *demand.Panel) (demand.Fitted, error) {
	f := aloneFits{name: a.m.Name(), fits: make([]demand.SeriesFitted, train.Len())}
	for i := range f.fits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if f.fits[i], err = a.m.FitSeries(train.At(i)); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f aloneFits) Forecast(_ context.Context, fut *demand.Future, dst *demand.Forecast) error {
	for i, fit := range f.fits {
		if err := fit.ForecastSeries(fut.At(i), dst.Fan(i)); err != nil {
			return err
		}
		dst.By[i] = f.name
	}
	return nil
}

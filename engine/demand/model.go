package demand

import "context"

// Model is a forecasting method with its options. It is a value without state: Fit may be called at the same time from
// many goroutines, and two fits of the same panel are equal.
//
// Fit reads train and neither changes nor keeps it. It works through its series in order, on the caller's goroutine:
// concurrency is the scheduler's. It returns an error only where the whole panel cannot be fitted, or ctx has ended.
type Model interface {
	Name() string
	Fit(ctx context.Context, train *Panel) (Fitted, error)
}

// Fitted is a model that has been fitted. It is read-only: Forecast may be called at the same time from many goroutines,
// and gives the same bytes each time.
//
// Forecast writes every cell of dst, and in dst.By and dst.Why who produced each series and why another had to; or it
// returns an error. The keys of f are those of the training panel, in the same order. What it writes is finite and not
// negative, and quantiles do not cross.
type Fitted interface {
	Forecast(ctx context.Context, f *Future, dst *Forecast) error
}

// SeriesModel is a method that looks at one series at a time. The promises of Model bind it too.
type SeriesModel interface {
	Name() string
	FitSeries(s Series) (SeriesFitted, error)
}

// SeriesFitted is the fit of one series. It is a plain value that encoding/json writes and reads back equal, so that a
// fit can be kept, and checked against other software.
//
// ForecastSeries writes every cell of dst; x holds one column for each covariate of the training series, with as many
// values as dst has steps.
type SeriesFitted interface {
	ForecastSeries(x []Column, dst Fan) error
}

// SharingModel is a SeriesModel that can prepare what all series of a panel have in common: Share returns the model to fit each of
// them with, whose fits are those of the model itself.
type SharingModel interface {
	SeriesModel
	Share(train *Panel) SeriesModel
}

// Updater is a SeriesModel that can carry a fit on to later data: Update returns the fit of s with what was estimated for earlier,
// a fit of its own of a series that ended before, held as it is. It takes a small part of the time of FitSeries.
type Updater interface {
	SeriesModel
	Update(earlier SeriesFitted, s Series) (SeriesFitted, error)
}

// Carrier is a Model that can carry a fit on to later data of the same series, as Updater does.
type Carrier interface {
	Model
	Carry(ctx context.Context, earlier Fitted, train *Panel) (Fitted, error)
}

// Refitter is a SeriesModel that can begin its search where an earlier one ended: Refit estimates the parameters of s anew, with the
// form, order or variant that was chosen for earlier, a fit of its own of a series that ended before.
type Refitter interface {
	SeriesModel
	Refit(earlier SeriesFitted, s Series) (SeriesFitted, error)
}

// Renewer is a Model that can begin at earlier fits of its series, as Refitter does: earlier returns that of a key, nil where there is
// none.
type Renewer interface {
	Model
	Renew(ctx context.Context, earlier func(Key) SeriesFitted, train *Panel) (Fitted, error)
}

// Summing is a SeriesFitted that knows how the errors of its steps hang together: ForecastSum writes the fan of the sum of the next
// h periods to dst, which has one step. Quantiles of steps cannot be summed.
type Summing interface {
	SeriesFitted
	ForecastSum(x []Column, h int, dst Fan) error
}

// Explaining is a SeriesFitted whose mean is a sum of parts: Components returns those of the next h periods, the trend first, each
// with h values in units a period. They add up to the mean before what lies below 0 is cut off, which can only add to it. X is that
// of ForecastSeries.
type Explaining interface {
	SeriesFitted
	Components(x []Column, h int) ([]Component, error)
}

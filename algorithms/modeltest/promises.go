package modeltest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"shelfcast/engine/demand"
)

func modelPromises() []promise[demand.Model] {
	return []promise[demand.Model]{
		{"its name is one that a command line takes", nameIsUsable},
		{"fit does not change its input", fitLeavesInput},
		{"fit does not keep its input", fitKeepsNoInput},
		{"fit stops when its context has ended", fitStops},
		{"two fits of the same panel are equal", fitsAreEqual},
		{"forecast gives the same bytes each time", forecastsAreEqual},
		{"forecast does not change the future", forecastLeavesFuture},
		{"fit and forecast may be called from many goroutines", concurrentUse},
		{"neither order nor shards change a forecast", shardsDoNotMatter},
		{"forecast writes every cell for any levels", anyLevels},
		{"forecast writes every cell for any horizon", anyHorizon},
		{"forecast writes every cell at any frequency", anyFrequency},
		{"covariates, filled and censored values may be absent", plainPanel},
		{"no series makes it panic or write half a fan", anySeries},
		{"a series without an observation is refused by a named error", unseenSeries},
		{"a total model forecasts everything", totalModel},
		{"a constant series is forecast as that constant", constantSeries},
	}
}

// forecast fits m on a panel and forecasts h periods. A series that nobody could forecast is an error.
func forecast(m demand.Model, p *demand.Panel, h int, levels []float64) (*demand.Forecast, error) {
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	f := futureOf(p, h)
	dst := demand.NewForecast(f, levels)
	if err := fit.Forecast(context.Background(), f, dst); err != nil {
		return nil, fmt.Errorf("forecast: %w", err)
	}
	return dst, refusal(dst)
}

// refusal returns why the first series that nobody could forecast has no fan, and nil where all have one.
func refusal(f *demand.Forecast) error {
	for i, by := range f.By {
		if by == "" && f.Why[i] != nil {
			return f.Why[i]
		}
	}
	return nil
}

var usableName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func nameIsUsable(m demand.Model, _ Options) error {
	if name := m.Name(); !usableName.MatchString(name) || m.Name() != name {
		return fmt.Errorf("name %q: use words of lower-case letters and digits, joined by hyphens, always the same", name)
	}
	return nil
}

func fitLeavesInput(m demand.Model, _ Options) error {
	p := chain()
	before := copyOf(p)
	if _, err := forecast(m, p, horizon, threeLevels); err != nil {
		return err
	}
	return samePanel(before, p)
}

func fitKeepsNoInput(m demand.Model, _ Options) error {
	p := chain()
	fut := futureOf(copyOf(p), horizon)
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		return err
	}
	want, got := demand.NewForecast(fut, threeLevels), demand.NewForecast(fut, threeLevels)
	if err := fit.Forecast(context.Background(), fut, want); err != nil {
		return err
	}
	poison(p)
	if err := fit.Forecast(context.Background(), fut, got); err != nil {
		return err
	}
	return sameForecast(want, got)
}

func fitStops(m demand.Model, _ Options) error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Fit(ctx, chain()); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("the error of a cancelled fit is %v", err)
	}
	return nil
}

func fitsAreEqual(m demand.Model, _ Options) error {
	want, err := forecast(m, chain(), horizon, threeLevels)
	if err != nil {
		return err
	}
	got, err := forecast(m, chain(), horizon, threeLevels)
	if err != nil {
		return err
	}
	return sameForecast(want, got)
}

func forecastsAreEqual(m demand.Model, _ Options) error {
	p := chain()
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		return err
	}
	fut := futureOf(p, horizon)
	first, second := demand.NewForecast(fut, threeLevels), demand.NewForecast(fut, threeLevels)
	for i := range second.Mean { // what stood in dst before must not be read
		second.Mean[i] = 1e6 + float64(i)
	}
	for _, dst := range []*demand.Forecast{first, second} {
		if err := fit.Forecast(context.Background(), fut, dst); err != nil {
			return err
		}
	}
	return sameForecast(first, second)
}

func forecastLeavesFuture(m demand.Model, _ Options) error {
	p := chain()
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		return err
	}
	fut := futureOf(p, horizon)
	before := copyColumns(fut.X)
	if err := fit.Forecast(context.Background(), fut, demand.NewForecast(fut, threeLevels)); err != nil {
		return err
	}
	return sameColumns(before, fut.X)
}

func concurrentUse(m demand.Model, _ Options) error {
	p := chain()
	want, err := forecast(m, p, horizon, threeLevels)
	if err != nil {
		return err
	}
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	broken := make([]error, 8)
	for g := range broken {
		wg.Go(func() { broken[g] = guarded(func() error { return useOnce(m, fit, p, want, g%2 == 0) }) })
	}
	wg.Wait()
	return errors.Join(broken...)
}

// useOnce forecasts, from a fit of its own or from a shared one, and compares.
func useOnce(m demand.Model, fit demand.Fitted, p *demand.Panel, want *demand.Forecast, refit bool) error {
	if refit {
		got, err := forecast(m, p, horizon, threeLevels)
		if err != nil {
			return err
		}
		return sameForecast(want, got)
	}
	fut := futureOf(p, horizon)
	got := demand.NewForecast(fut, threeLevels)
	if err := fit.Forecast(context.Background(), fut, got); err != nil {
		return err
	}
	return sameForecast(want, got)
}

func shardsDoNotMatter(m demand.Model, o Options) error {
	if !o.Local {
		return nil
	}
	p := chain()
	want, err := forecast(m, p, horizon, threeLevels)
	if err != nil {
		return err
	}
	fut := futureOf(p, horizon)
	for _, size := range []int{1, 4} {
		got := demand.NewForecast(fut, threeLevels)
		for lo := (p.Len() - 1) / size * size; lo >= 0; lo -= size { // last shard first
			if err := forecastShard(m, p, fut, got, lo, min(lo+size, p.Len())); err != nil {
				return err
			}
		}
		if err := sameForecast(want, got); err != nil {
			return fmt.Errorf("in one shard, and then in shards of %d: %w", size, err)
		}
	}
	return nil
}

func forecastShard(m demand.Model, p *demand.Panel, fut *demand.Future, dst *demand.Forecast, lo, hi int) error {
	fit, err := m.Fit(context.Background(), p.Shard(lo, hi))
	if err != nil {
		return err
	}
	part := demand.NewForecast(fut.Shard(lo, hi), dst.Levels)
	if err := fit.Forecast(context.Background(), fut.Shard(lo, hi), part); err != nil {
		return err
	}
	copy(dst.Mean[lo*dst.H:], part.Mean)
	copy(dst.Q[lo*dst.H*len(dst.Levels):], part.Q)
	copy(dst.By[lo:], part.By)
	return nil
}

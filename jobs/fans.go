package jobs

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"shelfcast/engine/demand"
)

// made is what models made of a shard.
type made struct {
	forecast *demand.Forecast
	fits     []byte // as in ShardResult
	explained
}

// forecast fits every member that some series of the shard chose, and gives each series the fan of its own. A fan that is
// not usable becomes the floor model's. Series whose numbers are among samples are explained, and all where Night.Components asks
// for it.
func (n Night) forecast(ctx context.Context, panel *demand.Panel, future *demand.Future, picked, samples []int) (*made, error) {
	out := demand.NewForecast(future, n.Plan.Levels)
	lines := make([]bytes.Buffer, panel.Len())
	ex := explained{parts: make([][]demand.Component, panel.Len())}
	for m, model := range n.Models {
		if !slices.Contains(picked, m) && !n.KeepFits {
			continue
		}
		one, fit, err := n.fitOne(ctx, model, panel, future)
		if err == nil && n.KeepFits {
			err = fitLines(lines, model.Name(), fit)
		}
		if err != nil {
			return nil, err
		}
		for i, p := range picked {
			if p != m {
				continue
			}
			take(out, one, i)
			if n.Components || slices.Contains(samples, i) {
				ex.add(fit, i, future, one)
			}
		}
	}
	var fits []byte
	for i := range lines {
		fits = append(fits, lines[i].Bytes()...)
	}
	if err := n.replaceUnusable(ctx, panel, future, out); err != nil {
		return nil, err
	}
	panel.Events.Close(out)
	ex.complete(out)
	return &made{out, fits, ex}, nil
}

// fitOne fits one member on the shard and forecasts it. Where the member fails as a whole there is no fit, its fans are empty, and
// Why says so for every series.
func (n Night) fitOne(ctx context.Context, model demand.Model, panel *demand.Panel, future *demand.Future) (*demand.Forecast, demand.Fitted, error) {
	f := demand.NewForecast(future, n.Plan.Levels)
	fit, err := n.attempt(ctx, model, panel, future, f)
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	if err != nil {
		f = demand.NewForecast(future, n.Plan.Levels) // drops what was half written
		for i := range f.Why {
			f.Why[i] = err
		}
		return f, nil, nil
	}
	return f, fit, nil
}

// attempt fits a model, from earlier fits where there are some, and forecasts with it. A panic becomes demand.ErrPanic.
func (n Night) attempt(ctx context.Context, model demand.Model, panel *demand.Panel, future *demand.Future, dst *demand.Forecast) (fit demand.Fitted, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %w: %v\n%s", model.Name(), demand.ErrPanic, r, debug.Stack())
		}
	}()
	if fit, err = n.fitModel(ctx, model, panel); err != nil {
		return nil, err
	}
	return fit, fit.Forecast(ctx, future, dst)
}

func (n Night) fitModel(ctx context.Context, model demand.Model, panel *demand.Panel) (demand.Fitted, error) {
	renewer, ok := model.(demand.Renewer)
	if n.Earlier == nil || !ok {
		return model.Fit(ctx, panel)
	}
	fit, err := renewer.Renew(ctx, func(k demand.Key) demand.SeriesFitted { return n.Earlier.of(model.Name(), k) }, panel)
	if err == nil {
		n.Earlier.count(model.Name(), fit)
	}
	return fit, err
}

// take copies the fan of series i, who made it and why.
func take(dst, src *demand.Forecast, i int) {
	to, from := dst.Fan(i), src.Fan(i)
	copy(to.Mean, from.Mean)
	copy(to.Q, from.Q)
	dst.By[i], dst.Why[i] = src.By[i], src.Why[i]
}

// replaceUnusable gives every series whose fan is not whole the floor model's, and keeps the reason. It errs where even
// the floor model's is not whole.
func (n Night) replaceUnusable(ctx context.Context, panel *demand.Panel, future *demand.Future, f *demand.Forecast) error {
	var floor *demand.Forecast
	for i, key := range f.Keys {
		bad := f.Fan(i).Check()
		if bad == nil {
			continue
		}
		if floor == nil {
			var err error
			if floor, err = n.floorForecast(ctx, panel, future); err != nil {
				return err
			}
		}
		why := f.Why[i]
		if why == nil {
			why = fmt.Errorf("forecast %v: %w", key, bad)
		}
		take(f, floor, i)
		f.Why[i] = why
	}
	return nil
}

// floorForecast is what a shard gets when all else fails.
func (n Night) floorForecast(ctx context.Context, panel *demand.Panel, future *demand.Future) (*demand.Forecast, error) {
	f := demand.NewForecast(future, n.Plan.Levels)
	_, err := n.attempt(ctx, n.Floor, panel, future, f)
	if err == nil {
		err = f.Check()
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("forecast by the floor model: %w; this is a fault in the program, please report it", err)
	}
	return f, nil
}

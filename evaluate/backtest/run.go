package backtest

import (
	"context"
	"errors"
	"fmt"

	"shelfcast/engine/demand"
	"shelfcast/evaluate/score"
)

// Run backtests models on a panel, which may be a shard of a larger one: window by window, and in a window model by
// model, on the caller's goroutine. Models see a copy of the panel that ends at the origin, and may not change it.
//
// A series is scored in a window when it has an observation up to the origin and scored points after it; a window that
// begins before all series is scored with no point, so check the plan by Plan.Origins first. A model that errs or
// panics, for a series or for the whole panel, or whose fan is not finite, negative or crossing, has failed there: its
// row is scored with the forecast of Plan.Floor, and Result.Failures names it.
//
// Run errs when the plan is not possible or ctx has ended. Models with one name are told apart by their place.
func Run(ctx context.Context, panel *demand.Panel, models []demand.Model, plan Plan) (*Result, error) {
	if err := plan.check(); err != nil {
		return nil, err
	}
	scorer, err := score.NewScorer(plan.Levels)
	if err != nil {
		return nil, err
	}
	r := newResult(panel, models, plan)
	earlier := make([]demand.Fitted, len(models))
	for k := len(r.Windows) - 1; k >= 0; k-- { // the oldest first: what is learnt there may be carried on
		w, err := openWindow(panel, plan, &r.Windows[k])
		if err != nil {
			return nil, err
		}
		for m, model := range models {
			var forecast *demand.Forecast
			if forecast, earlier[m], err = w.forecast(ctx, model, earlier[m]); err != nil {
				return nil, fmt.Errorf("backtest at %s: %w", panel.Cal.Format(r.Windows[k].Origin), err)
			}
			r.Failures = append(r.Failures, w.failures(m, k, model.Name(), forecast)...)
			w.score(scorer, forecast, r.Series[m][k], r.Tallies[m][k])
		}
	}
	r.sortFailures()
	return r, nil
}

// window is what the models of one window share.
type window struct {
	plan   Plan
	train  *demand.Panel
	future *demand.Future
	cases  []score.Case // of each series, without a forecast
	stand  *demand.Forecast
}

// openWindow splits the panel at the origin of w and counts in w what cannot be scored.
func openWindow(panel *demand.Panel, plan Plan, w *Window) (*window, error) {
	train, future, err := panel.Split(w.Origin, plan.Horizon)
	if err != nil {
		return nil, err
	}
	o := &window{plan: plan, train: train, future: future, cases: make([]score.Case, panel.Len())}
	season := plan.season(panel.Cal)
	for i := range o.cases {
		s := train.At(i)
		scale := score.ScaleOf(s.Y, season)
		c := outcomes(panel.At(i), w.Origin, plan.Horizon)
		c.Scale = &scale
		w.count(exclude(&c, observed(s), plan.Filled))
		o.cases[i] = c
	}
	return o, nil
}

// forecast returns what model says of the window, with the floor model's fans where it says nothing usable.
// A model that can carries the fit of the window before on; the fit is returned too, nil where there is none.
func (w *window) forecast(ctx context.Context, model demand.Model, earlier demand.Fitted) (*demand.Forecast, demand.Fitted, error) {
	forecast, fit, err := fitAndForecast(ctx, model, earlier, w.train, w.future, w.plan.Levels)
	if ctx.Err() != nil {
		return nil, nil, fmt.Errorf("%s: %w", model.Name(), context.Cause(ctx))
	}
	if err != nil {
		forecast = demand.NewForecast(w.future, w.plan.Levels) // drops what was half written
		for i := range forecast.Why {
			forecast.Why[i] = err
		}
	}
	for i := range forecast.Keys {
		w.replaceUnusable(ctx, model.Name(), forecast, i)
	}
	w.future.Events.Close(forecast)
	if ctx.Err() != nil { // the floor model may have stopped for it
		return nil, nil, fmt.Errorf("%s: %w", model.Name(), context.Cause(ctx))
	}
	return forecast, fit, nil
}

// replaceUnusable puts the floor model's fan in the place of one that is not whole, or NaN where that is not whole either.
func (w *window) replaceUnusable(ctx context.Context, model string, f *demand.Forecast, i int) {
	fan := f.Fan(i)
	bad := fan.Check()
	if bad == nil {
		return
	}
	if f.Why[i] == nil {
		f.Why[i] = fmt.Errorf("forecast %v: %s: %w", f.Keys[i], model, bad)
	}
	stand := w.floor(ctx)
	copy(fan.Mean, stand.Fan(i).Mean)
	copy(fan.Q, stand.Fan(i).Q)
	f.By[i] = stand.By[i]
}

// floor returns the floor model's forecast of the window, made when it is first needed. A fan of it that is not whole is
// NaN, and By is empty; so are all when there is no floor model or it fails.
func (w *window) floor(ctx context.Context) *demand.Forecast {
	if w.stand != nil {
		return w.stand
	}
	w.stand = demand.NewForecast(w.future, w.plan.Levels)
	if w.plan.Floor == nil {
		return w.stand
	}
	made, _, err := fitAndForecast(ctx, w.plan.Floor, nil, w.train, w.future, w.plan.Levels)
	if err != nil {
		return w.stand
	}
	for i := range made.Keys {
		if to, from := w.stand.Fan(i), made.Fan(i); from.Check() == nil {
			copy(to.Mean, from.Mean)
			copy(to.Q, from.Q)
			w.stand.By[i] = made.By[i]
		}
	}
	return w.stand
}

func fitAndForecast(ctx context.Context, m demand.Model, earlier demand.Fitted, train *demand.Panel, future *demand.Future, levels []float64) (f *demand.Forecast, fit demand.Fitted, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, fit, err = nil, nil, fmt.Errorf("backtest %s: %w: %v", m.Name(), demand.ErrPanic, r)
		}
	}()
	if carrier, ok := m.(demand.Carrier); ok && earlier != nil {
		fit, err = carrier.Carry(ctx, earlier, train)
	} else {
		fit, err = m.Fit(ctx, train)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("backtest %s: fit: %w", m.Name(), err)
	}
	f = demand.NewForecast(future, levels)
	if err := fit.Forecast(ctx, future, f); err != nil {
		return nil, fit, fmt.Errorf("backtest %s: forecast: %w", m.Name(), err)
	}
	return f, fit, nil
}

var errOtherModel = errors.New("another model produced the forecast")

// failures lists the series whose forecast is not by the model that was asked. A series without an observation is no
// failure: there was nothing to fit.
func (w *window) failures(model, k int, name string, f *demand.Forecast) []Failure {
	var list []Failure
	for i, by := range f.By {
		if by == name && f.Why[i] == nil || !observed(w.train.At(i)) {
			continue
		}
		why := f.Why[i]
		if why == nil {
			why = errOtherModel
		}
		list = append(list, Failure{Model: model, Window: k, Key: f.Keys[i], By: by, Reason: demand.Reason(why), Why: why})
	}
	return list
}

// score writes the scores of one model.
func (w *window) score(scorer *score.Scorer, f *demand.Forecast, series []score.Series, tally *score.Tally) {
	for i := range w.cases {
		c := w.cases[i]
		fan := f.Fan(i)
		c.Mean, c.Q = fan.Mean, fan.Q
		scorer.Score(&series[i], &c)
		tally.Add(&series[i])
	}
}

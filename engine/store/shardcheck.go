package store

import (
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// checkShard reports what keeps a result from being the shard of the run that it says it is.
func (r *Run) checkShard(res *ShardResult) error {
	if res.Number < 0 || res.Number >= len(r.spec.Shards) {
		return fmt.Errorf("the run has %d shards, numbered from 0", len(r.spec.Shards))
	}
	keys, f := r.spec.keysOf(res.Number), res.Forecast
	switch {
	case f == nil:
		return fmt.Errorf("there is no forecast")
	case !slices.Equal(f.Keys, keys):
		return fmt.Errorf("its %d series are not the %d of the plan", len(f.Keys), len(keys))
	case f.Cal != r.spec.Cal || f.Start != r.spec.first() || f.H != r.spec.Horizon:
		return fmt.Errorf("it forecasts %d periods from %s, the run %d from %s", f.H, f.Cal.Format(f.Start), r.spec.Horizon, r.spec.Cal.Format(r.spec.first()))
	case !slices.Equal(f.Levels, r.spec.Levels):
		return fmt.Errorf("its quantile levels are %v, the run's %v", f.Levels, r.spec.Levels)
	case res.Series != nil && len(res.Series) != len(keys):
		return fmt.Errorf("%d series results came for %d series", len(res.Series), len(keys))
	case len(f.By) != len(keys) || len(f.Why) != len(keys):
		return fmt.Errorf("its %d series are signed by %d models with %d reasons", len(keys), len(f.By), len(f.Why))
	case len(f.Mean) != len(keys)*f.H || len(f.Q) != len(keys)*f.H*len(f.Levels):
		return fmt.Errorf("its %d means and %d quantiles are not those of %d series", len(f.Mean), len(f.Q), len(keys))
	}
	if err := checkQuarantine(res, keys); err != nil {
		return err
	}
	if err := checkParts(res, keys); err != nil {
		return err
	}
	return checkNumbers(res)
}

// checkParts reports parts of another shape than the forecast's, and the first number among them that Postgres must not be given.
func checkParts(res *ShardResult, keys []demand.Key) error {
	if res.Components == nil {
		return nil
	}
	if len(res.Components) != len(keys) {
		return fmt.Errorf("the parts of %d forecasts came for %d series", len(res.Components), len(keys))
	}
	f := res.Forecast
	for i, parts := range res.Components {
		if len(parts) > 0 && f.By[i] == "" {
			return fmt.Errorf("series %v has parts of a forecast that it does not have", keys[i])
		}
		for _, c := range parts {
			if len(c.Value) != f.H {
				return fmt.Errorf("series %v: %s has %d periods of %d", keys[i], c.Name, len(c.Value), f.H)
			}
			for step, v := range c.Value {
				if !finite(v) {
					return fmt.Errorf("series %v: %w: %s of %s is %g", keys[i], ErrNotFinite, c.Name, f.Cal.Format(f.Start+demand.Period(step)), v)
				}
			}
		}
	}
	return nil
}

// checkQuarantine reports a series without a fan and without a reason, and a quarantined series of another shard.
func checkQuarantine(res *ShardResult, keys []demand.Key) error {
	aside := make([]bool, len(keys))
	for _, q := range res.Quarantine {
		i, found := slices.BinarySearchFunc(keys, q.Key, demand.Key.Compare)
		if !found {
			return fmt.Errorf("series %v is in quarantine and not in the shard", q.Key)
		}
		aside[i] = true
	}
	for i, by := range res.Forecast.By {
		if by == "" && !aside[i] {
			return fmt.Errorf("%w: series %v has neither a fan nor a reason in quarantine", ErrIncomplete, keys[i])
		}
	}
	return nil
}

// checkNumbers reports the first number that Postgres must not be given.
func checkNumbers(res *ShardResult) error {
	f := res.Forecast
	for i, key := range f.Keys {
		if f.By[i] == "" {
			continue
		}
		if err := checkFan(f, i); err != nil {
			return fmt.Errorf("series %v by %s: %w", key, f.By[i], err)
		}
		if res.Series != nil {
			if err := res.Series[i].check(); err != nil {
				return fmt.Errorf("series %v: %w", key, err)
			}
		}
	}
	return nil
}

func checkFan(f *demand.Forecast, i int) error {
	fan := f.Fan(i)
	for step, m := range fan.Mean {
		if !finite(m) {
			return fmt.Errorf("%w: mean of %s is %g", ErrNotFinite, f.Cal.Format(f.Start+demand.Period(step)), m)
		}
		for l, q := range fan.At(step) {
			if !finite(q) {
				return fmt.Errorf("%w: %s of %s is %g", ErrNotFinite, demand.LevelName(f.Levels[l]), f.Cal.Format(f.Start+demand.Period(step)), q)
			}
		}
	}
	return nil
}

func (s *SeriesResult) check() error {
	for _, c := range [...]struct {
		name  string
		value float64
	}{{"wql", s.WQL}, {"wape", s.WAPE}, {"floor_wql", s.FloorWQL}} {
		if math.IsInf(c.value, 0) {
			return fmt.Errorf("%w: %s is %g; give NaN where it is undefined", ErrNotFinite, c.name, c.value)
		}
	}
	if s.HistoryPeriods < 0 || s.HistoryPeriods > math.MaxInt32 {
		return fmt.Errorf("a history of %d periods cannot be", s.HistoryPeriods)
	}
	return nil
}

// finite reports whether v is neither NaN nor infinite.
func finite(v float64) bool { return v-v == 0 }

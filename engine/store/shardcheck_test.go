package store_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"shelfcast/engine/demand"
	"shelfcast/engine/store"
	"shelfcast/engine/store/storetest"
)

func TestASpecThatIsNoPlanIsRefused(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	for want, change := range map[string]func(*store.RunSpec){
		"no business date":        func(s *store.RunSpec) { s.BusinessDate = s.BusinessDate.AddDate(-2025, -2, -1) },
		"at least 1":              func(s *store.RunSpec) { s.Horizon = 0 },
		"no frequency":            func(s *store.RunSpec) { s.Cal = demand.Calendar{} },
		"no series":               func(s *store.RunSpec) { s.Keys = nil },
		"outside (0, 1)":          func(s *store.RunSpec) { s.Levels = []float64{1} },
		"not in key order":        func(s *store.RunSpec) { s.Keys = []demand.Key{{Item: "b"}, {Item: "a"}} },
		"holds a zero byte":       func(s *store.RunSpec) { s.Keys = []demand.Key{{Item: "a\x00"}} },
		"must begin at 2":         func(s *store.RunSpec) { s.Shards = []store.Span{{First: 0, Count: 2}, {First: 3, Count: 1}} },
		"the shards hold 2":       func(s *store.RunSpec) { s.Shards = []store.Span{{First: 0, Count: 2}} },
		"begins at series 0 with": func(s *store.RunSpec) { s.Shards = []store.Span{{First: 0, Count: 0}} },
	} {
		t.Run(want, func(t *testing.T) {
			spec := specOf(monday, 4, 2, 2, 0.5)
			change(&spec)
			if _, err := db.BeginRun(t.Context(), spec); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestAShardThatIsNotOfThePlanIsRefused(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 4, 2, 2, 0.1, 0.5)
	run := begin(t, db, spec)
	for want, change := range map[string]func(*store.ShardResult){
		"numbered from 0":            func(r *store.ShardResult) { r.Number = 2 },
		"no forecast":                func(r *store.ShardResult) { r.Forecast = nil },
		"are not the 2 of the plan":  func(r *store.ShardResult) { r.Forecast.Keys = spec.Keys[1:3] },
		"it forecasts 2 periods":     func(r *store.ShardResult) { r.Forecast.Start++ },
		"quantile levels":            func(r *store.ShardResult) { r.Forecast.Levels = []float64{0.1, 0.9} },
		"series results":             func(r *store.ShardResult) { r.Series = r.Series[:1] },
		"signed by 1 models":         func(r *store.ShardResult) { r.Forecast.By = r.Forecast.By[:1] },
		"3 means":                    func(r *store.ShardResult) { r.Forecast.Mean = r.Forecast.Mean[:3] },
		"neither a fan nor a reason": func(r *store.ShardResult) { r.Forecast.By[1] = "" },
		"and not in the shard":       func(r *store.ShardResult) { r.Quarantine = []store.Quarantine{{Key: spec.Keys[2]}} },
		"cannot be":                  func(r *store.ShardResult) { r.Series[0].HistoryPeriods = -1 },
		"parts of 1 forecasts":       func(r *store.ShardResult) { r.Components = partsOf(r.Forecast)[:1] },
		"trend has 1 periods of 2": func(r *store.ShardResult) {
			r.Components = partsOf(r.Forecast)
			r.Components[1][0].Value = r.Components[1][0].Value[:1]
		},
		"that it does not have": func(r *store.ShardResult) {
			r.Components, r.Forecast.By[1] = partsOf(r.Forecast), ""
			r.Quarantine = []store.Quarantine{{Key: spec.Keys[1], Stage: "fit", Reason: "no_data"}}
		},
	} {
		t.Run(want, func(t *testing.T) {
			res := resultOf(spec, 0)
			change(&res)
			if err := run.WriteShard(t.Context(), res); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestANumberThatIsNotFiniteNeverReachesTheDatabase(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t)
	spec := specOf(monday, 2, 2, 2, 0.1, 0.5)
	run := begin(t, db, spec)
	for want, change := range map[string]func(*store.ShardResult){
		"item-0000001@S1 by ets: not a finite number: mean of 2026-03-03 is NaN": func(r *store.ShardResult) { r.Forecast.Mean[3] = math.NaN() },
		"item-0000000@S1 by ets: not a finite number: p50 of 2026-03-02 is +Inf": func(r *store.ShardResult) { r.Forecast.Q[1] = math.Inf(1) },
		"item-0000001@S1: not a finite number: wape is -Inf":                     func(r *store.ShardResult) { r.Series[1].WAPE = math.Inf(-1) },
		"item-0000001@S1: not a finite number: weekly of 2026-03-03 is NaN": func(r *store.ShardResult) {
			r.Components = partsOf(r.Forecast)
			r.Components[1][1].Value[1] = math.NaN()
		},
	} {
		res := resultOf(spec, 0)
		change(&res)
		err := run.WriteShard(t.Context(), res)
		if !errors.Is(err, store.ErrNotFinite) || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v", err)
		}
	}
	if n := one[int64](t, db, fmt.Sprintf("select count(*) from shelfcast.forecast_%d", run.ID())); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	sum := summaryOf(spec)
	sum.Metrics[0].Value = math.Inf(1)
	if err := run.Publish(t.Context(), sum); !errors.Is(err, store.ErrNotFinite) {
		t.Errorf("publishing an infinite metric gives %v", err)
	}
}

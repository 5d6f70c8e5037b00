package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"shelfcast/algorithms"
	"shelfcast/algorithms/prophet"
	"shelfcast/engine/demand"
	"shelfcast/evaluate/backtest"
	"shelfcast/ingest"
	"shelfcast/jobs/config"
)

// Auto is the name that stands for the models this build chooses by itself.
const Auto = "auto"

// Plan makes a night of a configuration, for a business date or, where it is zero, for the last day in the data. Sink, CodeVersion, Now and Progress are still to be set.
func Plan(c config.Config, date time.Time) (Night, error) {
	shape := prophetOf(c.Prophet)
	models, err := members(c.Forecast.Models, shape)
	if err != nil {
		return Night{}, err
	}
	features, err := features(c.Input.Features)
	if err != nil {
		return Night{}, err
	}
	filling, err := c.Input.Rules()
	if err != nil {
		return Night{}, fmt.Errorf("read filling: %w", err)
	}
	declared, err := readSchemas(c.Input.Schema)
	if err != nil {
		return Night{}, err
	}
	rule, err := backtest.ParseFilledRule(c.Backtest.Filled)
	if err != nil {
		return Night{}, err
	}
	occasions, err := c.Calendar.Occasions()
	if err != nil {
		return Night{}, err
	}
	n := Night{
		Spec: ingest.Spec{
			Occasions:    occasions,
			TargetSchema: declared.target, RelatedSchema: declared.related, ItemsSchema: declared.items, Columns: c.Input.Columns, Dimensions: c.Input.Dimensions,
			Import: c.Input.Import, Target: c.Input.Target, Related: c.Input.Related, Items: c.Input.Items, Stores: c.Input.Stores,
			Freq: c.Input.Frequency, Horizon: c.Forecast.Horizon, AsOf: lastPeriod(c.Input.Frequency, date), Features: features,
			Zone: c.Input.Zone, Aggregation: c.Input.Aggregation, Filling: filling, StrictRelated: c.Input.StrictRelated, Censoring: c.Input.Censoring, MaxRejectShare: c.Input.MaxRejectShare, Workers: c.Run.Workers,
			Memory: int64(c.Run.Memory), TempDir: c.Run.TempDir,
		},
		Plan: backtest.Plan{
			Horizon: c.Forecast.Horizon, Windows: c.Backtest.Windows, Offset: c.Backtest.Offset,
			Levels: c.Forecast.Quantiles, Filled: rule,
		},
		Queries: c.Input.Queries,
		Date:    date,
		Metric:  c.Backtest.Metric, Models: models, Shape: shape, Floor: demand.Each(algorithms.Floor(), algorithms.Floor()),
		Components: c.Forecast.Components,
		Workers:    c.Run.Workers, ShardSeries: c.Run.ShardSeries, Timeout: time.Duration(c.Run.ShardTimeout),
	}
	n.ConfigHash, err = n.hash()
	return n, err
}

// lastPeriod returns the first instant of the last period that is over at the end of a day, and the zero time for the zero
// date. A week that the day lies inside of is not over.
func lastPeriod(freq demand.Freq, date time.Time) time.Time {
	if date.IsZero() {
		return date
	}
	cal := demand.Calendar{Freq: freq}
	over := date.AddDate(0, 0, 1)
	if freq.Unit == demand.Day {
		over = over.Add(time.Duration(freq.Shift) * time.Hour) // the business day of the date
	}
	return cal.Time(cal.Period(over) - 1)
}

// members returns the models of these names, auto standing for several, and those named after Prophet having the given shape.
func members(names []string, shape prophet.Model) ([]demand.Model, error) {
	var models []demand.Model
	var seen []string
	for _, name := range names {
		list := []string{name}
		if name == Auto {
			list = algorithms.Auto()
		}
		for _, one := range list {
			if slices.Contains(seen, one) {
				continue
			}
			m, err := algorithms.ByNameAndShape(one, shape)
			if err != nil {
				return nil, err
			}
			models, seen = append(models, m), append(seen, one)
		}
	}
	return models, nil
}

func features(list []config.Feature) ([]ingest.Feature, error) {
	var out []ingest.Feature
	for _, f := range list {
		role := ingest.RoleOf(f.Name)
		if f.Role != "" {
			var err error
			if role, err = demand.ParseRole(f.Role); err != nil {
				return nil, fmt.Errorf("read feature %s: %w", f.Name, err)
			}
		}
		out = append(out, ingest.Feature{Name: f.Name, Role: role, Lag: f.Lag})
	}
	return out, nil
}

// hash covers every setting that a result, or the way it is cut into shards, can depend on: not the number of workers,
// nor where reports go.
func (n Night) hash() (string, error) {
	names := make([]string, len(n.Models))
	for i, m := range n.Models {
		names[i] = m.Name()
	}
	spec := n.Spec
	spec.Workers, spec.OnProgress = 0, nil
	settings, err := json.Marshal([]any{
		spec.Target, spec.Related, spec.Items, spec.Stores, spec.Freq, spec.Horizon, spec.AsOf, spec.Features, spec.MaxRejectShare, spec.Zone, spec.Aggregation, spec.Filling, spec.TargetSchema, spec.RelatedSchema, spec.ItemsSchema, spec.Columns, spec.Dimensions, spec.StrictRelated, spec.Censoring, spec.Import, spec.Occasions,
		n.Queries.Target, n.Queries.Related, n.Queries.Items, n.Queries.Stores,
		n.Plan, n.Metric, names, n.Shape, n.Floor.Name(), n.ShardSeries, n.Components,
	})
	if err != nil {
		return "", fmt.Errorf("hash the configuration: %w", err)
	}
	sum := sha256.Sum256(settings)
	return hex.EncodeToString(sum[:8]), nil
}

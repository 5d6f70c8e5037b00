package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
	"shelfcast/schemas"
)

// Metrics are the metrics that a series may choose its model by.
var Metrics = []string{"wql", "wape", "rmse", "mase", "mape"}

// FilledRules are the rules for filled cells in a backtest.
var FilledRules = []string{"exclude_item_window", "exclude_point"}

// Check reports the first field whose value cannot be right, by its name in the file, and what to write instead. Whether
// files exist and models are known is for those who open them.
func (c Config) Check() error {
	if c.Input.UsesDrops() && c.Schedule.Watch.Dir == "" {
		return fmt.Errorf("input names files in %s, and schedule.watch.dir names no folder of drops", DropPath)
	}
	if err := c.Calendar.check(c.Input.Frequency); err != nil {
		return err
	}
	for _, check := range []func() error{c.Input.check, c.Forecast.check, c.Prophet.check, c.Backtest.check, c.Run.check, c.Database.check, c.Schedule.check} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (in Input) check() error {
	if len(in.Target) == 0 && in.Queries.Target == "" {
		return fmt.Errorf("input.target is empty; name the files of the target time series, or a query (input.queries.target)")
	}
	if err := in.checkQueries(); err != nil {
		return err
	}
	if slices.Contains(in.Target, "") || slices.Contains(in.Related, "") {
		return fmt.Errorf("input.target or input.related holds an empty name; name files, folders or globs")
	}
	if err := ingest.CheckZone(in.Zone); err != nil {
		return fmt.Errorf("input.zone: %w", err)
	}
	if err := schemas.CheckDimensions(in.Dimensions); err != nil {
		return fmt.Errorf("input.dimensions: %w", err)
	}
	if in.Schema.Target != "" && len(in.Dimensions) > 0 {
		return fmt.Errorf("input.dimensions: the schema of the target (input.schema.target) declares its dimensions; leave these out")
	}
	if !isShare(in.MaxRejectShare) {
		return fmt.Errorf("input.max_reject_share is %g; use a share from 0 to 1", in.MaxRejectShare)
	}
	if _, err := in.Rules(); err != nil {
		return fmt.Errorf("input.filling: %w", err)
	}
	for _, f := range in.Features {
		if _, err := demand.ParseRole(f.Role); err != nil && f.Role != "" {
			return fmt.Errorf("input.features: %s: %w", f.Name, err)
		}
		if f.Lag < 0 {
			return fmt.Errorf("input.features: %s: the lag is %d; use 0, or the periods that its values lie back", f.Name, f.Lag)
		}
	}
	return nil
}

// checkQueries reports an input that is named twice, and imports where there are none.
func (in Input) checkQueries() error {
	q := in.Queries
	for _, one := range []struct {
		name  string
		files bool
		query string
	}{
		{"target", len(in.Target) > 0, q.Target},
		{"related", len(in.Related) > 0, q.Related},
		{"items", in.Items != "", q.Items},
		{"stores", in.Stores != "", q.Stores},
	} {
		if one.files && one.query != "" {
			return fmt.Errorf("input.%s and input.queries.%s are both given; give one of them", one.name, one.name)
		}
	}
	if q.Target != "" && in.Import == ingest.Incremental {
		return fmt.Errorf("input.import is incremental, and input.queries.target is one import; use full, and let the query return one row for each key and time")
	}
	return nil
}

func (f Forecast) check() error {
	if f.Horizon < 1 {
		return fmt.Errorf("forecast.horizon is %d; use 1 period or more", f.Horizon)
	}
	if len(f.Quantiles) == 0 {
		return fmt.Errorf("forecast.quantiles is empty; list levels such as 0.1, 0.5 and 0.9")
	}
	if err := demand.CheckLevels(f.Quantiles); err != nil {
		return fmt.Errorf("forecast.quantiles: %w", err)
	}
	if len(f.Models) == 0 {
		return fmt.Errorf("forecast.models is empty; use auto, or names from shelfcast forecast --help")
	}
	return nil
}

func (b Backtest) check() error {
	if b.Windows < 1 || b.Windows > 5 {
		return fmt.Errorf("backtest.windows is %d; use 1 to 5", b.Windows)
	}
	if b.Offset < 0 {
		return fmt.Errorf("backtest.offset is %d; use 0 for the horizon, or the horizon and more", b.Offset)
	}
	if err := oneOf("backtest.metric", b.Metric, Metrics); err != nil {
		return err
	}
	return oneOf("backtest.filled", b.Filled, FilledRules)
}

func (r Run) check() error {
	if r.Workers < 0 {
		return fmt.Errorf("run.workers is %d; use 0 for every core, or a number of shards at the same time", r.Workers)
	}
	if r.ShardSeries < 1 {
		return fmt.Errorf("run.shard_series is %d; use 1 series or more", r.ShardSeries)
	}
	if r.ShardTimeout <= 0 {
		return fmt.Errorf("run.shard_timeout is not positive; use a time such as 10m")
	}
	if r.Memory != 0 && r.Memory < leastMemory {
		return fmt.Errorf("run.memory is %v; use %v or more, since the program takes some for itself, or 0 for no bound", r.Memory, Size(leastMemory))
	}
	if !isShare(r.MaxQuarantineShare) {
		return fmt.Errorf("run.max_quarantine_share is %g; use a share from 0 to 1", r.MaxQuarantineShare)
	}
	return nil
}

// leastMemory is what the smallest night fits in.
const leastMemory = 256 << 20

// isShare reports whether v lies in [0, 1]; NaN does not.
func isShare(v float64) bool { return v >= 0 && v <= 1 }

func (d Database) check() error {
	if d.KeepDates < 0 {
		return fmt.Errorf("database.keep_dates is %d; use 0 to keep all, or a number of business dates", d.KeepDates)
	}
	return nil
}

func (s Schedule) check() error {
	if s.Lag < 0 {
		return fmt.Errorf("schedule.lag is %d; use 0 days or more", s.Lag)
	}
	if strings.Contains(s.Watch.Dir, "://") {
		return fmt.Errorf("schedule.watch.dir: %s is the address of an object store, and a folder is watched; run nights by schedule.cron, and name the objects in input.target", s.Watch.Dir)
	}
	if s.Watch.Dir == "" {
		return nil
	}
	for _, name := range []string{s.Watch.Marker, s.Watch.Manifest} {
		if name != filepath.Base(name) && name != "" {
			return fmt.Errorf("schedule.watch: %q is no file name; name the file in a drop, without a folder", name)
		}
	}
	if s.Watch.Marker == "" && s.Watch.Manifest == "" {
		return fmt.Errorf("schedule.watch has neither marker nor manifest; name the file that says that a drop is complete")
	}
	if s.Watch.Poll <= 0 {
		return fmt.Errorf("schedule.watch.poll is not positive; use a time such as 1m")
	}
	return nil
}

func oneOf(field, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return fmt.Errorf("%s is %q; use one of %s", field, value, strings.Join(known, ", "))
}

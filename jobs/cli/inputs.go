package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/jobs"
	"shelfcast/jobs/config"
)

// dataFlags are the flags of the commands that read files and need no configuration.
type dataFlags struct {
	Target     []string `sep:"none" placeholder:"F" help:"Files, folders of parts or globs of the target time series: item_id, store_id (optional), timestamp, demand. CSV (plain, .gz, .zst) or Parquet. Several may follow."`
	Related    []string `sep:"none" placeholder:"F" help:"The related time series: item_id, store_id, timestamp and numeric features, over the history and the horizon."`
	Items      string   `placeholder:"F" help:"Item metadata: item_id and attributes."`
	Stores     string   `placeholder:"F" help:"Store metadata: store_id and attributes."`
	QueryT     string   `name:"target-query" placeholder:"SQL" help:"Select the target from Postgres instead: item_id, store_id (optional), timestamp, demand. The address is in SHELFCAST_INPUT_DATABASE_URL, or else the database is that of shelfcast db."`
	QueryR     string   `name:"related-query" placeholder:"SQL" help:"Select the related time series."`
	QueryI     string   `name:"items-query" placeholder:"SQL" help:"Select item metadata."`
	QueryS     string   `name:"stores-query" placeholder:"SQL" help:"Select store metadata."`
	Import     string   `default:"full" help:"How the files of an input go together: full (one data set), or incremental: each file, and each sub-folder of a folder, is an import, oldest first, and a row replaces the row that an older import has for its key and time."`
	SchemaT    string   `name:"target-schema" placeholder:"F.json" help:"The schema of the target, as Amazon Forecast takes it. Files may then have no header; of those with one, the columns it declares are read."`
	SchemaR    string   `name:"related-schema" placeholder:"F.json" help:"The same for the related time series."`
	SchemaI    string   `name:"items-schema" placeholder:"F.json" help:"The same for item metadata."`
	StoreDim   string   `name:"store-dimension" placeholder:"NAME" help:"The dimension of these schemas that says the store. Default: store_id, or the only one."`
	Dimensions string   `placeholder:"NAME,…" help:"Columns of the target that make up its keys besides item_id and store_id, at most ten: channel,size. Related rows that lack one speak for all its values."`
	Columns    string   `placeholder:"COLUMN=NAME,…" help:"Names that item_id, store_id, timestamp and demand have in the headers of the files, where they have others: item_id=sku,demand=units."`
	Frequency  string   `placeholder:"FREQ" help:"How long a period lasts: Y, Q, M, W, D, H, 30min, 15min, 10min, 5min, 1min, or a multiple: 2W, 12H. Where it begins may stand behind: Y-APR, Q-FEB, M-15, W-SUN, D-06."`
	Zone       string   `placeholder:"NAME" help:"IANA zone whose clock the business goes by, such as Europe/Berlin. Needed where timestamps have an offset; such instants become business time, others are business time as they stand."`
	Aggregate  string   `name:"aggregation" default:"sum" help:"What becomes of target rows that are finer than the frequency: sum, avg, first, min or max."`
	Horizon    int      `placeholder:"N" help:"Periods ahead."`
	Features   string   `placeholder:"NAME=ROLE[:LAG],…" help:"Columns of the related series to use, and what each is: price, promotion, in_stock (share of the period; sold-out periods are censored), stock (units on hand), weather or other. What is not known ahead is lagged by so many periods: footfall=other:28. Default: every numeric one, its role by its name."`
	Filling    string   `placeholder:"ATTRIBUTE.PLACE=RULE,…" help:"What missing values become, such as demand.back=nan,price.middle=median,price.future=mean. Attributes: demand and the features. Places: middle (between the first and the last value), back (after it), future (the horizon; features only). Rules: zero, nan (not observed; demand only), median, mean, min, max of the 64 values before, or a number. Default: demand zero, features as they are."`
	Censoring  string   `default:"feature" help:"Which periods count as sold out, so that demand was at least what was sold: feature (those that features of the roles in_stock and stock tell of), detect (also runs without sales that demand does not explain) or off."`
	Strict     bool     `name:"strict-related" help:"Refuse features that miss a value in the past, as Amazon Forecast does. Default: such values are not known, and counted."`
	Country    string   `placeholder:"DE" help:"Country of all stores, whose holidays --events and --closed may name."`
	Events     string   `placeholder:"NAME[:BEFORE:AFTER],…" help:"Events that models may know of, with days before and after: Black Friday,holidays,Ramadan:7:3. The word holidays stands for the public and bank holidays of the country; shelfcast datasets holidays prints the names."`
	Calendar   []string `sep:"none" placeholder:"F.csv" help:"Files of further events, such as school holidays: name, from, to (optional: kind, country, store, before, after). Several may follow."`
	Closed     string   `placeholder:"sunday,holidays" help:"Days on which shops are closed, which is not zero demand: weekdays, and holidays for those of the country. Their forecast is 0."`
	AsOf       string   `placeholder:"DATE" help:"Last day of sales to use, such as 2016-04-24. Default: the last in the files."`
	MaxRejects float64  `name:"max-reject-share" help:"Share of rows that may be rejected before the command fails. Default: 0, and the first bad row is named."`
	Workers    int      `help:"Shards at the same time. Default: one for each core."`
	Memory     string   `placeholder:"SIZE" help:"Most memory to hold, such as 2GiB. Where the series need more they are taken part by part, with the same results. Default: no bound."`
	TempDir    string   `name:"temp-dir" placeholder:"DIR" help:"Folder for rows that this memory has no room for. Default: that of the system."`
}

// inputFlags are those of the commands that also make models.
type inputFlags struct {
	dataFlags `embed:""`
	Quantiles string `default:"0.1,0.5,0.9" help:"Quantile levels, ascending, each inside (0, 1)."`
	Models    string `default:"auto" help:"auto, or names with commas between them. Every series gets the first, unless another was better in every backtest window and by more than a fifth on average. ${models}"`
	Prophet   string `placeholder:"KEY: VALUE,…" help:"Shape of the models whose names begin with prophet, as under prophet in a configuration: growth: flat, changepoints: 10."`
	Metric    string `default:"wql" help:"What a series chooses its model by: wql, wape, rmse, mase or mape."`
	Filled    string `default:"exclude_item_window" help:"What the backtest leaves out for a cell that was filled by rule: exclude_item_window, or exclude_point for the cell alone."`
	ShardSize int    `name:"shard-series" default:"500" help:"Series in a shard. Results do not depend on it, but for prophet-pooled, which learns from the series of a shard."`
}

// config returns the configuration that the flags stand for.
func (f inputFlags) config() (config.Config, error) {
	c, err := f.dataFlags.config()
	if err != nil {
		return c, err
	}
	if c.Forecast.Quantiles, err = levels(f.Quantiles); err != nil {
		return c, usageError{err}
	}
	if err := c.Prophet.Set(f.Prophet); err != nil {
		return c, usageError{err}
	}
	c.Forecast.Models = names(f.Models)
	c.Backtest.Metric, c.Backtest.Filled = f.Metric, f.Filled
	c.Run.ShardSeries = f.ShardSize
	return c, nil
}

// config returns the configuration that the flags stand for, with the models of the default one.
func (f dataFlags) config() (config.Config, error) {
	c := config.Default()
	var err error
	if len(f.Target) == 0 && f.QueryT == "" {
		return c, usageError{errors.New("the target is missing; name its files with --target, or select it with --target-query")}
	}
	switch {
	case f.Frequency == "":
		return c, usageError{errors.New("the frequency is missing; say how long a period lasts with --frequency, such as D for days")}
	case f.Horizon == 0:
		return c, usageError{errors.New("the horizon is 0; say how many periods to look ahead with --horizon")}
	}
	if c.Input.Frequency, err = demand.ParseFreq(f.Frequency); err != nil {
		return c, usageError{err}
	}
	c.Input.Target, c.Input.Related, c.Input.Items, c.Input.Stores = f.Target, f.Related, f.Items, f.Stores
	c.Input.Zone = f.Zone
	c.Input.Queries = config.Queries{Target: f.QueryT, Related: f.QueryR, Items: f.QueryI, Stores: f.QueryS}
	if err := c.Input.Import.UnmarshalText([]byte(f.Import)); err != nil {
		return c, usageError{err}
	}
	c.Input.MaxRejectShare, c.Input.StrictRelated = f.MaxRejects, f.Strict
	if err := c.Input.Aggregation.UnmarshalText([]byte(f.Aggregate)); err != nil {
		return c, usageError{err}
	}
	if err := c.Input.Censoring.UnmarshalText([]byte(f.Censoring)); err != nil {
		return c, usageError{err}
	}
	if c.Input.Features, err = features(f.Features); err != nil {
		return c, usageError{err}
	}
	c.Input.Schema = config.Schema{Target: f.SchemaT, Related: f.SchemaR, Items: f.SchemaI, Store: f.StoreDim}
	if f.Dimensions != "" {
		c.Input.Dimensions = names(f.Dimensions)
	}
	if c.Input.Columns, err = columns(f.Columns); err != nil {
		return c, usageError{err}
	}
	if c.Input.Filling, err = filling(f.Filling); err != nil {
		return c, usageError{err}
	}
	if c.Calendar, err = f.calendar(); err != nil {
		return c, usageError{err}
	}
	c.Forecast.Horizon = f.Horizon
	c.Run.Workers, c.Run.TempDir = f.Workers, f.TempDir
	if f.Memory != "" {
		if err := c.Run.Memory.UnmarshalText([]byte(f.Memory)); err != nil {
			return c, usageError{fmt.Errorf("read --memory: %w", err)}
		}
	}
	return c, nil
}

// calendar reads what is special about days.
func (f dataFlags) calendar() (config.Calendar, error) {
	c := config.Calendar{Country: f.Country, Files: f.Calendar}
	if f.Events != "" {
		for _, text := range names(f.Events) {
			part := strings.Split(text, ":")
			e := config.Event{Name: part[0]}
			for i, into := range []*int{&e.Before, &e.After} {
				if len(part) <= i+1 {
					continue
				}
				var err error
				if *into, err = strconv.Atoi(part[i+1]); err != nil || len(part) > 3 {
					return c, fmt.Errorf("read events: %q has no window; write it as Black Friday:7:3, for 7 days before and 3 after", text)
				}
			}
			c.Events = append(c.Events, e)
		}
	}
	if f.Closed != "" {
		for _, name := range names(f.Closed) {
			if name == config.AllHolidays {
				c.Closed.Holidays = config.OwnCountry
				continue
			}
			c.Closed.Weekdays = append(c.Closed.Weekdays, name)
		}
	}
	return c, nil
}

// night makes the night of a configuration that came from flags.
func (f inputFlags) night(s *session, c config.Config) (jobs.Night, error) {
	if err := c.Check(); err != nil {
		return jobs.Night{}, usageError{err}
	}
	asOf, err := date(f.AsOf)
	if err != nil {
		return jobs.Night{}, usageError{err}
	}
	n, err := jobs.Plan(c, asOf)
	if err != nil {
		return n, usageError{err}
	}
	n.Source = s.source(c)
	return s.equip(n), nil
}

// equip gives a night what comes from the session.
func (s *session) equip(n jobs.Night) jobs.Night {
	n.CodeVersion, n.Now, n.Progress = s.version, time.Now, newProgress(s.errOut, s.log)
	return n
}

// names reads a list with commas between its entries.
func names(list string) []string {
	out := strings.Split(list, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// checkOut reports a file to write that is one of the files to read, or lies among their parts.
func (f inputFlags) checkOut(out string) error {
	for _, pattern := range slices.Concat(f.Target, f.Related, f.Calendar, []string{f.Items, f.Stores, f.SchemaT, f.SchemaR, f.SchemaI}) {
		matches := []string{pattern}
		if _, err := os.Stat(pattern); err != nil {
			matches, _ = filepath.Glob(pattern) // what is wrong with a pattern is said where it is read
		}
		for _, in := range matches {
			if within(in, out) {
				return fmt.Errorf("write %s: it is, or lies inside, the input %s; write to another place", out, in)
			}
		}
	}
	return nil
}

// within tells whether out is the file in, or lies in the folder in or in a folder of it.
func within(in, out string) bool {
	at, err := filepath.Abs(out)
	if err != nil {
		return false
	}
	for {
		if same(in, at) {
			return true
		}
		up := filepath.Dir(at)
		if up == at {
			return false
		}
		at = up
	}
}

// same tells whether two names stand for one file or folder that exists.
func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

func levels(list string) ([]float64, error) {
	var out []float64
	for _, text := range strings.Split(list, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return nil, fmt.Errorf("read quantiles: %q is no number; use levels such as 0.1,0.5,0.9", text)
		}
		out = append(out, v)
	}
	return out, demand.CheckLevels(out)
}

func features(list string) ([]config.Feature, error) {
	if list == "" {
		return nil, nil
	}
	var out []config.Feature
	for _, text := range strings.Split(list, ",") {
		name, role, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("read features: %q has no role; write it as price=price", text)
		}
		role, lag, lagged := strings.Cut(role, ":")
		f := config.Feature{Name: name, Role: role}
		if lagged {
			var err error
			if f.Lag, err = strconv.Atoi(lag); err != nil {
				return nil, fmt.Errorf("read features: the lag of %q is no whole number; write it as footfall=other:28", text)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// columns reads names such as item_id=sku, with commas between them.
func columns(list string) (map[string]string, error) {
	if list == "" {
		return nil, nil
	}
	out := map[string]string{}
	for _, text := range strings.Split(list, ",") {
		as, name, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("read columns: %q names no column of the files; write it as item_id=sku", text)
		}
		out[strings.TrimSpace(as)] = name
	}
	return out, nil
}

// filling reads rules such as demand.back=nan, with commas between them.
func filling(list string) (map[string]config.Filling, error) {
	if list == "" {
		return nil, nil
	}
	out := map[string]config.Filling{}
	for _, text := range strings.Split(list, ",") {
		left, rule, ok := strings.Cut(text, "=")
		dot := strings.LastIndex(left, ".")
		if !ok || dot < 1 {
			return nil, fmt.Errorf("read filling: %q is no rule; write it as demand.back=nan", text)
		}
		name, place := strings.TrimSpace(left[:dot]), left[dot+1:]
		f := out[strings.ToLower(name)]
		at := map[string]*string{"front": &f.Front, "middle": &f.Middle, "back": &f.Back, "future": &f.Future}[place]
		if at == nil {
			return nil, fmt.Errorf("read filling: %q names no place; use front, middle, back or future, as in demand.back=nan", text)
		}
		if *at != "" {
			return nil, fmt.Errorf("read filling: %s is said twice; say it once", left)
		}
		*at = rule
		out[strings.ToLower(name)] = f
	}
	return out, nil
}

// date reads a date; "" is the zero time.
func date(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, fmt.Errorf("read --as-of: %q is no date; write it as 2016-04-24", text)
	}
	return t, nil
}

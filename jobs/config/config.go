// Package config reads the one configuration file of a run, once, and checks all of it.
//
// A configuration is a value: nothing reads the file, the environment or a flag after Load has returned.
package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
)

// Config is a whole configuration. schemas/config.example.yaml documents it field by field.
type Config struct {
	Input    Input    `yaml:"input" envPrefix:"INPUT_"`
	Calendar Calendar `yaml:"calendar" envPrefix:"CALENDAR_"`
	Forecast Forecast `yaml:"forecast" envPrefix:"FORECAST_"`
	Prophet  Prophet  `yaml:"prophet" envPrefix:"PROPHET_"`
	Backtest Backtest `yaml:"backtest" envPrefix:"BACKTEST_"`
	Run      Run      `yaml:"run" envPrefix:"RUN_"`
	Database Database `yaml:"database" envPrefix:"DATABASE_"`
	Schedule Schedule `yaml:"schedule" envPrefix:"SCHEDULE_"`
	Report   Report   `yaml:"report" envPrefix:"REPORT_"`
}

// Input says which files hold the data and what their columns mean. Paths are relative to the configuration file.
type Input struct {
	Target         []string           `yaml:"target" env:"TARGET"`          // files, folders of parts or globs of the target time series
	Related        []string           `yaml:"related" env:"RELATED"`        // of the related time series; none when empty
	Items          string             `yaml:"items" env:"ITEMS"`            // item metadata; none when empty
	Stores         string             `yaml:"stores" env:"STORES"`          // store metadata; none when empty
	Schema         Schema             `yaml:"schema" envPrefix:"SCHEMA_"`   // of files that have no header, or that are declared as for Amazon Forecast
	Columns        map[string]string  `yaml:"columns"`                      // names that item_id, store_id, timestamp and demand have in the files, where they have others
	Dimensions     []string           `yaml:"dimensions" env:"DIMENSIONS"`  // columns of the target that make up its keys besides item_id and store_id; none when empty
	Queries        Queries            `yaml:"queries" envPrefix:"QUERIES_"` // inputs that come from a database instead of files
	Import         ingest.Import      `yaml:"import" env:"IMPORT"`          // how the files of an input go together: full or incremental
	Frequency      demand.Freq        `yaml:"frequency" env:"FREQUENCY"`
	Zone           string             `yaml:"zone" env:"ZONE"`                         // IANA zone whose clock shows business time; needed where timestamps have an offset
	Aggregation    ingest.Aggregation `yaml:"aggregation" env:"AGGREGATION"`           // of target rows that are finer than the frequency: sum, avg, first, min or max
	Filling        map[string]Filling `yaml:"filling"`                                 // what missing values become, by attribute: demand, or a feature; zero for the demand when empty
	Censoring      ingest.Censoring   `yaml:"censoring" env:"CENSORING"`               // which periods count as sold out: feature, detect or off
	StrictRelated  bool               `yaml:"strict_related" env:"STRICT_RELATED"`     // refuse features that miss a value in the past
	Features       []Feature          `yaml:"features"`                                // columns of the related series to use; every numeric one when empty
	MaxRejectShare float64            `yaml:"max_reject_share" env:"MAX_REJECT_SHARE"` // share of rows that may be rejected before the night fails; 0 by default
}

// Queries are inputs that come from a Postgres database: what to select. Empty: the input is files, or none. The address of
// the database comes from the environment variable SHELFCAST_INPUT_DATABASE_URL or from a file, since it may hold a
// password; without either, it is the database in which results rest.
type Queries struct {
	Target  string `yaml:"target" env:"TARGET"`
	Related string `yaml:"related" env:"RELATED"`
	Items   string `yaml:"items" env:"ITEMS"`
	Stores  string `yaml:"stores" env:"STORES"`
	URLFile string `yaml:"url_file" env:"URL_FILE"` // file that holds the address; SHELFCAST_INPUT_DATABASE_URL goes first
}

// Any reports whether an input comes from a query.
func (q Queries) Any() bool { return q.Target+q.Related+q.Items+q.Stores != "" }

// Schema names files that declare the columns of inputs, in the JSON of Amazon Forecast. Empty: the files have headers.
type Schema struct {
	Target  string `yaml:"target" env:"TARGET"`
	Related string `yaml:"related" env:"RELATED"`
	Items   string `yaml:"items" env:"ITEMS"`
	Store   string `yaml:"store" env:"STORE"` // the dimension that says the store; store_id, or the only one, when empty
}

// Filling says what the missing values of an attribute become, by where they lie: none, zero, nan, median, mean, min or max,
// or a number to fill in. Empty is the default.
type Filling struct {
	Front  string `yaml:"front"`
	Middle string `yaml:"middle"`
	Back   string `yaml:"back"`
	Future string `yaml:"future"`
}

// Rules returns the rules by attribute, in the form that ingest takes.
func (in Input) Rules() (map[string]ingest.Filling, error) {
	rules := map[string]ingest.Filling{}
	for _, name := range slices.Sorted(maps.Keys(in.Filling)) {
		f, rule := in.Filling[name], ingest.Filling{}
		for _, at := range []struct {
			place, text string
			into        *ingest.Fill
		}{{"front", f.Front, &rule.Front}, {"middle", f.Middle, &rule.Middle}, {"back", f.Back, &rule.Back}, {"future", f.Future, &rule.Future}} {
			if err := at.into.UnmarshalText([]byte(at.text)); err != nil {
				return nil, fmt.Errorf("%s.%s: %w", name, at.place, err)
			}
		}
		folded := strings.ToLower(name)
		if _, twice := rules[folded]; twice {
			return nil, fmt.Errorf("%s: it is said twice, in names that differ by case; say it once", name)
		}
		rules[folded] = rule
	}
	return rules, nil
}

// Feature names a column of the related series and its role.
type Feature struct {
	Name string `yaml:"name"`
	Role string `yaml:"role"` // price, promotion, in_stock, stock, weather or other; by its name when empty
	Lag  int    `yaml:"lag"`  // periods that its values are moved into the future; 0 where it is known ahead
}

// Forecast says what is forecast and by which models.
type Forecast struct {
	Horizon   int       `yaml:"horizon" env:"HORIZON"`     // periods ahead
	Quantiles []float64 `yaml:"quantiles" env:"QUANTILES"` // levels in (0, 1), ascending; 0.1, 0.5 and 0.9 when empty
	Models    []string  `yaml:"models" env:"MODELS"`       // names from the catalogue, or auto
	// Components writes the parts of every forecast whose model explains itself beside the forecast.
	Components bool `yaml:"components" env:"COMPONENTS"`
}

// Backtest says how models are scored on the past.
type Backtest struct {
	Windows int    `yaml:"windows" env:"WINDOWS"` // rolling windows, 1 to 5
	Offset  int    `yaml:"offset" env:"OFFSET"`   // periods from the end of the data to the newest split; the horizon when 0
	Metric  string `yaml:"metric" env:"METRIC"`   // what a series chooses its model by: wql, wape, rmse, mase or mape
	Filled  string `yaml:"filled" env:"FILLED"`   // what becomes of filled cells: exclude_item_window or exclude_point
}

// Run says how the work is cut and what it may use.
type Run struct {
	Workers            int      `yaml:"workers" env:"WORKERS"`                           // shards at the same time; every core when 0
	ShardSeries        int      `yaml:"shard_series" env:"SHARD_SERIES"`                 // series in a shard
	ShardTimeout       Duration `yaml:"shard_timeout" env:"SHARD_TIMEOUT"`               // longest time a shard may take
	Memory             Size     `yaml:"memory" env:"MEMORY"`                             // most that the process may hold; no bound when 0
	TempDir            string   `yaml:"temp_dir" env:"TEMP_DIR"`                         // where rows wait that there is no room for; the folder of the system when empty
	MaxQuarantineShare float64  `yaml:"max_quarantine_share" env:"MAX_QUARANTINE_SHARE"` // exit code 3 above this share of series
}

// Database says where results rest. The address of a database comes from the environment variable DATABASE_URL, or from
// a file, since it may hold a password; without either, the embedded server is used.
type Database struct {
	URLFile   string `yaml:"url_file" env:"URL_FILE"`     // file that holds the address; DATABASE_URL goes first
	Dir       string `yaml:"dir" env:"DIR"`               // where the embedded server keeps its data; see shelfcast db --help
	KeepDates int    `yaml:"keep_dates" env:"KEEP_DATES"` // business dates whose forecasts are kept
}

// Schedule says when the daemon runs a night.
type Schedule struct {
	Cron  string `yaml:"cron" env:"CRON"`          // five fields, in UTC; "" where only drops start nights
	Lag   int    `yaml:"lag" env:"LAG"`            // days from the last day of sales to the morning of the run; 1 = yesterday
	Watch Watch  `yaml:"watch" envPrefix:"WATCH_"` // starts a night when new data are delivered
}

// Watch names a folder in which new data are delivered. A drop is a sub-folder, or the folder itself, that holds its mark.
type Watch struct {
	Dir      string   `yaml:"dir" env:"DIR"`           // nothing is watched when empty
	Marker   string   `yaml:"marker" env:"MARKER"`     // file that is written last; _SUCCESS by default
	Manifest string   `yaml:"manifest" env:"MANIFEST"` // file that names all files, with their sizes or checksums, in place of a marker
	Poll     Duration `yaml:"poll" env:"POLL"`         // from one look to the next
	State    string   `yaml:"state" env:"STATE"`       // file that remembers which drops had their night; in the folder when empty
}

// Report says where the page about a run is written.
type Report struct {
	Dir string `yaml:"dir" env:"DIR"` // folder for one HTML file a run; none is written when empty
}

// Default returns the configuration that an empty file stands for.
func Default() Config {
	return Config{
		Input:    Input{Frequency: demand.Daily, Aggregation: ingest.Sum},
		Forecast: Forecast{Horizon: 28, Quantiles: []float64{0.1, 0.5, 0.9}, Models: []string{"auto"}},
		Prophet:  defaultProphet(),
		Backtest: Backtest{Windows: 3, Metric: "wql", Filled: "exclude_item_window"},
		Run:      Run{ShardSeries: 500, ShardTimeout: Duration(10 * time.Minute), MaxQuarantineShare: 0.01},
		Database: Database{KeepDates: 14},
		Schedule: Schedule{Cron: "30 2 * * *", Lag: 1, Watch: Watch{Marker: "_SUCCESS", Poll: Duration(time.Minute)}},
		Report:   Report{Dir: "reports"},
	}
}

// Duration is a length of time, written like 90s, 10m or 1h30m.
type Duration time.Duration

// UnmarshalText reads a duration.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf("%q is no length of time; write it as 90s, 10m or 1h30m", b)
	}
	*d = Duration(v)
	return nil
}

// MarshalText writes the form that UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

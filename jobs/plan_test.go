package jobs

import (
	"slices"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
	"shelfcast/jobs/config"
)

func configured(t *testing.T, change func(*config.Config)) (Night, error) {
	t.Helper()
	c := config.Default()
	c.Input.Target = []string{"a.csv"}
	change(&c)
	return Plan(c, time.Time{})
}

func TestAutoStandsForSeveralModelsAndNoModelComesTwice(t *testing.T) {
	t.Parallel()
	n, err := configured(t, func(c *config.Config) { c.Forecast.Models = []string{"naive", "auto", "naive"} })
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range n.Models {
		names = append(names, m.Name())
	}
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	if names[0] != "naive" || len(names) < 3 || len(slices.Compact(sorted)) != len(names) {
		t.Errorf("models are %v", names)
	}
}

func TestSettingsThatNameNothingAreRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*config.Config){
		`"nope"`: func(c *config.Config) { c.Forecast.Models = []string{"nope"} },
		"cost":   func(c *config.Config) { c.Input.Features = []config.Feature{{Name: "x", Role: "cost"}} },
		"keep":   func(c *config.Config) { c.Backtest.Filled = "keep" },
	} {
		if _, err := configured(t, change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestTheHashCoversWhatResultsDependOnAndNothingElse(t *testing.T) {
	t.Parallel()
	hash := func(change func(*config.Config)) string {
		t.Helper()
		n, err := configured(t, change)
		if err != nil {
			t.Fatal(err)
		}
		return n.ConfigHash
	}
	base := hash(func(*config.Config) {})
	for name, change := range map[string]func(*config.Config){
		"memory":  func(c *config.Config) { c.Run.Memory, c.Run.TempDir = 1<<30, "elsewhere" },
		"workers": func(c *config.Config) { c.Run.Workers = 5 },
		"timeout": func(c *config.Config) { c.Run.ShardTimeout = 1 },
		"share":   func(c *config.Config) { c.Run.MaxQuarantineShare = 1 },
		"dates":   func(c *config.Config) { c.Database.KeepDates = 1 },
		"address": func(c *config.Config) { c.Input.Queries.URLFile = "elsewhere" },
		"reports": func(c *config.Config) { c.Report.Dir = "elsewhere" },
	} {
		if hash(change) != base {
			t.Errorf("%s: another hash", name)
		}
	}
	seen := map[string]string{base: "nothing"}
	for name, change := range map[string]func(*config.Config){
		"target":          func(c *config.Config) { c.Input.Target = []string{"b.csv"} },
		"query":           func(c *config.Config) { c.Input.Queries.Related = "select 1" },
		"import":          func(c *config.Config) { c.Input.Import = ingest.Incremental },
		"related":         func(c *config.Config) { c.Input.Related = []string{"r.csv"} },
		"frequency":       func(c *config.Config) { c.Input.Frequency = demand.Freq{Unit: demand.Week, N: 1} },
		"features":        func(c *config.Config) { c.Input.Features = []config.Feature{{Name: "p", Role: "price"}} },
		"horizon":         func(c *config.Config) { c.Forecast.Horizon = 3 },
		"levels":          func(c *config.Config) { c.Forecast.Quantiles = []float64{0.5} },
		"models":          func(c *config.Config) { c.Forecast.Models = []string{"naive"} },
		"windows":         func(c *config.Config) { c.Backtest.Windows = 1 },
		"metric":          func(c *config.Config) { c.Backtest.Metric = "wape" },
		"censoring":       func(c *config.Config) { c.Input.Censoring = ingest.ByDetector },
		"filled":          func(c *config.Config) { c.Backtest.Filled = "exclude_point" },
		"shards":          func(c *config.Config) { c.Run.ShardSeries = 7 },
		"closed weekdays": func(c *config.Config) { c.Calendar.Closed.Weekdays = []string{"sunday"} },
		"closed holidays": func(c *config.Config) { c.Calendar.Closed.Holidays = "DE" },
		"closed names":    func(c *config.Config) { c.Calendar.Country, c.Calendar.Closed.Names = "DE", []string{"Neujahrstag"} },
		"country":         func(c *config.Config) { c.Calendar.Country = "FR" },
		"events":          func(c *config.Config) { c.Calendar.Events = []config.Event{{Name: "Black Friday"}} },
		"event window":    func(c *config.Config) { c.Calendar.Events = []config.Event{{Name: "Black Friday", Before: 1}} },
		"pay days":        func(c *config.Config) { c.Calendar.PayDays.Days = []string{"last"} },
		"strict":          func(c *config.Config) { c.Input.StrictRelated = true },
		"lag":             func(c *config.Config) { c.Input.Features = []config.Feature{{Name: "p", Role: "price", Lag: 7}} },
		"dimensions":      func(c *config.Config) { c.Input.Dimensions = []string{"channel"} },
		"columns":         func(c *config.Config) { c.Input.Columns = map[string]string{"item_id": "sku"} },
		"filling":         func(c *config.Config) { c.Input.Filling = map[string]config.Filling{"demand": {Back: "nan"}} },
		"other filling":   func(c *config.Config) { c.Input.Filling = map[string]config.Filling{"demand": {Back: "2"}} },
		"zone":            func(c *config.Config) { c.Input.Zone = "Europe/Berlin" },
		"aggregation":     func(c *config.Config) { c.Input.Aggregation = ingest.First },
		"rejects":         func(c *config.Config) { c.Input.MaxRejectShare = 0.1 },
	} {
		h := hash(change)
		if other, dup := seen[h]; dup {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[h] = name
	}
}

func TestTheLastPeriodOfADateIsOneThatIsOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ freq, date, want string }{
		{"D", "2026-03-04", "2026-03-04 00:00"},
		{"H", "2026-03-04", "2026-03-04 23:00"},
		{"W", "2026-03-04", "2026-02-23 00:00"}, // a Wednesday: the week of 2 March is not over
		{"W", "2026-03-08", "2026-03-02 00:00"}, // a Sunday: it is
		{"D-06", "2026-03-04", "2026-03-04 06:00"},
		{"M-15", "2026-03-13", "2026-01-15 00:00"},
		{"M-15", "2026-03-14", "2026-02-15 00:00"},
		{"M", "2026-03-30", "2026-02-01 00:00"},
		{"M", "2026-03-31", "2026-03-01 00:00"},
	} {
		freq, err := demand.ParseFreq(c.freq)
		if err != nil {
			t.Fatal(err)
		}
		if got := lastPeriod(freq, day(c.date)).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.freq, c.date, got, c.want)
		}
	}
	for _, c := range []struct{ freq, last, want string }{
		{"D", "2026-03-04 00:00", "2026-03-04"},
		{"D-06", "2026-03-04 06:00", "2026-03-04"}, // it ends on the 5th at six
		{"W", "2026-03-02 00:00", "2026-03-08"},
		{"H", "2026-03-04 23:00", "2026-03-04"},
		{"H", "2026-03-05 00:00", "2026-03-05"},
		{"M-15", "2026-02-15 00:00", "2026-03-14"},
	} {
		freq, err := demand.ParseFreq(c.freq)
		if err != nil {
			t.Fatal(err)
		}
		last, err := time.Parse("2006-01-02 15:04", c.last)
		if err != nil {
			t.Fatal(err)
		}
		cal := demand.Calendar{Freq: freq}
		if got := lastDay(&demand.Panel{Cal: cal, End: cal.Period(last) + 1}); !got.Equal(day(c.want)) {
			t.Errorf("%s: the period of %s ends on %v, want %s", c.freq, c.last, got, c.want)
		}
	}
	if got := lastPeriod(demand.Daily, time.Time{}); !got.IsZero() {
		t.Errorf("no date gives %v", got)
	}
}

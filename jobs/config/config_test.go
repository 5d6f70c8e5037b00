package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const minimal = "input: {target: [a.csv]}\n"

func TestEmptyFieldsHaveTheirDefaults(t *testing.T) {
	got, err := Parse([]byte(minimal), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Input.Target = []string{"a.csv"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestExampleIsReadAndSaysTheDefaults(t *testing.T) {
	got, err := Load("../../schemas/config.example.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	got.Input, want.Input = Input{}, Input{}
	got.Report.Dir = filepath.Base(got.Report.Dir)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentOverridesTheFile(t *testing.T) {
	got, err := Parse([]byte(minimal+"run: {workers: 3, shard_timeout: 90s}\n"), []string{
		"SHELFCAST_RUN_WORKERS=7", "SHELFCAST_FORECAST_QUANTILES=0.25,0.75", "SHELFCAST_INPUT_FREQUENCY=W-SUN",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Run.Workers != 7 || got.Run.ShardTimeout != Duration(90*time.Second) || got.Input.Frequency.String() != "W-SUN" {
		t.Errorf("got %+v", got.Run)
	}
	if diff := cmp.Diff([]float64{0.25, 0.75}, got.Forecast.Quantiles); diff != "" {
		t.Error(diff)
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "shelfcast.yaml")
	if err := os.WriteFile(name, []byte("input: {target: [a.csv, /data/b.csv]}\ndatabase: {dir: pg}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "pg"); got.Database.Dir != want {
		t.Errorf("the server's folder is %s, want %s", got.Database.Dir, want)
	}
	want := []string{filepath.Join(dir, "a.csv"), "/data/b.csv"}
	if diff := cmp.Diff(want, got.Input.Target); diff != "" {
		t.Error(diff)
	}
}

func TestBadConfigurationIsRefusedInOneLineThatNamesTheField(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"unknown field", "input:\n  target: [a.csv]\nforecast:\n  horizn: 3\n", `:4:3: unknown field "horizn"; did you mean "horizon"?`},
		{"wrong type", minimal + "forecast: {horizon: soon}\n", ":2:21: "},
		{"not yaml", "input: [", ":1:"},
		{"no target", "forecast: {horizon: 3}\n", ": input.target is empty"},
		{"horizon", minimal + "forecast: {horizon: 0}\n", ": forecast.horizon is 0"},
		{"quantile", minimal + "forecast: {quantiles: [0.5, 1.5]}\n", "1.5 is outside (0, 1)"},
		{"quantile order", minimal + "forecast: {quantiles: [0.5, 0.5]}\n", "ascending"},
		{"frequency", "input: {target: [a.csv], frequency: fortnight}\n", "FORTNIGHT"},
		{"role", "input: {target: [a.csv], features: [{name: x, role: cost}]}\n", `role "cost": not known`},
		{"zone", "input: {target: [a.csv], zone: Berlin}\n", `input.zone: read zone "Berlin": not known; use an IANA name`},
		{"censoring", "input: {target: [a.csv], censoring: perhaps}\n", "one of [feature detect off]"},
		{"windows", minimal + "backtest: {windows: 6}\n", "backtest.windows is 6; use 1 to 5"},
		{"metric", minimal + "backtest: {metric: smape}\n", "use one of wql, wape"},
		{"filled", minimal + "backtest: {filled: keep}\n", "exclude_item_window"},
		{"offset", minimal + "backtest: {offset: -1}\n", "backtest.offset is -1"},
		{"workers", minimal + "run: {workers: -1}\n", "run.workers is -1"},
		{"shard", minimal + "run: {shard_series: 0}\n", "run.shard_series is 0"},
		{"timeout", minimal + "run: {shard_timeout: 0s}\n", "run.shard_timeout"},
		{"dimensions", "input: {target: [a.csv], dimensions: [size, Size]}\n", "input.dimensions: dimension Size is there twice"},
		{"dimensions beside a schema", "input: {target: [a.csv], dimensions: [size], schema: {target: t.json}}\n", "the schema of the target (input.schema.target) declares its dimensions"},
		{"rejects", "input: {target: [a.csv], max_reject_share: 2}\n", "max_reject_share is 2"},
		{"quarantine", minimal + "run: {max_quarantine_share: 2}\n", "max_quarantine_share is 2"},
		{"lag", minimal + "schedule: {lag: -1}\n", "schedule.lag is -1"},
		{"models", minimal + "forecast: {models: []}\n", "forecast.models is empty"},
		{"a share that is no number", minimal + "run: {max_quarantine_share: .nan}\n", "max_quarantine_share is NaN"},
		{"a share of rows that is no number", "input: {target: [a.csv], max_reject_share: .nan}\n", "max_reject_share is NaN"},
		{"dates kept", minimal + "database: {keep_dates: -1}\n", "database.keep_dates is -1"},
		{"an empty name", "input: {target: ['']}\n", "empty name"},
		{"two documents", minimal + "---\nrun: {workers: 1}\n", "second document"},
		{"little memory", minimal + "run: {memory: 100MiB}\n", "run.memory is 100MiB; use 256MiB or more"},
		{"size", minimal + "run:\n  memory: 2GB\n", `:3:11: run.memory: "2GB" is no size`},
		{"length of time", minimal + "run:\n  shard_timeout: soon\n", `:3:18: run.shard_timeout: "soon" is no length of time`},
		{"frequency with its line", "input:\n  frequency: X\n", ":2:14: input.frequency: "},
		{"a word for a number", minimal + "run:\n  workers: two\n", ":3:12: string cannot be read as int"},
		{"a fraction", minimal + "forecast: {horizon: 28.7}\n", ":2:21: forecast.horizon: 28.7 is no whole number"},
		{"a fraction in a list", "input:\n  target: [a.csv]\n  features:\n    - {name: a, lag: 2}\n    - {name: b, lag: 2.5}\n", ":5:22: input.features[*].lag: 2.5 is no whole number"},
		{"files and a query", "input: {target: [a.csv], queries: {target: select 1}}\n", "input.target and input.queries.target are both given"},
		{"imports of a query", "input: {import: incremental, queries: {target: select 1}}\n", "input.queries.target is one import"},
		{"import", "input:\n  target: [a.csv]\n  import: daily\n", ":3:11: input.import: "},
		{"drops of no folder", "input: {target: ['{drop}/a.csv']}\n", "schedule.watch.dir names no folder"},
		{"mark", minimal + "schedule: {watch: {dir: in, marker: a/b}}\n", `"a/b" is no file name`},
		{"no mark", minimal + "schedule: {watch: {dir: in, marker: ''}}\n", "neither marker nor manifest"},
		{"poll", minimal + "schedule: {watch: {dir: in, poll: 0s}}\n", "schedule.watch.poll"},
		{"no levels", minimal + "forecast: {quantiles: []}\n", "forecast.quantiles is empty"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.src), nil)
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.want)) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line with %q", err, c.want)
			}
		})
	}
}

func TestBadEnvironmentIsRefused(t *testing.T) {
	_, err := Parse([]byte(minimal), []string{"SHELFCAST_RUN_WORKERS=many"})
	if err == nil || !strings.Contains(err.Error(), "environment") {
		t.Errorf("got %v", err)
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	_, err := Load("nowhere.yaml", nil)
	if err == nil || !strings.Contains(err.Error(), "nowhere.yaml") || !strings.Contains(err.Error(), "--config") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add([]byte(minimal))
	f.Fuzz(func(_ *testing.T, src []byte) { _, _ = Parse(src, nil) })
}

func TestFillingIsReadByAttributeAndPlace(t *testing.T) {
	t.Parallel()
	c, err := Parse([]byte("input:\n  target: [a.csv]\n  filling:\n    demand: {back: nan}\n    Price: {middle: median, future: 2.5, back: 3}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := c.Input.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(rules), "map[demand:{  nan } price:{ median 3 2.5}]"; got != want {
		t.Errorf("rules %s, want %s", got, want)
	}
	for text, want := range map[string]string{
		"demand: {back: never}": `input.filling: demand.back: read filling "never": not known`,
		"demand: {last: nan}":   `unknown field "last"`,
		"demand: {back: 1e300}": `input.filling: demand.back: read filling "1e300": the number is too large`,
	} {
		_, err := Parse([]byte("input:\n  target: [a.csv]\n  filling:\n    "+text+"\n"), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
}

func TestAVariableThatSetsNothingIsReportedWhereItLooksLikeOneThatDoes(t *testing.T) {
	t.Parallel()
	src := []byte("input: {target: [a.csv]}\nforecast: {horizon: 7}\n")
	for name, want := range map[string]string{
		"SHELFCAST_RUN_WORKRES": ": environment: SHELFCAST_RUN_WORKRES sets nothing; did you mean SHELFCAST_RUN_WORKERS?",
		"SHELFCAST_RUN_WORKERS": "", "SHELFCAST_HOME": "", "SHELFCAST_INPUT_DATABASE_URL": "", "SHELFCAST_HEAVY": "", "HOME": "", "SHELFCAST_CALENDAR_COUNTRY": "",
	} {
		value := "1"
		if strings.HasSuffix(name, "COUNTRY") {
			value = "DE"
		}
		_, err := Parse(src, []string{name + "=" + value})
		if got := fmt.Sprint(err); err != nil && (want == "" || !strings.Contains(got, want)) || err == nil && want != "" {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

package layout

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"text/template"
)

//go:embed shelfcast.yaml.tmpl
var configText string

var configTemplate = template.Must(template.New(ConfigFile).Parse(configText))

// Feature is a column of rts.parquet. Role is other, price, promotion, in_stock or weather.
type Feature struct{ Name, Role string }

// Names returns the names of features, in their order.
func Names(features []Feature) []string {
	names := make([]string, len(features))
	for i, f := range features {
		names[i] = f.Name
	}
	return names
}

// Config is what differs between the configurations of data sets.
type Config struct {
	Title     string    // one line that says what the data is
	Frequency string    // D for days
	Features  []Feature // empty where the data set has no rts.parquet
	Horizon   int       // periods to forecast
	Windows   int       // backtest windows
	Filling   []Filling // what missing values become; nothing said where empty
	Filled    string    // what becomes of filled cells in a backtest; the default where empty
}

// Filling says what the missing values of the demand or of a feature become, in the words of the configuration's
// input.filling. An empty rule is left out.
type Filling struct{ Name, Middle, Back, Future string }

// NotObserved is the filling of a demand whose missing rows are not zeros.
var NotObserved = Filling{Name: "demand", Middle: "nan", Back: "nan"}

// Rules returns the rules as they stand between braces.
func (f Filling) Rules() string {
	var rules []string
	for _, r := range []struct{ place, rule string }{{"middle", f.Middle}, {"back", f.Back}, {"future", f.Future}} {
		if r.rule != "" {
			rules = append(rules, r.place+": "+r.rule)
		}
	}
	return strings.Join(rules, ", ")
}

// WriteConfig writes shelfcast.yaml.
func (b *Builder) WriteConfig(c Config) error {
	f, err := b.create(ConfigFile, Whole)
	if err != nil {
		return err
	}
	values := struct {
		Config
		TargetFile, RelatedFile, ItemsFile, StoresFile string
	}{c, TargetFile, RelatedFile, ItemsFile, StoresFile}
	if err := errors.Join(configTemplate.Execute(f, values), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", ConfigFile, diskFull(err))
	}
	return nil
}

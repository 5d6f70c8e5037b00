package config

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Prophet says of what shape the models are whose names begin with prophet.
type Prophet struct {
	Growth           string             `yaml:"growth" env:"GROWTH"`                       // of the trend: linear, flat or logistic
	Cap              float64            `yaml:"cap" env:"CAP"`                             // units a period that a logistic trend cannot exceed
	Floor            float64            `yaml:"floor" env:"FLOOR"`                         // and that it cannot fall below
	Changepoints     int                `yaml:"changepoints" env:"CHANGEPOINTS"`           // where the trend may bend
	ChangepointRange float64            `yaml:"changepoint_range" env:"CHANGEPOINT_RANGE"` // share of the history, from its beginning, that they lie in
	ChangepointScale float64            `yaml:"changepoint_scale" env:"CHANGEPOINT_SCALE"` // the larger, the more it bends
	Seasons          []Season           `yaml:"seasons"`                                   // by the length of the history when empty
	RegressorScale   float64            `yaml:"regressor_scale" env:"REGRESSOR_SCALE"`     // the larger, the more covariates and events explain
	Scales           map[string]float64 `yaml:"scales"`                                    // the same of single ones, by name
	Scaling          string             `yaml:"scaling" env:"SCALING"`                     // absmax or minmax
	Errors           string             `yaml:"errors" env:"ERRORS"`                       // counts, empirical or normal
}

// Season is what repeats.
type Season struct {
	Name  string  `yaml:"name"`
	Days  float64 `yaml:"days"`  // its length
	Order int     `yaml:"order"` // sines and as many cosines
	Scale float64 `yaml:"scale"` // the larger, the more it explains; 10 when 0
	When  string  `yaml:"when"`  // feature that is its condition; none when empty
}

// The words of Prophet.
var (
	Growths  = []string{"linear", "flat", "logistic"}
	Scalings = []string{"absmax", "minmax"}
	Errors   = []string{"normal", "empirical", "counts"}
)

func defaultProphet() Prophet {
	return Prophet{
		Growth: "linear", Changepoints: 25, ChangepointRange: 0.8, ChangepointScale: 0.05, RegressorScale: 10,
		Scaling: "absmax", Errors: "counts",
	}
}

// Set changes what a text such as "growth: flat, changepoints: 10" names.
func (p *Prophet) Set(text string) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if err := yaml.UnmarshalWithOptions([]byte("{"+text+"}"), p, yaml.Strict()); err != nil {
		message := oneLine(err)
		var at yaml.Error
		if errors.As(err, &at) {
			message = said(at)
		}
		return fmt.Errorf("read the shape of prophet, %s: %s; write it as in: growth: flat, changepoints: 10", text, message)
	}
	if err := fraction([]byte("{"+text+"}"), reflect.TypeFor[Prophet]()); err != nil {
		return fmt.Errorf("read the shape of prophet, %s%w", text, err)
	}
	if err := fraction([]byte("{"+text+"}"), reflect.TypeFor[Prophet]()); err != nil {
		return fmt.Errorf("read the shape of prophet, %s%w", text, err)
	}
	return p.check()
}

// Bounds beyond which numbers are slips, or a fit takes minutes.
const (
	mostUnits        = 1e15
	mostChangepoints = 500
	mostWaves        = 50
	leastDays        = 0.001
	mostDays         = 100_000
)

func isScale(v float64) bool { return v >= 1e-6 && v <= 1e6 }

func (p Prophet) check() error {
	for _, word := range []struct {
		field, value string
		known        []string
	}{{"growth", p.Growth, Growths}, {"scaling", p.Scaling, Scalings}, {"errors", p.Errors, Errors}} {
		if err := oneOf("prophet."+word.field, word.value, word.known); err != nil {
			return err
		}
	}
	if p.Growth == "logistic" && !(p.Cap > p.Floor) {
		return fmt.Errorf("prophet.cap is %g and prophet.floor is %g; a logistic trend needs a cap above its floor", p.Cap, p.Floor)
	}
	if !(math.Abs(p.Cap) <= mostUnits && math.Abs(p.Floor) <= mostUnits) {
		return fmt.Errorf("prophet.cap is %g and prophet.floor is %g; use numbers from -1e15 to 1e15", p.Cap, p.Floor)
	}
	if p.Changepoints < 0 || p.Changepoints > mostChangepoints {
		return fmt.Errorf("prophet.changepoints is %d; use 0 for a trend that never bends, or up to %d", p.Changepoints, mostChangepoints)
	}
	if !(p.ChangepointRange > 0 && p.ChangepointRange <= 1) {
		return fmt.Errorf("prophet.changepoint_range is %g; use a share above 0, and at most 1", p.ChangepointRange)
	}
	scales := map[string]float64{"changepoint_scale": p.ChangepointScale, "regressor_scale": p.RegressorScale}
	for name, scale := range p.Scales {
		scales["scales: "+name] = scale
	}
	for _, name := range slices.Sorted(maps.Keys(scales)) {
		if !isScale(scales[name]) {
			return fmt.Errorf("prophet.%s is %g; use a number from 1e-6 to 1e6", name, scales[name])
		}
	}
	for i, s := range p.Seasons {
		if s.Name == "" || !(s.Days >= leastDays && s.Days <= mostDays) || s.Order < 1 || s.Order > mostWaves || s.Scale != 0 && !isScale(s.Scale) {
			return fmt.Errorf("prophet.seasons: number %d needs a name, days from 0.001 to 100000, an order from 1 to %d, and a scale from 1e-6 to 1e6 or none", i+1, mostWaves)
		}
		if s.Name == "trend" || s.Name == "cut" {
			return fmt.Errorf("prophet.seasons: %s is the name of another part of a forecast; take another", s.Name)
		}
		if slices.ContainsFunc(p.Seasons[:i], func(o Season) bool { return o.Name == s.Name }) {
			return fmt.Errorf("prophet.seasons: %s is there twice; give each a name of its own", s.Name)
		}
	}
	return nil
}

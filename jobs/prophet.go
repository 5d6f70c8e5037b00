package jobs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"shelfcast/algorithms/prophet"
	"shelfcast/engine/nearest"
	"shelfcast/jobs/config"
)

// prophetOf returns the model of the shape that a configuration tells.
func prophetOf(c config.Prophet) prophet.Model {
	m := prophet.Model{
		Growth: prophet.Growth(slices.Index(config.Growths, c.Growth)), Cap: c.Cap, Floor: c.Floor,
		Changes: c.Changepoints, ChangeRange: c.ChangepointRange, ChangeScale: c.ChangepointScale,
		RegressorScale: c.RegressorScale, Scales: c.Scales, MinMax: c.Scaling == "minmax",
		Errors: prophet.Errors(slices.Index(config.Errors, c.Errors)),
	}
	if m.Changes == 0 {
		m.Changes = -1
	}
	for _, s := range c.Seasons {
		m.Seasons = append(m.Seasons, prophet.Seasonality{Name: s.Name, Days: s.Days, Order: s.Order, Scale: cmp.Or(s.Scale, prophet.SeasonScale), When: s.When})
	}
	return m
}

// checkShape reports a name in the shape of prophet that is none of the features, or events, which models know, and a season that is named like
// one.
func checkShape(m prophet.Model, features, events []string) error {
	for _, s := range m.Seasons {
		if slices.Contains(features, s.Name) || slices.Contains(events, s.Name) {
			return fmt.Errorf("prophet.seasons: %s is the name of a feature or event of this input too; take another, so that the parts of forecasts can be told apart", s.Name)
		}
		if s.When != "" {
			if err := known("prophet.seasons: "+s.Name, s.When, features); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Scales)) {
		if err := known("prophet.scales", name, slices.Concat(features, events)); err != nil {
			return err
		}
	}
	return nil
}

func known(field, name string, names []string) error {
	if slices.Contains(names, name) {
		return nil
	}
	if len(names) == 0 {
		return fmt.Errorf("%s: %s is no feature or event of this input, which has none", field, name)
	}
	hint := ""
	if near := nearest.Name(name, names); near != "" {
		hint = "did you mean " + near + "? "
	}
	return fmt.Errorf("%s: %s is no feature or event of this input; %sknown are %s", field, name, hint, strings.Join(names, ", "))
}

package jobs

import (
	"cmp"
	"slices"

	"shelfcast/algorithms/prophet"
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

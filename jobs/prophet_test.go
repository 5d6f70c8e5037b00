package jobs

import (
	"strings"
	"testing"

	"shelfcast/algorithms/prophet"
)

func TestNamesInTheShapeOfProphetAreThoseOfTheInput(t *testing.T) {
	t.Parallel()
	features, events := []string{"price", "open"}, []string{"fair"}
	good := prophet.Model{Scales: map[string]float64{"price": 1, "fair": 2}, Seasons: []prophet.Seasonality{{Name: "weekly"}, {Name: "open weeks", When: "open"}}}
	if err := checkShape(good, features, events); err != nil {
		t.Error(err)
	}
	for want, m := range map[string]prophet.Model{
		"did you mean price?":     {Scales: map[string]float64{"prise": 1}},
		"is no feature or event":  {Seasons: []prophet.Seasonality{{Name: "fair weeks", When: "fair"}}}, // an event is no feature
		"known are price, open":   {Seasons: []prophet.Seasonality{{Name: "weekly", When: "zzzzzz"}}},
		"can be told apart":       {Seasons: []prophet.Seasonality{{Name: "price"}}},
		"prophet.scales: country": {Scales: map[string]float64{"country": 1}},
	} {
		if err := checkShape(m, features, events); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
	if err := checkShape(prophet.Model{Scales: map[string]float64{"price": 1}}, nil, nil); err == nil || !strings.Contains(err.Error(), "has none") {
		t.Errorf("the error is %v", err)
	}
}

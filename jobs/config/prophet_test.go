package config

import (
	"strings"
	"testing"
)

func TestTheShapeOfProphetIsReadFromOneLine(t *testing.T) {
	t.Parallel()
	p := defaultProphet()
	if err := p.Set("growth: logistic, cap: 40, scales: {price: 0.5}, seasons: [{name: weekly, days: 7, order: 2, when: open}]"); err != nil {
		t.Fatal(err)
	}
	if p.Growth != "logistic" || p.Cap != 40 || p.Changepoints != 25 || p.Scales["price"] != 0.5 || len(p.Seasons) != 1 || p.Seasons[0].When != "open" {
		t.Errorf("the shape is %+v", p)
	}
	for text, want := range map[string]string{
		"growth: cubic":           "linear, flat",
		"grwth: flat":             "grwth",
		"growth: logistic":        "a cap above its floor",
		"changepoints: -1":        "0 for a trend that never bends",
		"changepoint_range: 2":    "at most 1",
		"scales: {price: 0}":      "scales: price is 0",
		"regressor_scale: 1e-200": "from 1e-6",
		"floor: .nan":             "from -1e15",
		"changepoints: 100000":    "up to 500",
		"seasons: [{name: week, days: 7, order: 400}]":  "from 1 to 50",
		"seasons: [{name: week}]":                       "days from 0.001",
		"seasons: [{name: week, days: .inf, order: 3}]": "days from 0.001",
		"seasons: [{name: cut, days: 7, order: 3}]":     "another part",
		"changepoints: 5.5":                             "5.5 is no whole number",
		"changepoints: many":                            "string cannot be read as int",
		"seasons: [{name: week, days: 7, order: 3}, {name: month, days: 30.5, order: 2.7}]": "2.7 is no whole number",
		"growht: flat":    `did you mean "growth"?`,
		"floor: low":      "cannot be read as",
		"errors: poisson": "counts",
		"growth: [":       "write it as in",
	} {
		p := defaultProphet()
		err := p.Set(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v, want %q", text, err, want)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error has several lines: %v", text, err)
		}
	}
}

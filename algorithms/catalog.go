// Package algorithms is the one list of the models in this build: what they are called, what they are, how they are made
// and how their fits are read back.
package algorithms

import (
	"fmt"
	"slices"
	"strings"

	"shelfcast/algorithms/arima"
	"shelfcast/algorithms/baseline"
	"shelfcast/algorithms/ets"
	"shelfcast/algorithms/prophet"
	"shelfcast/algorithms/regressors"
	"shelfcast/algorithms/theta"
	"shelfcast/engine/demand"
	"shelfcast/engine/nearest"
)

// Entry is one model of the catalogue. A model that looks at one series at a time is Local; another is Global.
type Entry struct {
	Name   string // of the model, as on the command line and in Forecast.By
	About  string // one line
	Local  demand.SeriesModel
	Global demand.Model
	Decode func(data []byte) (demand.SeriesFitted, error) // reads a fit of a local model; nil for a global one
}

// Catalog returns every model, in the order in which a list shows them.
func Catalog() []Entry { return catalog(prophet.Model{Errors: prophet.Counts}) }

// catalog returns every model, with those named after Prophet of the given shape.
func catalog(shape prophet.Model) []Entry {
	shape.Regressors = regressors.Options{Covariates: true, Events: true}
	multiplying := shape
	multiplying.Multiplicative = true
	return []Entry{
		local("smoothed level times weekday and day-of-month profiles; forecasts any series", baseline.LevelProfile{}, baseline.DecodeLevelProfile),
		local("last observed value", baseline.Naive{}, baseline.DecodeSeasonalNaive),
		local("last observed value of the same position in the season", baseline.SeasonalNaive{}, baseline.DecodeSeasonalNaive),
		local("mean of the same position in the season over the last eight seasons", baseline.SeasonalMean{}, baseline.DecodeSeasonalMean),
		local("distribution of the past, the recent past weighing more", baseline.NPTS{}, baseline.DecodeNPTS),
		local("distribution of the past of the same season, the recent past weighing more", baseline.NPTS{Seasonal: true}, baseline.DecodeNPTS),
		local("distribution of the past", baseline.NPTS{Kernel: baseline.Uniform}, baseline.DecodeNPTS),
		local("distribution of the past of the same season", baseline.NPTS{Kernel: baseline.Uniform, Seasonal: true}, baseline.DecodeNPTS),
		local("seasonal ARIMA of the order that fits best by AICc", arima.Model{}, arima.Model{}.Decode),
		local("auto-arima with regressors: covariates that are known throughout, events, and waves of the year where they help", withRegressors, withRegressors.Decode),
		local("auto-arima of the series after a Box-Cox transformation, for errors that grow with the level", arima.Model{BoxCox: true}, arima.Model{BoxCox: true}.Decode),
		local("exponential smoothing of the form that fits best by AICc", ets.Model{}, ets.Model{}.Decode),
		local("trend that bends, seasons, covariates and events, each a part that can be read; Prophet's optimum", shape, shape.Decode),
		local("prophet whose seasons, covariates and events are shares of the trend", multiplying, multiplying.Decode),
		global("prophet whose seasons, covariates and events are drawn to those of the series it is fitted with", prophet.Pooled{Model: shape, Fallback: Floor()}),
		local("mean of theta and dotm; the Theta method to take where none is named", theta.Auto{}, theta.DecodeAuto),
		local("smoothed level plus half the slope, seasonally adjusted", theta.Model{}, theta.Model{}.Decode),
		local("Theta with an estimated share of the slope", theta.Model{Variant: theta.Optimised}, theta.Model{Variant: theta.Optimised}.Decode),
		local("Theta with a line that is fitted anew each period", theta.Model{Variant: theta.Dynamic}, theta.Model{Variant: theta.Dynamic}.Decode),
		local("dstm with an estimated share of the slope", theta.Model{Variant: theta.DynamicOptimised}, theta.Model{Variant: theta.DynamicOptimised}.Decode),
	}
}

// withRegressors is auto-arimax.
var withRegressors = arima.Model{Regressors: regressors.Options{
	Covariates: true, Events: true, MostEvents: 50, Waves: []regressors.Wave{{Days: 365.25, Order: 3}},
}}

// Floor returns the model that a series gets when all else fails. It forecasts any series, and never returns an error.
func Floor() demand.SeriesModel { return baseline.LevelProfile{} }

// Auto returns the names of the models that are tried where nobody names any. The result may be changed.
func Auto() []string { return []string{"level-profile", "seasonal-mean", "npts", "npts-seasonal"} }

// Model returns the model of the entry. A series that a local one cannot forecast gets the floor, and Forecast.By says so.
func (e Entry) Model() demand.Model {
	if e.Global != nil {
		return e.Global
	}
	return demand.Each(e.Local, Floor())
}

func local(about string, m demand.SeriesModel, decode func([]byte) (demand.SeriesFitted, error)) Entry {
	return Entry{Name: m.Name(), About: about, Local: m, Decode: decode}
}

func global(about string, m demand.Model) Entry {
	return Entry{Name: m.Name(), About: about, Global: m}
}

// Names returns the names of all models, in the order of Catalog.
func Names() []string {
	var names []string
	for _, e := range Catalog() {
		names = append(names, e.Name)
	}
	return names
}

// Lookup returns the entry of that name. The error of a name that is not known tells the nearest one, if one is near.
func Lookup(name string) (Entry, error) { return lookup(name, Catalog()) }

func lookup(name string, all []Entry) (Entry, error) {
	if i := slices.IndexFunc(all, func(e Entry) bool { return e.Name == name }); i >= 0 {
		return all[i], nil
	}
	names, hint := Names(), ""
	if like := nearest.Name(name, names); like != "" {
		hint = "did you mean " + like + "? "
	}
	return Entry{}, fmt.Errorf("find model %q: not in this build; %sknown are %s", name, hint, strings.Join(names, ", "))
}

// ByName returns the model of that name. The error of a name that is not known tells the nearest one, if one is near.
func ByName(name string) (demand.Model, error) {
	e, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	return e.Model(), nil
}

// ByNameAndShape is ByName with the models that are named after Prophet in another shape.
func ByNameAndShape(name string, shape prophet.Model) (demand.Model, error) {
	e, err := lookup(name, catalog(shape))
	if err != nil {
		return nil, err
	}
	return e.Model(), nil
}

// Decode reads a fit of the named model, which encoding/json wrote.
func Decode(name string, data []byte) (demand.SeriesFitted, error) {
	e, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	if e.Decode == nil {
		return nil, fmt.Errorf("read a fit of %s: it is fitted on all series together and is not stored by series", name)
	}
	return e.Decode(data)
}

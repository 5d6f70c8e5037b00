// Package demand holds the nouns of the engine and the contract of a model: calendars, panels of series, forecasts.
//
// It knows what a demand series is and what a model must promise. It does not know where data comes from, how a method
// works, where work runs or where results rest. It imports the standard library only.
package demand

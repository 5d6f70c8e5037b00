// Package modeltest holds the promises of demand.Model and demand.SeriesModel as a suite that every model passes.
//
// Each sub-test is named in the words of the promise and works on its own panel. The package is for tests: it knows what
// a model promises, and nothing of how well it forecasts.
package modeltest

import (
	"fmt"
	"runtime/debug"
	"testing"

	"shelfcast/engine/demand"
)

// Options say what a model promises beyond the contract.
type Options struct {
	Total     bool    // it forecasts any series, and one without an observation as zero
	Constant  bool    // it forecasts a constant series as that constant, in the mean and in every quantile
	Tolerance float64 // of Constant, relative; 1e-9 when 0, a few hundred roundings of a float64
	Local     bool    // what it forecasts for a series does not depend on the other series; RunSeries sets it
}

// Decoder reads a fit that encoding/json wrote.
type Decoder func(data []byte) (demand.SeriesFitted, error)

// promise is one sentence of the contract, and a check that returns how it was broken.
type promise[M any] struct {
	words string
	check func(m M, o Options) error
}

// Run checks every promise of demand.Model. It calls make once for each sub-test.
func Run(t *testing.T, make func() demand.Model, o Options) {
	t.Helper()
	for _, p := range modelPromises() {
		t.Run(p.words, func(t *testing.T) {
			t.Parallel()
			report(t, func() error { return p.check(make(), o) })
		})
	}
}

// RunSeries checks every promise of demand.SeriesModel. A nil decode leaves out those of stored fits.
func RunSeries(t *testing.T, m demand.SeriesModel, decode Decoder, o Options) {
	t.Helper()
	o.Local = true
	Run(t, func() demand.Model { return alone{m} }, o)
	for _, p := range seriesPromises(decode) {
		t.Run(p.words, func(t *testing.T) {
			t.Parallel()
			report(t, func() error { return p.check(m, o) })
		})
	}
}

func report(t *testing.T, check func() error) {
	t.Helper()
	if err := guarded(check); err != nil {
		t.Error(err)
	}
}

// guarded returns a panic of check as an error: what a model must never do is not what ends the suite.
func guarded(check func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return check()
}

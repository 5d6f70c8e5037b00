package modeltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"

	"shelfcast/engine/demand"
)

// last is a whole model, the last value and a band around it, with one fault that a test switches on.
type last struct{ fault string }

type lastFit struct {
	Value float64
	Kept  []float64 // the training series, with the fault "keeps"
	fault string
}

// turns counts the calls of models that are not the same each time.
var turns atomic.Int64

func (m last) Name() string {
	if m.fault == "a name with a blank" {
		return "last value"
	}
	return "last"
}

func (m last) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	f := &lastFit{fault: m.fault}
	seen := -1
	for t, v := range s.Y {
		if v == v {
			seen, f.Value = t, max(v, 0)
		}
	}
	if seen < 0 {
		if m.fault == "an unnamed refusal" {
			return nil, errors.New("nothing there")
		}
		return nil, demand.ErrNoData
	}
	if s.Censored != nil && m.fault == "refuses what it must forecast" {
		return nil, demand.ErrTooShort
	}
	f.meddle(s)
	return f, nil
}

// meddle does to the series what a fit must not.
func (f *lastFit) meddle(s demand.Series) {
	switch f.fault {
	case "changes demand":
		s.Y[0]++
	case "changes covariates":
		if s.X != nil {
			s.X[0].V[0]++
		}
	case "changes marks":
		if s.Censored != nil {
			s.Censored[0] = !s.Censored[0]
		}
	case "keeps":
		f.Kept = s.Y
	case "panics where series are short":
		_ = s.Y[5]
	case "not the same each fit":
		f.Value += float64(turns.Add(1))
	}
}

func (f *lastFit) ForecastSeries(x []demand.Column, dst demand.Fan) error {
	value := f.Value
	if f.Kept != nil {
		value = math.Abs(f.Kept[len(f.Kept)-1])
	}
	switch f.fault {
	case "not the same each forecast":
		value += float64(turns.Add(1))
	case "changes the future":
		if x != nil {
			x[0].V[0]++
		}
	case "reads what it must write":
		if !math.IsNaN(dst.Mean[0]) {
			value++
		}
	case "stumbles over long horizons":
		_ = make([]int, 59)[len(dst.Mean)-1]
	}
	for j := range dst.Mean {
		dst.Mean[j] = value
		for l, level := range dst.Levels {
			dst.At(j)[l] = f.quantile(value, level)
		}
	}
	if f.fault == "forgets the last step" && len(dst.Mean) > 20 {
		dst.Mean[len(dst.Mean)-1] = math.NaN()
	}
	return nil
}

func (f *lastFit) quantile(value, level float64) float64 {
	switch f.fault {
	case "crosses":
		return value * (1 - level)
	case "negative":
		return value + level - 0.5 - value*value
	case "not a number":
		return math.NaN()
	case "crosses far out":
		if level > 0.99 {
			return 0
		}
	case "constant is not exact":
		return value * (1 + (level-0.5)/1e6)
	}
	return value
}

func decodeLast(data []byte) (demand.SeriesFitted, error) {
	f := &lastFit{}
	if err := json.Unmarshal(data, f); err != nil {
		return nil, err
	}
	if len(data) < len(`{"Value":0}`) {
		return nil, errors.New("no fit")
	}
	return f, nil
}

// brokenPromises returns the words of the promises that m does not keep.
func brokenPromises(m demand.SeriesModel, decode Decoder, o Options) map[string]error {
	o.Local = true
	broken := map[string]error{}
	for _, p := range modelPromises() {
		if err := guarded(func() error { return p.check(alone{m}, o) }); err != nil {
			broken[p.words] = err
		}
	}
	for _, p := range seriesPromises(decode) {
		if err := guarded(func() error { return p.check(m, o) }); err != nil {
			broken[p.words] = err
		}
	}
	return broken
}

func TestAWholeModelKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	for words, err := range brokenPromises(last{}, decodeLast, Options{Constant: true}) {
		t.Errorf("%s: %v", words, err)
	}
}

func TestEachFaultBreaksThePromiseThatForbidsIt(t *testing.T) {
	t.Parallel()
	for fault, words := range map[string]string{
		"a name with a blank":           "its name is one that a command line takes",
		"changes demand":                "fit does not change its input",
		"changes covariates":            "fit does not change its input",
		"changes marks":                 "fit does not change its input",
		"keeps":                         "fit does not keep its input",
		"not the same each fit":         "two fits of the same panel are equal",
		"not the same each forecast":    "forecast gives the same bytes each time",
		"reads what it must write":      "forecast gives the same bytes each time",
		"changes the future":            "forecast does not change the future",
		"crosses":                       "forecast writes every cell for any levels",
		"crosses far out":               "forecast writes every cell for any levels",
		"negative":                      "forecast writes every cell for any levels",
		"not a number":                  "forecast writes every cell for any levels",
		"forgets the last step":         "forecast writes every cell for any horizon",
		"stumbles over long horizons":   "forecast writes every cell for any horizon",
		"panics where series are short": "no series makes it panic or write half a fan",
		"an unnamed refusal":            "a series without an observation is refused by a named error",
		"refuses what it must forecast": "fit does not change its input",
		"constant is not exact":         "a constant series is forecast as that constant",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			// The other promises are left alone: under them, a model that writes to its input would be a data race.
			for _, p := range modelPromises() {
				if p.words != words {
					continue
				}
				if guarded(func() error { return p.check(alone{last{fault}}, Options{Constant: true, Local: true}) }) == nil {
					t.Error("the suite did not see it")
				}
				return
			}
			t.Errorf("there is no promise %q", words)
		})
	}
}

func TestAConcurrentUseThatDiffersIsSeen(t *testing.T) {
	t.Parallel()
	if err := concurrentUse(alone{last{"not the same each forecast"}}, Options{}); err == nil {
		t.Error("eight goroutines got different forecasts and nobody saw it")
	}
	if err := concurrentUse(alone{last{"not the same each fit"}}, Options{}); err == nil {
		t.Error("eight goroutines got different fits and nobody saw it")
	}
}

func TestAModelThatIsNotTotalBreaksThatPromise(t *testing.T) {
	t.Parallel()
	broken := brokenPromises(last{}, nil, Options{Total: true})
	if broken["a total model forecasts everything"] == nil {
		t.Error("a model that refuses empty series passes as total")
	}
}

func TestStoredFitsThatLoseSomethingAreSeen(t *testing.T) {
	t.Parallel()
	for words, decode := range map[string]Decoder{
		"loses the value": func([]byte) (demand.SeriesFitted, error) { return &lastFit{}, nil },
		"changes a field that is not written": func(data []byte) (demand.SeriesFitted, error) {
			f, err := decodeLast(data)
			if err == nil {
				f.(*lastFit).fault = "crosses"
			}
			return f, err
		},
		"refuses": func([]byte) (demand.SeriesFitted, error) { return nil, errors.New("no") },
	} {
		if storedFits(decode)(last{}, Options{}) == nil {
			t.Errorf("a decoder that %s passes", words)
		}
	}
	if refusesNonsense(func([]byte) (demand.SeriesFitted, error) { return &lastFit{}, nil })(last{}, Options{}) == nil {
		t.Error("a decoder that reads nonsense passes")
	}
}

// neighbourly is a global model without a fault but one: what it forecasts depends on the size of the shard.
type neighbourly struct{}

func (neighbourly) Name() string { return "neighbourly" }

func (neighbourly) Fit(ctx context.Context, p *demand.Panel) (demand.Fitted, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	return neighbours(p.Len()), nil
}

type neighbours int

func (n neighbours) Forecast(_ context.Context, _ *demand.Future, dst *demand.Forecast) error {
	for i := range dst.Mean {
		dst.Mean[i] = float64(n)
	}
	for i := range dst.Q {
		dst.Q[i] = float64(n)
	}
	for i := range dst.By {
		dst.By[i] = "neighbourly"
	}
	return nil
}

func TestAGlobalModelMayDependOnItsShardAndALocalOneMayNot(t *testing.T) {
	t.Parallel()
	Run(t, func() demand.Model { return neighbourly{} }, Options{Total: false})
	if shardsDoNotMatter(neighbourly{}, Options{Local: true}) == nil {
		t.Error("a local model that depends on its shard passes")
	}
}

func TestAFallbackThatDoesNotSaySoIsSeen(t *testing.T) {
	t.Parallel()
	p := chain()
	dst := demand.NewForecast(futureOf(p, 1), nil)
	clear(dst.Mean)
	if whole(dst, "asked") == nil {
		t.Error("a forecast by nobody passes")
	}
	for i := range dst.By {
		dst.By[i] = "another"
	}
	if whole(dst, "asked") == nil {
		t.Error("a silent fallback passes")
	}
	for i := range dst.Why {
		dst.Why[i] = demand.ErrTooShort
	}
	if err := whole(dst, "asked"); err != nil {
		t.Errorf("a fallback that says why does not pass: %v", err)
	}
	dst.Why[1] = fmt.Errorf("fit: %w", demand.ErrPanic)
	if whole(dst, "asked") == nil {
		t.Error("a panic that a fallback hides passes")
	}
}

func TestRunSeriesPassesAWholeModelUnderEach(t *testing.T) {
	t.Parallel()
	RunSeries(t, last{}, decodeLast, Options{Constant: true})
	Run(t, func() demand.Model { return demand.Each(last{}, last{}) }, Options{Local: true})
}

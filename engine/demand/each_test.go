package demand_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"shelfcast/algorithms/modeltest"
	"shelfcast/engine/demand"
)

// moody forecasts the last value, and has a fault for items of certain names.
type moody struct{ name string }

type moodyFit struct {
	Item string
	Last float64
}

func (m moody) Name() string { return m.name }

func (m moody) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	switch s.Key.Item {
	case m.name + "-short":
		return nil, demand.ErrTooShort
	case m.name + "-panics":
		panic("out of order")
	case "all-short":
		return nil, demand.ErrTooShort
	}
	f := moodyFit{Item: s.Key.Item}
	for _, v := range s.Y {
		if v >= 0 {
			f.Last = v
		}
	}
	if f.Item == m.name+"-crosses" || f.Item == m.name+"-stops" || f.Item == m.name+"-panics-late" {
		f.Item = "now:" + f.Item
	}
	return f, nil
}

func (f moodyFit) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	for j := range dst.Mean {
		dst.Mean[j] = f.Last
		for l := range dst.Levels {
			dst.At(j)[l] = f.Last
		}
	}
	switch {
	case strings.HasPrefix(f.Item, "now:") && strings.HasSuffix(f.Item, "crosses"):
		dst.At(0)[0]++
	case strings.HasPrefix(f.Item, "now:") && strings.HasSuffix(f.Item, "stops"):
		return errors.New("does not converge")
	case strings.HasPrefix(f.Item, "now:"):
		panic("out of order")
	}
	return nil
}

// run fits Each(first, second) on one series a name and forecasts three periods.
func run(t *testing.T, names ...string) *demand.Forecast {
	t.Helper()
	p := &demand.Panel{Cal: demand.Calendar{Freq: demand.Daily}, Off: []int{0}, End: 2}
	for i, name := range names {
		p.Keys = append(p.Keys, demand.Key{Item: name})
		p.Start = append(p.Start, 0)
		p.Y = append(p.Y, 1, float64(i+2))
		p.Off = append(p.Off, len(p.Y))
	}
	fit, err := demand.Each(moody{"first"}, moody{"second"}).Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	f := &demand.Future{Keys: p.Keys, Cal: p.Cal, Start: 2, H: 3}
	dst := demand.NewForecast(f, []float64{0.1, 0.9})
	if err := fit.Forecast(t.Context(), f, dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

func TestEachPutsTheFallbackWhereTheModelFailsAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct{ by, reason string }{
		"fine":               {"first", ""},
		"first-short":        {"second", "too_short"},
		"first-panics":       {"second", "panic"},
		"first-panics-late":  {"second", "panic"},
		"first-crosses":      {"second", "not_usable"},
		"first-stops":        {"second", "model_error"},
		"second-short":       {"first", ""},
		"second-panics":      {"first", ""},
		"second-crosses":     {"first", ""},
		"second-panics-late": {"first", ""},
	} {
		dst := run(t, name)
		if dst.By[0] != want.by || demand.Reason(dst.Why[0]) != want.reason {
			t.Errorf("%s: by %q because %v, want by %q because of %q", name, dst.By[0], dst.Why[0], want.by, want.reason)
		}
		if err := dst.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASeriesThatNobodyForecastsStaysEmptyAndSaysWhyTwice(t *testing.T) {
	t.Parallel()
	dst := run(t, "all-short", "fine")
	if dst.By[0] != "" || dst.By[1] != "first" {
		t.Errorf("by %q", dst.By)
	}
	for _, words := range []string{"fit all-short: first: too few", "fit all-short: second: too few"} {
		if !strings.Contains(dst.Why[0].Error(), words) {
			t.Errorf("%q is missing in %v", words, dst.Why[0])
		}
	}
	for _, v := range append(dst.Fan(0).Mean, dst.Fan(0).Q...) {
		if !math.IsNaN(v) {
			t.Errorf("%g stands where nothing was forecast", v)
		}
	}
}

func TestAFailureNamesTheSeriesAndTheModel(t *testing.T) {
	t.Parallel()
	why := run(t, "first-stops").Why[0]
	if want := "forecast first-stops: first: does not converge"; why.Error() != want {
		t.Errorf("the error is %q, want %q", why, want)
	}
}

func TestOneFailureDoesNotTouchItsNeighbours(t *testing.T) {
	t.Parallel()
	dst := run(t, "a", "all-short", "first-panics", "z")
	for i, want := range []float64{2, math.NaN(), 4, 5} {
		if got := dst.Fan(i).Mean[2]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("series %d is forecast as %g, want %g", i, got, want)
		}
	}
}

func TestForecastingOtherSeriesIsRefused(t *testing.T) {
	t.Parallel()
	p := &demand.Panel{Cal: demand.Calendar{Freq: demand.Daily}, Keys: []demand.Key{{Item: "a"}}, Start: []demand.Period{0}, Off: []int{0, 1}, End: 1, Y: []float64{1}}
	fit, err := demand.Each(moody{"first"}, moody{"second"}).Fit(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	two := &demand.Future{Keys: []demand.Key{{Item: "a"}, {Item: "b"}}, H: 1}
	if err := fit.Forecast(t.Context(), two, demand.NewForecast(two, nil)); err == nil {
		t.Error("a future of two series passes")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	one := &demand.Future{Keys: p.Keys, H: 1}
	if err := fit.Forecast(ended, one, demand.NewForecast(one, nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("a forecast after the end: %v", err)
	}
}

func TestEachKeepsThePromisesOfAModel(t *testing.T) {
	t.Parallel()
	modeltest.Run(t, func() demand.Model { return demand.Each(moody{"first"}, moody{"second"}) }, modeltest.Options{Total: true, Local: true})
}

// explained is a fit that forecasts 3 units: 2 and 1, with a fault for items of certain names.
type explained struct{ item string }

func (e explained) Name() string { return "explained" }

func (e explained) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	if s.Key.Item == "short" {
		return nil, demand.ErrTooShort
	}
	return explained{s.Key.Item}, nil
}

func (e explained) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	return moodyFit{Item: e.item, Last: 3}.ForecastSeries(nil, dst)
}

func (e explained) Components(x []demand.Column, h int) ([]demand.Component, error) {
	switch e.item {
	case "panics":
		panic("out of order")
	case "errs":
		return nil, demand.ErrNoData
	case "infinite":
		return []demand.Component{{Name: "trend", Value: []float64{math.Inf(-1), 0}}}, nil
	case "one step":
		return []demand.Component{{Name: "trend", Value: []float64{3}}}, nil
	}
	return []demand.Component{{Name: "trend", Value: []float64{2, 2}}, {Name: x[0].Name, Value: []float64{x[0].V[0], math.Copysign(0, -1)}}}, nil
}

func TestComponentsAreThoseOfTheSeriesThatTheModelMade(t *testing.T) {
	t.Parallel()
	items := []string{"fine", "short", "panics", "errs", "infinite", "one step"}
	p := &demand.Panel{Cal: demand.Calendar{Freq: demand.Daily}, Off: []int{0}, End: 1}
	fut := &demand.Future{Cal: p.Cal, Start: 1, H: 2, X: []demand.Column{{Name: "price"}}}
	for i, item := range items {
		p.Keys, p.Start, p.Y, p.Off = append(p.Keys, demand.Key{Item: item}), append(p.Start, 0), append(p.Y, 1), append(p.Off, i+1)
		fut.X[0].V = append(fut.X[0].V, float64(i+1), float64(i+1))
	}
	fut.Keys = p.Keys
	for _, c := range []struct {
		model demand.SeriesModel
		names string
	}{{explained{}, "trend price"}, {moody{"first"}, ""}} {
		fit, err := demand.Each(c.model, moody{"second"}).Fit(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		dst := demand.NewForecast(fut, []float64{0.5})
		if err := fit.Forecast(t.Context(), fut, dst); err != nil {
			t.Fatal(err)
		}
		for i, item := range items {
			parts, err := fit.(*demand.SeriesFits).Components(i, fut, dst)
			var names []string
			for _, part := range parts {
				names = append(names, part.Name)
			}
			if len(parts) == 2 && (parts[1].Value[0] != 1 || math.Signbit(parts[1].Value[1])) {
				t.Errorf("the price adds %v, want that of the series, 1, and 0", parts[1].Value)
			}
			faulty := i > 1 && c.names != ""
			want := c.names
			if i > 0 {
				want = ""
			}
			if got := strings.Join(names, " "); got != want || (err != nil) != faulty {
				t.Errorf("%s by %s: the parts are %q, %v", item, dst.By[i], got, err)
			}
			if err != nil && !strings.Contains(err.Error(), "explain "+item+": explained: ") {
				t.Errorf("%s: the error is %v", item, err)
			}
		}
	}
}

package algorithms

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"shelfcast/algorithms/modeltest"
	"shelfcast/engine/demand"
)

func TestEveryModelOfTheCatalogueKeepsThePromises(t *testing.T) {
	t.Parallel()
	for _, e := range Catalog() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			modeltest.Run(t, e.Model, modeltest.Options{Total: e.Local != nil, Local: e.Local != nil})
		})
	}
}

func TestNamesAreDistinctAndThoseOfTheModels(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, e := range Catalog() {
		if seen[e.Name] {
			t.Errorf("%s is there twice", e.Name)
		}
		seen[e.Name] = true
		if e.Name != e.Model().Name() {
			t.Errorf("%s makes a model called %s", e.Name, e.Model().Name())
		}
		if e.About == "" || strings.ContainsAny(e.About, "\n") {
			t.Errorf("%s is not described in one line", e.Name)
		}
		if (e.Local == nil) == (e.Global == nil) || (e.Decode == nil) != (e.Local == nil) {
			t.Errorf("%s is not either local, with a decoder, or global", e.Name)
		}
	}
}

func TestTheFloorAndTheAutomaticModelsAreInTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, name := range append(Auto(), Floor().Name()) {
		if !slices.Contains(Names(), name) {
			t.Errorf("%s is not in the catalogue", name)
		}
	}
}

func TestANameThatIsNotKnownIsAnsweredWithTheNearest(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"naiv": "naive", "SeasonalNaive": "seasonal-naive", "NPTS": "npts", "season-mean": "seasonal-mean", "levelprofile": "level-profile",
	} {
		_, err := ByName(given)
		if err == nil || !strings.Contains(err.Error(), "did you mean "+want+"?") {
			t.Errorf("%s: the error is %v, want a hint at %s", given, err, want)
		}
	}
}

func TestAStoredFitIsReadBackByName(t *testing.T) {
	t.Parallel()
	s := demand.Series{Cal: demand.Calendar{Freq: demand.Daily}, Start: 16832, Y: []float64{1, 2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6, 7, 8, 2}}
	for _, e := range Catalog() {
		if e.Local == nil {
			continue
		}
		fit, err := e.Local.FitSeries(s)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(fit)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(e.Name, data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back)
		if err != nil || string(again) != string(data) {
			t.Errorf("%s: %s is read back as %s (%v)", e.Name, data, again, err)
		}
	}
	if _, err := Decode("nave", nil); err == nil {
		t.Error("a fit of an unknown model is read")
	}
}

func TestASeriesThatAModelRefusesGetsTheFloorByName(t *testing.T) {
	t.Parallel()
	m, err := ByName("seasonal-naive")
	if err != nil {
		t.Fatal(err)
	}
	cal := demand.Calendar{Freq: demand.Daily}
	p := &demand.Panel{Cal: cal, Keys: []demand.Key{{Item: "new"}}, Start: []demand.Period{100}, Off: []int{0, 3}, End: 103, Y: []float64{2, 4, math.NaN()}}
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	f := &demand.Future{Keys: p.Keys, Cal: cal, Start: p.End, H: 7}
	dst := demand.NewForecast(f, []float64{0.5})
	if err := fit.Forecast(context.Background(), f, dst); err != nil {
		t.Fatal(err)
	}
	if dst.By[0] != "level-profile" || demand.Reason(dst.Why[0]) != "too_short" {
		t.Errorf("by %s, because %v", dst.By[0], dst.Why[0])
	}
	if err := dst.Check(); err != nil {
		t.Error(err)
	}
}

func ExampleByName() {
	_, err := ByName("seasonalnaive")
	fmt.Println(err)
	// Output: find model "seasonalnaive": not in this build; did you mean seasonal-naive? known are level-profile, naive, seasonal-naive, seasonal-mean, npts, npts-seasonal, npts-uniform, npts-seasonal-uniform, auto-arima, auto-arimax, auto-arima-box-cox, auto-ets, prophet, prophet-multiplicative, prophet-pooled, auto-theta, theta, otm, dstm, dotm
}

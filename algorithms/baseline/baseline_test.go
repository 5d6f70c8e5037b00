package baseline

import (
	"encoding/json"
	"math"
	"testing"

	"shelfcast/engine/demand"
)

func TestCleanDemandIsNotCopied(t *testing.T) {
	t.Parallel()
	y := []float64{1, math.NaN(), 0}
	if _, n := observations(demand.Series{Y: y, Censored: make([]bool, 3)}); n != 2 {
		t.Errorf("%d observations, want 2", n)
	}
	got, n := observations(demand.Series{Y: y})
	if n != 2 || &got[0] != &y[0] {
		t.Errorf("%d observations in a copy", n)
	}
}

func TestWhatIsNoDemandIsSetAside(t *testing.T) {
	t.Parallel()
	y := []float64{-3, 4, math.Inf(1), math.Inf(-1), 1e101, math.NaN(), 0}
	got, n := observations(demand.Series{Y: y})
	if n != 3 || got[0] != 0 || got[1] != 4 || got[6] != 0 {
		t.Errorf("%d observations: %v", n, got)
	}
	for t2 := 2; t2 <= 5; t2++ {
		if got[t2] == got[t2] {
			t.Errorf("%v counts as observed", y[t2])
		}
	}
	if y[0] != -3 {
		t.Error("the series was written to")
	}
}

func TestAStockOutIsSetAsideUnlessThereIsNothingElse(t *testing.T) {
	t.Parallel()
	got, n := observations(demand.Series{Y: []float64{5, 1, 6}, Censored: []bool{false, true, false}})
	if n != 2 || got[1] == got[1] {
		t.Errorf("%d observations: %v", n, got)
	}
	got, n = observations(demand.Series{Y: []float64{1, 2}, Censored: []bool{true, true}})
	if n != 2 || got[0] != 1 {
		t.Errorf("with nothing else: %d observations: %v", n, got)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]demand.SeriesModel{
		"naive": Naive{}, "seasonal-naive": SeasonalNaive{}, "seasonal-mean": SeasonalMean{}, "level-profile": LevelProfile{},
		"npts": NPTS{}, "npts-seasonal": NPTS{Seasonal: true}, "npts-uniform": NPTS{Kernel: Uniform},
		"npts-seasonal-uniform": NPTS{Kernel: Uniform, Seasonal: true},
	} {
		if m.Name() != want {
			t.Errorf("name %s, want %s", m.Name(), want)
		}
	}
}

func TestBrokenFitsAreRefused(t *testing.T) {
	t.Parallel()
	one := Pool{Values: []float64{1}, Upto: []float64{1}}
	flat := flatProfiles(cyclesOf(daily))
	for words, fit := range map[string]interface{ check() error }{
		"no season":             &SeasonalNaiveFit{Changes: one},
		"noise beyond 1":        &SeasonalNaiveFit{Last: []float64{1}, Changes: one, Noise: 2},
		"no changes":            &SeasonalNaiveFit{Last: []float64{1}},
		"no means":              &SeasonalMeanFit{Errors: one},
		"no errors":             &SeasonalMeanFit{Means: []float64{1}},
		"no calendar":           &NPTSFit{Pools: []Pool{one}, Means: []float64{1}},
		"pools for one class":   &NPTSFit{Cal: daily, Seasonal: true, Pools: []Pool{one}, Means: []float64{1}},
		"an empty pool":         &NPTSFit{Cal: daily, Pools: []Pool{{}}, Means: []float64{1}},
		"no profiles":           &LevelProfileFit{Cal: daily, Shape: &one},
		"profiles of no class":  &LevelProfileFit{Cal: daily, Shape: &one, Profiles: [][]float64{{}, {}}},
		"no shape":              &LevelProfileFit{Cal: daily, Profiles: flat},
		"an empty shape":        &LevelProfileFit{Cal: daily, Profiles: flat, Shape: &Pool{}},
		"counts without ratio":  &LevelProfileFit{Cal: daily, Profiles: flat, Counts: true},
		"counts without bounds": &LevelProfileFit{Cal: daily, Profiles: flat, Counts: true, Ratio: 1e9},
		"a zero calendar":       &LevelProfileFit{Profiles: flat, Shape: &one},
	} {
		if fit.check() == nil {
			t.Errorf("a fit with %s passes", words)
		}
	}
}

// FuzzDecode checks that what a decoder lets through can be forecast from: with a usable fan, or one that Fan.Check
// names, but without a panic.
func FuzzDecode(f *testing.F) {
	s := demand.Series{Cal: daily, Start: monday, Y: shopDays(1, 60, 3, 2)}
	for _, m := range []demand.SeriesModel{SeasonalNaive{}, SeasonalMean{}, LevelProfile{}, NPTS{Seasonal: true}} {
		fit, err := m.FitSeries(s)
		if err != nil {
			f.Fatal(err)
		}
		data, err := json.Marshal(fit)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"calendar":{"Freq":"30min"},"pools":[{"values":[1],"upto":[1]}],"means":[1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, decode := range []func([]byte) (demand.SeriesFitted, error){DecodeSeasonalNaive, DecodeSeasonalMean, DecodeLevelProfile, DecodeNPTS} {
			fit, err := decode(data)
			if err != nil {
				continue
			}
			if err := fit.ForecastSeries(nil, newFan(28, 0.005, 0.5, 0.995)); err != nil {
				t.Errorf("forecast: %v", err)
			}
		}
	})
}

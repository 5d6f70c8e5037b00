package baseline

import (
	"encoding/json"
	"testing"

	"shelfcast/engine/demand"
)

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
	for words, fit := range map[string]interface{ Check() error }{
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
		if fit.Check() == nil {
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

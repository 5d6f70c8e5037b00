package baseline

import (
	"testing"

	"shelfcast/algorithms/modeltest"
	"shelfcast/engine/demand"
)

func TestEveryBaselineKeepsThePromisesOfAModel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model  demand.SeriesModel
		decode modeltest.Decoder
		total  bool
	}{
		{Naive{}, DecodeSeasonalNaive, false},
		{SeasonalNaive{}, DecodeSeasonalNaive, false},
		{SeasonalMean{}, DecodeSeasonalMean, false},
		{LevelProfile{}, DecodeLevelProfile, true},
		{NPTS{}, DecodeNPTS, false},
		{NPTS{Seasonal: true}, DecodeNPTS, false},
		{NPTS{Kernel: Uniform}, DecodeNPTS, false},
		{NPTS{Kernel: Uniform, Seasonal: true}, DecodeNPTS, false},
	} {
		t.Run(c.model.Name(), func(t *testing.T) {
			t.Parallel()
			modeltest.RunSeries(t, c.model, c.decode, modeltest.Options{Total: c.total, Constant: true})
		})
	}
}

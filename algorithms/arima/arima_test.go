package arima

import (
	"testing"

	"shelfcast/algorithms/modeltest"
)

func TestItKeepsThePromisesOfAModel(t *testing.T) {
	t.Parallel()
	for _, m := range []Model{{}, {Regressors: true}, {Order: &Order{P: 1, Q: 1, SQ: 1, SD: 1, M: 7}}} {
		t.Run(m.Name(), func(t *testing.T) {
			t.Parallel()
			modeltest.RunSeries(t, m, m.Decode, modeltest.Options{Constant: m.Order == nil})
		})
	}
}

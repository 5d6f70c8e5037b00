package arima

import (
	"testing"

	"shelfcast/algorithms/modeltest"
)

func TestAFitIsCarriedOn(t *testing.T) {
	t.Parallel()
	for _, m := range []Model{{}, {Order: &Order{P: 1, Q: 1, SD: 1, SQ: 1, M: 7}}} {
		t.Run(m.Name(), func(t *testing.T) {
			t.Parallel()
			modeltest.RunUpdater(t, m)
			modeltest.RunRefitter(t, m)
		})
	}
}

package arima

import (
	"os"
	"testing"
	"time"

	"shelfcast/algorithms/reference"
	"shelfcast/engine/demand"
)

// TestARefitIsAsLikelyAsASearchFromNothing adds one period to every series and compares the likelihood of what is found from the
// coefficients of the night before with the best of five starts of the same order.
func TestARefitIsAsLikelyAsASearchFromNothing(t *testing.T) {
	t.Parallel()
	good, rows := 0, 0
	var cold, warm time.Duration
	for _, set := range reference.Sets {
		m := Model{Season: set.Season}
		for i, s := range reference.All(t, set.Name, set.Season) {
			if i%4 > 0 && os.Getenv("SHELFCAST_HEAVY") == "" {
				continue
			}
			y := demand.Series{Cal: daily, Y: s.Train[:len(s.Train)-1]}
			before, err := m.FitSeries(y)
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			y.Y = s.Train
			if _, err := m.FitSeries(y); err != nil {
				t.Fatal(err)
			}
			cold += time.Since(begun)
			begun = time.Now()
			after, err := m.Refit(before, y)
			warm += time.Since(begun)
			if err != nil {
				t.Logf("%s %s: %v", set.Name, s.ID, err)
				continue
			}
			f := after.(*Fit)
			_, selection, err := prepare(s.Train, nil, f.Order)
			if err != nil {
				t.Fatal(err)
			}
			search := selection.searcher(f.Constant != nil)
			search.cautious = true
			best := search.best(f.Order)
			rows++
			if f.LogLik >= best.logLik-0.01 {
				good++
			} else {
				t.Logf("%s %s: %s %.4f, from nothing %.4f", set.Name, s.ID, f.Order, f.LogLik, best.logLik)
			}
		}
	}
	t.Logf("%d of %d refits are as likely as a search from nothing, within 0.01; an automatic choice takes %.1f times as long", good, rows, cold.Seconds()/warm.Seconds())
	if float64(good) < 0.99*float64(rows) {
		t.Errorf("only %d of %d", good, rows)
	}
}

package theta

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestErrorsOfTheMethodItselfAreWhite draws from the recursions, and adds a season that the adjustment is not told of.
func TestErrorsOfTheMethodItselfAreWhite(t *testing.T) {
	t.Parallel()
	const n, series = 400, 200
	small := 0
	for k := range series {
		rng := rand.New(rand.NewPCG(uint64(k), 9))
		s := forward{alpha: 0.3, share: 0.5, level: 1000, line: line{N: 1, T: 1, TT: 1, Y: 1000, TY: 1000, Now: 1}}
		x, seasonal := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = s.next(10 * rng.NormFloat64())
			seasonal[i] = x[i] + 40*float64(i%7/5)
		}
		if mustFit(t, Model{Season: 1}, x).Residuals.P < 0.05 {
			small++
		}
		if d := mustFit(t, Model{Season: 1}, seasonal).Residuals; !(d.P < 1e-6) || len(d.ACF) != 10 {
			t.Errorf("series %d with a season that is not taken out: %d autocorrelations, P = %g", k, len(d.ACF), d.P)
		}
		if d := mustFit(t, Model{}, seasonal).Residuals; len(d.ACF) != 14 {
			t.Errorf("%d autocorrelations, not those of two weeks", len(d.ACF))
		}
	}
	if small > 20 { // 10 expected, with a standard error of 3
		t.Errorf("%d of %d right fits have P below 0.05", small, series)
	}
}

func TestAnOlderFitIsReadAndForecastsTheSame(t *testing.T) {
	t.Parallel()
	fit := mustFit(t, Model{}, walk(1, 200, 0.2))
	data, err := json.Marshal(fit)
	if err != nil {
		t.Fatal(err)
	}
	older, _, ok := strings.Cut(string(data), `,"spread"`)
	if !ok {
		t.Fatalf("the spread is not the first of what is new: %s", data)
	}
	back, err := Model{}.Decode([]byte(older + "}"))
	if err != nil {
		t.Fatal(err)
	}
	fit.Spread = 0 // σ, then
	a, b := fanOf(t, fit, 14, 0.1, 0.9), fanOf(t, back, 14, 0.1, 0.9)
	for i, q := range a.Q {
		if b.Q[i] != q {
			t.Fatalf("quantile %d is %v, and was %v", i, b.Q[i], q)
		}
	}
}

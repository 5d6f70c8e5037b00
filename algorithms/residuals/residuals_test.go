package residuals

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDiagnosisOfAKnownSeries(t *testing.T) {
	t.Parallel()
	e := []float64{1, -2, 3, 0, -1, 2, -3, 1, 0, -1, 2, -2, 1, 1, -1, 0, 2, -1, -2, 1, 0, 1, -1, 2, -2, 1, 0, -1, 1, 0}
	d := Diagnose(e, 1, 1)
	// R: acf(e, 6)$acf[2:7], and Box.test(e, 6, "Ljung-Box", fitdf = 1)
	for k, want := range []float64{-0.6117606123869169, 0.0604036186499652, 0.2659707724425887, -0.3760612386917185, 0.2501739735560195, -0.1413361169102296} {
		if math.Abs(d.ACF[k]-want) > 1e-12 {
			t.Errorf("lag %d: %.15g, want %.15g", k+1, d.ACF[k], want)
		}
	}
	if len(d.ACF) != 6 || math.Abs(d.LjungBox-23.4534257919823) > 1e-11 || math.Abs(d.P-0.000276421924834569) > 1e-14 {
		t.Errorf("%d lags, statistic %.15g, p %.15g", len(d.ACF), d.LjungBox, d.P)
	}
}

func TestWhiteNoiseIsRejectedAsOftenAsItShould(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	rejected, correlated := 0, 0
	const runs = 2000
	for range runs {
		e, x := make([]float64, 200), make([]float64, 200)
		for i := range e {
			e[i] = rng.NormFloat64()
			x[i] = e[i]
			if i > 0 {
				x[i] += 0.4 * x[i-1]
			}
		}
		if Diagnose(e, 7, 0).P < 0.05 {
			rejected++
		}
		if Diagnose(x, 7, 0).P < 0.05 {
			correlated++
		}
	}
	if share := float64(rejected) / runs; math.Abs(share-0.05) > 0.02 { // 4 standard errors, and χ² holds for long series
		t.Errorf("white noise is rejected %.1f %% of the time", 100*share)
	}
	if share := float64(correlated) / runs; share < 0.9 {
		t.Errorf("correlated errors are seen only %.1f %% of the time", 100*share)
	}
}

func TestErrorsOfNothing(t *testing.T) {
	t.Parallel()
	for _, e := range [][]float64{nil, {1}, {2, 2, 2, 2, 2, 2}} {
		if d := Diagnose(e, 7, 3); d.P != 1 || math.IsNaN(d.LjungBox) {
			t.Errorf("%v: %+v", e, d)
		}
	}
}

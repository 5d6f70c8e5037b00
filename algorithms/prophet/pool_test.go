package prophet

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/baseline"
	"shelfcast/engine/demand"
)

func TestAPriorWithAMeanMovesTheTopOfThePosterior(t *testing.T) {
	t.Parallel()
	s, _, _ := sold(rand.New(rand.NewPCG(5, 5)), 900, 1, 0.1)
	m := withEverything
	m.pool = pool{"weekly 0": {0.4, 0.002}, "price": {-3, 0.01}, "fair": {0.1, 0.001}, "yearly 3": {0, 1e-3}}
	for _, m.Multiplicative = range []bool{false, true} {
		f, p, err := m.fit(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		// The posterior again, from the columns themselves.
		c := newCalendars(s.Cal, s.Start+demand.Period(len(s.Y)), m.steady()).of(s.Start)
		h, seasons := m.history(c, s.Y, int(s.Start-c.first))
		if err := m.columns(s, &Fit{Periods: len(s.Y)}, h, seasons); err != nil {
			t.Fatal(err)
		}
		prior := m.prior(f, h)
		y := make([]float64, len(s.Y))
		for i, v := range s.Y {
			if v == v {
				y[i] = v / f.Scale
			}
		}
		w := m.curved(f, h, y, prior)
		at := func(b []float64) float64 { _, lp := w.value(b); return lp }
		top := at(p.b)
		if math.Abs(top-f.Posterior) > 1e-8*math.Abs(top) {
			t.Errorf("multiplicative %v: log posterior %.12g, by the columns %.12g", m.Multiplicative, f.Posterior, top)
		}
		for i, n := range prior {
			for _, side := range []float64{-1, 1} {
				b := append([]float64(nil), p.b...)
				b[i] += side * 1e-4 * min(n.sd, 1)
				if v := at(b); v > top+1e-7 {
					t.Errorf("multiplicative %v: coefficient %d: a step of %g raises the log posterior by %g", m.Multiplicative, i, b[i]-p.b[i], v-top)
				}
			}
		}
		want := 0.1 * f.relative() * f.Scale
		if m.Multiplicative {
			want = 0.1
		}
		for _, e := range f.Regressors {
			if e.Name == "fair" && math.Abs(e.Estimate-want) > 0.2*want {
				t.Errorf("multiplicative %v: a fair adds %g, though it is known to add %g", m.Multiplicative, e.Estimate, want)
			}
		}
	}
}

func TestALawIsThatOfWhatWasDrawn(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for _, deviation := range []float64{0, 0.05, 0.5} {
		var means, sds []float64
		for range 200 {
			var list []estimate
			for range 100 {
				e := 0.02 + 0.2*rng.Float64()
				list = append(list, estimate{0.3 + deviation*rng.NormFloat64() + e*rng.NormFloat64(), e * e})
			}
			n := lawOf(list)
			means, sds = append(means, n.mean), append(sds, n.sd)
		}
		mean, sd := floats.Sum(means)/200, floats.Sum(sds)/200
		if math.Abs(mean-0.3) > 0.01 || math.Abs(sd-deviation) > 0.015+0.05*deviation {
			t.Errorf("of deviation %g: the law is %.4f ± %.4f, want 0.3 ± %g", deviation, mean, sd, deviation)
		}
	}
	if n := lawOf([]estimate{{1, 1e-12}, {1, 1e-12}}); n.sd != leastDeviation {
		t.Errorf("of effects that are all alike the deviation is %g", n.sd)
	}
}

func TestEffectsThatAreAlikeHelpEachOther(t *testing.T) {
	t.Parallel()
	const series, n = 60, 500
	rng := rand.New(rand.NewPCG(8, 8))
	p := &demand.Panel{Cal: daily, Off: []int{0}, Start: make([]demand.Period, series), End: n, Events: &demand.Events{Names: []string{"fair"}}}
	calendar := &demand.EventCalendar{}
	for d := 20; d < n; d += 100 {
		calendar.On = append(calendar.On, demand.EventPeriod{Period: demand.Period(d), Days: 1})
	}
	p.Events.Calendars, p.Events.Of = []demand.EventCalendar{*calendar}, make([]int32, series)
	truth := make([]float64, series)
	for i := range series {
		level := 5 + 50*rng.Float64()
		truth[i] = level * (0.6 + 0.05*rng.NormFloat64())
		for d := range n {
			y := level * (1 + 0.2*math.Sin(2*math.Pi*float64(d)/7) + 0.6*rng.NormFloat64())
			if d%100 == 20 {
				y += truth[i]
			}
			p.Y = append(p.Y, y)
		}
		p.Off = append(p.Off, len(p.Y))
		p.Keys = append(p.Keys, demand.Key{Item: string(rune('A' + i))})
	}
	alone := demand.Each(withEverything, baseline.LevelProfile{})
	var misses [2]float64
	for k, m := range []demand.Model{alone, Pooled{Model: withEverything, Fallback: baseline.LevelProfile{}}} {
		fitted, err := m.Fit(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		for i, fit := range fitted.(*demand.SeriesFits).Fits {
			e := fit.(*Fit).Regressors[0]
			miss := (e.Estimate - truth[i]) / truth[i]
			misses[k] += miss * miss / series
		}
	}
	t.Logf("root mean square error of the effect of an event, alone and pooled: %.3f, %.3f", math.Sqrt(misses[0]), math.Sqrt(misses[1]))
	if misses[1] > misses[0]/4 {
		t.Errorf("the mean square error of the effect of an event is %.4f alone and %.4f pooled", misses[0], misses[1])
	}
}

func TestALawOutlivesASeriesWithoutErrors(t *testing.T) {
	t.Parallel()
	for _, exact := range []float64{0, 1e-39, 1e-20} {
		list := []estimate{{0.2, exact}}
		for i := range 10 {
			list = append(list, estimate{0.1 * float64(i%3), 1e-4})
		}
		for _, huge := range []float64{1e-4, 1e30} {
			list[10].variance = huge
			n := lawOf(list)
			if !(n.mean > 0 && n.mean < 0.2) || !(n.sd >= leastDeviation && n.sd < 0.2) {
				t.Errorf("error %g beside %g: the law has mean %g and deviation %g", exact, huge, n.mean, n.sd)
			}
		}
	}
}

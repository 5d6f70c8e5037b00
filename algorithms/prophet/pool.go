package prophet

import (
	"context"
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// Pooled is Model with seasons, events and regressors that the series of a panel share in part: those of one series are taken to be
// drawn from one normal law, whose mean and deviation are estimated from all of its fits (empirical Bayes), and the series
// is fitted again with that law as its prior. An effect is compared among series as a share of their mean demand. What little one series
// says is so drawn to what the others say, and the more the alike they are.
//
// What is fitted depends on which series are fitted together: those of a panel.
type Pooled struct {
	Model
	Fallback demand.SeriesModel // of series that cannot be fitted
}

// Name returns the name of the model, with "-pooled".
func (p Pooled) Name() string { return p.Model.Name() + "-pooled" }

// Fit learns the laws and fits every series by them.
func (p Pooled) Fit(ctx context.Context, train *demand.Panel) (demand.Fitted, error) {
	m := p.Model
	m.shared = newCalendars(train.Cal, train.End, m.steady())
	pool, err := m.learn(ctx, train)
	if err != nil {
		return nil, fmt.Errorf("fit %s: %w", p.Name(), err)
	}
	m.pool = pool
	return demand.Each(pooled{m, p.Name()}, p.Fallback).Fit(ctx, train)
}

// pooled fits one series by what was learned, with the calendars of all.
type pooled struct {
	Model
	name string
}

func (p pooled) Name() string { return p.name }

// Share returns the model itself, which has what the series share.
func (p pooled) Share(*demand.Panel) demand.SeriesModel { return p }

// pool holds the law of each effect, in shares of the mean demand.
type pool map[string]normal

// estimate is an effect of one series, as a share of its mean, with the variance of its error.
type estimate struct{ value, variance float64 }

// learn fits the series one by one and makes laws of their effects.
func (m Model) learn(ctx context.Context, train *demand.Panel) (pool, error) {
	seen := map[string][]estimate{}
	for i := range train.Len() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for name, e := range m.effects(train.At(i)) {
			seen[name] = append(seen[name], e)
		}
	}
	laws := pool{}
	for name, list := range seen {
		if len(list) >= fewest {
			laws[name] = lawOf(list)
		}
	}
	return laws, nil
}

// fewest is of how many series a law is made.
const fewest = 8

// effects returns those of one series; none where it cannot be fitted.
func (m Model) effects(s demand.Series) (out map[string]estimate) {
	defer func() {
		if recover() != nil {
			out = nil // what is wrong with the series shows where it is fitted
		}
	}()
	f, p, err := m.fit(s, nil)
	if err != nil || p == nil {
		return nil
	}
	out = map[string]estimate{}
	first := len(p.prior) - len(f.Regressors)
	for _, s := range f.Seasons {
		first -= len(s.Beta)
	}
	errors := p.deviations(len(p.prior) - first)
	at, unit := 0, f.relative()
	put := func(name string, beta, sd float64) {
		e := estimate{beta / (unit * sd), errors[at] / (unit * sd)}
		e.variance *= e.variance * crowding(f.Residuals.ACF)
		if at++; !math.IsNaN(e.value+e.variance) && !math.IsInf(e.value+e.variance, 0) {
			out[name] = e
		}
	}
	for _, s := range f.Seasons {
		for k, b := range s.Beta {
			put(waveName(s.Name, k), b, 1)
		}
	}
	for _, e := range f.Regressors {
		put(e.Name, e.Beta, e.SD)
	}
	return out
}

// leastDeviation keeps a law from being a point, and the error of an effect from being none, as a share of the mean of the series: else
// one series without errors would outweigh all others.
const leastDeviation = 1e-3

// lawOf returns the mean of the effects and their deviation beyond that of their errors, by the moments of DerSimonian and Laird
// (Controlled Clinical Trials 7, 1986).
func lawOf(list []estimate) normal {
	list = slices.Clone(list)
	for i := range list {
		list[i].variance = max(list[i].variance, leastDeviation*leastDeviation)
	}
	var w, w2, wv float64
	for _, e := range list {
		v := 1 / e.variance
		w, w2, wv = w+v, w2+v*v, wv+v*e.value
	}
	fixed, q := wv/w, 0.0
	for _, e := range list {
		q += (e.value - fixed) * (e.value - fixed) / e.variance
	}
	between := 0.0
	if rest := w - w2/w; rest > 1e-9*w { // else a single series weighs all there is
		between = max((q-float64(len(list)-1))/rest, 0)
	}
	w, wv = 0, 0
	for _, e := range list {
		v := 1 / (e.variance + between)
		w, wv = w+v, wv+v*e.value
	}
	return normal{wv / w, max(math.Sqrt(between), leastDeviation)}
}

// crowding returns by what the errors of estimates grow where the residuals hang together: 1 + 2·Σ ρ_k (Bartlett, 1946), at least 1.
func crowding(acf []float64) float64 {
	sum := 0.5
	for _, r := range acf {
		sum += r
	}
	return max(2*sum, 1)
}

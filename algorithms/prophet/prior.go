package prophet

import (
	"cmp"
	"fmt"
)

// prior returns the priors of the smooth coefficients: those of the model or, of what was learned from other series, that of the pool.
func (m Model) prior(f *Fit, h *history) []normal {
	out := make([]normal, 0, h.smooth())
	for range h.fixed() {
		out = append(out, normal{sd: trendScale})
	}
	for _, s := range f.Seasons {
		for range 2 * s.Order {
			out = append(out, normal{sd: s.Scale})
		}
	}
	for i := range f.Regressors {
		out = append(out, normal{sd: cmp.Or(m.Scales[f.Columns.Terms[i].Cause()], m.regressorScale())})
	}
	if m.pool == nil {
		return out
	}
	i, unit := h.fixed(), f.relative()
	learned := func(effect string, times float64) {
		if n, ok := m.pool[effect]; ok {
			out[i] = normal{n.mean * times, n.sd * times}
		}
		i++
	}
	for _, s := range f.Seasons {
		for k := range 2 * s.Order {
			learned(waveName(s.Name, k), unit)
		}
	}
	for _, e := range f.Regressors {
		learned(e.Name, unit*e.SD)
	}
	return out
}

// relative returns what a coefficient is of which the effect is as large as the mean of the series.
func (f *Fit) relative() float64 {
	if f.Multiplicative || f.Level <= 0 {
		return 1
	}
	return f.Level
}

func waveName(season string, i int) string { return fmt.Sprint(season, " ", i) }

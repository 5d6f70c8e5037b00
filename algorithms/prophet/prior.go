package prophet

import (
	"cmp"
	"fmt"
)

// prior returns the priors of the smooth coefficients: those of the model or, of what was learned from other series, that of the pool.
func (m Model) prior(f *Fit, h *history) []normal {
	out, unit := make([]normal, 0, h.smooth()), f.relative()
	for range h.fixed() {
		out = append(out, normal{sd: trendScale})
	}
	learned := func(effect string, times, otherwise float64) {
		n, ok := m.pool[effect]
		if !ok {
			out = append(out, normal{sd: otherwise})
			return
		}
		out = append(out, normal{n.mean * times, n.sd * times})
	}
	for _, s := range f.Seasons {
		for k := range 2 * s.Order {
			learned(waveName(s.Name, k), unit, s.Scale)
		}
	}
	for i, e := range f.Regressors {
		own := cmp.Or(m.Scales[f.Columns.Terms[i].Cause()], m.regressorScale())
		learned(e.Name, unit*e.SD, own)
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

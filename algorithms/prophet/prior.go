package prophet

import "fmt"

// prior returns the priors of the smooth coefficients: those of the model or, of what was learned from other series, that of the pool.
func (m Model) prior(f *Fit, h *history, seasons []int) []normal {
	out := make([]normal, 0, h.smooth())
	for range h.fixed() {
		out = append(out, normal{sd: trendScale})
	}
	for _, w := range h.waves {
		out = append(out, normal{sd: h.c.scales[w]})
	}
	for range h.regressor {
		out = append(out, normal{sd: m.regressorScale()})
	}
	if m.pool == nil {
		return out
	}
	i := h.fixed()
	unit := f.relative()
	for _, s := range seasons {
		for k := range 2 * h.c.waves[s].Order {
			if n, ok := m.pool[waveName(h.c.waves[s].Name, k)]; ok {
				out[i] = n.times(unit)
			}
			i++
		}
	}
	for _, e := range f.Regressors {
		if n, ok := m.pool[e.Name]; ok {
			out[i] = n.times(unit * e.SD)
		}
		i++
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

func (n normal) times(unit float64) normal { return normal{n.mean * unit, n.sd * unit} }

func waveName(season string, i int) string { return fmt.Sprint(season, " ", i) }

package m5

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// WRMSSE is the competition's accuracy measure, by level of aggregation and on average.
type WRMSSE struct {
	Origin  string      // the last training day, such as d_1913
	Series  int         // bottom series scored
	Levels  [12]float64 // L1 … L12, each with weights that sum to 1
	Mean    float64     // of the twelve
	Ignored int64       // rows of the forecast file for days outside the 28 after the origin
	NoScale int         // aggregates, over all levels, that sold alike every day since their first sale: left out
}

// String returns a table of the levels and the mean.
func (w *WRMSSE) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "WRMSSE of %d series, %d days after %s\n", w.Series, Horizon, w.Origin)
	for l, v := range w.Levels {
		fmt.Fprintf(&b, "%-5s %-18s %.4f\n", fmt.Sprintf("L%d", l+1), levels[l].title, v)
	}
	fmt.Fprintf(&b, "%-24s %.4f\n", "mean", w.Mean)
	if w.NoScale > 0 {
		fmt.Fprintf(&b, "%d aggregates have no scale and were left out\n", w.NoScale)
	}
	if w.Ignored > 0 {
		fmt.Fprintf(&b, "%d rows for other days were not used\n", w.Ignored)
	}
	return b.String()
}

// Score returns the WRMSSE of the forecast in the file forecast against the official sales in the folder dir. The origin
// is the last training day, such as d_1913.
//
// The file is CSV (plain, .gz or .zst) or Parquet with the columns item_id, store_id, timestamp and mean. Every series
// must have each of the 28 days after the origin; further days are not used.
//
//	RMSSE_i = sqrt( (1/h)·Σ_{t=n+1..n+h} (Y_t − F_t)² / ( (1/(n−s))·Σ_{t=s+1..n} (Y_t − Y_{t−1})² ) )
//	WRMSSE  = (1/12)·Σ_levels Σ_{i in level} w_i·RMSSE_i
//
// Y and F are units, n the origin, h 28, s the first day of a non-zero sale, and w_i series i's share of its level's
// sales in money over the last 28 training days. Aggregates sum the bottom series and their forecasts. An aggregate whose
// denominator is zero or undefined, such as one first sold on the day of the origin, has no RMSSE: it is left out, and its
// weight goes to the others of its level.
// Makridakis, Spiliotis and Assimakopoulos, The M5 competition: competitors' guide, 2020.
func Score(ctx context.Context, dir, forecast, origin string) (*WRMSSE, error) {
	d, err := load(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("score m5: %w", err)
	}
	n, err := d.originDays(origin)
	if err != nil {
		return nil, fmt.Errorf("score m5: %w", err)
	}
	f, err := readForecast(ctx, forecast, d, n)
	if err != nil {
		return nil, fmt.Errorf("score m5: %w", err)
	}
	w, err := d.wrmsse(ctx, f.mean, n)
	if err != nil {
		return nil, fmt.Errorf("score m5: %w", err)
	}
	w.Origin, w.Ignored = origin, f.ignored
	return w, nil
}

// originDays returns how many days the training set has.
func (d *data) originDays(origin string) (int, error) {
	var n int
	if _, err := fmt.Sscanf(origin, "d_%d", &n); err != nil || origin != fmt.Sprintf("d_%d", n) {
		return 0, fmt.Errorf("read origin %q: it is not of the form d_1913", origin)
	}
	if n <= Horizon || n+Horizon > d.days {
		return 0, fmt.Errorf("read origin %s: the sales file has d_1 to d_%d; use an origin from d_%d to d_%d",
			origin, d.days, Horizon+1, d.days-Horizon)
	}
	return n, nil
}

// wrmsse scores forecasts of the 28 days after day n, 28 values a series.
func (d *data) wrmsse(ctx context.Context, forecast []float64, n int) (*WRMSSE, error) {
	w := &WRMSSE{Series: len(d.series)}
	dollars := d.dollars(n)
	if !slices.ContainsFunc(dollars, func(v float64) bool { return v > 0 }) {
		return nil, fmt.Errorf("nothing was sold at a price in the %d days up to the origin, so that no series has a weight; use another origin", Horizon)
	}
	for l := range levels {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		groups := d.groups(l, dollars)
		weight, out := 1.0, 0
		for _, g := range groups {
			if g.weight == 0 {
				continue
			}
			if e, ok := d.rmsse(g.members, forecast, n); ok {
				w.Levels[l] += g.weight * e
				continue
			}
			weight -= g.weight
			out++
		}
		if out > 0 {
			w.Levels[l] /= weight
		}
		w.NoScale += out
		w.Mean += w.Levels[l] / float64(len(levels))
	}
	return w, nil
}

// dollars returns each series' sales in money over the 28 days up to day n.
func (d *data) dollars(n int) []float64 {
	sums := make([]float64, len(d.series))
	for i := range sums {
		units := d.unitsOf(i)
		for t := n - Horizon; t < n; t++ {
			if units[t] > 0 && d.priceOf(i, t) > 0 {
				sums[i] += float64(units[t]) * d.priceOf(i, t)
			}
		}
	}
	return sums
}

// levels are the competition's twelve levels: what the series of a group share. Names are those of its weights file.
var levels = [12]struct {
	title string
	group func(series) [2]string
}{
	{"total", func(series) [2]string { return [2]string{"Total", "X"} }},
	{"state", func(s series) [2]string { return [2]string{s.State, "X"} }},
	{"store", func(s series) [2]string { return [2]string{s.Store, "X"} }},
	{"category", func(s series) [2]string { return [2]string{s.Cat, "X"} }},
	{"department", func(s series) [2]string { return [2]string{s.Dept, "X"} }},
	{"state, category", func(s series) [2]string { return [2]string{s.State, s.Cat} }},
	{"state, department", func(s series) [2]string { return [2]string{s.State, s.Dept} }},
	{"store, category", func(s series) [2]string { return [2]string{s.Store, s.Cat} }},
	{"store, department", func(s series) [2]string { return [2]string{s.Store, s.Dept} }},
	{"item", func(s series) [2]string { return [2]string{s.Item, "X"} }},
	{"state, item", func(s series) [2]string { return [2]string{s.State, s.Item} }},
	{"store, item", func(s series) [2]string { return [2]string{s.Item, s.Store} }},
}

// group is one aggregate series.
type group struct {
	name    [2]string
	members []int
	dollars float64
	weight  float64 // share of the level's dollars
}

// groups returns the groups of a level in the order of their names.
func (d *data) groups(level int, dollars []float64) []group {
	index := map[[2]string]int{}
	var groups []group
	total := 0.0
	for i, s := range d.series {
		name := levels[level].group(s)
		g, ok := index[name]
		if !ok {
			g = len(groups)
			index[name] = g
			groups = append(groups, group{name: name})
		}
		groups[g].members = append(groups[g].members, i)
		groups[g].dollars += dollars[i]
		total += dollars[i]
	}
	for g := range groups {
		groups[g].weight = groups[g].dollars / total
	}
	slices.SortFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.name[0], b.name[0]), cmp.Compare(a.name[1], b.name[1]))
	})
	return groups
}

// rmsse scores the sum of the members' forecasts; false where it has no scale.
func (d *data) rmsse(members []int, forecast []float64, n int) (float64, bool) {
	y := make([]int, n+Horizon)
	f := make([]float64, Horizon)
	for _, i := range members {
		for t, u := range d.unitsOf(i)[:n+Horizon] {
			y[t] += int(u)
		}
		for h := range f {
			f[h] += forecast[i*Horizon+h]
		}
	}
	by := scale(y[:n])
	if !(by > 0) {
		return 0, false
	}
	sse := 0.0
	for h, v := range f {
		e := float64(y[n+h]) - v
		sse += e * e
	}
	return math.Sqrt(sse / Horizon / by), true
}

// scale returns the mean squared one-step difference from the first non-zero day on; NaN where that is the last day.
func scale(y []int) float64 {
	s := 0
	for s < len(y)-1 && y[s] == 0 {
		s++
	}
	sum := 0
	for t := s + 1; t < len(y); t++ {
		sum += (y[t] - y[t-1]) * (y[t] - y[t-1])
	}
	return float64(sum) / float64(len(y)-1-s)
}

package jobs

import (
	"cmp"
	"math"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/jobs/report"
)

// recent is the number of periods that a series' volume is taken over, and that a picture of it shows.
const recent = 112

// sampleSeries returns the numbers of the series that the report draws: those at the top, an eighth, a quarter, a half
// and three quarters of the way down by recent units.
func sampleSeries(p *demand.Panel) []int {
	n := p.Len()
	order := make([]int, n)
	volume := make([]float64, n)
	for i := range n {
		order[i] = i
		for _, y := range lastOf(p.At(i).Y, recent) {
			if !math.IsNaN(y) {
				volume[i] += y
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(volume[b], volume[a]) })
	var picked []int
	for _, rank := range []int{0, n / 8, n / 4, n / 2, 3 * n / 4} {
		if rank < n && !slices.Contains(picked, order[rank]) {
			picked = append(picked, order[rank])
		}
	}
	return picked
}

// sortSamples puts samples, which come shard by shard, into the order of sampleSeries.
func sortSamples(list []report.Sample, p *demand.Panel) {
	picked := sampleSeries(p)
	place := func(s report.Sample) int {
		return slices.IndexFunc(picked, func(i int) bool { return p.Keys[i] == s.Key })
	}
	slices.SortFunc(list, func(a, b report.Sample) int { return cmp.Compare(place(a), place(b)) })
}

func lastOf[T any](v []T, n int) []T { return v[max(0, len(v)-n):] }

// sampleOf makes the picture of series i of a shard.
func sampleOf(s demand.Series, f *demand.Forecast, i int) report.Sample {
	seen := lastOf(s.Y, recent)
	out := report.Sample{
		Key: s.Key, Model: f.By[i], Start: s.Cal.Format(s.Start + demand.Period(len(s.Y)-len(seen))),
		Observed: make([]*float64, len(seen)),
	}
	for j := range seen {
		if !math.IsNaN(seen[j]) {
			out.Observed[j] = &seen[j]
		}
	}
	fan := f.Fan(i)
	out.Mean = slices.Clone(fan.Mean)
	for j := range fan.Mean {
		if q := fan.At(j); len(q) > 0 {
			out.Low, out.High = append(out.Low, q[0]), append(out.High, q[len(q)-1])
		}
	}
	return out
}

// totalSeen returns the units of all series together in each of the last periods of a panel, and the first of them.
func totalSeen(p *demand.Panel, periods int) (start demand.Period, units []float64) {
	start = max(p.First(), p.End-demand.Period(periods))
	units = make([]float64, p.End-start)
	for i := range p.Keys {
		s := p.At(i)
		for j, y := range s.Y {
			if t := s.Start + demand.Period(j) - start; t >= 0 && !math.IsNaN(y) {
				units[t] += y
			}
		}
	}
	return start, units
}

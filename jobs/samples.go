package jobs

import (
	"cmp"
	"math"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// recent is the number of periods that a series' volume is taken over, and that a picture of it shows.
const recent = 112

// seen is what the report needs to know of the past of all series. Parts are added in the order of keys.
type seen struct {
	volume []float64 // of each series, its units in the last periods
	units  []float64 // of all series together in each of the last periods, the newest last

	features, events []string // names of what models may know
}

// totalPeriods is the number of periods that the picture of all series shows.
const totalPeriods = 2 * 365

func (s *seen) add(part *ingest.Result) {
	p := part.Panel
	if s.units == nil {
		s.units = make([]float64, totalPeriods)
		for _, c := range p.X {
			s.features = append(s.features, c.Name)
		}
		if p.Events != nil {
			s.events = p.Events.Names
		}
	}
	for i := range p.Keys {
		volume := 0.0
		y := p.At(i).Y
		for _, v := range lastOf(y, recent) {
			if !math.IsNaN(v) {
				volume += v
			}
		}
		s.volume = append(s.volume, volume)
		y = lastOf(y, totalPeriods)
		for j, v := range y {
			if !math.IsNaN(v) {
				s.units[totalPeriods-len(y)+j] += v
			}
		}
	}
}

// samples returns the numbers of the series that the report draws: those at the top, an eighth, a quarter, a half and three
// quarters of the way down by recent units.
func (s *seen) samples() []int {
	n := len(s.volume)
	order := make([]int, n)
	for i := range n {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.volume[b], s.volume[a]) })
	var picked []int
	for _, rank := range []int{0, n / 8, n / 4, n / 2, 3 * n / 4} {
		if rank < n && !slices.Contains(picked, order[rank]) {
			picked = append(picked, order[rank])
		}
	}
	return picked
}

// sortSamples puts samples, which come shard by shard, into the order in which they were picked.
func sortSamples(list []report.Sample, keys []demand.Key, picked []int) {
	place := func(s report.Sample) int {
		return slices.IndexFunc(picked, func(i int) bool { return keys[i] == s.Key })
	}
	slices.SortFunc(list, func(a, b report.Sample) int { return cmp.Compare(place(a), place(b)) })
}

func lastOf[T any](v []T, n int) []T { return v[max(0, len(v)-n):] }

// sampleOf makes the picture of series i of a shard, whose forecast has these parts.
func sampleOf(s demand.Series, f *demand.Forecast, i int, parts []demand.Component) report.Sample {
	seen := lastOf(s.Y, recent)
	out := report.Sample{
		Key: s.Key, Model: f.By[i], Start: s.Cal.Format(s.Start + demand.Period(len(s.Y)-len(seen))),
		Observed: make([]*float64, len(seen)), Parts: pictured(parts),
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

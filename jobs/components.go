package jobs

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
	"shelfcast/jobs/report"
)

// CutName names the part that no model gives: what cutting off demand below 0 adds to a mean, and what closed days take from it.
const CutName = "cut"

// explained holds the parts of the forecasts of a shard.
type explained struct {
	parts  [][]demand.Component // of each series; none where nobody asked, or its model does not explain itself
	failed []error              // of each series that should have parts and has none, the reason
}

// add keeps the parts of series i of a forecast by a fit.
func (e *explained) add(fit demand.Fitted, i int, future *demand.Future, f *demand.Forecast) {
	all, ok := fit.(*demand.SeriesFits)
	if !ok {
		return
	}
	parts, err := all.Components(i, future, f)
	if err != nil {
		e.failed = append(e.failed, err)
	}
	e.parts[i] = parts
}

// complete makes the parts of every series add up to its mean, by one more where they do not, and leaves out those that are 0 in all
// periods, as those of most events are.
func (e *explained) complete(f *demand.Forecast) {
	for i, parts := range e.parts {
		if len(parts) == 0 {
			continue
		}
		said := append([]demand.Component(nil), parts[0])
		for _, c := range parts[1:] {
			if reach(c) > 0 {
				said = append(said, c)
			}
		}
		if cut, ok := cutOf(parts, f.Fan(i).Mean); ok {
			said = append(said, cut)
		}
		e.parts[i] = said
	}
}

// rounding is how far parts may be from their mean, as a share of the largest of them: far more than roundings, far less than
// anyone reads.
const rounding = 1e-10

// cutOf returns what parts lack of their mean, and false where that is nothing.
func cutOf(parts []demand.Component, mean []float64) (cut demand.Component, ok bool) {
	cut = demand.Component{Name: CutName, Value: make([]float64, len(mean))}
	for j, m := range mean {
		sum, size := 0.0, m
		for _, c := range parts {
			sum += c.Value[j]
			size = max(size, math.Abs(c.Value[j]))
		}
		if math.Abs(m-sum) > rounding*size {
			cut.Value[j], ok = m-sum, true
		}
	}
	return cut, ok
}

// mostParts is the number of parts that a picture shows.
const mostParts = 12

// pictured returns the parts that a picture shows: all, or, where these are too many, the first and the largest of the others, in
// their order, and the sum of the rest.
func pictured(parts []demand.Component) []report.Part {
	if len(parts) == 0 {
		return nil
	}
	least := -1.0
	if len(parts) > mostParts {
		bySize := slices.SortedStableFunc(slices.Values(parts[1:]), func(a, b demand.Component) int { return cmp.Compare(reach(b), reach(a)) })
		least = reach(bySize[mostParts-2]) // the largest that goes with the others
	}
	var out []report.Part
	others, n := make([]float64, len(parts[0].Value)), 0
	for k, c := range parts {
		if k == 0 || reach(c) > least {
			out = append(out, report.Part{Name: c.Name, Value: c.Value})
			continue
		}
		n++
		for j, v := range c.Value {
			others[j] += v
		}
	}
	if n > 0 {
		out = append(out, report.Part{Name: fmt.Sprintf("%d others", n), Value: others})
	}
	return out
}

// reach returns the most that a part adds or takes in a period.
func reach(c demand.Component) float64 {
	most := 0.0
	for _, v := range c.Value {
		most = max(most, math.Abs(v))
	}
	return most
}

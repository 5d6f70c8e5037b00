package audit

import (
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

const (
	echoCorrelation = 0.8
	echoPairs       = 100 // of values, at least
)

// echoes finds features that echo the demand, as receipts do, or customers who bought: over all series together the
// changes of the feature from one period to the next have a correlation with those of the demand of echoCorrelation or
// more, and the feature of a period has more to do with the demand of that period than with that of the next. A price or
// a promotion moves demand too, but never so nearly one for one. Whoever learns from an echo is lost where it stops: ahead.
func (e *echo) findings() []Finding {
	var found []Finding
	for _, x := range e.features {
		same, next := x.same, x.next
		if math.Abs(same.value()) < echoCorrelation || same.n < echoPairs || math.Abs(next.value()) >= math.Abs(same.value()) {
			continue
		}
		found = append(found, Finding{
			Code: "L002", Severity: Warning, What: "feature that echoes the demand: " + x.name, Count: int64(same.n), Of: int64(same.n), Unit: "values",
			Effect:   "if it is made of the sales it describes, models trust it and its plan ahead is worthless: leave it out, or lag it",
			Decides:  "input.features",
			Examples: []Example{{Where: x.name, Text: fmt.Sprintf("its changes have a correlation of %.3f with those of the demand of the same period, and of %.3f with the next", same.value(), next.value())}},
		})
	}
	return found
}

// echo gathers the correlations of the changes of features with those of the demand, series by series.
type echo struct{ features []featureEcho }

// featureEcho is the correlation of one feature with the demand of the same and of the next period.
type featureEcho struct {
	name       string
	same, next moments
}

func (e *echo) add(p *demand.Panel) {
	for c, x := range p.X {
		if c == len(e.features) {
			e.features = append(e.features, featureEcho{name: x.Name})
		}
		e.features[c].add(p, x.V)
	}
}

// add adds the series of p. Each is scaled by its own mean, so that large ones do not speak for all.
func (f *featureEcho) add(p *demand.Panel, v []float64) {
	for i := range p.Keys {
		lo, hi := p.Off[i], p.Off[i+1]
		y, x := p.Y[lo:hi], v[lo:hi]
		my, mx := meanSize(y), meanSize(x)
		if my == 0 || mx == 0 {
			continue
		}
		for t := 1; t < len(y); t++ {
			dx := (x[t] - x[t-1]) / mx
			f.same.add(dx, (y[t]-y[t-1])/my)
			if t+1 < len(y) {
				f.next.add(dx, (y[t+1]-y[t])/my)
			}
		}
	}
}

// meanSize returns the mean of |v| over what is known.
func meanSize(v []float64) float64 {
	sum, n := 0.0, 0
	for _, x := range v {
		if x == x {
			sum += math.Abs(x)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// moments are the sums that a correlation is made of. Changes have a mean of about zero, which is not taken off.
type moments struct {
	n          int
	xx, xy, yy float64
}

func (m *moments) add(x, y float64) {
	if x != x || y != y {
		return
	}
	m.n++
	m.xx += x * x
	m.xy += x * y
	m.yy += y * y
}

func (m *moments) value() float64 {
	if m.xx == 0 || m.yy == 0 {
		return 0
	}
	return m.xy / math.Sqrt(m.xx*m.yy)
}

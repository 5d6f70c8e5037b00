package ingest

import (
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

// lag replaces the features that have one by their own past: the value at t becomes that at t − Lag. So a feature that is
// known for the past alone is known for as many periods ahead.
func (r *relation) lag() {
	for i, f := range r.features {
		if f.Lag == 0 {
			continue
		}
		past, ahead := &r.p.X[i], &r.f.X[i]
		r.shift(past.V, ahead.V, f.Lag)
		past.Name = fmt.Sprintf("%s_lag%d", f.Name, f.Lag)
		ahead.Name = past.Name
	}
}

// checkLag reports a feature that even lagged is not known up to the end of a horizon of h periods.
func (f *relatedFound) checkLag(s Spec) error {
	h := s.Horizon
	for i, x := range f.features {
		if s.HistoryOnly && x.Lag == 0 && !f.knownAhead[i] && (x.Role == demand.Other || x.Role == demand.Weather) {
			return fmt.Errorf("read related: %s has no value after the end of the target, and is no plan as prices and promotions are: a look at the past would use what nobody knew then; lag it by %d periods or more (input.features: {name: %s, lag: %d}), give its values for the horizon, or leave it out",
				x.Name, h, x.Name, h)
		}
		if x.Lag > 0 && x.Lag < h && !f.knownAhead[i] {
			return fmt.Errorf("read related: %s is known for the past alone, and lagged by %d periods it is unknown for the last %d of the %d to forecast; lag it by %d or more",
				x.Name, x.Lag, h-x.Lag, h, h)
		}
	}
	return nil
}

// shift moves the values of every series by n periods into the future.
func (r *relation) shift(past, ahead []float64, n int) {
	var all []float64
	for i := range r.p.Keys {
		history, horizon := past[r.p.Off[i]:r.p.Off[i+1]], ahead[i*r.f.H:(i+1)*r.f.H]
		all = append(append(all[:0], history...), horizon...)
		for t := range all {
			v := math.NaN()
			if t >= n {
				v = all[t-n]
			}
			if t < len(history) {
				history[t] = v
			} else {
				horizon[t-len(history)] = v
			}
		}
	}
}

// take removes the features of a role from the panel and the future, and returns their columns of the past.
func (r *relation) take(role demand.Role) []demand.Column {
	var taken, past, ahead []demand.Column
	var features []Feature
	for i, x := range r.p.X {
		if x.Role == role {
			taken = append(taken, x)
			continue
		}
		past, ahead, features = append(past, x), append(ahead, r.f.X[i]), append(features, r.features[i])
	}
	r.p.X, r.f.X, r.features = past, ahead, features
	return taken
}

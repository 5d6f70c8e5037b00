package ingest

import (
	"fmt"
	"math"
	"strings"

	"shelfcast/engine/demand"
)

// nullsInPast counts the values of features that are missing before the horizon.
func (r *relation) nullsInPast() (n int64) {
	for _, x := range r.p.X {
		for _, v := range x.V {
			if v != v {
				n++
			}
		}
	}
	return n
}

const keysListed = 10 // keys, or keys and dates, that an error names

// checkAhead reports features that are not known for every series and every period to forecast.
func (r *relation) checkAhead() error {
	for i, x := range r.f.X {
		missing := countNaN(x.V)
		if missing == 0 {
			continue
		}
		if err := r.seriesWithout(i); err != nil {
			return err
		}
		cal, last := r.f.Cal, r.f.Start+demand.Period(r.f.H)-1
		return fmt.Errorf("read related: %s has %d of the %d values that %d series need from %s to %s; missing: %s; give every series every feature up to the end of the horizon, or leave the feature out",
			x.Name, len(x.V)-missing, len(x.V), len(r.f.Keys), cal.Format(r.f.Start), cal.Format(last), r.missingAhead(x))
	}
	return nil
}

func countNaN(v []float64) (n int) {
	for _, x := range v {
		if math.IsNaN(x) {
			n++
		}
	}
	return n
}

// missingAhead lists the first missing values of a feature.
func (r *relation) missingAhead(x demand.Column) string {
	var out []string
	total := 0
	for i, v := range x.V {
		if !math.IsNaN(v) {
			continue
		}
		if total++; total <= keysListed {
			key, period := r.f.Keys[i/r.f.H], r.f.Start+demand.Period(i%r.f.H)
			out = append(out, key.String()+" "+r.f.Cal.Format(period))
		}
	}
	return andMore(out, total)
}

// seriesWithout reports the series that have no value of a feature at all.
func (r *relation) seriesWithout(feature int) error {
	var out []string
	total := 0
	for i, key := range r.p.Keys {
		past := r.p.X[feature].V[r.p.Off[i]:r.p.Off[i+1]]
		ahead := r.f.X[feature].V[i*r.f.H : (i+1)*r.f.H]
		if countNaN(past) < len(past) || countNaN(ahead) < len(ahead) {
			continue
		}
		if total++; total <= keysListed {
			out = append(out, key.String())
		}
	}
	if total == 0 {
		return nil
	}
	return fmt.Errorf("read related: %d of the %d series of the target have no %s: %s; give every series of the target its related rows",
		total, len(r.p.Keys), r.features[feature].Name, andMore(out, total))
}

func andMore(first []string, total int) string {
	s := strings.Join(first, ", ")
	if total > len(first) {
		s += fmt.Sprintf(" and %d more", total-len(first))
	}
	return s
}

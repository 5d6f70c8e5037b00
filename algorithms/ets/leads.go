package ets

import "math"

// leads returns the mean absolute error of forecasts of up to two seasons, at least eight periods, from origins spread
// over the last three quarters of the series, with the parameters as they are: whether a model that is good at one step
// is any good at several.
func (s *searcher) leads(c found) float64 {
	const origins = 60
	h := max(8, 2*s.m)
	n := len(s.y)
	from := max(n/4, min(2*s.m, n-h))
	every := max((n-h-from)/origins, 1)
	p := c.at
	alpha, beta, gamma, phi := p.alpha, c.form.betaOf(p), p.gammaOf(), p.phi
	level, slope := p.level, p.slope
	ring := s.ringOf(c.form)
	copy(ring, p.season)
	sum, count, k := 0.0, 0, 0
	for t, v := range s.y[:max(n-h+1, 0)] {
		if t >= from && (t-from)%every == 0 {
			l, b := level, slope
			for j := range h {
				b *= phi
				l += b
				mean := l
				switch c.form.Season {
				case Additive:
					mean += ring[(k+j)%s.m]
				case Multiplicative:
					mean *= ring[(k+j)%s.m]
				}
				if e := s.y[t+j] - mean; e == e {
					sum += math.Abs(e)
					count++
				}
			}
		}
		q := level + phi*slope
		x, season := q, 0.0
		if c.form.Season != None {
			season = ring[k]
			x += season
		}
		u, w := 0.0, 0.0
		if c.form.Season == Multiplicative {
			x = q * season
			u, w = (v-x)/season, (v-x)/q
		} else {
			u = v - x
			w = u
		}
		if u != u {
			u, w = 0, 0
		}
		level = q + alpha*u
		slope = phi*slope + beta*u
		if c.form.Season != None {
			ring[k] = season + gamma*w
			if k++; k == s.m {
				k = 0
			}
		}
	}
	return sum / float64(max(count, 1))
}

package ets

import "math"

// starts returns the points that the search of a form begins at. What came before are the forms that it contains, with the
// parameters found for them.
func (s *searcher) starts(f Form, before map[Form]found) []parameters {
	var all []parameters
	for _, inner := range f.inner() {
		if b, ok := before[inner]; ok && !math.IsInf(b.value, -1) {
			all = append(all, s.widened(f, b))
		}
	}
	first := s.guess(f)
	best, value := first, math.Inf(-1)
	for _, alpha := range []float64{0.05, 0.2, 0.5, 0.9} {
		for _, gamma := range []float64{0.01, 0.3} {
			p := first
			p.alpha, p.gamma = alpha, gamma
			if _, v := s.value(f, p); v > value {
				best, value = p, v
			}
			if f.Season == None {
				break
			}
		}
	}
	all = append(all, best.clone())
	if f.Trend == Damped {
		quick := best.clone() // a trend that is followed at once and soon forgotten
		quick.alpha, quick.beta, quick.phi = 0.9, 0.3, 0.8
		all = append(all, quick)
	}
	if f.Trend == None {
		for _, alpha := range []float64{0.01, 0.95} {
			p := first.clone()
			p.alpha = alpha
			all = append(all, p)
		}
	}
	return all
}

// inner returns the forms that have one component less, or the same with the other error.
func (f Form) inner() []Form {
	var in []Form
	switch f.Trend {
	case Damped:
		in = append(in, Form{f.Error, Additive, f.Season}, Form{f.Error, None, f.Season})
	case Additive:
		in = append(in, Form{f.Error, None, f.Season})
	case None:
		if f.Error == Multiplicative && f.Season != Multiplicative {
			in = append(in, Form{Additive, None, f.Season})
		}
	}
	return in
}

// widened returns the parameters of b with those that f has besides.
func (s *searcher) widened(f Form, b found) parameters {
	p := b.at.clone()
	if f.Trend != None && b.form.Trend == None {
		p.beta, p.phi, p.slope = 0.02, 1, 0
	}
	if f.Trend == Damped {
		p.phi = 0.95
		if b.form.Trend == Additive {
			p.phi = highPhi
		}
	}
	return p
}

// guess returns first states from the first seasons.
func (s *searcher) guess(f Form) parameters {
	p := parameters{alpha: 0.2, phi: 1}
	span := max(10, 2*s.m)
	mean, n := 0.0, 0
	for _, v := range s.y {
		if v == v {
			mean += v
			n++
		}
		if n == span {
			break
		}
	}
	p.level = mean / float64(n)
	if f.Trend != None {
		p.beta = 0.05
	}
	if f.Trend == Damped {
		p.phi = 0.95
	}
	if f.Season == None {
		return p
	}
	p.gamma = 0.05
	p.season = s.seasonOf(p.level, f.Season == Multiplicative)
	return p
}

// seasonOf returns the mean of each position of the first few seasons over, or less, their level.
func (s *searcher) seasonOf(level float64, multiplied bool) []float64 {
	season, count := make([]float64, s.m), make([]float64, s.m)
	for t, v := range s.y[:min(len(s.y), 4*s.m)] {
		if v == v {
			season[t%s.m] += v
			count[t%s.m]++
		}
	}
	mean := 0.0
	for k := range season {
		if count[k] == 0 {
			season[k] = level
		} else {
			season[k] /= count[k]
		}
		mean += season[k] / float64(s.m)
	}
	for k := range season {
		if multiplied {
			season[k] /= mean
		} else {
			season[k] -= mean
		}
	}
	return season
}

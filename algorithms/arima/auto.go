package arima

import (
	"cmp"
	"math"
	"slices"
)

// trial is one order, with a constant or without, and its top.
type trial struct {
	order    Order
	constant bool
	point    point
	aicc     float64
	refined  bool
}

// selection searches the orders of one differenced series.
type selection struct {
	with, without *searcher // with a constant and without; with is nil where none is allowed
	// plain and centred are the same on what least squares leave of the series without regressors, and without a mean.
	plain, centred *searcher
	n              int // differenced observations
	regressors     int
	base           Order   // differences and season
	near, far      float64 // autocorrelations at one period and at one season
	tried          map[trialKey]*trial
	list           []*trial // in the order of trying
}

type trialKey struct {
	order    Order
	constant bool
}

const (
	rootsBeyond      = 1.01   // of an autoregression
	seasonRootBeyond = 1.0001 // of that of the season with one coefficient, in B^m
	finalists        = 3      // refined at a time
	walks            = 2      // begun, from the best of the first
	shortSeries      = 200    // differenced observations up to which a walk begins from each of the first: it costs little
	mostRounds       = 40
)

// search goes from a few models to their neighbours while AICc falls, as Hyndman and Khandakar (Journal of Statistical Software
// 27(3), 2008), each from the coefficients of the model before it, and refines the best at the end. The airline model and its
// likes are always among the first.
func (s *selection) search() *trial {
	for _, each := range []*searcher{s.with, s.without, s.plain, s.centred} {
		if each != nil {
			each.cautious = true
		}
	}
	m := s.base.M
	seasonal := 0
	if m > 1 && mostSeasonal(m) > 0 {
		seasonal = 1
	}
	for _, v := range firstOrders {
		s.try(s.order(v[0], v[1], v[2]*seasonal, v[3]*seasonal), s.with != nil, nil)
	}
	ranked := s.ranked()
	begun := walks
	if s.n <= shortSeries {
		begun = len(ranked)
	}
	for _, t := range ranked[:min(begun, len(ranked))] {
		s.walk(t)
	}
	for range mostRounds {
		if best := s.best(false); best != nil {
			s.walk(best)
		}
		if s.refineBest() {
			break
		}
	}
	if best := s.best(true); best != nil {
		return best
	}
	return s.tried[trialKey{s.order(0, 0, 0, 0), s.with != nil}]
}

// firstOrders are p, q, P, Q of the models that are tried first.
var firstOrders = [][4]int{
	{0, 0, 0, 0},
	{1, 0, 0, 0},
	{0, 1, 0, 0},
	{1, 1, 0, 0},
	{0, 0, 1, 0},
	{0, 0, 0, 1},
	{1, 0, 1, 0},
	{0, 1, 0, 1},
	{1, 1, 0, 1},
	{0, 2, 0, 1},
	{0, 1, 1, 1},
	{1, 1, 1, 1},
	{2, 2, 1, 1},
	{2, 2, 0, 1},
}

// ranked returns the models that may be chosen, the smallest AICc first.
func (s *selection) ranked() []*trial {
	sound := slices.DeleteFunc(slices.Clone(s.list), func(t *trial) bool { return !t.sound() })
	slices.SortStableFunc(sound, func(a, b *trial) int { return cmp.Compare(a.aicc, b.aicc) })
	return sound
}

func (s *selection) order(p, q, sp, sq int) Order {
	o := s.base
	o.P, o.Q, o.SP, o.SQ = p, q, sp, sq
	return o
}

// neighbours are what one step changes of p, q, P, Q.
var neighbours = [][4]int{
	{0, 0, 0, 1},
	{0, 0, 0, -1},
	{0, 0, 1, 0},
	{0, 0, -1, 0},
	{0, 0, 1, 1},
	{0, 0, -1, -1},
	{0, 0, 1, -1},
	{0, 0, -1, 1},
	{1, 0, 0, 0},
	{-1, 0, 0, 0},
	{0, 1, 0, 0},
	{0, -1, 0, 0},
	{1, 1, 0, 0},
	{-1, -1, 0, 0},
	{1, -1, 0, 0},
	{-1, 1, 0, 0},
}

// walk goes from a model to a better neighbour until there is none.
func (s *selection) walk(here *trial) {
	for here != nil {
		here = s.better(here)
	}
}

// better returns the first neighbour of a model that is better, nil where there is none that was not tried.
func (s *selection) better(here *trial) *trial {
	for _, v := range neighbours {
		o := here.order
		o.P, o.Q, o.SP, o.SQ = o.P+v[0], o.Q+v[1], o.SP+v[2], o.SQ+v[3]
		if min(o.P, o.Q, o.SP, o.SQ) < 0 || max(o.P, o.Q) > maxP || max(o.SP, o.SQ) > mostSeasonal(o.M) || o.M < 2 && o.SP+o.SQ > 0 {
			continue
		}
		if t := s.try(o, here.constant, here); t != nil && t.aicc < here.aicc {
			return t
		}
	}
	swapped := here.order
	swapped.P, swapped.Q = swapped.Q, swapped.P
	seasonSwapped := here.order
	seasonSwapped.SP, seasonSwapped.SQ = seasonSwapped.SQ, seasonSwapped.SP
	for _, o := range []Order{swapped, seasonSwapped} {
		if t := s.try(o, here.constant, nil); t != nil && t.aicc < here.aicc {
			return t
		}
	}
	if s.with != nil {
		if t := s.try(here.order, !here.constant, here); t != nil && t.aicc < here.aicc {
			return t
		}
	}
	return nil
}

// best returns the model of the smallest AICc whose autoregression is far enough from the unit circle, nil where there is none.
func (s *selection) best(refined bool) *trial {
	var best *trial
	for _, t := range s.list {
		if (t.refined || !refined) && t.sound() && (best == nil || t.aicc < best.aicc) {
			best = t
		}
	}
	return best
}

// refineBest refines the best few, and reports whether the best of all stays among them.
func (s *selection) refineBest() bool {
	ranked := s.ranked()
	for _, t := range ranked[:min(finalists, len(ranked))] {
		if !t.refined {
			search := s.searcher(t.constant)
			t.point.take(search.at(t.order, t.point.x))
			search.refine(t.order, &t.point)
			t.refined = true
			t.aicc = s.criterion(t)
		}
	}
	best := s.best(false)
	return best == nil || best.refined
}

func (s *selection) searcher(constant bool) *searcher {
	if constant {
		return s.with
	}
	return s.without
}

func (s *selection) criterion(t *trial) float64 {
	return criterion(t.point.logLik, t.order.terms(), s.regressors, t.constant, s.n)
}

// criterion returns AICc: −2·log L + 2k + 2k(k+1)/(n−k−1), k counting coefficients, regressors, constant and σ².
func criterion(logLik float64, terms, regressors int, constant bool, observations int) float64 {
	k, n := float64(terms+regressors+1), float64(observations)
	if constant {
		k++
	}
	if n-k-1 <= 0 {
		return math.Inf(1)
	}
	return -2*logLik + 2*k + 2*k*(k+1)/(n-k-1)
}

// rough returns the searcher that orders are compared with: on what least squares leave of the series, which costs a fraction of
// estimating regressors and constant each time.
func (s *selection) rough(constant bool) *searcher {
	if constant {
		return s.centred
	}
	return s.plain
}

// enough returns the log-likelihood with which a model has the given AICc.
func (s *selection) enough(t *trial, aicc float64) float64 {
	nothing := *t
	nothing.point.logLik = 0
	return (s.criterion(&nothing) - aicc) / 2
}

// try fits an order roughly, from the coefficients of another model where one is given. It returns nil where the order was tried
// before or cannot be fitted.
func (s *selection) try(o Order, constant bool, from *trial) *trial {
	key := trialKey{o, constant}
	if _, ok := s.tried[key]; ok {
		return nil
	}
	search := s.rough(constant)
	t := &trial{order: o, constant: constant}
	s.tried[key] = t
	enough := math.Inf(-1)
	if from != nil {
		enough = s.enough(t, from.aicc)
	}
	t.point = search.enter(o, s.begin(o, from))
	search.approach(o, &t.point, roughly, enough)
	t.aicc = s.criterion(t)
	if math.IsNaN(t.aicc) || math.IsInf(t.aicc, 0) {
		return nil
	}
	s.list = append(s.list, t)
	if !t.sound() {
		return nil
	}
	return t
}

// begin returns the partial autocorrelations of another model, with a small one for each term that it lacks; or, without one,
// what the autocorrelations at one period and at one season suggest.
func (s *selection) begin(o Order, from *trial) []float64 {
	x := make([]float64, o.terms())
	if from == nil {
		at := 0
		for of, size := range [4]int{o.P, o.Q, o.SP, o.SQ} {
			if size > 0 {
				x[at] = s.suggestion(o, of)
			}
			at += size
		}
		return x
	}
	a, b := 0, 0
	f := from.order
	old := [4]int{f.P, f.Q, f.SP, f.SQ}
	for of, size := range [4]int{o.P, o.Q, o.SP, o.SQ} {
		copy(x[a:a+size], from.point.x[b:b+old[of]])
		for i := old[of]; i < size; i++ {
			x[a+i] = 0.05
		}
		a, b = a+size, b+old[of]
	}
	return o.inside(x)
}

// suggestion returns the first partial autocorrelation to begin with, of the AR, MA, SAR or SMA polynomial.
func (s *selection) suggestion(o Order, of int) float64 {
	near, both := s.near, o.P > 0 && o.Q > 0
	if of >= 2 {
		near, both = s.far, o.SP > 0 && o.SQ > 0
	}
	switch {
	case both:
		return [4]float64{0.5, 0.3, 0.5, 0.4}[of]
	case of == 0 || of == 2:
		return min(max(near, -0.9), 0.9)
	}
	return min(max(-1.2*near, -0.7), 0.7)
}

// sound reports whether the roots of both autoregressive polynomials lie far enough from the unit circle, each in its own lag.
// That of a single seasonal coefficient near 1 may be nearer: a season that hardly changes is no sign of a difference too few.
func (t *trial) sound() bool {
	c := t.order.coefficients(t.point.x)
	season := rootsBeyond
	if len(c.SAR) == 1 && c.SAR[0] > 0 {
		season = seasonRootBeyond
	}
	return outside(c.AR, rootsBeyond) && outside(c.SAR, season)
}

// outside reports whether the roots of 1 − Σ a_i·x^i lie beyond radius.
func outside(a []float64, radius float64) bool {
	scaled, power := make([]float64, len(a)), 1.0
	for i, v := range a {
		power *= radius
		scaled[i] = v * power
	}
	return toPartial(scaled, make([]float64, len(a)))
}

package ingest

import (
	"math"

	"github.com/apache/arrow/go/v14/arrow/array"

	"shelfcast/engine/demand"
	"shelfcast/schemas"
)

// targetShaper stages the target rows that one worker decodes.
type targetShaper struct {
	w       *worker
	periods periods
	bounds  bounds // rows outside of them are not needed
	pairs   *pairs
	keys    []demand.Key // of the worker's own series numbers
	spans   []span       // of the worker's own series numbers
	chunks  []*chunk
	returns []*chunk // rows of a demand that is negative or no number, without their values
	seen    byPeriod
	finer   bool // true where a row does not begin its period
	spill   *spill
}

// span is the first and the last period that a series has a row in.
type span struct{ first, last demand.Period }

// chunk is the usable rows of one batch: all of them wait, in memory or in the spill, until the panel's size is known.
type chunk struct {
	rows
	by    *targetShaper
	file  int
	order int64
	aside *extent // where the rows lie in the spill; nil where they are in memory
}

func newTargetShaper(w *worker, cal demand.Calendar, b bounds, aside *spill) *targetShaper {
	return &targetShaper{w: w, periods: periods{cal: cal, zone: w.clock.zone}, bounds: b, seen: newByPeriod(), spill: aside}
}

// newSeries numbers a key, or says why it is none.
func (s *targetShaper) newSeries(t *table, item, site int32) (lo, hi int32) {
	texts := s.w.keyTexts(t, item, site)
	if bad := checkKey(texts); bad < 0 {
		return bad, 0
	}
	lo = int32(len(s.keys))
	s.keys = append(s.keys, t.keyOf(texts))
	s.spans = append(s.spans, span{math.MaxInt32, math.MinInt32})
	return lo, lo + 1
}

// targetRows are the columns of a target batch.
type targetRows struct {
	items   []int32
	seconds []int64
	demand  *array.Float64
}

func readTarget(b *batch) targetRows {
	at := b.file.table.keys()
	return targetRows{labelNumbers(b, 0), seconds(b, at), b.rec.Column(at + 1).(*array.Float64)}
}

// take stages the rows of b.
func (s *targetShaper) take(b *batch) error {
	r := readTarget(b)
	t, sites := b.file.table, s.w.sitesOf(b)
	if s.pairs == nil { // all files of the target have one table
		s.pairs = newPairs(func(item, site int32) (lo, hi int32) { return s.newSeries(t, item, site) })
	}
	n := len(r.items)
	c := &chunk{
		by: s, file: b.file.index, order: b.order,
		rows: rows{series: make([]int32, 0, n), period: make([]demand.Period, 0, n), value: make([]float64, 0, n)},
	}
	back := &chunk{by: s}
	values := r.demand.Float64Values()
	site := int32(noSite)
	for i, item := range r.items {
		if sites != nil {
			site = sites[i]
		}
		sec, v := r.seconds[i], values[i]
		if sec == noTime {
			continue
		}
		series := s.pairs.find(item, site).lo
		if series < 0 || !(v >= 0) || v > largestNumber {
			if series < 0 {
				s.w.reject(s.w.keyFault(b.at(i), series, item, site))
				continue
			}
			if !r.demand.IsNull(i) {
				s.w.reject(s.badDemand(b.at(i), v))
				s.giveBack(back, series, sec)
				continue
			}
		}
		period, into := s.periods.at(sec)
		if period > s.bounds.last {
			s.w.skip(s.bounds.later)
			continue
		}
		if period < s.bounds.first {
			s.w.skip(PartialFirstPeriod)
			continue
		}
		s.stage(c, series, period, into, v)
	}
	s.w.tally.used += int64(len(c.series))
	if len(back.series) > 0 {
		s.returns = append(s.returns, back)
		if err := back.makeRoom(s.spill, 0); err != nil {
			return err
		}
	}
	if len(c.series) == 0 {
		return nil
	}
	s.chunks = append(s.chunks, c)
	return c.makeRoom(s.spill, 1)
}

// giveBack stages a row whose demand is below zero or no number that can be used, within bounds.
func (s *targetShaper) giveBack(c *chunk, series int32, sec int64) {
	if period, _ := s.periods.at(sec); period >= s.bounds.first && period <= s.bounds.last {
		c.series, c.period = append(c.series, series), append(c.period, period)
	}
}

// makeRoom sets the rows, which have so many columns, aside where there is no room for them in memory.
func (c *chunk) makeRoom(s *spill, columns int) (err error) {
	if !s.keeps(c.bytes()) {
		c.aside, err = s.write(&c.rows, columns)
		c.rows = rows{}
	}
	return err
}

func (s *targetShaper) stage(c *chunk, series int32, period demand.Period, into int32, v float64) {
	s.seen.add(period, into)
	if into != 0 && c.into == nil {
		s.finer = true
		c.into = make([]int32, len(c.series), cap(c.series))
	}
	if c.into != nil {
		c.into = append(c.into, into)
	}
	c.series = append(c.series, series)
	c.period = append(c.period, period)
	c.value = append(c.value, v+0) // −0 becomes 0
	at := &s.spans[series]
	at.first = min(at.first, period)
	at.last = max(at.last, period)
}

// badDemand returns what is wrong with the demand of a row.
func (s *targetShaper) badDemand(at place, v float64) fault {
	if math.Float64bits(v) == unreadableBits {
		text := s.w.unreadable[at]
		delete(s.w.unreadable, at)
		return fault{at, schemas.Demand, BadNumber, text}
	}
	return fault{at, schemas.Demand, badDemand(v), formatNumber(v)}
}

// badDemand says what is wrong with a demand that is not a number from zero to largestNumber.
func badDemand(v float64) Reason {
	switch {
	case math.IsNaN(v):
		return NaNDemand
	case tooLarge(v):
		return badSize(v)
	}
	return NegativeDemand
}

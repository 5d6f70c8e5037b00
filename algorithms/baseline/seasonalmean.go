package baseline

import (
	"errors"
	"fmt"

	"shelfcast/engine/demand"
)

// SeasonalMean forecasts the mean of the same position over the last seasons.
//
//	ŷ_{T+j} = (1/n_p) Σ y_t over the last Seasons observed values of position p of T+j
//	q_{T+j}(τ) = max(0, ŷ_{T+j} + Q_τ(e)),   e_t = (y_t − ȳ_p)·n_p/(n_p − 1)
//
// e_t is what the mean of the other seasons misses y_t by, so that it carries the error of a mean of few values. Q_τ
// pools it over the positions, by Pool.Spread. Demand cannot be negative, so a lower quantile of it is at least 0.
//
// A position that was never observed takes the mean of all positions. The error is demand.ErrNoData without an
// observation, and demand.ErrTooShort where no position was observed twice.
type SeasonalMean struct {
	Season  int // periods in a season; Calendar.Season() when 0
	Seasons int // values of a position to average, the latest ones; 8 when 0
}

var _ demand.SeriesModel = SeasonalMean{}

// SeasonalMeanFit is the fit of SeasonalMean.
type SeasonalMeanFit struct {
	Means  []float64 `json:"means"`  // units a period; step j, counted from 0, is forecast by Means[j mod m]
	Errors Pool      `json:"errors"` // units a period; of each value, by the mean of the others of its position
}

const seasonsToAverage = 8 // two months of weeks; on M5, 4 have the lower WRMSSE and 13 the lower wQL

// Name returns "seasonal-mean".
func (m SeasonalMean) Name() string { return "seasonal-mean" }

// FitSeries averages each position of the season.
func (m SeasonalMean) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	season, seasons := m.Season, m.Seasons
	if season == 0 {
		season = s.Cal.Season()
	}
	if seasons == 0 {
		seasons = seasonsToAverage
	}
	y, n := s.Observed()
	if n == 0 {
		return nil, demand.ErrNoData
	}
	f := &SeasonalMeanFit{Means: make([]float64, season)}
	misses := make([]weighted, 0, season*seasons)
	var sum float64
	var unseen []int
	for j := range f.Means {
		recent := latest(y, len(y)-season+j, season, seasons)
		if recent.n == 0 {
			unseen = append(unseen, j)
			continue
		}
		f.Means[j] = recent.mean
		sum += recent.mean
		misses = recent.appendErrors(misses, y)
	}
	for _, j := range unseen {
		f.Means[j] = sum / float64(season-len(unseen))
	}
	if len(misses) == 0 {
		return nil, fmt.Errorf("%w: no position of a season of %d periods was observed twice", demand.ErrTooShort, season)
	}
	f.Errors = newPool(misses)
	return f, nil
}

// position is the latest observed values of one position: those from index first to index last, a season apart.
type position struct {
	first, last, season, n int
	mean                   float64
}

func latest(y []float64, last, season, seasons int) position {
	p := position{first: last, last: last, season: season}
	sum := 0.0
	for t := last; t >= 0 && p.n < seasons; t -= season {
		if y[t] == y[t] {
			sum += y[t]
			p.n++
			p.first = t
		}
	}
	p.mean = sum / float64(max(p.n, 1))
	return p
}

// appendErrors appends what the mean of the others misses each value by; a value without others adds nothing.
func (p position) appendErrors(dst []weighted, y []float64) []weighted {
	if p.n < 2 {
		return dst
	}
	scale := float64(p.n) / float64(p.n-1)
	for t := p.first; t <= p.last; t += p.season {
		if y[t] == y[t] {
			dst = append(dst, weighted{(y[t] - p.mean) * scale, 1})
		}
	}
	return dst
}

// ForecastSeries writes the mean season, over and over.
func (f *SeasonalMeanFit) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	for j := range dst.Mean {
		dst.Mean[j] = f.Means[j%len(f.Means)]
	}
	for l, level := range dst.Levels {
		miss := f.Errors.Spread(level)
		for j, mean := range dst.Mean {
			dst.Q[j*len(dst.Levels)+l] = max(0, mean+miss)
		}
	}
	return nil
}

// Check reports what makes the fit unusable.
func (f *SeasonalMeanFit) Check() error {
	if len(f.Means) == 0 {
		return errors.New("a season of no periods is not usable")
	}
	return f.Errors.check()
}

// DecodeSeasonalMean reads a SeasonalMeanFit that encoding/json wrote.
func DecodeSeasonalMean(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[SeasonalMeanFit](SeasonalMean{}.Name(), data)
}

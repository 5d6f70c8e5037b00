package baseline

import (
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

// Naive forecasts the last observed value at every step: SeasonalNaive with a season of one period.
type Naive struct {
	Window int // changes to learn the spread from, the latest ones; 364 when 0
}

// SeasonalNaive forecasts the last observed value of the same position in the season.
//
//	ŷ_{T+j} = y_{T+j−m·k},   k = ⌈j/m⌉, or the next k that was observed
//	q_{T+j}(τ) = max(0, ŷ_{T+j} + s_k·Q_τ(d)),   d_t = y_t − y_{t−m}
//	s_k = √((a + b·k)/(a + b))
//
// Q_τ is the empirical quantile of the last season-on-season changes d, by Pool.Spread. s_k lets it widen as the changes
// do: a is the part of their mean square that does not grow with the distance in seasons, b the part that does, both
// from changes over one and over four seasons. Demand cannot be negative, so a lower quantile of it is at least 0.
//
// A position that was never observed takes the last observed value of any position. The error is demand.ErrNoData
// without an observation, and demand.ErrTooShort where no value was observed a season after another.
type SeasonalNaive struct {
	Season int // periods in a season; Calendar.Season() when 0
	Window int // changes to learn the spread from, the latest ones; 52 seasons, and at least 364, when 0
}

var (
	_ demand.SeriesModel = Naive{}
	_ demand.SeriesModel = SeasonalNaive{}
)

// SeasonalNaiveFit is the fit of SeasonalNaive and of Naive.
type SeasonalNaiveFit struct {
	Last    []float64 `json:"last"`    // units a period; step j, counted from 0, is forecast by Last[j mod m]
	Changes Pool      `json:"changes"` // units a period, from one season to the next
	Noise   float64   `json:"noise"`   // a, share of the mean square change that does not grow: 0 to 1
}

const (
	changesWindow = 364 // a year of weeks in days
	changeSeasons = 52
	farSeasons    = 4 // horizons of retail planning are about four weeks
)

// Name returns "naive".
func (m Naive) Name() string { return "naive" }

// FitSeries keeps the last value and the recent changes.
func (m Naive) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	return SeasonalNaive{Season: 1, Window: m.Window}.FitSeries(s)
}

// Name returns "seasonal-naive".
func (m SeasonalNaive) Name() string { return "seasonal-naive" }

// FitSeries keeps the last season and the recent changes from season to season.
func (m SeasonalNaive) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	season := m.Season
	if season == 0 {
		season = s.Cal.Season()
	}
	y, n := s.Observed()
	if n == 0 {
		return nil, demand.ErrNoData
	}
	window := m.Window
	if window == 0 {
		window = max(changeSeasons*season, changesWindow)
	}
	changes, near := changesOver(y, season, window)
	if len(changes) == 0 {
		return nil, fmt.Errorf("%w: no value was observed %d periods after another", demand.ErrTooShort, season)
	}
	_, far := changesOver(y, farSeasons*season, window)
	return &SeasonalNaiveFit{Last: lastSeason(y, season), Changes: newPool(changes), Noise: noiseShare(near, far)}, nil
}

// changesOver returns y_t − y_{t−lag} for the last window periods, and their mean square, 0 where there is none.
func changesOver(y []float64, lag, window int) (changes []weighted, meanSquare float64) {
	from := max(lag, len(y)-window)
	changes = make([]weighted, 0, max(len(y)-from, 0))
	for t := from; t < len(y); t++ {
		d := y[t] - y[t-lag]
		if d == d {
			changes = append(changes, weighted{d, 1})
			meanSquare += d * d
		}
	}
	return changes, meanSquare / float64(max(len(changes), 1))
}

// noiseShare returns a/(a+b) of E(y_t − y_{t−m·k})² = a + b·k, from the mean squares at k = 1 and k = farSeasons.
// It is 1 where there are no far changes or they are no larger, so that nothing is claimed to grow that was not seen to.
func noiseShare(near, far float64) float64 {
	if !(far > near) || near == 0 {
		return 1
	}
	growth := (far - near) / (farSeasons - 1)
	return max(0, 1-growth/near)
}

// lastSeason returns the last observed value of each position, the position of the first period after y first.
func lastSeason(y []float64, season int) []float64 {
	last := make([]float64, season)
	newest := y[lastObserved(y)]
	for j := range last {
		last[j] = newest
		for t := len(y) - season + j; t >= 0; t -= season {
			if y[t] == y[t] {
				last[j] = y[t]
				break
			}
		}
	}
	return last
}

// ForecastSeries writes the last season, over and over, with bands that widen from season to season.
func (f *SeasonalNaiveFit) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	season := len(f.Last)
	for j := range dst.Mean {
		dst.Mean[j] = f.Last[j%season]
	}
	for l, level := range dst.Levels {
		change := f.Changes.Spread(level)
		for j, mean := range dst.Mean {
			dst.Q[j*len(dst.Levels)+l] = max(0, mean+f.widen(j/season+1)*change)
		}
	}
	return nil
}

func (f *SeasonalNaiveFit) widen(seasons int) float64 {
	return math.Sqrt(f.Noise + (1-f.Noise)*float64(seasons))
}

// Check reports what makes the fit unusable.
func (f *SeasonalNaiveFit) Check() error {
	if len(f.Last) == 0 || !(f.Noise >= 0 && f.Noise <= 1) {
		return fmt.Errorf("a season of %d values with a noise share of %g is not usable", len(f.Last), f.Noise)
	}
	return f.Changes.check()
}

// DecodeSeasonalNaive reads a SeasonalNaiveFit that encoding/json wrote.
func DecodeSeasonalNaive(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[SeasonalNaiveFit](SeasonalNaive{}.Name(), data)
}

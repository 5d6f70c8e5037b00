package baseline

import (
	"fmt"
	"math"
	"slices"

	"shelfcast/engine/demand"
)

// Kernel says how NPTS weighs the past.
type Kernel uint8

// The kernels of NPTS.
const (
	Exponential Kernel = iota // the older, the less
	Uniform                   // all alike: the climatological forecaster
)

// NPTS, the non-parametric time series forecaster, takes the past itself as the distribution of the future.
//
//	P(y_{T+j} = y_t) ∝ exp(−λ·(T − t))·1{c(t) = c(T+j)}   Exponential
//	P(y_{T+j} = y_t) ∝ 1{c(t) = c(T+j)}                   Uniform
//
// over the observed t of the window; c is Calendar.SeasonFeature, and one class for all without Seasonal. The mean is
// the weighted mean, and quantiles are those of the weighted values, by Pool.Quantile: exact, and not sampled. Nothing
// is ever forecast that was not observed. A class that was never observed takes the distribution of all classes.
//
// The method is that of GluonTS (Alexandrov and others, Journal of Machine Learning Research 21(116), 2020), which draws
// samples, measures age as a share of history and horizon, and weighs with a rate of 1 of that share: almost uniform.
// Here age is counted in periods, so that a longer history does not make the forecast slower to adapt.
//
// The error is demand.ErrNoData without an observation in the window.
type NPTS struct {
	Kernel   Kernel
	Seasonal bool
	Rate     float64 // λ, a period; when 0, 1/30 for each day, week or longer, and 1/100 with Seasonal
	Window   int     // periods to look back; 1100 when 0, as in GluonTS
}

var _ demand.SeriesModel = NPTS{}

// NPTSFit is the fit of NPTS: the window, as one distribution for each class.
type NPTSFit struct {
	Cal      demand.Calendar `json:"calendar"`
	Next     demand.Period   `json:"next"` // the first period to forecast
	Seasonal bool            `json:"seasonal"`
	Pools    []Pool          `json:"pools"` // units a period; one for each class
	Means    []float64       `json:"means"` // units a period; one for each class
}

// The rates are those with the lowest wQL on M5 at five origins, of 1/300 to 1/30, and of 1/240 to 1/60 with Seasonal.
const (
	nptsWindow       = 1100
	nptsRate         = 1.0 / 30
	nptsSeasonalRate = 1.0 / 100
)

// Name returns npts, npts-seasonal, npts-uniform or npts-seasonal-uniform.
func (m NPTS) Name() string {
	name := "npts"
	if m.Seasonal {
		name += "-seasonal"
	}
	if m.Kernel == Uniform {
		name += "-uniform"
	}
	return name
}

// FitSeries sorts the window into distributions.
func (m NPTS) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	window := m.Window
	if window == 0 {
		window = nptsWindow
	}
	y, _ := s.Observed()
	from := max(0, len(y)-window)
	classes := m.pastByClass(s, y[from:], s.Start+demand.Period(from))
	whole := slices.Concat(classes...) // before newPool reorders them
	if len(whole) == 0 {
		return nil, demand.ErrNoData
	}
	f := &NPTSFit{Cal: s.Cal, Next: s.Start + demand.Period(len(s.Y)), Seasonal: m.Seasonal}
	f.Pools = make([]Pool, len(classes))
	f.Means = make([]float64, len(classes))
	for c, points := range classes {
		if len(points) == 0 {
			points = slices.Clone(whole)
		}
		mean := meanOf(points)
		p := newPool(points)
		f.Pools[c] = p
		f.Means[c] = min(max(mean, p.Values[0]), p.Values[len(p.Values)-1]) // rounding must not leave what was observed
	}
	return f, nil
}

// pastByClass returns the observations of y, whose first period is first, with their weights, by class.
func (m NPTS) pastByClass(s demand.Series, y []float64, first demand.Period) [][]weighted {
	n := 1
	if m.Seasonal {
		_, n = s.Cal.SeasonFeature(first)
	}
	classes := make([][]weighted, n)
	points := make([]weighted, n*(len(y)/n+2))
	for c := range classes {
		room := len(points) / n
		classes[c] = points[c*room : c*room : (c+1)*room]
	}
	w, fade := 1.0, m.fade(s.Cal)
	for t := lastObserved(y); t >= 0 && w > 0; t-- {
		if y[t] == y[t] {
			c := 0
			if m.Seasonal {
				c, _ = s.Cal.SeasonFeature(first + demand.Period(t))
			}
			classes[c] = append(classes[c], weighted{y[t], w})
		}
		w *= fade
	}
	return classes
}

// fade returns the factor by which a weight falls for each period of age.
func (m NPTS) fade(cal demand.Calendar) float64 {
	if m.Kernel == Uniform {
		return 1
	}
	rate := m.Rate
	if rate == 0 {
		rate = nptsRate
		if m.Seasonal {
			rate = nptsSeasonalRate
		}
		if cal.Freq.Unit < demand.Day {
			rate /= cal.PerDay()
		}
	}
	return math.Exp(-rate)
}

func meanOf(points []weighted) float64 {
	sum, weight := 0.0, 0.0
	for _, x := range points {
		sum += x.w * x.v
		weight += x.w
	}
	return sum / weight
}

// ForecastSeries writes the mean and the quantiles of the class of each step.
func (f *NPTSFit) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	for j := range dst.Mean {
		c := 0
		if f.Seasonal {
			c, _ = f.Cal.SeasonFeature(f.Next + demand.Period(j))
		}
		dst.Mean[j] = f.Means[c]
		q := dst.At(j)
		for l, level := range dst.Levels {
			q[l] = f.Pools[c].Quantile(level)
		}
	}
	return nil
}

// Check reports what makes the fit unusable.
func (f *NPTSFit) Check() error {
	if err := checkCalendar(f.Cal); err != nil {
		return err
	}
	n := 1
	if f.Seasonal {
		_, n = f.Cal.SeasonFeature(f.Next)
	}
	if len(f.Pools) != n || len(f.Means) != n {
		return fmt.Errorf("%d pools and %d means for %d classes", len(f.Pools), len(f.Means), n)
	}
	for _, p := range f.Pools {
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

// DecodeNPTS reads an NPTSFit that encoding/json wrote.
func DecodeNPTS(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[NPTSFit](NPTS{}.Name(), data)
}

package baseline

import (
	"cmp"
	"errors"
	"fmt"

	"shelfcast/engine/demand"
)

// LevelProfile is a smoothed level times the profile of each cycle of the calendar. It is the floor model: it forecasts
// every series, and without an observation it forecasts zero.
//
//	ŷ_{T+j} = ℓ·Π_c p_c(T+j)
//	ℓ       = Σ w_t·y_t / Σ w_t·Π_c p_c(t),                      w_t = exp(−(T−t)/LevelMemory)
//	p_c(k)  = (Σ v_t·y_t + κ_c·D) / (Σ v_t·ȳ·Π_{b<c} p_b(t) + κ_c·D)   over the t in class k of cycle c,
//	                                                             v_t = exp(−(T−t)/ProfileMemory)
//
// ȳ is the mean of y weighted by v, D its variance over its mean, T the last observed period. Both are ratios of sums,
// so that periods without demand neither break nor drown them. κ_c·D pulls a profile to 1: by the gamma-Poisson
// posterior mean where demand is Poisson, and where it is not, as much as its noise deserves. So a series with little
// data gets a flat profile, and the result does not depend on the unit of demand.
//
// The quantiles of counts up to a level of 50 a period are those of the negative binomial with mean ŷ and variance v·ŷ,
// v being the recent ratio of squared errors to means. Other series take the empirical quantiles of the recent ratios
// y_t/(ℓ·Π p_c(t)), by Pool.Quantile.
type LevelProfile struct {
	LevelMemory   float64 // periods; when 0, 14 days, 4 days of hours or minutes, or 4 weeks, months, quarters or years
	ProfileMemory float64 // periods; when 0, 1200 days, or 60 weeks and longer
	SpreadMemory  float64 // periods, for v and the ratios; when 0, 60 days, or 13 weeks and longer
}

var _ demand.SeriesModel = LevelProfile{}

// LevelProfileFit is the fit of LevelProfile.
type LevelProfileFit struct {
	Cal      demand.Calendar `json:"calendar"`
	Next     demand.Period   `json:"next"`     // the first period to forecast
	Level    float64         `json:"level"`    // ℓ, units a period
	Profiles [][]float64     `json:"profiles"` // p_c, one factor for each class, in the order of the cycles
	Ratio    float64         `json:"ratio"`    // v, units: variance over mean
	Counts   bool            `json:"counts"`   // whether quantiles are those of the negative binomial
	Shape    *Pool           `json:"shape,omitempty"`
}

// What counts as a count: above countLevel the negative binomial scores worse than recent ratios on M5; above countRatio
// it stands for lumps that it does not describe, and is slow to add up.
const (
	countLevel = 50
	countRatio = 200
)

// The memories: in days up to a period of a day, in periods where one is a week or longer. Those for days score best on
// M5 at five origins, of 6 to 60 for the level, 400 to 1200 for the profile and 40 to 120 for the spread; hours forget
// their level sooner, as the hourly series of M4 do; the periods do well on weekly groceries, monthly retail and spare
// parts, and quarterly tourism alike.
const (
	levelDays, levelHoursDays, levelPeriods = 14, 4, 4
	profileDays, profilePeriods             = 1200, 60
	spreadDays, spreadPeriods               = 60, 13
)

// Name returns "level-profile".
func (m LevelProfile) Name() string { return "level-profile" }

// FitSeries finds the profiles, then the level, then the spread. It never returns an error.
func (m LevelProfile) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	f := &LevelProfileFit{Cal: s.Cal, Next: s.Start + demand.Period(len(s.Y)), Shape: &Pool{Values: []float64{1}, Upto: []float64{1}}}
	y, n := s.Observed()
	y = y[:lastObserved(y)+1]
	m = m.defaults(s.Cal)
	cycles := cyclesOf(s.Cal)
	f.Profiles = flatProfiles(cycles)
	if n == 0 {
		return f, nil
	}
	h := newHistory(y, m.ProfileMemory)
	if h.mean == 0 {
		return f, nil
	}
	classes := make([]uint16, len(y))
	for c, cyc := range cycles {
		cyc.fill(classes, s.Cal, s.Start)
		h.profile(f.Profiles[c], classes, cyc.prior)
	}
	f.Level = h.level(m.LevelMemory)
	f.spread(h, m.SpreadMemory)
	return f, nil
}

// defaults returns m with the memories of a frequency where none is given.
func (m LevelProfile) defaults(cal demand.Calendar) LevelProfile {
	day := cal.PerDay()
	d := LevelProfile{LevelMemory: levelDays * day, ProfileMemory: profileDays * day, SpreadMemory: spreadDays * day}
	switch unit := cal.Freq.Unit; {
	case unit > demand.Day:
		d = LevelProfile{LevelMemory: levelPeriods, ProfileMemory: profilePeriods, SpreadMemory: spreadPeriods}
	case unit < demand.Day:
		d.LevelMemory = levelHoursDays * day
	}
	return LevelProfile{
		LevelMemory:   cmp.Or(m.LevelMemory, d.LevelMemory),
		ProfileMemory: cmp.Or(m.ProfileMemory, d.ProfileMemory),
		SpreadMemory:  cmp.Or(m.SpreadMemory, d.SpreadMemory),
	}
}

func flatProfiles(cycles []cycle) [][]float64 {
	flat := make([][]float64, len(cycles))
	for c, cyc := range cycles {
		flat[c] = make([]float64, cyc.classes)
		for k := range flat[c] {
			flat[c][k] = 1
		}
	}
	return flat
}

// ForecastSeries writes level times profiles, and quantiles around it.
func (f *LevelProfileFit) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	for j := range dst.Mean {
		dst.Mean[j] = f.Level
	}
	classes := make([]uint16, len(dst.Mean))
	for c, cyc := range cyclesOf(f.Cal) {
		cyc.fill(classes, f.Cal, f.Next)
		for j, k := range classes {
			dst.Mean[j] *= f.Profiles[c][k]
		}
	}
	if f.Counts {
		for j, mean := range dst.Mean {
			countQuantiles(dst.At(j), dst.Levels, mean, f.Ratio)
		}
		return nil
	}
	for l, level := range dst.Levels {
		ratio := f.Shape.Quantile(level)
		for j, mean := range dst.Mean {
			dst.Q[j*len(dst.Levels)+l] = ratio * mean
		}
	}
	return nil
}

// Check reports what makes the fit unusable.
func (f *LevelProfileFit) Check() error {
	if err := checkCalendar(f.Cal); err != nil {
		return err
	}
	cycles := cyclesOf(f.Cal)
	if len(f.Profiles) != len(cycles) {
		return fmt.Errorf("%d profiles for %d cycles", len(f.Profiles), len(cycles))
	}
	for c, cyc := range cycles {
		if len(f.Profiles[c]) != cyc.classes {
			return fmt.Errorf("a profile of %d factors for %d classes", len(f.Profiles[c]), cyc.classes)
		}
	}
	if !f.Counts {
		if f.Shape == nil {
			return errors.New("no shape of the distribution")
		}
		return f.Shape.check()
	}
	if !(f.Level >= 0 && f.Level <= countLevel && f.Ratio > 1 && f.Ratio <= countRatio) {
		return fmt.Errorf("counts with a level of %g and a variance ratio of %g", f.Level, f.Ratio)
	}
	return nil
}

// DecodeLevelProfile reads a LevelProfileFit that encoding/json wrote.
func DecodeLevelProfile(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[LevelProfileFit](LevelProfile{}.Name(), data)
}

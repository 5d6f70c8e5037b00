package theta

import (
	"errors"

	"shelfcast/engine/demand"
)

// Auto is the mean of Standard and DynamicOptimised: of their means, and of their quantiles level by level. The two adjust
// the season and lean on the line differently, and no choice between them is as good as both. A series that is too short
// for the second gets the first alone.
type Auto struct {
	Season int // periods in a season; Calendar.Season() when 0
}

var _ demand.SeriesModel = Auto{}

// AutoFit is the fit of Auto.
type AutoFit struct {
	Members []*Fit `json:"members"`
}

var _ demand.Summing = (*AutoFit)(nil)

// Name returns "auto-theta".
func (m Auto) Name() string { return "auto-theta" }

// FitSeries fits both.
func (m Auto) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	first, err := Model{Variant: Standard, Season: m.Season}.FitSeries(s)
	if err != nil {
		return nil, err
	}
	f := &AutoFit{Members: []*Fit{first.(*Fit)}}
	second, err := Model{Variant: DynamicOptimised, Season: m.Season}.FitSeries(s)
	switch {
	case errors.Is(err, demand.ErrTooShort):
		return f, nil
	case err != nil:
		return nil, err
	}
	f.Members = append(f.Members, second.(*Fit))
	return f, nil
}

// ForecastSeries writes the mean of the members' fans.
func (f *AutoFit) ForecastSeries(x []demand.Column, dst demand.Fan) error {
	return f.mean(dst, func(m *Fit, dst demand.Fan) error { return m.ForecastSeries(x, dst) })
}

// ForecastSum writes the mean of the members' fans of the sum of h periods.
func (f *AutoFit) ForecastSum(x []demand.Column, h int, dst demand.Fan) error {
	return f.mean(dst, func(m *Fit, dst demand.Fan) error { return m.ForecastSum(x, h, dst) })
}

// mean writes the mean of the fans that write makes of the members.
func (f *AutoFit) mean(dst demand.Fan, write func(*Fit, demand.Fan) error) error {
	if err := write(f.Members[0], dst); err != nil || len(f.Members) == 1 {
		return err
	}
	second := demand.Fan{Levels: dst.Levels, Mean: make([]float64, len(dst.Mean)), Q: make([]float64, len(dst.Q))}
	if err := write(f.Members[1], second); err != nil {
		return err
	}
	halve(dst.Mean, second.Mean)
	halve(dst.Q, second.Q)
	return nil
}

func halve(a, b []float64) {
	for i := range a {
		a[i] += (b[i] - a[i]) / 2
	}
}

// Check reports what makes the fit unusable.
func (f *AutoFit) Check() error {
	if n := len(f.Members); n < 1 || n > 2 {
		return errors.New("it has neither one nor two members")
	}
	for _, m := range f.Members {
		if m == nil {
			return errors.New("a member is missing")
		}
		if err := m.Check(); err != nil {
			return err
		}
	}
	return nil
}

// DecodeAuto reads an AutoFit that encoding/json wrote.
func DecodeAuto(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[AutoFit](Auto{}.Name(), data)
}

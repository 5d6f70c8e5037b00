package prophet

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"shelfcast/algorithms/predictive"
	"shelfcast/engine/demand"
)

var _ demand.Explaining = (*Fit)(nil)

// Components returns the parts of the next h periods, in units of demand, which add up to the mean before what lies below 0 is cut
// off: the trend first, then seasons, then regressors. X holds the covariates that were fitted.
func (f *Fit) Components(x []demand.Column, h int) ([]demand.Component, error) {
	days := f.days(h)
	out := []demand.Component{{Name: "trend", Value: f.trend(days)}}
	unit := f.Scale
	if f.Multiplicative {
		unit = 1
	}
	for _, s := range f.Seasons {
		v := make([]float64, h)
		for i, wave := range waveColumns([]Seasonality{s.Seasonality}, days) {
			floats.AddScaled(v, s.Beta[i]*unit, wave)
		}
		if s.When != "" {
			condition, err := valuesOf(x, s.Seasonality)
			if err != nil {
				return nil, err
			}
			floats.Mul(v, condition)
		}
		out = append(out, demand.Component{Name: s.Name, Value: v})
	}
	columns, err := f.Columns.Ahead(x, h)
	if err != nil {
		return nil, err
	}
	for i, e := range f.Regressors {
		v := columns[i].V
		floats.AddConst(-e.Mean, v)
		floats.Scale(e.Estimate, v)
		out = append(out, demand.Component{Name: e.Name, Value: v})
	}
	if f.Multiplicative {
		for _, c := range out[1:] {
			for j, g := range out[0].Value {
				c.Value[j] *= g - f.Floor
			}
		}
	}
	return out, nil
}

// days returns the days from 1970-01-01 to each of the next h periods.
func (f *Fit) days(h int) []float64 {
	days := make([]float64, h)
	for j := range days {
		days[j] = dayOf(f.Calendar, f.Next+demand.Period(j))
	}
	return days
}

func (f *Fit) trend(days []float64) []float64 {
	v := make([]float64, len(days))
	for j, d := range days {
		t := (d - f.FirstDay) / f.span()
		g := f.K*t + f.M
		for _, c := range f.Changes {
			g += c.Delta * (t - c.T)
		}
		v[j] = f.Floor + g*f.Scale
		if f.Cap > 0 {
			v[j] = f.Floor + f.Cap*f.share(t)*f.Scale
		}
	}
	return v
}

// share returns how much of its cap a logistic trend has reached at t.
func (f *Fit) share(t float64) float64 {
	z := f.K * (t - f.M)
	for _, c := range f.Changes {
		z += c.Delta * (t - c.T)
	}
	return 1 / (1 + math.Exp(-z))
}

func (f *Fit) span() float64 {
	if f.SpanDays > 0 {
		return f.SpanDays
	}
	return 1
}

// ahead returns the mean of h periods, and the law of how the trend may bend in them.
func (f *Fit) ahead(x []demand.Column, h int) ([]float64, bends, error) {
	parts, err := f.Components(x, h)
	if err != nil {
		return nil, bends{}, err
	}
	mean := make([]float64, h)
	for _, c := range parts {
		floats.Add(mean, c.Value)
	}
	for j, m := range mean {
		if math.IsNaN(m) || math.IsInf(m, 0) { // which a cut at 0 would hide
			return nil, bends{}, fmt.Errorf("%w: the mean of step %d is not finite", demand.ErrNotUsable, j+1)
		}
	}
	b := bends{rate: f.ChangeRate, size: f.ChangeSize * f.Scale}
	for j, d := range f.days(h) {
		t, lift := (d-f.FirstDay)/f.span(), 1.0
		if trend := parts[0].Value[j] - f.Floor; f.Multiplicative && trend != 0 {
			lift = (mean[j] - f.Floor) / trend
		}
		if f.Cap > 0 { // a bend of z moves the trend by its slope there
			share := f.share(t)
			lift *= f.Cap * share * (1 - share)
		}
		b.times = append(b.times, max(t-1, 0))
		b.lift = append(b.lift, lift)
	}
	return mean, b, nil
}

// noise returns the deviation of an error, in units.
func (f *Fit) noise() float64 {
	if f.Errors != Normal && f.Spread > 0 {
		return f.Spread
	}
	return f.Sigma * f.Scale
}

func (f *Fit) counts() predictive.Counts { return predictive.Counts{Dispersion: f.Dispersion} }

// ForecastSeries writes the fan. X holds the covariates that were fitted.
func (f *Fit) ForecastSeries(x []demand.Column, dst demand.Fan) error {
	mean, b, err := f.ahead(x, len(dst.Mean))
	if err != nil {
		return err
	}
	s := f.steps(mean, b)
	s.Write(dst)
	for j, m := range mean {
		switch f.Errors {
		case Normal:
			b.write(b.step(j), f.noise(), m, dst.Levels, dst.At(j))
		case Counts:
			f.counts().Write(dst.Mean[j], f.counts().Variance(dst.Mean[j])+b.variance(b.step(j)), dst.Levels, dst.At(j))
		}
	}
	return nil
}

// ForecastSum writes the fan of the sum of the next h periods.
func (f *Fit) ForecastSum(x []demand.Column, h int, dst demand.Fan) error {
	mean, b, err := f.ahead(x, h)
	if err != nil {
		return err
	}
	if f.Errors == Counts {
		s := demand.Fan{Mean: make([]float64, h)}
		f.steps(mean, b).Write(s)
		variance := b.variance(b.sum())
		for _, m := range s.Mean {
			variance += f.counts().Variance(m)
		}
		dst.Mean[0] = floats.Sum(s.Mean)
		f.counts().Write(dst.Mean[0], variance, dst.Levels, dst.Q)
		return nil
	}
	parts := make([]float64, h, h+1)
	for j := range parts {
		parts[j] = f.noise()
	}
	whole := b.sum()
	total := f.steps(mean, b).Total(append(parts, math.Sqrt(b.variance(whole))))
	total.Write(dst)
	if f.Errors == Normal {
		b.write(whole, f.noise()*math.Sqrt(float64(h)), floats.Sum(mean), dst.Levels, dst.Q)
	}
	return nil
}

// steps returns mean and spread of each step.
func (f *Fit) steps(mean []float64, b bends) predictive.Steps {
	s := predictive.Steps{Mean: mean, SD: make([]float64, len(mean)), Share: make([]float64, len(mean)), Shape: f.Shape}
	own := f.noise() * f.noise()
	for j := range mean {
		all := own + b.variance(b.step(j))
		s.SD[j] = math.Sqrt(all)
		if s.Share[j] = 1; all > 0 {
			s.Share[j] = own / all
		}
	}
	return s
}

// Check reports what makes the fit unusable.
func (f *Fit) Check() error {
	for _, s := range f.Seasons {
		if len(s.Beta) != 2*s.Order || !(s.Days > 0) {
			return errors.New("a season has other coefficients than waves")
		}
	}
	if len(f.Columns.Terms) != len(f.Regressors) {
		return errors.New("the regressors have other columns")
	}
	if !(f.Cap >= 0) || !(f.Scale > 0) || !(f.Sigma >= 0) || !(f.Dispersion >= 0) || !(f.ChangeRate >= 0) || !(f.ChangeSize >= 0) {
		return errors.New("a scale is not positive")
	}
	return f.Columns.Check()
}

// Decode reads a Fit that encoding/json wrote.
func (m Model) Decode(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[Fit](m.Name(), data)
}

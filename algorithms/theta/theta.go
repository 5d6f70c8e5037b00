// Package theta holds the Theta method and its optimised and dynamic variants: exponential smoothing with a trend whose
// curvature is changed, after the season has been divided out.
package theta

import (
	"errors"
	"fmt"
	"math"

	"shelfcast/algorithms/predictive"
	"shelfcast/algorithms/residuals"
	"shelfcast/engine/demand"
)

// Variant is a member of the family.
type Variant uint8

// The variants. In each, ℓ_t = α·x_t + (1−α)·ℓ_{t−1} smooths the seasonally adjusted x, and A + B·t is a straight line
// fitted to x by least squares.
const (
	// Standard is the method that won the M3 competition: α minimises the errors of ℓ alone, and half the slope is added.
	//
	//	x̂_{n+j} = ℓ_n + B/2·(j − 1 + (1 − (1−α)ⁿ)/α)
	//
	// Assimakopoulos and Nikolopoulos, International Journal of Forecasting 16(4), 2000; in this form Hyndman and
	// Billah, ibid. 19(2), 2003.
	Standard Variant = iota
	// Optimised estimates how much of the line is added together with α.
	//
	//	x̂_{t+1} = ℓ_t + (1 − 1/θ)·(A·(1−α)^t + B·(1 − (1−α)^{t+1})/α),   θ ≥ 1
	Optimised
	// Dynamic has θ = 2 and at each t the line through the values up to t.
	Dynamic
	// DynamicOptimised is Dynamic with a θ that is estimated.
	//
	// Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler, International Journal of Forecasting 32(4), 2016, for these
	// three.
	DynamicOptimised
)

var names = [...]string{"theta", "otm", "dstm", "dotm"}

// Model is one variant of the Theta method.
//
// The series is adjusted by a season where its autocorrelation at that lag is significant at 10 %, by the indices of a
// classical decomposition: multiplicative, or additive where an index is nearly nothing. For each α the best first level
// and the best θ are the solution of linear equations, so that α alone is searched for. A missing value is taken as
// forecast. The fan is that of predictive.Linear, with exact weights of past errors, and the deviation and shape of recent ones.
//
// The error is demand.ErrNoData without an observation, and demand.ErrTooShort with fewer than three, or six for
// the variants with a line that is fitted along.
type Model struct {
	Variant Variant
	Season  int // periods in a season; Calendar.Season() when 0
}

var _ demand.SeriesModel = Model{}

// Fit is the fit of Model.
type Fit struct {
	Variant  Variant          `json:"variant"`
	Alpha    float64          `json:"alpha"`
	Theta    float64          `json:"theta"` // 2 where it is not estimated; 0 stands for one without bound
	First    float64          `json:"first"` // ℓ_0, units a period
	Level    float64          `json:"level"` // ℓ_n
	Line     line             `json:"line"`  // of the adjusted values
	N        int              `json:"n"`     // periods, with those not observed
	Observed int              `json:"observed"`
	Decay    float64          `json:"decay"` // (1−α)^n, counting observations
	Sigma2   float64          `json:"sigma2"`
	Season   Adjustment       `json:"season"`
	Shape    predictive.Shape `json:"shape,omitempty"` // of the errors

	Spread    float64             `json:"spread,omitempty"` // the deviation of recent errors, units a period; σ when 0
	Residuals residuals.Diagnosis `json:"residuals"`        // of the errors of the adjusted values; what was not observed left out
}

var _ demand.Summing = (*Fit)(nil)

const (
	leastStandard = 3
	leastDynamic  = 6
)

// Name returns "theta", "otm", "dstm" or "dotm".
func (m Model) Name() string { return names[m.Variant] }

// FitSeries adjusts the series, searches α and keeps where the recursions end.
func (m Model) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	y, n := s.Observed()
	if err := m.enough(n); err != nil {
		return nil, err
	}
	season := seasonOf(s, m.Season)
	x, adjustment := adjust(y, n, season, m.Variant != Standard)
	p := newPath(x, m.Variant)
	return p.fit(p.search(), n, season, adjustment), nil
}

// seasonOf returns the season of s, unless another is given.
func seasonOf(s demand.Series, given int) int {
	if given != 0 {
		return given
	}
	return s.Cal.Season()
}

// enough reports that so many observations are too few.
func (m Model) enough(n int) error {
	least := leastStandard
	if m.Variant != Standard {
		least = leastDynamic
	}
	switch {
	case n == 0:
		return demand.ErrNoData
	case n < least:
		return fmt.Errorf("%w: %d, and %s needs %d", demand.ErrTooShort, n, m.Name(), least)
	}
	return nil
}

// fit returns what is kept of the best point, with n of the values observed; season is that of the series, adjusted or not.
func (p *path) fit(best point, n, season int, adjusted Adjustment) *Fit {
	f := &Fit{
		Variant: p.variant, Alpha: best.alpha, Theta: best.theta(), First: best.first,
		N: len(p.x), Observed: n, Season: adjusted,
	}
	var errors []float64
	f.Level, f.Decay, f.Line, errors = p.end(best)
	f.Sigma2 = best.sse / float64(max(len(errors)-p.parameters(), 1))
	f.Residuals = residuals.Diagnose(errors, season, 1) // α
	f.Spread, f.Shape = predictive.Recent(errors, math.Sqrt(f.Sigma2))
	return f
}

// parameters returns how many are estimated, ℓ_0 and α among them.
func (p *path) parameters() int {
	if p.variant == Optimised || p.variant == DynamicOptimised {
		return 3
	}
	return 2
}

// share returns 1 − 1/θ.
func (f *Fit) share() float64 {
	if f.Theta == 0 {
		return 1
	}
	return 1 - 1/f.Theta
}

// ForecastSeries writes the forecast of the smoothed level and the line, with the season.
func (f *Fit) ForecastSeries(_ []demand.Column, dst demand.Fan) error {
	f.linear(len(dst.Mean)).Steps().Write(dst)
	return nil
}

// ForecastSum writes the fan of the sum of h periods.
func (f *Fit) ForecastSum(_ []demand.Column, h int, dst demand.Fan) error {
	f.linear(h).Total().Write(dst)
	return nil
}

func (f *Fit) linear(h int) predictive.Linear {
	mean, weights := f.steps(h)
	for j := range mean {
		mean[j] = f.Season.restore(mean[j], j)
	}
	sigma := f.Spread
	if sigma == 0 {
		sigma = math.Sqrt(f.Sigma2)
	}
	return predictive.Linear{Mean: mean, Weights: weights, Scale: f.Season.scales(h), Sigma: sigma, Shape: f.Shape}
}

// steps returns the forecasts of the adjusted series, and the weights of an error in the forecasts of the steps after it.
func (f *Fit) steps(h int) (mean, weights []float64) {
	mean, weights = make([]float64, h), make([]float64, h)
	if f.Variant == Standard {
		lag := f.lag()
		for j := range mean {
			mean[j] = f.Level + f.Line.slope()/2*(float64(j)+lag)
			weights[j] = f.Alpha
		}
		return mean, weights
	}
	ahead := forward{alpha: f.Alpha, share: f.share(), level: f.Level, decay: f.Decay, line: f.Line, moving: f.Variant != Optimised}
	for j := range mean {
		mean[j] = ahead.next(0)
	}
	pulse := forward{alpha: f.Alpha, share: f.share(), decay: f.Decay, line: f.Line.flat(), moving: ahead.moving}
	pulse.next(1)
	for j := range weights {
		weights[j] = pulse.next(0)
	}
	return mean, weights
}

// lag returns (1 − (1−α)ⁿ)/α, how many periods of slope the level lags behind.
func (f *Fit) lag() float64 { return (1 - f.Decay) / f.Alpha }

// Check reports what makes the fit unusable.
func (f *Fit) Check() error {
	if int(f.Variant) >= len(names) || !(f.Alpha > 0 && f.Alpha < 1) || !(f.Sigma2 >= 0) || f.Line.N == 0 {
		return errors.New("the parameters are not those of a Theta method")
	}
	return nil
}

// Decode reads a Fit that encoding/json wrote.
func (m Model) Decode(data []byte) (demand.SeriesFitted, error) {
	return demand.DecodeFit[Fit](m.Name(), data)
}

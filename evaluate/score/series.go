package score

import "math"

// Series is the scores of one series in one backtest window: its totals and its scale. The caller owns it and may reuse
// it for the next Score; Tally.Add and AppendMetrics copy what they need.
type Series struct {
	Totals
	Scale Scale

	shape *shape
}

// AppendMetrics appends the metrics of this series alone to dst, in the order of Tally.Metrics up to the interval
// scores, and returns dst. Metrics of a series without a scored point are NaN.
func (s *Series) AppendMetrics(dst []Metric) []Metric {
	n := s.point()
	mase := scaled(MASE, s.mase(), n)
	mase.M = s.Scale.AskedM
	if mase.N > 0 && s.Scale.M != s.Scale.AskedM {
		mase.ShortSeries = 1
	}
	return s.pooled(dst, s.shape, mase, scaled(RMSSE, s.rmsse(), n))
}

// scaled is the metric of one series whose scale may be undefined.
func scaled(name string, e scaledError, n int) Metric {
	m := Metric{Name: name, Level: noLevel, Value: e.value, Windows: 1}
	if n > 0 {
		m.Of = 1
	}
	if e.defined {
		m.N = 1
	}
	return m
}

// scaledError is defined when the series has a scored point and a scale; its value may still be NaN, when the forecast
// is missing.
type scaledError struct {
	value   float64
	defined bool
}

func (s *Series) mase() scaledError {
	return s.scaledBy(s.AbsErr/float64(s.point())/s.Scale.Abs, s.Scale.Abs)
}

func (s *Series) rmsse() scaledError {
	return s.scaledBy(math.Sqrt(s.SqErr/float64(s.point())/s.Scale.Squared), s.Scale.Squared)
}

func (s *Series) scaledBy(value, scale float64) scaledError {
	if s.point() == 0 || math.IsNaN(scale) {
		return scaledError{value: math.NaN()}
	}
	return scaledError{value, true}
}

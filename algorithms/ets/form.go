package ets

import "fmt"

// Component is how a part of the model enters: not at all, added, damped and added, or multiplied.
type Component byte

// The components.
const (
	None           Component = 'N'
	Additive       Component = 'A'
	Damped         Component = 'd'
	Multiplicative Component = 'M'
)

// Form is one exponential smoothing model of the taxonomy of Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential
// Smoothing, 2008: how errors, trend and season enter.
type Form struct {
	Error  Component // Additive or Multiplicative
	Trend  Component // None, Additive or Damped
	Season Component // None, Additive or Multiplicative
}

// String writes the form as ANN, MAdM and so on.
func (f Form) String() string {
	trend := string(rune(f.Trend))
	if f.Trend == Damped {
		trend = "Ad"
	}
	return string(rune(f.Error)) + trend + string(rune(f.Season))
}

// ParseForm reads what String writes.
func ParseForm(text string) (Form, error) {
	for _, f := range forms {
		if f.String() == text {
			return f, nil
		}
	}
	return Form{}, fmt.Errorf("read form %q: not known; use one of %v", text, forms)
}

// forms are the admissible forms, each after those that it contains: errors that are added to a season that is multiplied
// have no stable variance (Hyndman et al., chapter 15), and a trend that is multiplied explodes.
var forms = []Form{
	{Additive, None, None},
	{Additive, None, Additive},
	{Multiplicative, None, None},
	{Multiplicative, None, Additive},
	{Multiplicative, None, Multiplicative},
	{Additive, Additive, None},
	{Additive, Damped, None},
	{Additive, Additive, Additive},
	{Additive, Damped, Additive},
	{Multiplicative, Additive, None},
	{Multiplicative, Damped, None},
	{Multiplicative, Additive, Additive},
	{Multiplicative, Damped, Additive},
	{Multiplicative, Additive, Multiplicative},
	{Multiplicative, Damped, Multiplicative},
}

// parameters returns how many numbers are estimated for a season of m periods: those of smoothing, the first states, of
// which the seasonal ones have a given mean, and σ.
func (f Form) parameters(m int) int {
	n := 3 // α, ℓ_0, σ
	if f.Trend != None {
		n += 2
	}
	if f.Trend == Damped {
		n++
	}
	if f.Season != None {
		n += m // γ and m−1 states
	}
	return n
}

// smoothed returns how many parameters smooth: α, and β, γ and φ where the form has them.
func (f Form) smoothed() int { return f.layout(1).level }

// MarshalText writes the form as String does.
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (f *Form) UnmarshalText(text []byte) (err error) {
	*f, err = ParseForm(string(text))
	return err
}

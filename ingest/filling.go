package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"shelfcast/engine/nearest"
	"shelfcast/schemas"
)

// Filling says what the missing values of one attribute become, by where they lie: of the demand, or of a feature. The
// zero value is the default.
//
//	front   before the series' first value        always none: a series begins with its first row
//	middle  between its first and its last value
//	back    after its last, up to the end of the panel
//	future  in the horizon; features only
//
// Front, middle, back and future, the rules and their defaults are those of Amazon Forecast. The demand has none or nan in
// front of it, and zero, nan, a value, median, mean, min or max in the middle and at the back; zero where nothing is said.
// An empty demand is missing where the filling of the demand is said, and not observed where it is left to the default.
// A feature has zero, a value, median, mean, min or max; where nothing is said its values stay missing.
type Filling struct {
	Front, Middle, Back, Future Fill
}

// Fill is one rule. The zero value is none, or the default of the attribute.
type Fill struct {
	rule  fillRule
	value float64 // of fillValue
}

type fillRule uint8

const (
	fillUnsaid fillRule = iota
	fillNone
	fillZero
	fillNaN
	fillValue
	fillMedian
	fillMean
	fillMin
	fillMax
)

var fillNames = []string{"", "none", "zero", "nan", "value", "median", "mean", "min", "max"}

// String returns the form that UnmarshalText reads.
func (f Fill) String() string {
	if f.rule == fillValue {
		return strconv.FormatFloat(f.value, 'g', -1, 64)
	}
	return fillNames[f.rule]
}

// MarshalText writes the form that UnmarshalText reads.
func (f Fill) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads none, zero, nan, median, mean, min or max, or a number, which is the value to fill in. The median,
// mean, min and max are those of the 64 most recent values that the feed holds before the gap; values that were filled in
// do not count.
func (f *Fill) UnmarshalText(b []byte) error {
	text := string(b)
	if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(v) {
		if tooLarge(v) {
			return fmt.Errorf("read filling %q: the number is too large", text)
		}
		*f = Fill{fillValue, v + 0}
		return nil
	}
	i := slices.Index(fillNames, text)
	if i < 0 || fillRule(i) == fillValue {
		return fmt.Errorf("read filling %q: not known; use %v or a number", text, slices.Concat(fillNames[1:fillValue], fillNames[fillMedian:]))
	}
	*f = Fill{rule: fillRule(i)}
	return nil
}

// or returns f, or the default where f says nothing.
func (f Fill) or(unsaid fillRule) Fill { return cmp.Or(f, Fill{rule: unsaid}) }

// targetFilling returns the filling of the demand with its defaults, and whether there is more to it than those.
func targetFilling(s Spec) (rules Filling, said bool) {
	f, said := s.Filling[schemas.Demand]
	return Filling{Middle: f.Middle.or(fillZero), Back: f.Back.or(fillZero)}, said
}

// checkFilling reports a rule that its attribute or place does not take.
func checkFilling(filling map[string]Filling, features []Feature) error {
	names := []string{schemas.Demand}
	for _, f := range features {
		names = append(names, fold(f.Name))
	}
	for _, name := range slices.Sorted(maps.Keys(filling)) {
		f := filling[name]
		if !slices.Contains(names, fold(name)) {
			hint := ""
			if like := nearest.Name(name, names); like != "" {
				hint = fmt.Sprintf("did you mean %s? ", like)
			}
			return fmt.Errorf("read filling: %s is neither the demand nor a feature that is used; %sthere are %s", name, hint, listed(names))
		}
		check := f.checkFeature
		if name == schemas.Demand {
			check = f.checkDemand
		}
		if place, fill, why := check(); why != "" {
			return fmt.Errorf("read filling: %s, %s: %s is refused: %s", name, place, fill, why)
		}
	}
	return nil
}

func (f Filling) checkDemand() (place string, bad Fill, why string) {
	switch {
	case f.Front.or(fillNone).rule != fillNone:
		return "front", f.Front, "a series begins with its first row; use none"
	case f.Future.or(fillNone).rule != fillNone:
		return "future", f.Future, "the future of the demand is what is forecast; leave it out"
	}
	for _, at := range []struct {
		place string
		fill  Fill
	}{{"middle", f.Middle}, {"back", f.Back}} {
		if at.fill.rule == fillNone {
			return at.place, at.fill, "every period has a value or is not observed; use nan for not observed"
		}
		if at.fill.value < 0 {
			return at.place, at.fill, "a demand is zero or more"
		}
	}
	return "", Fill{}, ""
}

func (f Filling) checkFeature() (place string, bad Fill, why string) {
	if f.Front.or(fillNone).rule != fillNone {
		return "front", f.Front, "there is nothing before it to fill it from; use none"
	}
	for _, at := range []struct {
		place string
		fill  Fill
	}{{"middle", f.Middle}, {"back", f.Back}, {"future", f.Future}} {
		if at.fill.rule == fillNaN {
			return at.place, at.fill, "a feature that is filled is known; leave the place out to leave values missing"
		}
	}
	return "", Fill{}, ""
}

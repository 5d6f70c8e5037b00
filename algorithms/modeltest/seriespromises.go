package modeltest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"shelfcast/engine/demand"
)

func seriesPromises(decode Decoder) []promise[demand.SeriesModel] {
	promises := []promise[demand.SeriesModel]{
		{"two fits of the same series are written alike", fitsAreWrittenAlike},
		{"the sum of the next periods is that of its steps", sumsOfSteps},
		{"the parts of a forecast add up to its mean", partsOfMeans},
	}
	if decode == nil {
		return promises
	}
	return append(promises,
		promise[demand.SeriesModel]{"a fit that was written and read back forecasts the same bytes", storedFits(decode)},
		promise[demand.SeriesModel]{"what is no fit is refused by an error", refusesNonsense(decode)},
	)
}

func fitsAreWrittenAlike(m demand.SeriesModel, _ Options) error {
	return eachFit(m, func(s demand.Series, fit demand.SeriesFitted) error {
		again, err := m.FitSeries(s)
		if err != nil {
			return err
		}
		return writtenAlike(fit, again)
	})
}

// storedFits checks that a fit survives encoding/json, whole and to the last bit.
func storedFits(decode Decoder) func(demand.SeriesModel, Options) error {
	return func(m demand.SeriesModel, _ Options) error {
		return eachFit(m, func(s demand.Series, fit demand.SeriesFitted) error {
			data, err := json.Marshal(fit)
			if err != nil {
				return fmt.Errorf("write: %w", err)
			}
			back, err := decode(data)
			if err != nil {
				return fmt.Errorf("read back: %w", err)
			}
			if err := writtenAlike(fit, back); err != nil {
				return err
			}
			return forecastAlike(s, fit, back)
		})
	}
}

// eachFit calls check with a fit of every series of chain and of every hard series that m does not refuse.
func eachFit(m demand.SeriesModel, check func(demand.Series, demand.SeriesFitted) error) error {
	panels := []*demand.Panel{chain()}
	for _, h := range hardSeries() {
		panels = append(panels, panelOf(demand.Daily, h.y))
	}
	for k, p := range panels {
		for i := range p.Len() {
			s := p.At(i)
			fit, err := m.FitSeries(s)
			if err != nil && k > 0 {
				continue
			}
			if err == nil {
				err = check(s, fit)
			}
			if err != nil {
				return fmt.Errorf("series of %d periods, first values %v: %w", len(s.Y), s.Y[:min(5, len(s.Y))], err)
			}
		}
	}
	return nil
}

func writtenAlike(a, b demand.SeriesFitted) error {
	first, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	second, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if !bytes.Equal(first, second) {
		return fmt.Errorf("written %s, and then %s", first, second)
	}
	return nil
}

func forecastAlike(s demand.Series, a, b demand.SeriesFitted) error {
	p := panelOf(s.Cal.Freq, s.Y)
	if s.X != nil {
		p.X = covariates(p.Cells())
	}
	fut := futureOf(p, horizon)
	want, got := demand.NewForecast(fut, threeLevels), demand.NewForecast(fut, threeLevels)
	errA := a.ForecastSeries(fut.At(0), want.Fan(0))
	errB := b.ForecastSeries(fut.At(0), got.Fan(0))
	if (errA == nil) != (errB == nil) {
		return fmt.Errorf("the error is %v, and then %v", errA, errB)
	}
	return sameForecast(want, got)
}

// refusesNonsense checks that the decoder does not hand out fits that stumble.
func refusesNonsense(decode Decoder) func(demand.SeriesModel, Options) error {
	return func(demand.SeriesModel, Options) error {
		for _, text := range []string{"", "{", "[]", "null", `"fit"`, "{}", "17"} {
			if _, err := decode([]byte(text)); err == nil {
				return errors.New("no error for " + text)
			}
		}
		return nil
	}
}

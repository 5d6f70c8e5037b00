package jobs

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"shelfcast/engine/demand"
)

// parted forecasts 3 units, a trend of 4 and a season that takes 1. Item 1 is too short for it, the season of item 3 takes 1 too many
// in a step, as one does where the mean is cut off at 0, and item 2 may have a fault.
type parted struct{ fault, item string }

func (parted) Name() string { return "parted" }

func (p parted) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	if s.Key.Item == "item1" {
		return nil, demand.ErrTooShort
	}
	return parted{p.fault, s.Key.Item}, nil
}

func (p parted) ForecastSeries(x []demand.Column, dst demand.Fan) error {
	return badFan("").ForecastSeries(x, dst)
}

func (p parted) Components(_ []demand.Column, h int) ([]demand.Component, error) {
	if p.item == "item2" && p.fault != "" {
		panic(p.fault)
	}
	trend, season := demand.Component{Name: "trend", Value: make([]float64, h)}, demand.Component{Name: "weekly", Value: make([]float64, h)}
	for j := range h {
		trend.Value[j], season.Value[j] = 4, -1
	}
	if p.item == "item3" {
		season.Value[1] = -2
	}
	return []demand.Component{trend, season, {Name: "a holiday of another month", Value: make([]float64, h)}}, nil
}

func TestPartsOfEveryForecastAddUpToItsMeanWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, demand.Each(parted{}, zeroFloor{}), good())
	n.Components = true
	if _, err := n.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, shard := range sink.shards {
		for i, key := range shard.Forecast.Keys {
			for _, c := range shard.Components[i] {
				names[key.Item] += c.Name + " "
			}
			for j, mean := range shard.Forecast.Fan(i).Mean {
				sum := 0.0
				for _, c := range shard.Components[i] {
					sum += c.Value[j]
				}
				if len(shard.Components[i]) > 0 && math.Abs(sum-mean) > 1e-9 {
					t.Errorf("%v: the parts of step %d add up to %g, the mean is %g", key, j+1, sum, mean)
				}
			}
		}
	}
	if got := fmt.Sprint(names); got != "map[item0:trend weekly  item2:trend weekly  item3:trend weekly cut  item4:trend weekly  item5:trend weekly  item6:trend weekly  item7:trend weekly ]" {
		t.Errorf("the parts are %s; item1 is the floor model's", got)
	}
}

func TestSamplesHavePartsThoughNobodyAsksForThem(t *testing.T) {
	t.Parallel()
	n, sink := setup(t, demand.Each(parted{fault: "a fault"}, zeroFloor{}))
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range sink.shards {
		if shard.Components != nil {
			t.Fatal("parts are kept that nobody asked for")
		}
	}
	explained, faults := 0, 0
	for _, s := range rep.Samples {
		switch {
		case s.Model == "parted" && len(s.Parts) > 1 && s.Parts[0].Name == "trend" && s.Parts[0].Value[4] == 4:
			explained++
		case s.Key.Item == "item2" && s.Parts == nil:
			faults++
		case s.Model == "parted" || s.Parts != nil:
			t.Errorf("%v by %s has the parts %v", s.Key, s.Model, s.Parts)
		}
	}
	if explained == 0 {
		t.Error("no sample has parts")
	}
	noted := strings.Contains(strings.Join(rep.Notes, "\n"), "the parts of 1 forecasts could not be given, such as: explain item2@s: parted: ")
	if noted != (faults == 1) {
		t.Errorf("%d samples have a fault, and the notes are %q", faults, rep.Notes)
	}
	n.Components = true
	if rep, err = n.Run(t.Context()); err != nil || !strings.Contains(strings.Join(rep.Notes, "\n"), "the parts of 1 forecasts could not be given, such as: explain item2@s: parted: ") {
		t.Errorf("error %v, notes %q", err, rep.Notes)
	}
}

func TestAPictureHasTheLargestPartsAndTheSumOfTheOthers(t *testing.T) {
	t.Parallel()
	parts := []demand.Component{{Name: "trend", Value: []float64{0, 0}}}
	for i := range 13 {
		parts = append(parts, demand.Component{Name: fmt.Sprint("event", i), Value: []float64{0, float64(i + 1)}})
	}
	all, few := pictured(parts), pictured(parts[:12])
	if len(all) != mostParts || all[0].Name != "trend" || all[1].Name != "event3" || all[11].Name != "3 others" || all[11].Value[1] != 1+2+3 {
		t.Errorf("of 14 are drawn %v", all)
	}
	if len(few) != mostParts || few[1].Name != "event0" || few[11].Name != "event10" {
		t.Errorf("of 12 are drawn %v", few)
	}
	if pictured(nil) != nil {
		t.Error("no parts are drawn as some")
	}
}

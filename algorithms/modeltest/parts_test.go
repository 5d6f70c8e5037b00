package modeltest

import (
	"testing"

	"shelfcast/engine/demand"
)

// explaining is last as a trend and a season that cancels out, with a fault.
type explaining struct{ fault string }

type explainingFit struct {
	lastFit
	fault string
}

func (m explaining) Name() string { return "explaining" }

func (m explaining) FitSeries(s demand.Series) (demand.SeriesFitted, error) {
	f, err := last{}.FitSeries(s)
	if err != nil {
		return nil, err
	}
	return &explainingFit{*f.(*lastFit), m.fault}, nil
}

func (f *explainingFit) Components(_ []demand.Column, h int) ([]demand.Component, error) {
	trend, season := demand.Component{Name: "trend", Value: make([]float64, h)}, demand.Component{Name: "weekly", Value: make([]float64, h)}
	for j := range h {
		trend.Value[j], season.Value[j] = f.Value+1, -1
	}
	switch f.fault {
	case "lacks the season":
		return []demand.Component{trend}, nil
	case "adds too little":
		season.Value[h-1] -= 0.01
	case "begins with the season":
		return []demand.Component{season, trend}, nil
	case "ends early":
		season.Value = season.Value[:h-1]
	}
	return []demand.Component{trend, season}, nil
}

func TestPartsThatAreNotThoseOfTheMeanAreSeen(t *testing.T) {
	t.Parallel()
	if err := partsOfMeans(explaining{}, Options{}); err != nil {
		t.Error(err)
	}
	for _, fault := range []string{"lacks the season", "adds too little", "begins with the season", "ends early"} {
		if partsOfMeans(explaining{fault}, Options{}) == nil {
			t.Errorf("an explanation that %s passes", fault)
		}
	}
}

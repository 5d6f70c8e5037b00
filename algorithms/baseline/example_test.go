package baseline_test

import (
	"fmt"

	"shelfcast/algorithms/baseline"
	"shelfcast/engine/demand"
)

func ExampleSeasonalNaive() {
	s := demand.Series{
		Key: demand.Key{Item: "milk"}, Cal: demand.Calendar{Freq: demand.Daily}, Start: 16832, // 2016-02-01, a Monday
		Y: []float64{4, 5, 4, 6, 8, 12, 9, 5, 4, 5, 7, 8, 14, 9},
	}
	fit, err := baseline.SeasonalNaive{}.FitSeries(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	dst := demand.Fan{Levels: []float64{0.1, 0.5, 0.9}, Mean: make([]float64, 7), Q: make([]float64, 21)}
	if err := fit.ForecastSeries(nil, dst); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dst.Mean)
	fmt.Println(dst.At(0))
	// Output:
	// [5 4 5 7 8 14 9]
	// [4 6 7]
}

func ExampleLevelProfile() {
	fit, _ := baseline.LevelProfile{}.FitSeries(demand.Series{Cal: demand.Calendar{Freq: demand.Daily}})
	dst := demand.Fan{Levels: []float64{0.9}, Mean: make([]float64, 2), Q: make([]float64, 2)}
	fmt.Println(fit.ForecastSeries(nil, dst), dst.Mean, dst.Q) // nothing was ever observed
	// Output: <nil> [0 0] [0 0]
}

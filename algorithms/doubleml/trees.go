package doubleml

import "shelfcast/algorithms/gbt"

// Trees are boosted trees, trained with these options.
type Trees gbt.Options

// Fit trains on the rows.
func (t Trees) Fit(x [][]float64, y []float64, rows []int) (Predictor, error) {
	return gbt.Train(gbt.Data{X: x, Y: y}, rows, nil, gbt.Options(t))
}

package doubleml

import (
	"cmp"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// meat returns the variance of the sum of the scores: Σ_i s_i·s_i' of rows that are independent; Σ_c (Σ_{i∈c} s_i)(Σ_{i∈c} s_i)' of
// clusters; and with lags, within a cluster and in the order of time (Newey and West, Econometrica 55(3), 1987),
//
//	Σ_i s_i·s_i' + Σ_{l=1}^{L} (1 − l/(L+1))·Σ_i (s_i·s_{i−l}' + s_{i−l}·s_i')
//
// where i−l is the row of that cluster l units of time before.
func (d Data) meat(scores [][]float64) *mat.SymDense {
	switch {
	case d.Lags > 0:
		return d.neweyWest(scores)
	case d.Cluster != nil:
		return outer(d.sums(scores))
	}
	return outer(scores)
}

// outer returns the products of the columns.
func outer(columns [][]float64) *mat.SymDense {
	k := len(columns)
	m := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			sum := 0.0
			for r, v := range columns[i] {
				sum += v * columns[j][r]
			}
			m.SetSym(i, j, sum)
		}
	}
	return m
}

// sums returns the scores summed by cluster, clusters ascending.
func (d Data) sums(scores [][]float64) [][]float64 {
	ids := slices.Clone(d.Cluster)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make([][]float64, len(scores))
	for k := range out {
		out[k] = make([]float64, len(ids))
		for i, v := range scores[k] {
			c, _ := slices.BinarySearch(ids, d.Cluster[i])
			out[k][c] += v
		}
	}
	return out
}

func (d Data) neweyWest(scores [][]float64) *mat.SymDense {
	cluster := func(i int) int {
		if d.Cluster == nil {
			return 0
		}
		return d.Cluster[i]
	}
	rows := make([]int, len(d.Y))
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(a, b int) int {
		return cmp.Or(cmp.Compare(cluster(a), cluster(b)), cmp.Compare(d.Order[a], d.Order[b]), cmp.Compare(a, b))
	})
	m := outer(scores)
	k := len(scores)
	for at, i := range rows {
		for before := at - 1; before >= 0; before-- {
			j := rows[before]
			lag := d.Order[i] - d.Order[j]
			if cluster(i) != cluster(j) || lag > d.Lags {
				break
			}
			w := 1 - float64(lag)/float64(d.Lags+1)
			for a := range k {
				for b := a; b < k; b++ {
					m.SetSym(a, b, m.At(a, b)+w*(scores[a][i]*scores[b][j]+scores[a][j]*scores[b][i]))
				}
			}
		}
	}
	return m
}

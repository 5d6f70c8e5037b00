package audit

import (
	"fmt"
	"math"

	"shelfcast/engine/demand"
)

const (
	promotedPeriods = 5   // that a series needs before its promotions are judged
	promotedShare   = 0.9 // of them without a lower price
	priceWindow     = 7   // prices on either side of a change of unit
	priceRatio      = 5   // from which on it is one: no price moves so in a day and stays
)

var prices = []detector{
	{
		finding: Finding{
			Code: "P001", Severity: Info, Unit: "series", What: "constant price",
			Effect: "no price elasticity can be learnt from these series alone", Decides: "input.features",
		},
		find: constantPrice, series: true,
	},
	{
		finding: Finding{
			Code: "P002", Severity: Warning, Unit: "periods", What: "price of zero or less",
			Effect: "the price is used as it is; leave it empty where it is not known", Decides: "input.features",
		},
		find: zeroPrice,
	},
	{
		finding: Finding{
			Code: "P003", Severity: Warning, Unit: "series", What: "promotion without a lower price",
			Effect: "the effect of a promotion cannot be told from that of its price", Decides: "input.features",
		},
		find: idlePromotion, series: true,
	},
	{
		finding: Finding{
			Code: "P004", Severity: Warning, Unit: "series", What: "change of unit of the price: cents for euros, or another currency",
			Effect: "the prices are used as they are, on both sides", Decides: "input.features",
		},
		find: priceUnit, series: true,
	},
}

// constantPrice finds a series whose price is known for four seasons and deadPeriods periods, and is always the same.
func constantPrice(s *series) (int, int, string) {
	price := s.column(demand.Price)
	first, _, ok := known(price)
	if !ok {
		return 0, 0, ""
	}
	n := 0
	for _, v := range price {
		if math.IsNaN(v) {
			continue
		}
		if v != price[first] {
			return 0, 0, ""
		}
		n++
	}
	if n < deadPeriods || n < newSeasons*s.season {
		return 0, 0, ""
	}
	return 1, first, fmt.Sprintf("%.6g for %d periods", price[first], n)
}

// zeroPrice finds the periods whose price is known and not above zero.
func zeroPrice(s *series) (n, at int, text string) {
	for t, v := range s.column(demand.Price) {
		if v <= 0 {
			if n == 0 {
				at, text = t, fmt.Sprintf("the price is %.6g", v)
			}
			n++
		}
	}
	return n, at, text
}

// idlePromotion finds a series that is promoted in promotedPeriods periods or more, after a period without a promotion,
// and whose price is lower than before the promotion in less than a tenth of them.
func idlePromotion(s *series) (int, int, string) {
	price, promotion := s.column(demand.Price), s.column(demand.Promotion)
	if price == nil || promotion == nil {
		return 0, 0, ""
	}
	usual, first := math.NaN(), -1
	promoted, lower := 0, 0
	for t, on := range promotion {
		if math.IsNaN(price[t]) || math.IsNaN(on) {
			continue
		}
		if on <= 0 {
			usual = price[t]
			continue
		}
		if math.IsNaN(usual) {
			continue
		}
		promoted++
		if price[t] < usual {
			lower++
		} else if first < 0 {
			first = t
		}
	}
	if promoted < promotedPeriods || float64(promoted-lower) < promotedShare*float64(promoted) {
		return 0, 0, ""
	}
	return 1, first, fmt.Sprintf("%d of %d promoted periods have the price of before, or a higher one", promoted-lower, promoted)
}

// priceUnit finds a step between two prices by a factor of priceRatio or more, up or down, that the medians of the
// priceWindow prices on either side bear out.
func priceUnit(s *series) (int, int, string) {
	price := s.column(demand.Price)
	v, at := s.buffers[0][:0], make([]int, 0, len(price))
	for t, x := range price {
		if x > 0 {
			v, at = append(v, x), append(at, t)
		}
	}
	s.buffers[0] = v
	for k := priceWindow; k+priceWindow <= len(v); k++ {
		if !apart(v[k-1], v[k]) {
			continue
		}
		before, after := s.about(1, v[k-priceWindow:k]).middle, s.about(2, v[k:k+priceWindow]).middle
		if apart(before, after) {
			return 1, at[k], fmt.Sprintf("from %.6g to %.6g", before, after)
		}
	}
	return 0, 0, ""
}

func apart(a, b float64) bool { return max(a, b) >= priceRatio*min(a, b) }

package ingest

import (
	"strings"

	"shelfcast/engine/demand"
)

// RoleOf returns the role that a column of the related series has by its name, without regard to case: price,
// promotion, in_stock, stock and weather under the names that retailers use for them, other for any other name.
func RoleOf(name string) demand.Role {
	switch strings.ToLower(name) {
	case "price", "sell_price", "unit_price":
		return demand.Price
	case "promotion", "promo", "promotion_applied", "on_promotion", "onpromotion":
		return demand.Promotion
	case "in_stock", "instock":
		return demand.InStock
	case "stock", "stock_on_hand", "on_hand", "inventory":
		return demand.Stock
	case "weather", "temperature", "precipitation", "rain", "snowfall", "humidity", "wind", "wind_speed":
		return demand.Weather
	}
	return demand.Other
}

// Package freshretailnet reads FreshRetailNet-50K and writes it as a data set: 90 days of the sales of 865 fresh products
// in 898 stores, with stock-outs, discount, promotion and weather.
//
// Two forms of the same data are read: train.parquet, as its owner gives it out; and a folder of wide CSV files, one row a
// series and one column a day. Sales are normalised amounts, not whole units. in_stock is the share of the 16 hours from
// 6 to 22 o'clock in which the product could be bought: a day with a smaller share than one is censored, demand was at
// least what was sold. price is the factor on the full price. Holiday and weather are those of the store's city.
//
// Reading holds 36 bytes for each of the 4.5 million rows; the import takes half a gigabyte of memory in all.
package freshretailnet

import (
	"context"
	"path/filepath"
	"strings"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://huggingface.co/datasets/Dingdong-Inc/FreshRetailNet-50K"

// Names of the files: the official one, and the wide ones, each of those also with .gz or .zst after it.
const (
	TrainFile    = "train.parquet"
	SalesFile    = "sales_wide.csv"
	StockOutFile = "stockout_hours_6_21_wide.csv"
	DiscountFile = "discount_wide.csv"
	ActivityFile = "activity_wide.csv"
	SeriesFile   = "series.csv"
	CityFile     = "city_day.csv"
)

const (
	hoursOpen       = 16 // from 6 to 22 o'clock
	horizon         = 7  // as in the official evaluation
	backtestWindows = 3
)

var (
	own    = []layout.Feature{{Name: "price", Role: "price"}, {Name: "promotion", Role: "promotion"}, {Name: "in_stock", Role: "in_stock"}}
	shared = []layout.Feature{
		{Name: "holiday", Role: "other"},
		{Name: "precipitation", Role: "weather"},
		{Name: "temperature", Role: "weather"},
		{Name: "humidity", Role: "weather"},
		{Name: "wind", Role: "weather"},
	}
	// The files plan nothing ahead: the configuration assumes the full price, no promotion, no holiday and usual weather.
	filling = []layout.Filling{
		layout.NotObserved,
		{Name: "price", Future: "1"},
		{Name: "promotion", Future: "zero"},
		{Name: "holiday", Future: "zero"},
		{Name: "precipitation", Future: "median"},
		{Name: "temperature", Future: "median"},
		{Name: "humidity", Future: "median"},
		{Name: "wind", Future: "median"},
	}
)

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("freshretailnet", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := &data{set: gather.Set{Own: own, Shared: shared}, items: map[string]itemRow{}, stores: map[string]storeRow{}, cities: map[cityDay][]float64{}}
		d.set.Lookup = d.ofCity
		path, err := source.Find(from, Where, TrainFile, SalesFile)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(filepath.Base(path), TrainFile) {
			err = d.readParquet(ctx, path)
		} else {
			err = d.readWide(ctx, from)
		}
		if err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set    gather.Set
	items  map[string]itemRow
	stores map[string]storeRow
	cities map[cityDay][]float64 // the shared features
}

type cityDay struct {
	city string
	day  int32
}

type itemRow struct {
	ItemID          string `parquet:"item_id"`
	ManagementGroup string `parquet:"management_group_id,dict"`
	FirstCategory   string `parquet:"first_category_id,dict"`
	SecondCategory  string `parquet:"second_category_id,dict"`
	ThirdCategory   string `parquet:"third_category_id,dict"`
}

type storeRow struct {
	StoreID string `parquet:"store_id"`
	CityID  string `parquet:"city_id,dict"`
}

// ofCity gives the shared features of a store's city.
func (d *data) ofCity(k demand.Key, day int32, dst []float64) {
	for i := range dst {
		dst[i] = unknown
	}
	copy(dst, d.cities[cityDay{d.stores[k.Store].CityID, day}])
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, d.set.Keys(), gather.In(d.items), gather.In(d.stores)); err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, gather.Checks(
		gather.Count{What: "series", Got: float64(s.Series), Want: 50_000},
		gather.Count{What: "rows", Got: float64(s.TargetRows), Want: 4_500_000},
	)...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "FreshRetailNet-50K: daily sales of fresh products by product and store, with stock-outs",
		Frequency: "D", Features: append(own[:len(own):len(own)], shared...), Horizon: horizon, Windows: backtestWindows, Filling: filling,
	})
}

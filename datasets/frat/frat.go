// Package frat reads dunnhumby's "Breakfast at the Frat" and writes it as a data set: three years of weekly units of 55
// grocery products in 77 stores, with price, base price, feature, display and temporary price reduction.
//
// A week is named by its last day, a Wednesday. It is written under its first, the Thursday six days before: the frequency
// is W-THU. A row exists only where something was sold: a week without one is not observed, and no zero. Visits,
// households and spend are outcomes, not known ahead, and are not features; spend is read to check its sum.
package frat

import (
	"context"
	"math"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://www.dunnhumby.com/source-files/"

// Files are the three sheets of the official workbook, each saved as CSV under one of these names, also with .gz or .zst.
var Files = []string{"transactions.csv", "products.csv", "stores.csv"}

const (
	daysToFirst     = 6 // from a week's last day back to its first
	horizon         = 8
	backtestWindows = 3
)

var (
	own = []layout.Feature{
		{Name: "price", Role: "price"},
		{Name: "base_price", Role: "other"},
		{Name: "feature", Role: "promotion"},
		{Name: "display", Role: "promotion"},
		{Name: "tpr_only", Role: "promotion"},
	}
	// The files plan nothing ahead: the configuration assumes usual prices and no promotion.
	filling = []layout.Filling{
		layout.NotObserved,
		{Name: "price", Future: "median"},
		{Name: "base_price", Future: "median"},
		{Name: "feature", Future: "zero"},
		{Name: "display", Future: "zero"},
		{Name: "tpr_only", Future: "zero"},
	}
	transactionColumns = []string{
		"store_id|store_num", "upc_id|upc", "week_end_date", "units", "spend", "price", "base_price", "feature", "display", "tpr_only",
	}
)

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("frat", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		paths, err := gather.Find(from, Where, Files...)
		if err != nil {
			return nil, err
		}
		d := data{set: gather.Set{Own: own}, items: map[string]itemRow{}, stores: map[string]storeRow{}}
		if err := d.read(ctx, paths); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set    gather.Set
	items  map[string]itemRow
	stores map[string]storeRow

	rows, noPrice, noBase int
	spend                 float64
}

type itemRow struct {
	ItemID       string `parquet:"item_id"`
	Description  string `parquet:"description,dict"`
	Manufacturer string `parquet:"manufacturer,dict"`
	Category     string `parquet:"category,dict"`
	SubCategory  string `parquet:"sub_category,dict"`
	Size         string `parquet:"product_size,dict"`
}

type storeRow struct {
	StoreID string `parquet:"store_id"`
	City    string `parquet:"city,dict"`
	State   string `parquet:"state,dict"`
	Segment string `parquet:"segment,dict"`
}

func (d *data) read(ctx context.Context, paths []string) error {
	if err := gather.EachRow(ctx, paths[0], Where, transactionColumns, d.addTransaction); err != nil {
		return err
	}
	products := []string{"upc_id|upc", "description", "manufacturer", "category", "sub_category", "product_size"}
	err := gather.EachRow(ctx, paths[1], Where, products, func(f []string) error {
		d.items[f[0]] = itemRow{f[0], f[1], f[2], f[3], f[4], f[5]}
		return nil
	})
	if err != nil {
		return err
	}
	stores := []string{"store_id", "address_city_name", "address_state_prov_code", "seg_value_name"}
	return gather.EachRow(ctx, paths[2], Where, stores, func(f []string) error {
		d.stores[f[0]] = storeRow{f[0], f[1], f[2], f[3]}
		return nil
	})
}

func (d *data) addTransaction(f []string) error {
	end, err := gather.Day(f[2])
	if err != nil {
		return err
	}
	var x [7]float64 // units, spend, price, base price, feature, display, tpr_only
	if err := gather.Numbers(x[:], f[3:]); err != nil {
		return err
	}
	d.rows++
	d.noPrice += int(gather.Flag(math.IsNaN(x[2])))
	d.noBase += int(gather.Flag(math.IsNaN(x[3])))
	if spend := x[1]; !math.IsNaN(spend) {
		d.spend += spend
	}
	return d.set.Add(demand.Key{Item: f[1], Store: f[0]}, end-daysToFirst, x[0], x[2:]...)
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
		gather.Count{What: "rows", Got: float64(d.rows), Want: 524_950},
		gather.Count{What: "series", Got: float64(s.Series), Want: 3_909},
		gather.Count{What: "units", Got: s.Units, Want: 10_293_354},
		gather.Count{What: "spend, in whole dollars", Got: math.Round(d.spend), Want: 27_927_723},
		gather.Count{What: "rows without a price", Got: float64(d.noPrice), Want: 23},
		gather.Count{What: "rows without a base price", Got: float64(d.noBase), Want: 185},
	)...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "dunnhumby Breakfast at the Frat: weekly units by product and store; weeks run from Thursday to Wednesday",
		Frequency: "W-THU", Features: own, Horizon: horizon, Windows: backtestWindows, Filling: filling,
	})
}

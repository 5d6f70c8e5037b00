// Package walmart reads the files of Kaggle's Walmart recruiting store sales forecasting and writes them as a data set:
// the weekly sales, in dollars, of 81 departments in 45 stores, with markdowns, holidays, fuel price and climate.
//
// A week is named by its last day, a Friday. It is written under its first, the Saturday six days before: the frequency
// is W-SAT. Departments are items. A week in which more was returned than sold is written as zero, and counted; a week
// without a row is not observed. A markdown of NA is not known; the configuration takes it for none from the store's
// first one on. The weeks of features.csv after the last sales are the future of the features.
package walmart

import (
	"context"
	"fmt"
	"math"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://www.kaggle.com/competitions/walmart-recruiting-store-sales-forecasting/data"

// Names of the official files, each also with .gz or .zst after it.
const (
	TrainFile    = "train.csv"
	FeaturesFile = "features.csv"
	StoresFile   = "stores.csv"
)

const (
	daysToFirst     = 6 // from a week's last day back to its first
	horizon         = 13
	backtestWindows = 3
)

var (
	shared = []layout.Feature{
		{Name: "holiday", Role: "other"},
		{Name: "temperature", Role: "weather"},
		{Name: "fuel_price", Role: "other"},
		{Name: "markdown1", Role: "promotion"},
		{Name: "markdown2", Role: "promotion"},
		{Name: "markdown3", Role: "promotion"},
		{Name: "markdown4", Role: "promotion"},
		{Name: "markdown5", Role: "promotion"},
		{Name: "cpi", Role: "other"},
		{Name: "unemployment", Role: "other"},
	}
	filling        = fillings()
	featureColumns = []string{
		"store", "date", "isholiday", "temperature", "fuel_price",
		"markdown1", "markdown2", "markdown3", "markdown4", "markdown5", "cpi", "unemployment",
	}
)

func fillings() []layout.Filling {
	rules := []layout.Filling{layout.NotObserved, {Name: "holiday", Future: "zero"}}
	for _, f := range shared[1:] {
		rule := layout.Filling{Name: f.Name, Future: "median"}
		if f.Role == "promotion" {
			rule = layout.Filling{Name: f.Name, Middle: "zero", Back: "zero", Future: "zero"}
		}
		rules = append(rules, rule)
	}
	return rules
}

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("walmart", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := &data{set: gather.Set{Shared: shared, Returns: true}, stores: map[string]storeRow{}, features: map[storeWeek][]float64{}}
		d.set.Lookup = d.ofStore
		if err := d.read(ctx, from); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set      gather.Set
	stores   map[string]storeRow
	features map[storeWeek][]float64

	rows int
	last int32 // week of sales
}

type storeRow struct {
	StoreID string `parquet:"store_id"`
	Type    string `parquet:"store_type,dict"`
	Size    string `parquet:"size"`
}

type storeWeek struct {
	store string
	day   int32
}

func (d *data) read(ctx context.Context, from string) error {
	paths, err := gather.Find(from, Where, TrainFile, FeaturesFile, StoresFile)
	if err != nil {
		return err
	}
	if err := gather.EachRow(ctx, paths[0], Where, []string{"store", "dept", "date", "weekly_sales"}, d.addSales); err != nil {
		return err
	}
	if err := gather.EachRow(ctx, paths[1], Where, featureColumns, d.addFeatures); err != nil {
		return err
	}
	err = gather.EachRow(ctx, paths[2], Where, []string{"store", "type", "size"}, func(f []string) error {
		d.stores[f[0]] = storeRow{f[0], f[1], f[2]}
		return nil
	})
	if err != nil {
		return err
	}
	return d.addFuture()
}

func (d *data) addSales(f []string) error {
	day, err := gather.Day(f[2])
	if err != nil {
		return err
	}
	y, err := gather.Number(f[3])
	if err != nil {
		return err
	}
	day -= daysToFirst
	if d.rows++; d.rows == 1 || day > d.last {
		d.last = day
	}
	return d.set.Add(demand.Key{Item: f[1], Store: f[0]}, day, y)
}

func (d *data) addFeatures(f []string) error {
	day, err := gather.Day(f[1])
	if err != nil {
		return err
	}
	x := make([]float64, len(shared))
	switch f[2] {
	case "TRUE", "True", "true":
		x[0] = 1
	case "FALSE", "False", "false":
	default:
		return fmt.Errorf("IsHoliday is %q and neither TRUE nor FALSE", f[2])
	}
	week := storeWeek{f[0], day - daysToFirst}
	if d.features[week] != nil {
		return fmt.Errorf("store %s has two rows of %s", f[0], f[1])
	}
	d.features[week] = x
	return gather.Numbers(x[1:], f[3:])
}

// addFuture gives each series the weeks of its store's features after the last sales.
func (d *data) addFuture() error {
	weeks := map[string][]int32{}
	for at := range d.features {
		if at.day > d.last {
			weeks[at.store] = append(weeks[at.store], at.day)
		}
	}
	for _, k := range d.set.Keys() {
		for _, day := range weeks[k.Store] {
			if err := d.set.Add(k, day, math.NaN()); err != nil {
				return err
			}
		}
	}
	return nil
}

// ofStore gives the features of a store's week.
func (d *data) ofStore(k demand.Key, day int32, dst []float64) {
	x, ok := d.features[storeWeek{k.Store, day}]
	for i := range dst {
		dst[i] = math.NaN()
		if ok {
			dst[i] = x[i]
		}
	}
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, d.set.Keys(), gather.BareItem, gather.In(d.stores)); err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, gather.Checks(
		gather.Count{What: "rows", Got: float64(d.rows), Want: 421_570},
		gather.Count{What: "series", Got: float64(s.Series), Want: 3_331},
		gather.Count{What: "stores", Got: float64(s.Stores), Want: 45},
	)...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "Walmart recruiting: weekly sales by department and store; weeks run from Saturday to Friday",
		Frequency: "W-SAT", Features: shared, Horizon: horizon, Windows: backtestWindows, Filling: filling,
	})
}

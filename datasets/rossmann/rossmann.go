// Package rossmann reads the files of Kaggle's Rossmann store sales and writes them as a data set: the daily turnover of
// 1,115 drug stores, with opening, promotion and holidays. The only item is "sales".
//
// A day on which a store was closed has no demand, which is not a demand of zero: it has no row in the target and an open
// of 0 in the related series. An open day without sales stays a zero. The number of customers is an outcome, not known
// ahead, and is not a feature. The days of test.csv, where it is there, are the future of the features.
package rossmann

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://www.kaggle.com/competitions/rossmann-store-sales/data"

// Names of the official files, each also with .gz or .zst after it. TestFile may be missing.
const (
	TrainFile = "train.csv"
	StoreFile = "store.csv"
	TestFile  = "test.csv"
)

const (
	item            = "sales"
	horizon         = 42 // six weeks, as the competition asks for
	backtestWindows = 3
)

var (
	own = []layout.Feature{
		{Name: "open", Role: "other"},
		{Name: "promo", Role: "promotion"},
		{Name: "state_holiday", Role: "other"},
		{Name: "school_holiday", Role: "other"},
	}
	// Where test.csv says nothing the configuration assumes an ordinary open day.
	filling = []layout.Filling{
		layout.NotObserved,
		{Name: "open", Future: "1"},
		{Name: "promo", Future: "zero"},
		{Name: "state_holiday", Future: "zero"},
		{Name: "school_holiday", Future: "zero"},
	}
	dayColumns   = []string{"store", "date", "open", "promo", "schoolholiday", "stateholiday"}
	storeColumns = []string{
		"store", "storetype", "assortment", "competitiondistance", "competitionopensincemonth", "competitionopensinceyear",
		"promo2", "promo2sinceweek", "promo2sinceyear", "promointerval",
	}
)

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("rossmann", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := &data{set: gather.Set{Own: own}, stores: map[string]storeRow{}}
		if err := d.read(ctx, from); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set    gather.Set
	stores map[string]storeRow

	rows, closed int
	soldClosed   int     // rows of closed days that have sales all the same
	turnover     float64 // of every row
}

type storeRow struct {
	StoreID               string `parquet:"store_id"`
	Type                  string `parquet:"store_type,dict"`
	Assortment            string `parquet:"assortment,dict"`
	CompetitionDistance   string `parquet:"competition_distance"`
	CompetitionSinceMonth string `parquet:"competition_open_since_month"`
	CompetitionSinceYear  string `parquet:"competition_open_since_year"`
	Promo2                string `parquet:"promo2,dict"`
	Promo2SinceWeek       string `parquet:"promo2_since_week"`
	Promo2SinceYear       string `parquet:"promo2_since_year"`
	PromoInterval         string `parquet:"promo_interval,dict"`
}

func (d *data) read(ctx context.Context, from string) error {
	paths, err := gather.Find(from, Where, TrainFile, StoreFile)
	if err != nil {
		return err
	}
	if err := gather.EachRow(ctx, paths[0], Where, append(dayColumns[:len(dayColumns):len(dayColumns)], "sales"), d.addDay); err != nil {
		return err
	}
	err = gather.EachRow(ctx, paths[1], Where, storeColumns, func(f []string) error {
		d.stores[f[0]] = storeRow{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9]}
		return nil
	})
	if err != nil {
		return err
	}
	test, err := source.Find(from, Where, TestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return gather.EachRow(ctx, test, Where, dayColumns, func(f []string) error { return d.add(f, math.NaN()) })
}

func (d *data) addDay(f []string) error {
	y, err := gather.Number(f[6])
	if err != nil {
		return err
	}
	d.rows++
	d.turnover += y
	if f[2] == "0" {
		d.closed++
		d.soldClosed += int(gather.Flag(y != 0))
		y = math.NaN()
	}
	return d.add(f, y)
}

// add takes the columns dayColumns.
func (d *data) add(f []string, y float64) error {
	day, err := gather.Day(f[1])
	if err != nil {
		return err
	}
	var x [3]float64 // open, promo, school holiday
	if err := gather.Numbers(x[:], f[2:5]); err != nil {
		return err
	}
	holiday := gather.Flag(f[5] != "0") // a public holiday, b Easter, c Christmas
	return d.set.Add(demand.Key{Item: item, Store: f[0]}, day, y, x[0], x[1], holiday, x[2])
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, d.set.Keys(), gather.BareItem, gather.In(d.stores)); err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, fmt.Sprintf("%d days on which the store was closed have no target row", d.closed))
	if d.soldClosed > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("%d of them have sales all the same: left out", d.soldClosed))
	}
	s.Notes = append(s.Notes, gather.Checks(
		gather.Count{What: "rows", Got: float64(d.rows), Want: 1_017_209},
		gather.Count{What: "stores", Got: float64(s.Stores), Want: 1_115},
		gather.Count{What: "closed days", Got: float64(d.closed), Want: 172_817},
		gather.Count{What: "turnover", Got: d.turnover, Want: 5_873_180_623},
	)...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "Rossmann store sales: daily turnover by store; a closed day is not observed",
		Frequency: "D", Features: own, Horizon: horizon, Windows: backtestWindows, Filling: filling,
	})
}

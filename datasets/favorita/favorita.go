// Package favorita reads the files of Kaggle's Corporación Favorita grocery sales and writes them as a data set: 125
// million rows of daily unit sales by item and store, with promotions, holidays and the price of oil.
//
// The official file has no row where nothing was sold, and does not say whether there was stock: in the configuration such
// a day is a zero, as the competition scores it, and a backtest leaves filled cells out one by one. A row below zero, more
// goods returned than sold, is written as zero, and counted. A promotion that is not known, as none is before April 2014,
// stays so. holiday is 1 on national holidays on the day that they were kept; oil is the last price known. The number of
// transactions is an outcome, not known ahead, and is not a feature. The rows of test.csv, where it is there, are the
// future of the promotions; its series without sales are left out, and counted.
//
// The rows are first scattered by item over temporary files beside the data set, 20 bytes a row, and then read, ordered
// and written one file after the other: memory holds the rows of 64 items at a time, not those of all.
package favorita

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://www.kaggle.com/competitions/favorita-grocery-sales-forecasting/data"

// Names of the official files, each also with .gz or .zst after it. TestFile may be missing.
const (
	TrainFile    = "train.csv"
	ItemsFile    = "items.csv"
	StoresFile   = "stores.csv"
	HolidaysFile = "holidays_events.csv"
	OilFile      = "oil.csv"
	TestFile     = "test.csv"
)

const (
	horizon         = 16 // as the competition asks for
	backtestWindows = 3
	itemsPerPart    = 64
)

var (
	own      = []layout.Feature{{Name: "onpromotion", Role: "promotion"}}
	shared   = []layout.Feature{{Name: "holiday", Role: "other"}, {Name: "oil", Role: "other"}}
	features = slices.Concat(own, shared)
	filling  = []layout.Filling{
		{Name: "onpromotion", Middle: "zero", Back: "zero", Future: "zero"},
		{Name: "holiday", Middle: "zero", Back: "zero", Future: "zero"},
		{Name: "oil", Middle: "median", Back: "median", Future: "median"},
	}
	rowColumns = []string{"date", "store_nbr", "item_nbr", "onpromotion"}
)

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("favorita", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := &data{items: map[string]itemRow{}, stores: map[string]storeRow{}, holiday: map[int32]bool{}}
		paths, err := gather.Find(from, Where, TrainFile, ItemsFile, StoresFile, HolidaysFile, OilFile)
		if err != nil {
			return nil, err
		}
		if err := d.readSmall(ctx, paths[1:]); err != nil {
			return nil, err
		}
		spill, err := newSpill(out, (len(d.itemIDs)+itemsPerPart-1)/itemsPerPart)
		if err != nil {
			return nil, err
		}
		defer spill.remove()
		if err := d.scatter(ctx, spill, paths[0], from); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o, spill)
	})
}

type data struct {
	items    map[string]itemRow
	stores   map[string]storeRow
	itemIDs  []string // in order
	storeIDs []string
	holiday  map[int32]bool
	oil      []oilPrice // by day

	rows int
}

type oilPrice struct {
	day   int32
	price float64
}

type itemRow struct {
	ItemID     string `parquet:"item_id"`
	Family     string `parquet:"family,dict"`
	Class      string `parquet:"class,dict"`
	Perishable string `parquet:"perishable,dict"`
}

type storeRow struct {
	StoreID string `parquet:"store_id"`
	City    string `parquet:"city,dict"`
	State   string `parquet:"state,dict"`
	Type    string `parquet:"store_type,dict"`
	Cluster string `parquet:"cluster,dict"`
}

// scatter puts the rows of train.csv and, where it is there, test.csv into the temporary files.
func (d *data) scatter(ctx context.Context, to *spill, train, from string) error {
	item, store := index(d.itemIDs), index(d.storeIDs)
	add := func(f []string, y float64) error {
		day, err := gather.Day(f[0])
		if err != nil {
			return err
		}
		i, knownItem := item[f[2]]
		s, knownStore := store[f[1]]
		if !knownItem || !knownStore {
			return fmt.Errorf("item %s or store %s is not in %s and %s; get them anew from %s", f[2], f[1], ItemsFile, StoresFile, Where)
		}
		promotion, err := promotionOf(f[3])
		if err != nil {
			return err
		}
		return to.add(int(i)/itemsPerPart, row{item: i, store: s, day: day, promotion: promotion, units: y})
	}
	err := gather.EachRow(ctx, train, Where, append(slices.Clone(rowColumns), "unit_sales"), func(f []string) error {
		y, err := gather.Number(f[4])
		if err != nil {
			return err
		}
		d.rows++
		return add(f, y)
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
	return gather.EachRow(ctx, test, Where, rowColumns, func(f []string) error { return add(f, math.NaN()) })
}

func index(ids []string) map[string]uint16 {
	at := make(map[string]uint16, len(ids))
	for i, id := range ids {
		at[id] = uint16(i)
	}
	return at
}

func promotionOf(text string) (float32, error) {
	switch strings.ToLower(text) {
	case "true", "1":
		return 1, nil
	case "false", "0":
		return 0, nil
	case "":
		return float32(math.NaN()), nil
	}
	return 0, fmt.Errorf("onpromotion is %q and neither True, False nor empty", text)
}

// write reads the temporary files one after the other and writes each as a part.
func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options, from *spill) (*layout.Summary, error) {
	sum := &gather.Sum{}
	var keys []demand.Key
	for n := range from.files {
		set := gather.Set{Own: own, Shared: shared, Lookup: d.ofDay, Returns: true}
		err := from.each(n, func(r row) error {
			return set.Add(demand.Key{Item: d.itemIDs[r.item], Store: d.storeIDs[r.store]}, r.day, r.units, float64(r.promotion))
		})
		if err != nil {
			return nil, err
		}
		one, written, err := set.WriteAs(ctx, b, layout.Part{Number: n, Of: len(from.files)})
		if err != nil {
			return nil, err
		}
		sum.Add(one)
		keys = append(keys, written...)
		if o.Progress != nil {
			o.Progress(n+1, len(from.files))
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("no row has a demand")
	}
	return d.finish(b, sum, keys)
}

func (d *data) finish(b *layout.Builder, sum *gather.Sum, keys []demand.Key) (*layout.Summary, error) {
	if err := gather.WriteMetadata(b, keys, gather.In(d.items), gather.In(d.stores)); err != nil {
		return nil, err
	}
	sum.Items, sum.Stores = len(gather.Items(keys)), len(gather.Stores(keys))
	sum.Notes = gather.Checks(
		gather.Count{What: "rows", Got: float64(d.rows), Want: 125_497_040},
		gather.Count{What: "stores", Got: float64(sum.Stores), Want: 54},
		gather.Count{What: "items with sales", Got: float64(sum.Items), Want: 4_036},
	)
	return &sum.Summary, sum.WriteConfig(b, layout.Config{
		Title:     "Corporación Favorita: daily unit sales by item and store; a day without a row is a zero",
		Frequency: "D", Features: features, Horizon: horizon, Windows: backtestWindows, Filling: filling, Filled: "exclude_point",
	})
}

// Package dominicks reads the orange juice data of Dominick's Finer Foods and writes it as a data set: weekly units of 11
// brands in 83 stores of Chicago, with price, deal and feature.
//
// Two forms of the same data are read: oj_sku_store_week.csv, whose rows have their date and units; and yx.csv, which is
// the table orangeJuice$yx of the R package bayesm as write.csv writes it, with the number of the week, the logarithm of
// the units and the prices of all brands. Week 40 begins on Thursday 14 June 1990, so the frequency is W-THU. A week
// without a row is not observed, and no zero. The profit is an outcome, not known ahead, and is not a feature.
package dominicks

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://cran.r-project.org/package=bayesm"

// Names of the files, each also with .gz or .zst after it.
const (
	WeekFile  = "oj_sku_store_week.csv"
	PanelFile = "yx.csv"
	StoreFile = "storedemo.csv"
)

const (
	brands          = 11
	week40          = 7469 // 1990-06-14 in days since 1970-01-01
	horizon         = 8
	backtestWindows = 3
)

// names of the brands, with their ounces: the help page of orangeJuice.
var names = [brands]struct{ description, ounces string }{
	{"Tropicana Premium 64oz", "64"},
	{"Tropicana Premium 96oz", "96"},
	{"Florida's Natural 64oz", "64"},
	{"Tropicana 64oz", "64"},
	{"Minute Maid 64oz", "64"},
	{"Minute Maid 96oz", "96"},
	{"Citrus Hill 64oz", "64"},
	{"Tree Fresh 64oz", "64"},
	{"Florida Gold 64oz", "64"},
	{"Dominick's 64oz", "64"},
	{"Dominick's 128oz", "128"},
}

var (
	own     = []layout.Feature{{Name: "price_per_oz", Role: "price"}, {Name: "deal", Role: "promotion"}, {Name: "feat", Role: "promotion"}}
	filling = []layout.Filling{
		layout.NotObserved, {Name: "price_per_oz", Future: "median"}, {Name: "deal", Future: "zero"}, {Name: "feat", Future: "zero"},
	}
)

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("dominicks", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := data{set: gather.Set{Own: own}, stores: map[string]storeRow{}}
		if err := d.read(ctx, from); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set    gather.Set
	stores map[string]storeRow
}

type itemRow struct {
	ItemID      string `parquet:"item_id"`
	Description string `parquet:"description"`
	Ounces      string `parquet:"ounces,dict"`
}

// storeRow has the demographics of a store's customers.
type storeRow struct {
	StoreID    string `parquet:"store_id"`
	Age60      string `parquet:"age60"`
	Education  string `parquet:"educ"`
	Ethnic     string `parquet:"ethnic"`
	Income     string `parquet:"income"`
	LargeHouse string `parquet:"hhlarge"`
	WorkWomen  string `parquet:"workwom"`
	HouseValue string `parquet:"hval150"`
}

func (d *data) read(ctx context.Context, from string) error {
	path, err := source.Find(from, Where, WeekFile, PanelFile)
	stores, errStores := source.Find(from, Where, StoreFile)
	if err := errors.Join(err, errStores); err != nil {
		return err
	}
	if strings.HasPrefix(filepath.Base(path), WeekFile) {
		err = gather.EachRow(ctx, path, Where, []string{"store", "brand", "week_start", "move", "price_per_oz", "deal", "feat"}, d.addWeek)
	} else {
		columns := []string{"store", "brand", "week", "logmove", "deal", "feat"}
		for i := range brands {
			columns = append(columns, fmt.Sprintf("price%d", i+1))
		}
		err = gather.EachRow(ctx, path, Where, columns, d.addPanel)
	}
	if err != nil {
		return err
	}
	columns := []string{"store", "age60", "educ", "ethnic", "income", "hhlarge", "workwom", "hval150"}
	return gather.EachRow(ctx, stores, Where, columns, func(f []string) error {
		d.stores[f[0]] = storeRow{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]}
		return nil
	})
}

func (d *data) addWeek(f []string) error {
	if _, err := brandOf(f[1]); err != nil {
		return err
	}
	day, err := gather.Day(f[2])
	if err != nil {
		return err
	}
	var x [4]float64 // units, price, deal, feat
	if err := gather.Numbers(x[:], f[3:]); err != nil {
		return err
	}
	return d.set.Add(demand.Key{Item: f[1], Store: f[0]}, day, x[0], x[1:]...)
}

func (d *data) addPanel(f []string) error {
	brand, err := brandOf(f[1])
	if err != nil {
		return err
	}
	week, err := strconv.Atoi(f[2])
	if err != nil {
		return fmt.Errorf("the week %q is not a whole number", f[2])
	}
	var x [3 + brands]float64 // log units, deal, feat, prices
	if err := gather.Numbers(x[:], f[3:]); err != nil {
		return err
	}
	units := math.Round(math.Exp(x[0]))
	return d.set.Add(demand.Key{Item: f[1], Store: f[0]}, week40+7*int32(week-40), units, x[2+brand], x[1], x[2])
}

// brandOf reads the number of a brand, 1 to 11.
func brandOf(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > brands {
		return 0, fmt.Errorf("the brand %q is not a number from 1 to %d", text, brands)
	}
	return n, nil
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, d.set.Keys(), item, gather.In(d.stores)); err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, gather.Checks(
		gather.Count{What: "rows", Got: float64(s.TargetRows), Want: 106_139},
		gather.Count{What: "series", Got: float64(s.Series), Want: 913},
	)...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "Dominick's orange juice: weekly units by brand and store; weeks run from Thursday to Wednesday",
		Frequency: "W-THU", Features: own, Horizon: horizon, Windows: backtestWindows, Filling: filling,
	})
}

func item(id string) (itemRow, bool) {
	n, err := brandOf(id)
	if err != nil {
		return itemRow{}, false
	}
	return itemRow{id, names[n-1].description, names[n-1].ounces}, true
}

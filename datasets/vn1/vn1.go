// Package vn1 reads the files of the VN1 forecasting competition and writes them as a data set: weekly units and prices of
// 15,053 combinations of client, warehouse and product. Weeks are named by their first day, a Monday.
//
// The item is the client and the product, as client-product, since two clients' products of one number are two products;
// the store is the warehouse. Phases that follow phase 0 are read where they are there, with prices or without. The files
// hold a zero where nothing was sold, also before a product's first sale, and it is written; a series of zeros alone is
// left out, and counted. A price stands only in weeks with sales: in others it is not known, and the configuration takes
// the median of those before.
package vn1

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://www.datasource.ai/en/home/data-science-competitions-for-startups/phase-2-vn1-forecasting-accuracy-challenge/datasets"

const (
	phases          = 3 // phase 0 must be there, the others may be missing
	horizon         = 13
	backtestWindows = 3
)

// Files are those of phase 0, Later those that may be missing; each also with .gz or .zst after it.
var (
	Files = []string{salesFile(0), priceFile(0)}
	Later = []string{salesFile(1), priceFile(1), salesFile(2), priceFile(2)}
)

func salesFile(phase int) string { return fmt.Sprintf("Phase %d - Sales.csv", phase) }
func priceFile(phase int) string { return fmt.Sprintf("Phase %d - Price.csv", phase) }

var (
	own     = []layout.Feature{{Name: "price", Role: "price"}}
	filling = []layout.Filling{{Name: "price", Middle: "median", Back: "median", Future: "median"}}
)

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("vn1", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := &data{set: gather.Set{Own: own}, items: map[string]itemRow{}}
		if err := d.read(ctx, from); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set   gather.Set
	items map[string]itemRow
	weeks int

	unpriced []int // phases without a file of prices
}

type itemRow struct {
	ItemID  string `parquet:"item_id"`
	Client  string `parquet:"client,dict"`
	Product string `parquet:"product"`
}

func (d *data) read(ctx context.Context, from string) error {
	for phase := range phases {
		if _, err := source.Find(from, Where, salesFile(phase)); phase > 0 && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		sales, errSales := source.Find(from, Where, salesFile(phase))
		prices, errPrices := source.Find(from, Where, priceFile(phase))
		if phase > 0 && errors.Is(errPrices, fs.ErrNotExist) {
			prices, errPrices = "", nil
			d.unpriced = append(d.unpriced, phase)
		}
		if err := errors.Join(errSales, errPrices); err != nil {
			return err
		}
		if err := d.readPhase(ctx, sales, prices); err != nil {
			return err
		}
	}
	return nil
}

// series is a row of a phase's file of prices.
type series [3]string

// readPhase reads the files of a phase; prices is empty where it has none.
func (d *data) readPhase(ctx context.Context, sales, prices string) error {
	price := map[series][]float64{}
	var days []int32
	if prices != "" {
		var err error
		days, err = eachSeries(ctx, prices, func(k series, _ []int32, values []float64) error {
			price[k] = slices.Clone(values)
			return nil
		})
		if err != nil {
			return err
		}
	}
	weeks, err := eachSeries(ctx, sales, func(k series, weeks []int32, values []float64) error {
		if prices != "" && !slices.Equal(weeks, days) {
			return fmt.Errorf("it has other weeks than %s; get both anew", prices)
		}
		return d.add(k, weeks, values, price[k])
	})
	d.weeks += len(weeks)
	return err
}

// eachSeries calls add for each row of a wide file, and returns the weeks of its header.
func eachSeries(ctx context.Context, path string, add func(k series, weeks []int32, values []float64) error) ([]int32, error) {
	w, err := gather.OpenWide(path, Where, "client", "warehouse", "product")
	if err != nil {
		return nil, err
	}
	defer w.Close()
	for {
		names, values, err := w.Next()
		if errors.Is(err, io.EOF) {
			return w.Days, ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if err := add(series(names), w.Days, values); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
}

// add adds a phase of a series. Where the file of prices lacks it, no price is known.
func (d *data) add(k series, weeks []int32, units, price []float64) error {
	item := itemRow{k[0] + "-" + k[2], k[0], k[2]}
	d.items[item.ItemID] = item
	for t, week := range weeks {
		p := math.NaN()
		if price != nil {
			p = price[t]
		}
		if err := d.set.Add(demand.Key{Item: item.ItemID, Store: k[1]}, week, units[t], p); err != nil {
			return err
		}
	}
	return nil
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	series := len(d.set.Keys())
	unsold := d.set.Drop(func(_ demand.Key, units float64) bool { return units > 0 })
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, d.set.Keys(), gather.In(d.items), gather.BareStore); err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, fmt.Sprintf("%d series never sold a unit: left out", unsold))
	s.Notes = append(s.Notes, fmt.Sprintf("%d weeks were read: phase 0 has 170, phase 1 the 13 after them", d.weeks))
	for _, phase := range d.unpriced {
		s.Notes = append(s.Notes, fmt.Sprintf("phase %d has no file of prices: they are not known in its weeks", phase))
	}
	s.Notes = append(s.Notes, gather.Checks(gather.Count{What: "series", Got: float64(series), Want: 15_053})...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "VN1 forecasting competition: weekly units by client's product and warehouse; weeks begin on Monday",
		Frequency: "W", Features: own, Horizon: horizon, Windows: backtestWindows, Filling: filling,
	})
}

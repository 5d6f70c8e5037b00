package freshretailnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"shelfcast/datasets/gather"
	"shelfcast/engine/demand"
)

var unknown = math.NaN()

const rowsPerLook = 1 << 10 // series between two looks at the context

// readWide reads the folder of wide files. The four with a column a day have the same series in the same order.
func (d *data) readWide(ctx context.Context, from string) error {
	paths, err := gather.Find(from, Where, SalesFile, DiscountFile, ActivityFile, StockOutFile, SeriesFile, CityFile)
	if err != nil {
		return err
	}
	if err := d.readSeries(ctx, paths[4]); err != nil {
		return err
	}
	if err := d.readCities(ctx, paths[5]); err != nil {
		return err
	}
	var files [4]*gather.Wide
	for i := range files {
		if files[i], err = gather.OpenWide(paths[i], Where, "store_id", "product_id"); err != nil {
			return err
		}
		defer files[i].Close()
		if !slices.Equal(files[i].Days, files[0].Days) {
			return fmt.Errorf("read %s: it has other days than %s; get both anew", paths[i], paths[0])
		}
	}
	for n := 0; ; n++ {
		if n%rowsPerLook == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		done, err := d.addWide(files, paths)
		if done || err != nil {
			return err
		}
	}
}

// addWide adds the next series of the four files, and reports their end.
func (d *data) addWide(files [4]*gather.Wide, paths []string) (done bool, err error) {
	var names [4][]string
	var values [4][]float64
	ended := 0
	for i, w := range files {
		names[i], values[i], err = w.Next()
		if errors.Is(err, io.EOF) {
			ended++
		} else if err != nil {
			return false, err
		}
		if ended > 0 && ended <= i || !slices.Equal(names[i], names[0]) {
			return false, fmt.Errorf("read %s: after %d series it differs from %s; get both anew", paths[i], len(d.set.Keys()), paths[0])
		}
	}
	if ended > 0 {
		return true, nil
	}
	k := demand.Key{Store: names[0][0], Item: names[0][1]}
	for t, day := range files[0].Days {
		if err := d.add(k, day, values[0][t], values[1][t], values[2][t], values[3][t]); err != nil {
			return false, fmt.Errorf("read %s: %w", paths[0], err)
		}
	}
	return false, nil
}

// add adds a row. Out is hours out of stock.
func (d *data) add(k demand.Key, day int32, sales, discount, activity, out float64) error {
	if out < 0 || out > hoursOpen {
		return fmt.Errorf("%v was %v of %d hours out of stock", k, out, hoursOpen)
	}
	return d.set.Add(k, day, sales, discount, activity, 1-out/hoursOpen)
}

func (d *data) readSeries(ctx context.Context, path string) error {
	columns := []string{
		"city_id", "store_id", "management_group_id", "first_category_id", "second_category_id", "third_category_id", "product_id",
	}
	return gather.EachRow(ctx, path, Where, columns, func(f []string) error {
		return d.describe(storeRow{f[1], f[0]}, itemRow{f[6], f[2], f[3], f[4], f[5]})
	})
}

// describe takes what a row says of its store and its product, which each row must say alike.
func (d *data) describe(store storeRow, item itemRow) error {
	if old, ok := d.stores[store.StoreID]; ok && old != store {
		return fmt.Errorf("store %s lies in city %s and in city %s", store.StoreID, old.CityID, store.CityID)
	}
	if old, ok := d.items[item.ItemID]; ok && old != item {
		return fmt.Errorf("product %s has two sets of categories", item.ItemID)
	}
	d.stores[store.StoreID], d.items[item.ItemID] = store, item
	return nil
}

func (d *data) readCities(ctx context.Context, path string) error {
	columns := []string{"city_id", "date", "holiday_flag", "precpt", "avg_temperature", "avg_humidity", "avg_wind_level"}
	return gather.EachRow(ctx, path, Where, columns, func(f []string) error {
		day, err := gather.Day(f[1])
		if err != nil {
			return err
		}
		x := make([]float64, len(shared))
		d.cities[cityDay{f[0], day}] = x
		return gather.Numbers(x, f[2:])
	})
}

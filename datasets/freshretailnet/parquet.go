package freshretailnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"shelfcast/datasets/gather"
	"shelfcast/engine/demand"
)

// officialRow has the columns of train.parquet that are read: all but the sales and stock-outs by the hour.
type officialRow struct {
	City            int64   `parquet:"city_id"`
	Store           int64   `parquet:"store_id"`
	ManagementGroup int64   `parquet:"management_group_id"`
	FirstCategory   int64   `parquet:"first_category_id"`
	SecondCategory  int64   `parquet:"second_category_id"`
	ThirdCategory   int64   `parquet:"third_category_id"`
	Product         int64   `parquet:"product_id"`
	Date            string  `parquet:"dt"`
	Sales           float64 `parquet:"sale_amount"`
	StockOutHours   int32   `parquet:"stock_hour6_22_cnt"`
	Discount        float64 `parquet:"discount"`
	Holiday         int32   `parquet:"holiday_flag"`
	Activity        int32   `parquet:"activity_flag"`
	Precipitation   float64 `parquet:"precpt"`
	Temperature     float64 `parquet:"avg_temperature"`
	Humidity        float64 `parquet:"avg_humidity"`
	Wind            float64 `parquet:"avg_wind_level"`
}

const rowsPerRead = 4096

func (d *data) readParquet(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer f.Close()
	if err := d.readRows(ctx, f); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func (d *data) readRows(ctx context.Context, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return fmt.Errorf("%w; get the file anew from %s", err, Where)
	}
	if err := checkColumns(file); err != nil {
		return err
	}
	r := parquet.NewGenericReader[officialRow](file)
	defer r.Close()
	rows := make([]officialRow, rowsPerRead)
	for done := 0; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(rows)
		for i := range rows[:n] {
			if err := d.addRow(&rows[i]); err != nil {
				return fmt.Errorf("row %d: %w", done+i+1, err)
			}
		}
		done += n
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// checkColumns reports a column that is missing, which the reader would take for zeros.
func checkColumns(file *parquet.File) error {
	for _, c := range parquet.SchemaOf(officialRow{}).Columns() {
		if _, ok := file.Schema().Lookup(c...); !ok {
			return fmt.Errorf("it has no column %s; get the file anew from %s", c[0], Where)
		}
	}
	return nil
}

func (d *data) addRow(r *officialRow) error {
	day, err := gather.Day(r.Date)
	if err != nil {
		return err
	}
	store := storeRow{id(r.Store), id(r.City)}
	item := itemRow{id(r.Product), id(r.ManagementGroup), id(r.FirstCategory), id(r.SecondCategory), id(r.ThirdCategory)}
	if err := d.describe(store, item); err != nil {
		return err
	}
	at := cityDay{store.CityID, day}
	x := []float64{float64(r.Holiday), r.Precipitation, r.Temperature, r.Humidity, r.Wind}
	if d.cities[at] == nil {
		d.cities[at] = x
	}
	if !slices.EqualFunc(x, d.cities[at], same) {
		return fmt.Errorf("city %s has two kinds of weather on %s; get the file anew from %s", store.CityID, r.Date, Where)
	}
	return d.add(demand.Key{Item: item.ItemID, Store: store.StoreID}, day, r.Sales, r.Discount, float64(r.Activity), float64(r.StockOutHours))
}

// same reports whether two values are equal or both not known.
func same(a, b float64) bool { return a == b || a != a && b != b }

func id(n int64) string { return strconv.FormatInt(n, 10) }

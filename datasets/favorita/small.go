package favorita

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"shelfcast/datasets/gather"
	"shelfcast/engine/demand"
)

// mostIDs is how many items or stores a row of a temporary file can tell apart.
const mostIDs = 1 << 16

// readSmall reads items, stores, holidays and oil.
func (d *data) readSmall(ctx context.Context, paths []string) error {
	err := gather.EachRow(ctx, paths[0], Where, []string{"item_nbr", "family", "class", "perishable"}, func(f []string) error {
		d.items[f[0]] = itemRow{f[0], f[1], f[2], f[3]}
		return nil
	})
	if err != nil {
		return err
	}
	err = gather.EachRow(ctx, paths[1], Where, []string{"store_nbr", "city", "state", "type", "cluster"}, func(f []string) error {
		d.stores[f[0]] = storeRow{f[0], f[1], f[2], f[3], f[4]}
		return nil
	})
	if err != nil {
		return err
	}
	d.itemIDs, d.storeIDs = slices.Sorted(maps.Keys(d.items)), slices.Sorted(maps.Keys(d.stores))
	if len(d.itemIDs) > mostIDs || len(d.storeIDs) > mostIDs {
		return fmt.Errorf("there are %d items and %d stores, more than %d of one", len(d.itemIDs), len(d.storeIDs), mostIDs)
	}
	if err := gather.EachRow(ctx, paths[2], Where, []string{"date", "type", "locale", "transferred"}, d.addHoliday); err != nil {
		return err
	}
	return d.readOil(ctx, paths[3])
}

// addHoliday takes the days on which the whole country kept a holiday. One that was transferred was an ordinary day; the
// day that it was moved to has a row of type Transfer. A day of type Work Day was worked to make up for another, and
// Event is no day off.
func (d *data) addHoliday(f []string) error {
	day, err := gather.Day(f[0])
	if err != nil {
		return err
	}
	kept := f[1] == "Holiday" || f[1] == "Transfer" || f[1] == "Additional" || f[1] == "Bridge"
	if kept && f[2] == "National" && f[3] != "True" && f[3] != "TRUE" {
		d.holiday[day] = true
	}
	return nil
}

func (d *data) readOil(ctx context.Context, path string) error {
	err := gather.EachRow(ctx, path, Where, []string{"date", "dcoilwtico"}, func(f []string) error {
		day, err := gather.Day(f[0])
		if err != nil {
			return err
		}
		price, err := gather.Number(f[1])
		if err == nil && !math.IsNaN(price) {
			d.oil = append(d.oil, oilPrice{day, price})
		}
		return err
	})
	slices.SortFunc(d.oil, func(a, b oilPrice) int { return cmp.Compare(a.day, b.day) })
	return err
}

// ofDay gives the features that hold everywhere: holiday, and the last price of oil that was known on the day.
func (d *data) ofDay(_ demand.Key, day int32, dst []float64) {
	dst[0], dst[1] = gather.Flag(d.holiday[day]), math.NaN()
	after, _ := slices.BinarySearchFunc(d.oil, day+1, func(o oilPrice, day int32) int { return cmp.Compare(o.day, day) })
	if after > 0 {
		dst[1] = d.oil[after-1].price
	}
}

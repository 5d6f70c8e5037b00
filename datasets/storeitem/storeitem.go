// Package storeitem reads the file of Kaggle's store item demand forecasting challenge and writes it as a data set:
// 500 series of daily sales without prices or attributes, an easy first panel.
package storeitem

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// Where says where the file can be had.
const Where = "https://www.kaggle.com/competitions/demand-forecasting-kernels-only/data"

// TrainFile is the name of the official file, also with .gz or .zst after it.
const TrainFile = "train.csv"

// Columns of the official file, in the order that add takes them.
var columns = [4]string{"date", "store", "item", "sales"}

const (
	horizon         = 28
	backtestWindows = 3
	rowsPerLook     = 1 << 16 // between two looks at the context
)

// The official file's counts, from the file itself.
const (
	officialSeries = 500
	officialRows   = 913_000
)

// Import writes the file in the folder from as the data set out: item and store numbers become item_id and store_id as
// they stand. A day without a row stays without one. The set has no related series, so rts.parquet is absent.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	b, err := layout.Create(out, o.Force)
	if err != nil {
		return nil, err
	}
	defer b.Discard()
	d, err := read(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("import store_item_demand: %w", err)
	}
	s, err := d.write(ctx, b, o)
	if err != nil {
		return nil, fmt.Errorf("import store_item_demand: %w", err)
	}
	if err := b.Commit(); err != nil {
		return nil, err
	}
	return s, nil
}

// data is the content of the file: for each series, its days in days since 1970-01-01 and its sales.
type data struct {
	rows   int
	series map[demand.Key]*sales
}

type sales struct {
	days  []int32
	units []float64
}

func read(ctx context.Context, dir string) (*data, error) {
	path, err := source.Find(dir, Where, TrainFile)
	if err != nil {
		return nil, err
	}
	f, err := source.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := &data{series: map[demand.Key]*sales{}}
	if err := d.readRows(ctx, csv.NewReader(f)); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return d, nil
}

func (d *data) readRows(ctx context.Context, r *csv.Reader) error {
	r.ReuseRecord = true
	header, err := source.Header(r)
	if err != nil {
		return err
	}
	var at [4]int
	for c, name := range columns {
		if at[c] = slices.Index(header, name); at[c] < 0 {
			return fmt.Errorf("it has no column %s; get the file anew from %s", name, Where)
		}
	}
	for ; ; d.rows++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return d.check()
		}
		if err == nil {
			err = d.add(record[at[0]], record[at[1]], record[at[2]], record[at[3]])
		}
		if err == nil && d.rows%rowsPerLook == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return atLine(r, err)
		}
	}
}

// atLine says which line an error is about, unless it says so itself.
func atLine(r *csv.Reader, err error) error {
	if parse := new(csv.ParseError); errors.As(err, &parse) {
		return err
	}
	line, _ := r.FieldPos(0)
	return fmt.Errorf("line %d: %w", line, err)
}

func (d *data) add(date, store, item, units string) error {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2013-01-01", date)
	}
	y, err := strconv.ParseFloat(units, 64)
	if err != nil || !(y >= 0) || math.IsInf(y, 0) {
		return fmt.Errorf("the sales %q are not a number of zero or more", units)
	}
	if item == "" || store == "" {
		return errors.New("the item or the store is empty")
	}
	k := demand.Key{Item: item, Store: store}
	s := d.series[k]
	if s == nil {
		k = demand.Key{Item: strings.Clone(item), Store: strings.Clone(store)}
		s = &sales{}
		d.series[k] = s
	}
	t := int32(day.Unix() / 86400)
	if n := len(s.days); n > 0 && t <= s.days[n-1] {
		return fmt.Errorf("%s of %v stands after a later or the same day; get the file anew from %s", date, k, Where)
	}
	s.days, s.units = append(s.days, t), append(s.units, y)
	return nil
}

func (d *data) check() error {
	if len(d.series) == 0 {
		return fmt.Errorf("it has no rows; get the file anew from %s", Where)
	}
	return nil
}

func (d *data) keys() []demand.Key {
	keys := make([]demand.Key, 0, len(d.series))
	for k := range d.series {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, demand.Key.Compare)
	return keys
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	keys := d.keys()
	s := &layout.Summary{Series: len(keys)}
	if err := d.writeTargets(ctx, b, keys, s, o); err != nil {
		return nil, err
	}
	items := distinct(keys, func(k demand.Key) string { return k.Item })
	stores := distinct(keys, func(k demand.Key) string { return k.Store })
	s.Items, s.Stores = len(items), len(stores)
	var itemRows []itemRow
	for _, id := range items {
		itemRows = append(itemRows, itemRow{id})
	}
	var storeRows []storeRow
	for _, id := range stores {
		storeRows = append(storeRows, storeRow{id})
	}
	config := layout.Config{
		Title:     "Kaggle store item demand: daily unit sales of 50 items in 10 stores",
		Frequency: "D", Horizon: horizon, Windows: backtestWindows,
	}
	s.Notes = []string{d.note()}
	return s, errors.Join(
		layout.WriteAll(b, layout.ItemsFile, itemRows), layout.WriteAll(b, layout.StoresFile, storeRows), b.WriteConfig(config))
}

type itemRow struct {
	ItemID string `parquet:"item_id"`
}

type storeRow struct {
	StoreID string `parquet:"store_id"`
}

func distinct(keys []demand.Key, of func(demand.Key) string) []string {
	var names []string
	for _, k := range keys {
		names = append(names, of(k))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (d *data) writeTargets(ctx context.Context, b *layout.Builder, keys []demand.Key, s *layout.Summary, o layout.Options) error {
	w, err := layout.NewTargets(b, layout.Whole)
	if err != nil {
		return err
	}
	defer w.Close()
	first, last := int32(math.MaxInt32), int32(math.MinInt32)
	for i, k := range keys {
		if err := ctx.Err(); err != nil {
			return err
		}
		x := d.series[k]
		if err := x.write(w, k); err != nil {
			return err
		}
		for _, y := range x.units {
			s.Units += y
		}
		first, last = min(first, x.days[0]), max(last, x.days[len(x.days)-1])
		if o.Progress != nil {
			o.Progress(i+1, len(keys))
		}
	}
	s.TargetRows = w.Rows()
	s.First, s.Last = time.Unix(int64(first)*86400, 0).UTC(), time.Unix(int64(last)*86400, 0).UTC()
	return w.Close()
}

// write writes each run of consecutive days.
func (s *sales) write(w *layout.Targets, k demand.Key) error {
	lo := 0
	for i := range s.days {
		if i+1 < len(s.days) && s.days[i+1] == s.days[i]+1 {
			continue
		}
		if err := w.Write(k.Item, k.Store, s.days[lo], s.units[lo:i+1]); err != nil {
			return err
		}
		lo = i + 1
	}
	return nil
}

func (d *data) note() string {
	if len(d.series) == officialSeries && d.rows == officialRows {
		return fmt.Sprintf("this is the official set: %d series, %d rows", officialSeries, officialRows)
	}
	return fmt.Sprintf("this is not the official set: it has %d series and %d rows, the official one %d and %d",
		len(d.series), d.rows, officialSeries, officialRows)
}

// Package m5 reads the files of the M5 competition, writes them as a data set, and scores forecasts as the competition
// did. It knows the competition's files and its measure; it makes no forecasts.
//
// Makridakis, Spiliotis and Assimakopoulos, "M5 accuracy competition: results, findings, and conclusions",
// International Journal of Forecasting 38(4), 2022.
package m5

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"shelfcast/datasets/layout"
)

// Where says where the files can be had.
const Where = "https://www.kaggle.com/competitions/m5-forecasting-accuracy/data"

// Names of the official files, each also with .gz or .zst after it.
const (
	EvaluationFile = "sales_train_evaluation.csv" // d_1 … d_1941
	ValidationFile = "sales_train_validation.csv" // d_1 … d_1913
	CalendarFile   = "calendar.csv"
	PricesFile     = "sell_prices.csv"
)

// Horizon is the number of days that the competition forecasts.
const Horizon = 28

const (
	seriesPerPart   = 500 // about 800,000 rows: the rows of one parquet row group
	backtestWindows = 3
)

var features = []layout.Feature{{Name: "price", Role: "price"}, {Name: "snap", Role: "other"}, {Name: "event", Role: "other"}}

// Import writes the files in the folder from as the data set out.
//
// A series begins on the first day of its first priced week: before it the item was not on sale, and there is no row,
// not a zero. Related features are price (that week's selling price), snap (1 on days when the store's state pays food
// benefits) and event (1 on days with a named event), over the days on sale and the 28 days after the last.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	b, err := layout.Create(out, o.Force)
	if err != nil {
		return nil, err
	}
	defer b.Discard()
	d, err := load(ctx, from)
	if err != nil {
		return nil, fmt.Errorf("import m5: %w", err)
	}
	s, err := d.writeSeries(ctx, b, o)
	if err != nil {
		return nil, fmt.Errorf("import m5: %w", err)
	}
	if err := errors.Join(d.writeItems(b, s), d.writeStores(b, s), writeConfig(b)); err != nil {
		return nil, fmt.Errorf("import m5: %w", err)
	}
	s.Notes = append(s.Notes, d.notes(s)...)
	if err := b.Commit(); err != nil {
		return nil, err
	}
	return s, nil
}

// writeSeries writes tts.parquet and rts.parquet and sums them up.
func (d *data) writeSeries(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	parts := (len(d.series) + seriesPerPart - 1) / seriesPerPart
	s := &layout.Summary{First: d.cal.date(0), Last: d.cal.date(d.days - 1)}
	sums := make([]layout.Summary, parts)
	var mu sync.Mutex
	done := 0
	err := layout.EachPart(ctx, parts, o.Goroutines(), func(ctx context.Context, part int) error {
		lo, hi := part*seriesPerPart, min((part+1)*seriesPerPart, len(d.series))
		var err error
		if sums[part], err = d.writePart(ctx, b, layout.Part{Number: part, Of: parts}, lo, hi); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if done += hi - lo; o.Progress != nil {
			o.Progress(done, len(d.series))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, p := range sums {
		s.Series += p.Series
		s.Units += p.Units
		s.TargetRows += p.TargetRows
		s.RelatedRows += p.RelatedRows
	}
	return s, nil
}

// writePart writes the series lo to hi−1.
func (d *data) writePart(ctx context.Context, b *layout.Builder, p layout.Part, lo, hi int) (s layout.Summary, err error) {
	tts, err := layout.NewTargets(b, p)
	if err != nil {
		return s, err
	}
	defer tts.Close()
	rts, err := layout.NewRelated(b, layout.RelatedFile, p, layout.Names(features))
	if err != nil {
		return s, err
	}
	defer rts.Close()
	for i := lo; i < hi; i++ {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		units, err := d.writeOne(tts, rts, i)
		if err != nil {
			return s, err
		}
		if d.onSale(i) < d.days {
			s.Series++
		}
		s.Units += units
	}
	s.TargetRows, s.RelatedRows = tts.Rows(), rts.Rows()
	return s, errors.Join(tts.Close(), rts.Close())
}

// writeOne writes series i and returns its units.
func (d *data) writeOne(tts *layout.Targets, rts *layout.Related, i int) (units float64, err error) {
	first := d.onSale(i)
	if first >= d.days {
		return 0, nil
	}
	demand := make([]float64, 0, d.days-first)
	for _, u := range d.unitsOf(i)[first:] {
		demand = append(demand, float64(u))
		units += float64(u)
	}
	key, day := d.series[i], d.cal.first+int32(first)
	if err := tts.Write(key.Item, key.Store, day, demand); err != nil {
		return 0, err
	}
	last := min(d.days+Horizon, len(d.cal.week))
	x := [][]float64{d.dailyPrices(i, first, last), d.cal.snap[key.State][first:last], d.cal.event[first:last]}
	return units, rts.Write(key.Item, key.Store, day, x)
}

// dailyPrices returns the price of series i on each day from first to last−1. In a week without a price the last one
// known holds.
func (d *data) dailyPrices(i, first, last int) []float64 {
	prices := make([]float64, 0, last-first)
	known := math.NaN()
	for t := first; t < last; t++ {
		if p := d.priceOf(i, t); p > 0 {
			known = p
		}
		prices = append(prices, known)
	}
	return prices
}

type itemRow struct {
	ItemID string `parquet:"item_id"`
	DeptID string `parquet:"dept_id,dict"`
	CatID  string `parquet:"cat_id,dict"`
}

// writeItems relies on the order of the series, which is by item.
func (d *data) writeItems(b *layout.Builder, s *layout.Summary) error {
	var rows []itemRow
	for i, k := range d.series {
		if i == 0 || k.Item != d.series[i-1].Item {
			rows = append(rows, itemRow{k.Item, k.Dept, k.Cat})
		}
	}
	s.Items = len(rows)
	return layout.WriteAll(b, layout.ItemsFile, rows)
}

type storeRow struct {
	StoreID string `parquet:"store_id"`
	StateID string `parquet:"state_id,dict"`
}

func (d *data) writeStores(b *layout.Builder, s *layout.Summary) error {
	rows := make([]storeRow, 0, len(d.stores))
	for _, k := range d.stores {
		rows = append(rows, storeRow{k.Store, k.State})
	}
	s.Stores = len(rows)
	return layout.WriteAll(b, layout.StoresFile, rows)
}

func writeConfig(b *layout.Builder) error {
	return b.WriteConfig(layout.Config{
		Title:     "M5 competition: Walmart, daily unit sales by item and store",
		Frequency: "D", Features: features, Horizon: Horizon, Windows: backtestWindows,
	})
}

// official is what the competition's own files hold.
var official = map[int]struct {
	series int
	units  float64
}{
	1913: {30490, 65_695_409},
	1941: {30490, 66_927_173},
}

// notes compares what was written with the official counts, and tells what the files held that was not written.
func (d *data) notes(s *layout.Summary) []string {
	var notes []string
	want, known := official[d.days]
	switch {
	case known && s.Series == want.series && s.Units == want.units:
		notes = append(notes, fmt.Sprintf("this is the official set: %d series, %.0f units, %d days", s.Series, s.Units, d.days))
	case known:
		notes = append(notes, fmt.Sprintf("this is not the official set of %d days: it has %d series and %.0f units, the official one %d and %.0f",
			d.days, s.Series, s.Units, want.series, want.units))
	default:
		notes = append(notes, fmt.Sprintf("this is not an official set: it has %d days, the official ones 1913 or 1941", d.days))
	}
	if n := len(d.series) - s.Series; n > 0 {
		notes = append(notes, fmt.Sprintf("%d series have no price and so were never on sale: left out", n))
	}
	if u := d.unitsBeforeSale(); u > 0 {
		notes = append(notes, fmt.Sprintf("%d units were sold before the first priced week: left out", u))
	}
	if d.strayPrices > 0 {
		notes = append(notes, fmt.Sprintf("%d prices belong to no series or no week of the calendar: left out", d.strayPrices))
	}
	if n := d.days + Horizon - len(d.cal.week); n > 0 {
		notes = append(notes, fmt.Sprintf("the calendar ends %d days before the horizon does: no related rows for them", n))
	}
	return notes
}

// date returns the date of day t, counted from 0.
func (c *calendar) date(t int) time.Time { return time.Unix(int64(c.first+int32(t))*86400, 0).UTC() }

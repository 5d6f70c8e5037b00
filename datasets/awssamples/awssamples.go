// Package awssamples reads the sample data that Amazon Forecast's notebooks came with, and writes it as data sets: monthly
// demand of 300 consumer electronics in five stores, with prices planned three months ahead, for what-if; and 300 items
// of the only store "all", whose gaps are an exercise in filling.
//
// An empty demand is not observed: it has no row in the target. In the what-if sample nothing is missing.
package awssamples

import (
	"context"
	"math"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://github.com/aws-samples/amazon-forecast-samples"

// Files of the two samples, each also with .gz or .zst after it.
var (
	WhatIfFiles  = []string{"consumer_electronics_TTS.csv", "consumer_electronics_RTS.csv"}
	FillingFiles = []string{"filling_options_tts.csv", "filling_options_rts.csv"}
)

const (
	horizon         = 3
	backtestWindows = 3
)

var own = []layout.Feature{{Name: "price", Role: "price"}}

// ImportWhatIf writes the what-if sample in the folder from as the data set out.
func ImportWhatIf(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("amazon_forecast_what_if", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := data{set: gather.Set{Own: own}, price: map[at]float64{}}
		if err := d.read(ctx, from, WhatIfFiles, []string{"item_id", "timestamp", "store_id"}); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o, []gather.Count{{What: "series", Want: 1_500}, {What: "rows with a demand", Want: 36_000}},
			layout.Config{Title: "Amazon Forecast's what-if sample: monthly demand of consumer electronics by item and store"})
	})
}

// ImportFilling writes the sample of filling options in the folder from as the data set out.
func ImportFilling(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("amazon_forecast_filling", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := data{set: gather.Set{Own: own}, price: map[at]float64{}}
		if err := d.read(ctx, from, FillingFiles, []string{"item_id", "timestamp"}); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o, []gather.Count{{What: "series", Want: 300}, {What: "rows with a demand", Want: 6_696}},
			layout.Config{
				Title:   "Amazon Forecast's sample of filling options: monthly demand by item",
				Filling: []layout.Filling{layout.NotObserved, {Name: "price", Future: "median"}},
			})
	})
}

type data struct {
	set   gather.Set
	price map[at]float64 // what the related series say that the target has not taken yet
}

type at struct {
	demand.Key
	month int32
}

// read reads the target and the related series, whose keys stand in the columns keys: item, month and perhaps store.
func (d *data) read(ctx context.Context, from string, files, keys []string) error {
	paths, err := gather.Find(from, Where, files...)
	if err != nil {
		return err
	}
	err = gather.EachRow(ctx, paths[1], Where, append([]string{"price"}, keys...), func(f []string) error {
		k, price, err := parse(f)
		d.price[k] = price
		return err
	})
	if err != nil {
		return err
	}
	err = gather.EachRow(ctx, paths[0], Where, append([]string{"demand"}, keys...), d.addDemand)
	if err != nil {
		return err
	}
	for k, price := range d.price {
		if err := d.set.Add(k.Key, k.month, math.NaN(), price); err != nil {
			return err
		}
	}
	return nil
}

func (d *data) addDemand(f []string) error {
	k, y, err := parse(f)
	if err != nil {
		return err
	}
	price, ok := d.price[k]
	if !ok {
		price = math.NaN()
	}
	delete(d.price, k)
	return d.set.Add(k.Key, k.month, y, price)
}

// parse reads a value, an item, a month and perhaps a store.
func parse(f []string) (k at, value float64, err error) {
	if value, err = gather.Number(f[0]); err != nil {
		return k, 0, err
	}
	if k.month, err = gather.Day(f[2]); err != nil {
		return k, 0, err
	}
	k.Key = demand.Key{Item: f[1], Store: gather.OnlyStore}
	if len(f) > 3 {
		k.Store = f[3]
	}
	return k, value, nil
}

// write writes the set. The first two of counts are of series and rows.
func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options, counts []gather.Count, c layout.Config) (*layout.Summary, error) {
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, d.set.Keys(), gather.BareItem, gather.BareStore); err != nil {
		return nil, err
	}
	counts[0].Got, counts[1].Got = float64(s.Series), float64(s.TargetRows)
	s.Notes = append(s.Notes, gather.Checks(counts...)...)
	c.Frequency, c.Features, c.Horizon, c.Windows = "M", own, horizon, backtestWindows
	return &s.Summary, s.WriteConfig(b, c)
}

// Package carparts reads the monthly sales of 2,674 slow-moving car parts, January 1998 to March 2002, and writes them as
// a data set: an example of intermittent demand. A part is an item; the only store is "all". There are no features.
//
// Two forms of the same data are read: car_parts_dataset_with_missing_values.tsf, as the Monash repository gives it out;
// and carparts_wide.csv, one row a part and one column a month. A month without a value is not observed, and no zero.
//
// Hyndman, Koehler, Ord and Snyder, "Forecasting with Exponential Smoothing", Springer 2008.
package carparts

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://zenodo.org/records/4656022"

// Names of the files, each also with .gz or .zst after it.
const (
	MonashFile = "car_parts_dataset_with_missing_values.tsf"
	WideFile   = "carparts_wide.csv"
)

const (
	horizon         = 6
	backtestWindows = 2
)

// Import writes the file in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("carparts", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		path, err := source.Find(from, Where, MonashFile, WideFile)
		if err != nil {
			return nil, err
		}
		d := &data{}
		if strings.HasPrefix(filepath.Base(path), MonashFile) {
			err = d.readMonash(ctx, path)
		} else {
			err = d.readWide(ctx, path)
		}
		if err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set    gather.Set
	months int // with a value or without
}

func (d *data) readWide(ctx context.Context, path string) error {
	w, err := gather.OpenWide(path, Where, "part")
	if err != nil {
		return err
	}
	defer w.Close()
	for {
		names, values, err := w.Next()
		if errors.Is(err, io.EOF) {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		for t, y := range values {
			if err := d.add(names[0], w.Days[t], y); err != nil {
				return err
			}
		}
	}
}

func (d *data) add(part string, month int32, y float64) error {
	d.months++
	return d.set.Add(demand.Key{Item: part, Store: gather.OnlyStore}, month, y)
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, d.set.Keys(), gather.BareItem, gather.BareStore); err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, gather.Checks(
		gather.Count{What: "parts", Got: float64(s.Series), Want: 2_674},
		gather.Count{What: "months of parts, with a value or without", Got: float64(d.months), Want: 2_674 * 51},
	)...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "car parts: monthly units of slow-moving spare parts",
		Frequency: "M", Horizon: horizon, Windows: backtestWindows, Filling: []layout.Filling{layout.NotObserved},
	})
}

// Package tourism reads two Australian panels of the R packages tsibble and tsibbledata, and writes each as a data set:
// overnight trips by region and purpose, a quarter at a time, and retail turnover by state and industry, a month at a
// time. Both have every period of every series, and no features.
//
// Trips are in thousands: the purpose is the item, the region the store, the state an attribute of it. Turnover is in
// millions of Australian dollars: the industry is the item, the state the store; its series begin and end at different
// months. Columns are found by name without regard to case; periods are dates, or 1998 Q1 and 1982 Apr.
package tourism

import (
	"context"
	"fmt"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

// Where the files can be had, written from R by write.csv.
const (
	TripsWhere    = "https://cran.r-project.org/package=tsibble"
	TurnoverWhere = "https://cran.r-project.org/package=tsibbledata"
)

// Names of the files, each also with .gz or .zst after it.
const (
	TripsFile    = "tourism_quarterly.csv"
	TurnoverFile = "aus_retail_monthly.csv"
)

const backtestWindows = 3

type regionRow struct {
	StoreID string `parquet:"store_id"`
	State   string `parquet:"state,dict"`
}

// ImportTrips writes the file of trips in the folder from as the data set out.
func ImportTrips(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("tourism", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		var set gather.Set
		state := map[string]string{}
		columns := []string{"purpose", "region", "quarter", "trips", "state"}
		err := read(ctx, from, TripsWhere, TripsFile, columns, &set, func(f []string) error {
			if old, ok := state[f[1]]; ok && old != f[4] {
				return fmt.Errorf("the region %s lies in %s and in %s", f[1], old, f[4])
			}
			state[f[1]] = f[4]
			return nil
		})
		if err != nil {
			return nil, err
		}
		store := func(id string) (regionRow, bool) { s, ok := state[id]; return regionRow{id, s}, ok }
		return write(ctx, b, o, &set, store, []gather.Count{{What: "rows", Want: 24_320}, {What: "series", Want: 304}},
			layout.Config{Title: "Australian tourism: thousands of overnight trips by purpose and region", Frequency: "Q", Horizon: 4})
	})
}

// ImportTurnover writes the file of turnover in the folder from as the data set out.
func ImportTurnover(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("aus_retail", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		var set gather.Set
		columns := []string{"industry", "state", "month", "turnover"}
		err := read(ctx, from, TurnoverWhere, TurnoverFile, columns, &set, func([]string) error { return nil })
		if err != nil {
			return nil, err
		}
		return write(ctx, b, o, &set, gather.BareStore, []gather.Count{{What: "rows", Want: 64_532}, {What: "series", Want: 152}},
			layout.Config{Title: "Australian retail: turnover in millions of dollars by industry and state", Frequency: "M", Horizon: 12})
	})
}

// read reads a file whose first four columns are item, store, period and demand. More sees each row.
func read(ctx context.Context, from, where, name string, columns []string, set *gather.Set, more func(f []string) error) error {
	paths, err := gather.Find(from, where, name)
	if err != nil {
		return err
	}
	return gather.EachRow(ctx, paths[0], where, columns, func(f []string) error {
		day, err := gather.Day(f[2])
		if err != nil {
			return err
		}
		y, err := gather.Number(f[3])
		if err != nil {
			return err
		}
		if err := more(f); err != nil {
			return err
		}
		return set.Add(demand.Key{Item: f[0], Store: f[1]}, day, y)
	})
}

// write writes the set. The first two of counts are of rows and series.
func write[S any](ctx context.Context, b *layout.Builder, o layout.Options, set *gather.Set,
	store func(string) (S, bool), counts []gather.Count, c layout.Config,
) (*layout.Summary, error) {
	s, err := set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	if err := gather.WriteMetadata(b, set.Keys(), gather.BareItem, store); err != nil {
		return nil, err
	}
	counts[0].Got, counts[1].Got = float64(s.TargetRows), float64(s.Series)
	s.Notes = append(s.Notes, gather.Checks(counts...)...)
	c.Windows, c.Filling = backtestWindows, []layout.Filling{layout.NotObserved}
	return &s.Summary, s.WriteConfig(b, c)
}

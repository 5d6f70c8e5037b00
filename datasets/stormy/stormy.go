// Package stormy reads the files of Kaggle's Walmart recruiting II, sales in stormy weather, and writes them as a data
// set: daily units of 111 products in 45 stores, with the weather of the station near each.
//
// The days around storms that the competition asks for have no rows: they are not observed, and no zeros. A product that
// a store never sold in the three years stands there with zeros alone: such a series is left out, and counted. Rain and
// snow of T, a trace, are 0.005 inches of rain and 0.05 of snow, half of what is measured; M is not known.
//
// Reading holds about 30 bytes for each of the 4.6 million rows.
package stormy

import (
	"context"
	"fmt"
	"math"
	"strings"

	"shelfcast/datasets/gather"
	"shelfcast/datasets/layout"
	"shelfcast/engine/demand"
)

// Where says where the files can be had.
const Where = "https://www.kaggle.com/competitions/walmart-recruiting-sales-in-stormy-weather/data"

// Names of the official files, each also with .gz or .zst after it.
const (
	TrainFile   = "train.csv"
	KeyFile     = "key.csv"
	WeatherFile = "weather.csv"
)

const (
	horizon         = 7
	backtestWindows = 3
)

// A trace is less than the smallest amount that a station reports, 0.01 inches of rain or 0.1 of snow.
const (
	traceOfRain = 0.005
	traceOfSnow = 0.05
)

var (
	shared = []layout.Feature{
		{Name: "temperature", Role: "weather"}, {Name: "rain", Role: "weather"}, {Name: "snowfall", Role: "weather"}, {Name: "wind", Role: "weather"},
	}
	// The weather of the days to forecast is not known where weather.csv ends: the configuration assumes the usual one.
	filling = []layout.Filling{
		layout.NotObserved,
		{Name: "temperature", Middle: "median", Back: "median", Future: "median"},
		{Name: "rain", Middle: "zero", Back: "zero", Future: "zero"},
		{Name: "snowfall", Middle: "zero", Back: "zero", Future: "zero"},
		{Name: "wind", Middle: "median", Back: "median", Future: "median"},
	}
)

// Import writes the files in the folder from as the data set out.
func Import(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error) {
	return gather.Import("walmart_stormy_weather", out, o, func(b *layout.Builder) (*layout.Summary, error) {
		d := &data{set: gather.Set{Shared: shared}, station: map[string]string{}, weather: map[stationDay][]float64{}}
		d.set.Lookup = d.ofStation
		if err := d.read(ctx, from); err != nil {
			return nil, err
		}
		return d.write(ctx, b, o)
	})
}

type data struct {
	set     gather.Set
	station map[string]string // by store
	weather map[stationDay][]float64

	rows int
}

type stationDay struct {
	station string
	day     int32
}

type storeRow struct {
	StoreID string `parquet:"store_id"`
	Station string `parquet:"station_nbr,dict"`
}

func (d *data) read(ctx context.Context, from string) error {
	paths, err := gather.Find(from, Where, TrainFile, KeyFile, WeatherFile)
	if err != nil {
		return err
	}
	if err := gather.EachRow(ctx, paths[0], Where, []string{"date", "store_nbr", "item_nbr", "units"}, d.addSales); err != nil {
		return err
	}
	err = gather.EachRow(ctx, paths[1], Where, []string{"store_nbr", "station_nbr"}, func(f []string) error {
		d.station[f[0]] = f[1]
		return nil
	})
	if err != nil {
		return err
	}
	return gather.EachRow(ctx, paths[2], Where, []string{"station_nbr", "date", "tavg", "preciptotal", "snowfall", "avgspeed"}, d.addWeather)
}

func (d *data) addSales(f []string) error {
	day, err := gather.Day(f[0])
	if err != nil {
		return err
	}
	y, err := gather.Number(f[3])
	if err != nil {
		return err
	}
	d.rows++
	return d.set.Add(demand.Key{Item: f[2], Store: f[1]}, day, y)
}

func (d *data) addWeather(f []string) error {
	day, err := gather.Day(f[1])
	if err != nil {
		return err
	}
	trace := [...]float64{0, traceOfRain, traceOfSnow, 0}
	x := make([]float64, len(shared))
	for i, text := range f[2:] {
		switch text = strings.TrimSpace(text); {
		case text == "M" || text == "-":
			x[i] = math.NaN()
		case text == "T" && trace[i] > 0:
			x[i] = trace[i]
		default:
			if x[i], err = gather.Number(text); err != nil {
				return err
			}
		}
	}
	d.weather[stationDay{f[0], day}] = x
	return nil
}

// ofStation gives the weather of the station near a store.
func (d *data) ofStation(k demand.Key, day int32, dst []float64) {
	for i := range dst {
		dst[i] = math.NaN()
	}
	copy(dst, d.weather[stationDay{d.station[k.Store], day}])
}

func (d *data) write(ctx context.Context, b *layout.Builder, o layout.Options) (*layout.Summary, error) {
	series := len(d.set.Keys())
	unsold := d.set.Drop(func(_ demand.Key, units float64) bool { return units > 0 })
	s, err := d.set.WriteSeries(ctx, b, o)
	if err != nil {
		return nil, err
	}
	store := func(id string) (storeRow, bool) { station, ok := d.station[id]; return storeRow{id, station}, ok }
	if err := gather.WriteMetadata(b, d.set.Keys(), gather.BareItem, store); err != nil {
		return nil, err
	}
	s.Notes = append(s.Notes, fmt.Sprintf("%d series never sold a unit: left out", unsold))
	s.Notes = append(s.Notes, gather.Checks(
		gather.Count{What: "rows", Got: float64(d.rows), Want: 4_617_600},
		gather.Count{What: "product-stores", Got: float64(series), Want: 4_995},
	)...)
	return &s.Summary, s.WriteConfig(b, layout.Config{
		Title:     "Walmart recruiting II, sales in stormy weather: daily units by product and store",
		Frequency: "D", Features: shared, Horizon: horizon, Windows: backtestWindows, Filling: filling,
	})
}

package synth

import (
	"context"
	"errors"

	"shelfcast/datasets/layout"
)

// Names of the files of truth, relative to the folder of the data set.
const (
	SeriesFile    = "truth/series.parquet"    // SeriesTruth: the parameters of every series
	FutureFile    = "truth/future.parquet"    // FutureTruth: the distribution of demand over the horizon
	LatentFile    = "truth/latent.parquet"    // LatentTruth: the demand that empty shelves hid
	StockoutsFile = "truth/stockouts.parquet" // related series with the feature in_stock, over the history
)

// SeriesTruth is a row of truth/series.parquet. Dates are days since 1970-01-01.
type SeriesTruth struct {
	ItemID         string  `parquet:"item_id,dict"`
	StoreID        string  `parquet:"store_id,dict"`
	Category       string  `parquet:"category,dict"`
	Region         string  `parquet:"region,dict"`
	Class          string  `parquet:"class,dict"`
	BaseMean       float64 `parquet:"base_mean"`       // b, units a day
	Dispersion     float64 `parquet:"dispersion"`      // r: Var = μ + μ²/r
	Elasticity     float64 `parquet:"elasticity"`      // ε
	PromotionLift  float64 `parquet:"promotion_lift"`  // λ, in logs, beside the effect of the price
	ReferencePrice float64 `parquet:"reference_price"` // the price at which ε adds nothing, in money
	UnitCost       float64 `parquet:"unit_cost"`       // in money
	SeasonShare    float64 `parquet:"season_share"`    // σ
	Growth         float64 `parquet:"growth"`          // in logs a year
	BreakDate      *int32  `parquet:"break_date,date"` // null where there is no break
	BreakShift     float64 `parquet:"break_shift"`     // in logs
	Warmth         float64 `parquet:"warmth"`          // in logs for each °C; 0 without weather
	Launch         int32   `parquet:"launch,date"`     // first day on sale
	Delisting      *int32  `parquet:"delisting,date"`  // first day no longer on sale; null where the item stays
	OutShare       float64 `parquet:"out_share"`       // share of the history's days on which stock ran out
}

// FutureTruth is a row of truth/future.parquet: the distribution of demand on a day of the horizon, given the prices and
// promotions in rts.parquet and full shelves, and one draw from it. All are units.
type FutureTruth struct {
	ItemID    string  `parquet:"item_id,dict"`
	StoreID   string  `parquet:"store_id,dict"`
	Timestamp int32   `parquet:"timestamp,date,delta"`
	Mean      float64 `parquet:"mean"`
	P5        float64 `parquet:"p5"`
	P10       float64 `parquet:"p10"`
	P25       float64 `parquet:"p25"`
	P50       float64 `parquet:"p50"`
	P75       float64 `parquet:"p75"`
	P90       float64 `parquet:"p90"`
	P95       float64 `parquet:"p95"`
	Demand    float64 `parquet:"demand"` // one draw
}

// levels are those of the quantiles in FutureTruth.
var levels = [7]float64{0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}

// LatentTruth is a row of truth/latent.parquet: a day of the history on which stock ran out.
type LatentTruth struct {
	ItemID    string  `parquet:"item_id,dict"`
	StoreID   string  `parquet:"store_id,dict"`
	Timestamp int32   `parquet:"timestamp,date,delta"`
	Sales     float64 `parquet:"sales"`  // units sold, as in tts.parquet
	Demand    float64 `parquet:"demand"` // units that would have been sold
	Mean      float64 `parquet:"mean"`   // μ
}

// files are the open files of a part.
type files struct {
	targets   *layout.Targets
	related   *layout.Related
	stockouts *layout.Related
	series    *layout.Table[SeriesTruth]
	future    *layout.Table[FutureTruth]
	latent    *layout.Table[LatentTruth]
}

func (c *chain) open(b *layout.Builder, p layout.Part) (*files, error) {
	f := &files{}
	var errs [6]error
	f.targets, errs[0] = layout.NewTargets(b, p)
	f.related, errs[1] = layout.NewRelated(b, layout.RelatedFile, p, layout.Names(c.features()))
	f.stockouts, errs[2] = layout.NewRelated(b, StockoutsFile, p, []string{"in_stock"})
	f.series, errs[3] = layout.NewTable[SeriesTruth](b, SeriesFile, p)
	f.future, errs[4] = layout.NewTable[FutureTruth](b, FutureFile, p)
	f.latent, errs[5] = layout.NewTable[LatentTruth](b, LatentFile, p)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close closes the files; closing twice is harmless.
func (f *files) Close() error {
	return errors.Join(f.targets.Close(), f.related.Close(), f.stockouts.Close(), f.series.Close(), f.future.Close(), f.latent.Close())
}

// features are the columns of rts.parquet. Whether stock will last cannot be known ahead, so in_stock is not among them.
func (c *chain) features() []layout.Feature {
	f := []layout.Feature{{Name: "price", Role: "price"}, {Name: "promotion", Role: "promotion"}, {Name: "holiday", Role: "other"}}
	if c.Weather {
		f = append(f, layout.Feature{Name: "temperature", Role: "weather"})
	}
	return f
}

// write writes a series and its truth.
func (f *files) write(c *chain, s series, p *path) error {
	item, store, first := s.item.id, s.store.id, c.first+int32(s.launch)
	x := [][]float64{p.price, p.promotion, c.holiday[s.launch:c.days]}
	if c.Weather {
		x = append(x, c.temperature[s.store.region][s.launch:c.days])
	}
	return errors.Join(
		f.targets.Write(item, store, first, p.sales),
		f.related.Write(item, store, first, x),
		f.stockouts.Write(item, store, first, [][]float64{p.inStock}),
		f.series.Write(c.truth(s, p)),
		f.writeLatent(s, p, first),
		f.writeFuture(c, s, p),
	)
}

func (c *chain) truth(s series, p *path) SeriesTruth {
	row := SeriesTruth{
		ItemID: s.item.id, StoreID: s.store.id, Category: categories[s.item.cat].name, Region: regions[s.store.region],
		Class: s.class.String(), BaseMean: s.mean, Dispersion: s.size, Elasticity: s.elasticity, PromotionLift: s.lift,
		ReferencePrice: s.item.price, UnitCost: s.item.cost, SeasonShare: s.item.share, Growth: s.growth,
		BreakShift: s.shift, Launch: c.first + int32(s.launch),
	}
	if s.at >= 0 {
		date := c.first + int32(s.at)
		row.BreakDate = &date
	}
	if s.end < c.days {
		date := c.first + int32(s.end)
		row.Delisting = &date
	}
	if c.Weather {
		row.Warmth = categories[s.item.cat].warmth
	}
	for _, in := range p.inStock {
		row.OutShare += (1 - in) / float64(len(p.inStock))
	}
	return row
}

func (f *files) writeLatent(s series, p *path, first int32) error {
	for i, sold := range p.sales {
		if p.inStock[i] == 1 {
			continue
		}
		if err := f.latent.Write(LatentTruth{s.item.id, s.store.id, first + int32(i), sold, p.demand[i], p.mean[i]}); err != nil {
			return err
		}
	}
	return nil
}

func (f *files) writeFuture(c *chain, s series, p *path) error {
	for t := c.Periods; t < s.end; t++ {
		i := t - s.launch
		var q [len(levels)]float64
		NegBinomial{Mean: p.mean[i], Size: s.size}.Quantiles(q[:], levels[:])
		row := FutureTruth{
			s.item.id, s.store.id, c.first + int32(t), p.mean[i], q[0], q[1], q[2], q[3], q[4], q[5], q[6], p.demand[i],
		}
		if err := f.future.Write(row); err != nil {
			return err
		}
	}
	return nil
}

// ItemRow is a row of items.parquet.
type ItemRow struct {
	ItemID   string  `parquet:"item_id"`
	Category string  `parquet:"category,dict"`
	Brand    string  `parquet:"brand,dict"`
	UnitCost float64 `parquet:"unit_cost"` // in money
}

// writeItems makes the items once more, since keeping them would cost memory that grows with their number.
func (c *chain) writeItems(ctx context.Context, b *layout.Builder) error {
	t, err := layout.NewTable[ItemRow](b, layout.ItemsFile, layout.Whole)
	if err != nil {
		return err
	}
	defer t.Close()
	for i := range c.items {
		if err := ctx.Err(); err != nil {
			return err
		}
		it := c.item(i)
		if err := t.Write(ItemRow{it.id, categories[it.cat].name, it.brand, it.cost}); err != nil {
			return err
		}
	}
	return t.Close()
}

// StoreRow is a row of stores.parquet.
type StoreRow struct {
	StoreID string `parquet:"store_id"`
	Region  string `parquet:"region,dict"`
	Format  string `parquet:"format,dict"` // small, medium or large
}

func (c *chain) writeStores(b *layout.Builder) error {
	var rows []StoreRow
	for _, s := range c.stores {
		rows = append(rows, StoreRow{s.id, regions[s.region], formats[s.format].name})
	}
	return layout.WriteAll(b, layout.StoresFile, rows)
}

func (c *chain) writeConfig(b *layout.Builder) error {
	return b.WriteConfig(layout.Config{
		Title:     "A synthetic retail chain; what is true of it stands in truth/",
		Frequency: "D", Features: c.features(), Horizon: c.Horizon, Windows: backtestWindows,
	})
}

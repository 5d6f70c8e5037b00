// Package datasets lists the public data sets that this build can import, and imports them by name. The data itself is
// never part of the build: each set says where it can be had, and under whose terms.
package datasets

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"shelfcast/datasets/awssamples"
	"shelfcast/datasets/carparts"
	"shelfcast/datasets/dominicks"
	"shelfcast/datasets/favorita"
	"shelfcast/datasets/frat"
	"shelfcast/datasets/freshretailnet"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/m5"
	"shelfcast/datasets/rossmann"
	"shelfcast/datasets/storeitem"
	"shelfcast/datasets/stormy"
	"shelfcast/datasets/tourism"
	"shelfcast/datasets/vn1"
	"shelfcast/datasets/walmart"
	"shelfcast/engine/nearest"
)

// Set is a public data set.
type Set struct {
	Name  string   // by which it is imported
	Title string   // one line
	Where string   // the address it can be had from
	Terms string   // who owns it and what that means for its user
	Files []string // what its importer reads; each may have .gz or .zst after its name
	// Optional are files that are read where they are there.
	Optional []string

	read func(ctx context.Context, from, out string, o layout.Options) (*layout.Summary, error)
}

// ErrUnknown is the error of a name that no set has.
var ErrUnknown = errors.New("no such data set")

// List returns the sets of this build by name.
func List() []Set {
	return []Set{
		{
			Name:  "amazon_forecast_filling",
			Title: "Amazon Forecast's sample of filling options: 300 items, monthly 2017-10 to 2019-09, with gaps and prices",
			Where: awssamples.Where, Terms: amazonTerms, Files: awssamples.FillingFiles,
			read: awssamples.ImportFilling,
		},
		{
			Name:  "amazon_forecast_what_if",
			Title: "Amazon Forecast's what-if sample: 1,500 item-stores, monthly 2017-10 to 2019-09, with prices 3 months ahead",
			Where: awssamples.Where, Terms: amazonTerms, Files: awssamples.WhatIfFiles,
			read: awssamples.ImportWhatIf,
		},
		{
			Name:  "aus_retail",
			Title: "Australian retail turnover: 152 series by state and industry, monthly 1982-04 to 2018-12",
			Where: tourism.TurnoverWhere,
			Terms: "owned by the Australian Bureau of Statistics and given out under CC BY; name the source",
			Files: []string{tourism.TurnoverFile},
			read:  tourism.ImportTurnover,
		},
		{
			Name:  "carparts",
			Title: "car parts: 2,674 slow-moving spare parts, monthly 1998-01 to 2002-03",
			Where: carparts.Where,
			Terms: "given out under CC BY 4.0; name the source",
			Files: []string{carparts.MonashFile + " or " + carparts.WideFile},
			read:  carparts.Import,
		},
		{
			Name:  "dominicks",
			Title: "Dominick's orange juice: 913 brand-stores, weekly 1990-06 to 1992-10, with prices, deals and features",
			Where: dominicks.Where,
			Terms: "owned by the James M. Kilts Center, University of Chicago; for academic research, and its terms apply",
			Files: []string{dominicks.WeekFile + " or " + dominicks.PanelFile, dominicks.StoreFile},
			read:  dominicks.Import,
		},
		{
			Name:  "favorita",
			Title: "Corporación Favorita: 125 million rows by item and store, daily 2013-01-01 to 2017-08-15, with promotions",
			Where: favorita.Where,
			Terms: "owned by Corporación Favorita and given out for the competition; its rules apply, and it may not be passed on",
			Files: []string{
				favorita.TrainFile, favorita.ItemsFile, favorita.StoresFile, favorita.HolidaysFile, favorita.OilFile,
			},
			Optional: []string{favorita.TestFile},
			read:     favorita.Import,
		},
		{
			Name:  "frat",
			Title: "dunnhumby Breakfast at the Frat: 3,909 product-stores, weekly 2009-01 to 2012-01, with prices and promotions",
			Where: frat.Where,
			Terms: "owned by dunnhumby and given out for research and teaching; its terms apply, and it may not be passed on",
			Files: frat.Files,
			read:  frat.Import,
		},
		{
			Name:  "freshretailnet",
			Title: "FreshRetailNet-50K: 50,000 product-stores, daily 2024-03-28 to 2024-06-25, with stock-outs and discounts",
			Where: freshretailnet.Where,
			Terms: "owned by Dingdong and given out under CC BY 4.0; name the source",
			Files: []string{freshretailnet.TrainFile + " or " + freshretailnet.SalesFile},
			Optional: []string{
				"with " + freshretailnet.SalesFile + " also " + freshretailnet.DiscountFile, freshretailnet.ActivityFile,
				freshretailnet.StockOutFile, freshretailnet.SeriesFile, freshretailnet.CityFile,
			},
			read: freshretailnet.Import,
		},
		{
			Name:  "m5",
			Title: "M5 competition: Walmart, 30,490 item-stores, daily 2011-01-29 to 2016-05-22, with prices and events",
			Where: m5.Where,
			Terms: "owned by Walmart and given out for the competition; its rules apply, and it may not be passed on",
			Files: []string{m5.EvaluationFile + " or " + m5.ValidationFile, m5.CalendarFile, m5.PricesFile},
			read:  m5.Import,
		},
		{
			Name:     "rossmann",
			Title:    "Rossmann store sales: 1,115 stores, daily 2013-01-01 to 2015-07-31, with opening, promotions and holidays",
			Where:    rossmann.Where,
			Terms:    "owned by Rossmann and given out for the competition; its rules apply, and it may not be passed on",
			Files:    []string{rossmann.TrainFile, rossmann.StoreFile},
			Optional: []string{rossmann.TestFile},
			read:     rossmann.Import,
		},
		{
			Name:  "store_item_demand",
			Title: "Kaggle store item demand: 500 item-stores, daily 2013-01-01 to 2017-12-31",
			Where: storeitem.Where,
			Terms: "given out by Kaggle for the challenge; its rules apply, and it may not be passed on",
			Files: []string{storeitem.TrainFile},
			read:  storeitem.Import,
		},
		{
			Name:  "tourism",
			Title: "Australian tourism: overnight trips, 304 series by region and purpose, quarterly 1998 to 2017",
			Where: tourism.TripsWhere,
			Terms: "owned by Tourism Research Australia and given out with the package, under its licence; name the source",
			Files: []string{tourism.TripsFile},
			read:  tourism.ImportTrips,
		},
		{
			Name:     "vn1",
			Title:    "VN1 forecasting competition: 15,053 client-product-warehouses, weekly from 2020-07-06, with prices",
			Where:    vn1.Where,
			Terms:    "given out for the competition; its rules apply, and it may not be passed on",
			Files:    vn1.Files,
			Optional: vn1.Later,
			read:     vn1.Import,
		},
		{
			Name:  "walmart",
			Title: "Walmart recruiting: 3,331 department-stores, weekly 2010-02-05 to 2012-10-26, with markdowns",
			Where: walmart.Where,
			Terms: "owned by Walmart and given out for the competition; its rules apply, and it may not be passed on",
			Files: []string{walmart.TrainFile, walmart.FeaturesFile, walmart.StoresFile},
			read:  walmart.Import,
		},
		{
			Name:  "walmart_stormy_weather",
			Title: "Walmart recruiting II: sales in stormy weather of 111 products in 45 stores, daily 2012-01-01 to 2014-10-31",
			Where: stormy.Where,
			Terms: "owned by Walmart and given out for the competition; its rules apply, and it may not be passed on",
			Files: []string{stormy.TrainFile, stormy.KeyFile, stormy.WeatherFile},
			read:  stormy.Import,
		},
	}
}

const amazonTerms = "given out by Amazon Web Services with its notebooks under MIT-0; made-up data"

// Import reads the files of the named set in the folder from and writes them as the data set out, in the form of package
// layout. It returns an error that wraps ErrUnknown for a name that no set has, and one that wraps fs.ErrNotExist, names
// the file and says where to get it, for a file that is missing. After an error there is no folder out.
func Import(ctx context.Context, name, from, out string, o layout.Options) (*layout.Summary, error) {
	var names []string
	for _, s := range List() {
		if s.Name == name {
			return s.read(ctx, from, out, o)
		}
		names = append(names, s.Name)
	}
	hint := ""
	if like := nearest.Name(name, names); like != "" {
		hint = "did you mean " + like + "? "
	}
	return nil, fmt.Errorf("import %q: %w; %sthis build has %s", name, ErrUnknown, hint, strings.Join(names, ", "))
}

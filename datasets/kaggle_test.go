package datasets

import "strings"

// kaggleLayouts are the files of competitions on Kaggle, by the descriptions and first rows of their data pages.
var kaggleLayouts = []layoutCase{
	{
		set: "rossmann",
		files: map[string]string{
			"train.csv": `"Store","DayOfWeek","Date","Sales","Customers","Open","Promo","StateHoliday","SchoolHoliday"
1,5,2015-07-31,5263,555,1,1,"0","1"
2,5,2015-07-31,0,0,1,1,"0","1"
1,4,2015-07-30,0,0,0,0,"a","0"
1,3,2015-07-29,4782,523,1,1,"0","0"
`,
			"store.csv": `"Store","StoreType","Assortment","CompetitionDistance","CompetitionOpenSinceMonth","CompetitionOpenSinceYear","Promo2","Promo2SinceWeek","Promo2SinceYear","PromoInterval"
1,"c","a",1270,9,2008,0,,,""
2,"a","a",570,11,2007,1,13,2010,"Jan,Apr,Jul,Oct"
`,
			"test.csv": `"Id","Store","DayOfWeek","Date","Open","Promo","StateHoliday","SchoolHoliday"
1,1,6,2015-08-01,1,0,"0","0"
2,3,6,2015-08-01,1,0,"0","0"
`,
		},
		target: []string{"sales 1 2015-07-29 4782", "sales 1 2015-07-31 5263", "sales 2 2015-07-31 0"},
		related: []string{
			"sales 1 2015-07-29 1 1 0 0", "sales 1 2015-07-30 0 0 1 0", "sales 1 2015-07-31 1 1 0 1", "sales 1 2015-08-01 1 0 0 0",
			"sales 2 2015-07-31 1 1 0 1",
		},
		items:  []string{"sales"},
		stores: []string{"1 c a 1270 9 2008 0   ", "2 a a 570 11 2007 1 13 2010 Jan,Apr,Jul,Oct"},
		notes: []string{
			"1 days on which the store was closed have no target row", "1 series have no demand on any day: left out",
			"check failed: 4 rows, the official set has 1017209",
		},
		config: []string{"frequency: D", "demand: {middle: nan, back: nan}", "- {name: open, role: other}", "open: {future: 1}"},
	},
	{
		set: "walmart",
		files: map[string]string{
			"train.csv": `Store,Dept,Date,Weekly_Sales,IsHoliday
1,1,2012-10-19,24924.5,FALSE
1,1,2012-10-26,-12.25,FALSE
2,1,2012-10-26,7,FALSE
`,
			"features.csv": `Store,Date,Temperature,Fuel_Price,MarkDown1,MarkDown2,MarkDown3,MarkDown4,MarkDown5,CPI,Unemployment,IsHoliday
1,2012-10-19,67.97,3.594,NA,NA,1.5,NA,NA,223.42,6.573,FALSE
1,2012-10-26,69.16,3.506,NA,NA,NA,NA,NA,223.44,6.573,FALSE
1,2012-11-23,56.23,3.211,883.59,4.17,74910.32,209.91,303.32,NA,NA,TRUE
2,2012-10-26,69.16,3.506,1,2,3,4,5,223.44,6.573,FALSE
3,2012-11-02,1,1,1,1,1,1,1,1,1,FALSE
`,
			"stores.csv": "Store,Type,Size\n1,A,151315\n2,B,202307\n3,B,37392\n",
		},
		target: []string{"1 1 2012-10-13 24924.5", "1 1 2012-10-20 0", "1 2 2012-10-20 7"},
		related: []string{
			"1 1 2012-10-13 0 67.97 3.594 NaN NaN 1.5 NaN NaN 223.42 6.573",
			"1 1 2012-10-20 0 69.16 3.506 NaN NaN NaN NaN NaN 223.44 6.573",
			"1 1 2012-11-17 1 56.23 3.211 883.59 4.17 74910.3 209.91 303.32 NaN NaN",
			"1 2 2012-10-20 0 69.16 3.506 1 2 3 4 5 223.44 6.573",
		},
		items:  []string{"1"},
		stores: []string{"1 A 151315", "2 B 202307"},
		notes:  []string{"1 rows are below zero, 12.25 in all, since more was returned than sold: written as zero"},
		config: []string{"frequency: W-SAT", "markdown1: {middle: zero, back: zero, future: zero}", "- {name: markdown5, role: promotion}"},
	},
	{
		set: "walmart_stormy_weather",
		files: map[string]string{
			"train.csv": `date,store_nbr,item_nbr,units
2012-01-01,1,9,29
2012-01-02,1,9,0
2012-01-04,1,9,3
2012-01-01,1,1,0
2012-01-02,1,1,0
`,
			"key.csv": "store_nbr,station_nbr\n1,14\n2,14\n",
			"weather.csv": `station_nbr,date,tmax,tmin,tavg,depart,dewpoint,wetbulb,heat,cool,sunrise,sunset,codesum,snowfall,preciptotal,stnpressure,sealevel,resultspeed,resultdir,avgspeed
14,2012-01-01,52,31,42,M,36,40,23,0,-,-,RA FZFG BR,M,0.05,29.78,29.92,3.6,20,4.6
14,2012-01-02,50,31,M,M,26,35,24,0,-,-, ,  T,T,29.44,29.62,9.8,24,10.3
14,2012-01-03,50,31,41,M,26,35,24,0,-,-, ,0.0,0.00,29.44,29.62,9.8,24,10.3
14,2012-01-04,50,31,41,M,26,35,24,0,-,-, ,0.0,0.00,29.44,29.62,9.8,24,M
`,
		},
		target: []string{"9 1 2012-01-01 29", "9 1 2012-01-02 0", "9 1 2012-01-04 3"},
		related: []string{
			"9 1 2012-01-01 42 0.05 NaN 4.6", "9 1 2012-01-02 NaN 0.005 0.05 10.3", "9 1 2012-01-04 41 0 0 NaN",
		},
		items:  []string{"9"},
		stores: []string{"1 14"},
		notes:  []string{"1 series never sold a unit: left out"},
		config: []string{"demand: {middle: nan, back: nan}", "rain: {middle: zero, back: zero, future: zero}"},
	},
	{
		set:   "favorita",
		files: favoritaFiles("1,2017-08-12,25,103665,7.5,\n2,2017-08-15,1,103665,-2.0,True\n3,2017-08-14,1,103665,3,False\n4,2017-08-15,1,105574,2,False\n"),
		target: []string{
			"103665 1 2017-08-14 3", "103665 1 2017-08-15 0", "103665 25 2017-08-12 7.5", "105574 1 2017-08-15 2",
		},
		related: []string{
			"103665 1 2017-08-14 0 0 47.59", "103665 1 2017-08-15 1 1 47.59", "103665 1 2017-08-16 0 0 47.59",
			"103665 25 2017-08-12 NaN 0 93.14", "105574 1 2017-08-15 0 1 47.59",
		},
		items:  []string{"103665 BREAD/BAKERY 2712 1", "105574 GROCERY I 1045 0"},
		stores: []string{"1 Quito Pichincha D 13", "25 Salinas Santa Elena D 1"},
		notes: []string{
			"1 rows are below zero, 2 in all, since more was returned than sold: written as zero",
			"1 series have no demand on any day: left out",
			"onpromotion is not known at all for 1 series: the configuration does not use it",
		},
		config: []string{"frequency: D", "filled: exclude_point", "holiday: {middle: zero, back: zero, future: zero}"},
	},
}

// favoritaFiles returns the files with these rows of train.csv.
func favoritaFiles(rows string) map[string]string {
	return map[string]string{
		"train.csv":  "id,date,store_nbr,item_nbr,unit_sales,onpromotion\n" + rows,
		"test.csv":   "id,date,store_nbr,item_nbr,onpromotion\n5,2017-08-16,1,103665,False\n6,2017-08-16,25,105574,False\n",
		"items.csv":  "item_nbr,family,class,perishable\n103665,BREAD/BAKERY,2712,1\n105574,GROCERY I,1045,0\n105575,GROCERY I,1045,0\n",
		"stores.csv": "store_nbr,city,state,type,cluster\n1,Quito,Pichincha,D,13\n25,Salinas,Santa Elena,D,1\n",
		"holidays_events.csv": `date,type,locale,locale_name,description,transferred
2017-08-12,Holiday,National,Ecuador,Moved,True
2017-08-14,Holiday,Local,Quito,A city's,False
2017-08-15,Transfer,National,Ecuador,Traslado,False
2017-08-16,Work Day,National,Ecuador,Recupero,False
`,
		"oil.csv": "date,dcoilwtico\n2017-08-11,\n2017-08-12,93.14\n2017-08-14,47.59\n2017-08-15,\n",
	}
}

// Many items make many parts, each with the series of 64 items in order.
var manyItems = func() layoutCase {
	c := layoutCase{set: "favorita", files: favoritaFiles("")}
	var items, rows strings.Builder
	items.WriteString("item_nbr,family,class,perishable\n")
	rows.WriteString("id,date,store_nbr,item_nbr,unit_sales,onpromotion\n")
	for n := range 200 {
		item := string(rune('a'+n/26)) + string(rune('a'+n%26))
		items.WriteString(item + ",F,1,0\n")
		if n/64 != 1 { // nothing of the second part was sold
			rows.WriteString("1,2017-08-15,1," + item + ",2,False\n2,2017-08-14,1," + item + ",1,True\n")
			c.target = append(c.target, item+" 1 2017-08-14 1", item+" 1 2017-08-15 2")
			c.related = append(c.related, item+" 1 2017-08-14 1 0 47.59", item+" 1 2017-08-15 0 1 47.59")
			c.items = append(c.items, item+" F 1 0")
		}
	}
	c.files["items.csv"], c.files["train.csv"] = items.String(), rows.String()
	delete(c.files, "test.csv")
	c.stores = []string{"1 Quito Pichincha D 13"}
	return c
}()

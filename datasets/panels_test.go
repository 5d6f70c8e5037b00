package datasets

// panelLayouts are the files of the other sets.
var panelLayouts = []layoutCase{
	manyItems,
	{
		set: "frat",
		files: map[string]string{
			"transactions.csv": `WEEK_END_DATE,STORE_NUM,UPC,UNITS,VISITS,HHS,SPEND,PRICE,BASE_PRICE,FEATURE,DISPLAY,TPR_ONLY
21-Jan-09,367,1111009477,14,13,13,13.86,0.99,1.57,0,0,1
14-Jan-09,367,1111009477,13,13,13,18.07,1.39,1.57,0,1,0
14-Jan-09,367,1111009497,20,18,18,27.8,,,0,0,0
`,
			"products.csv": "UPC,DESCRIPTION,MANUFACTURER,CATEGORY,SUB_CATEGORY,PRODUCT_SIZE\n1111009477,PL MINI TWIST PRETZELS,PRIVATE LABEL,BAG SNACKS,PRETZELS,15 OZ\n1111009497,PL PRETZEL STICKS,PRIVATE LABEL,BAG SNACKS,PRETZELS,15 OZ\n",
			"stores.csv":   "STORE_ID,STORE_NAME,ADDRESS_CITY_NAME,ADDRESS_STATE_PROV_CODE,MSA_CODE,SEG_VALUE_NAME,PARKING_SPACE_QTY,SALES_AREA_SIZE_NUM,AVG_WEEKLY_BASKETS\n367,15TH & MADISON,COVINGTON,KY,17140,VALUE,196,24721,12706.53\n",
		},
		target: []string{"1111009477 367 2009-01-08 13", "1111009477 367 2009-01-15 14", "1111009497 367 2009-01-08 20"},
		related: []string{
			"1111009477 367 2009-01-08 1.39 1.57 0 1 0", "1111009477 367 2009-01-15 0.99 1.57 0 0 1", "1111009497 367 2009-01-08 NaN NaN 0 0 0",
		},
		items: []string{
			"1111009477 PL MINI TWIST PRETZELS PRIVATE LABEL BAG SNACKS PRETZELS 15 OZ",
			"1111009497 PL PRETZEL STICKS PRIVATE LABEL BAG SNACKS PRETZELS 15 OZ",
		},
		stores: []string{"367 COVINGTON KY VALUE"},
		notes: []string{
			"check failed: 1 rows without a price, the official set has 23",
			"base_price is not known at all for 1 series: the configuration does not use it",
			"price is not known at all for 1 series: the configuration does not use it",
		},
		config: []string{"frequency: W-THU", "demand: {middle: nan, back: nan}", "- {name: display, role: promotion}"},
	},
	{
		set: "dominicks",
		files: map[string]string{
			"yx.csv": `"","store","brand","week","logmove","constant","price1","price2","price3","price4","price5","price6","price7","price8","price9","price10","price11","deal","feat","profit"
"1",2,1,40,9.01869487917767,1,0.06046875,0.060496528,0.04203125,0.02953125,0.04953125,0.053020833,0.03890625,0.04140625,0.02890625,0.02484375,0.038984375,1,0,37.9923
"2",2,11,46,8.72323126980117,1,0.06046875,0.0603125,0.04515625,0.04671875,0.04953125,0.0478125,0.04578125,0.02796875,0.04296875,0.04203125,0.038984375,0,1,30.1267
`,
			"storedemo.csv": "\"\",\"STORE\",\"AGE60\",\"EDUC\",\"ETHNIC\",\"INCOME\",\"HHLARGE\",\"WORKWOM\",\"HVAL150\",\"SSTRDIST\",\"SSTRVOL\",\"CPDIST5\",\"CPWVOL5\"\n\"1\",2,0.23,0.25,0.11,10.55,0.10,0.30,0.46,2.11,1.14,1.93,0.38\n",
		},
		target:  []string{"1 2 1990-06-14 8256", "11 2 1990-07-26 6144"},
		related: []string{"1 2 1990-06-14 0.0604688 1 0", "11 2 1990-07-26 0.0389844 0 1"},
		items:   []string{"1 Tropicana Premium 64oz 64", "11 Dominick's 128oz 128"},
		stores:  []string{"2 0.23 0.25 0.11 10.55 0.10 0.30 0.46"},
		notes:   []string{"check failed: 2 series, the official set has 913"},
		config:  []string{"frequency: W-THU", "- {name: price_per_oz, role: price}", "demand: {middle: nan, back: nan}"},
	},
	{
		set: "vn1",
		files: map[string]string{
			"Phase 0 - Sales.csv": "Client,Warehouse,Product,2023-09-25,2023-10-02\n0,1,367,7.0,0.0\n1,1,367,2.0,1.0\n2,1,5,0,0\n",
			"Phase 0 - Price.csv": "Client,Warehouse,Product,2023-09-25,2023-10-02\n1,1,367,3.5,3.5\n0,1,367,10.9,\n2,1,5,,\n",
			"Phase 1 - Sales.csv": "Client,Warehouse,Product,2023-10-09\n0,1,367,4.0\n1,1,367,0\n2,1,5,0\n",
			"Phase 1 - Price.csv": "Client,Warehouse,Product,2023-10-09\n0,1,367,11\n1,1,367,\n2,1,5,\n",
		},
		target: []string{
			"0-367 1 2023-09-25 7", "0-367 1 2023-10-02 0", "0-367 1 2023-10-09 4",
			"1-367 1 2023-09-25 2", "1-367 1 2023-10-02 1", "1-367 1 2023-10-09 0",
		},
		related: []string{
			"0-367 1 2023-09-25 10.9", "0-367 1 2023-10-02 NaN", "0-367 1 2023-10-09 11",
			"1-367 1 2023-09-25 3.5", "1-367 1 2023-10-02 3.5", "1-367 1 2023-10-09 NaN",
		},
		items:  []string{"0-367 0 367", "1-367 1 367"},
		stores: []string{"1"},
		notes:  []string{"1 series never sold a unit: left out", "3 weeks were read: phase 0 has 170, phase 1 the 13 after them"},
		config: []string{"frequency: W", "price: {middle: median, back: median, future: median}"},
	},
	{
		set: "carparts",
		files: map[string]string{
			"car_parts_dataset_with_missing_values.tsf": `# Dataset Information
@relation CarParts
@attribute series_name string
@attribute start_timestamp date
@frequency monthly
@horizon 12
@missing true
@equallength true
@data
T1:1998-11-01 00-00-00:0,?,2
T2:1998-11-01 00-00-00:1,0,?
`,
		},
		target: []string{"T1 all 1998-11-01 0", "T1 all 1999-01-01 2", "T2 all 1998-11-01 1", "T2 all 1998-12-01 0"},
		items:  []string{"T1", "T2"},
		stores: []string{"all"},
		notes:  []string{"check failed: 2 parts, the official set has 2674"},
		config: []string{"frequency: M", "demand: {middle: nan, back: nan}"},
	},
	{
		set: "tourism",
		files: map[string]string{
			"tourism_quarterly.csv": "Quarter,Region,State,Purpose,Trips\n1998 Q1,Adelaide,South Australia,Business,135.07769\n1998 Q2,Adelaide,South Australia,Business,109.987316\n1998-01-01,Perth,Western Australia,Business,0\n",
		},
		target: []string{"Business Adelaide 1998-01-01 135.078", "Business Adelaide 1998-04-01 109.987", "Business Perth 1998-01-01 0"},
		items:  []string{"Business"},
		stores: []string{"Adelaide South Australia", "Perth Western Australia"},
		config: []string{"frequency: Q", "horizon: 4"},
	},
	{
		set: "aus_retail",
		files: map[string]string{
			"aus_retail_monthly.csv": "State,Industry,Series ID,Month,Turnover\nVictoria,\"Cafes, restaurants and catering services\",A1,1982 Apr,4.4\nVictoria,\"Cafes, restaurants and catering services\",A1,1982 May,3.4\n",
		},
		target: []string{"Cafes, restaurants and catering services Victoria 1982-04-01 4.4", "Cafes, restaurants and catering services Victoria 1982-05-01 3.4"},
		items:  []string{"Cafes, restaurants and catering services"},
		stores: []string{"Victoria"},
		config: []string{"frequency: M", "horizon: 12"},
	},
	{
		set: "amazon_forecast_what_if",
		files: map[string]string{
			"consumer_electronics_TTS.csv": "item_id,store_id,timestamp,demand\nitem_001,store_001,2017-10-01,305.5\nitem_001,store_001,2017-11-01,306.5\n",
			"consumer_electronics_RTS.csv": "item_id,store_id,timestamp,price\nitem_001,store_001,2017-10-01,103.0\nitem_001,store_001,2017-11-01,110.5\nitem_001,store_001,2017-12-01,1\nitem_001,store_001,2018-01-01,2\n",
		},
		target: []string{"item_001 store_001 2017-10-01 305.5", "item_001 store_001 2017-11-01 306.5"},
		related: []string{
			"item_001 store_001 2017-10-01 103", "item_001 store_001 2017-11-01 110.5", "item_001 store_001 2017-12-01 1", "item_001 store_001 2018-01-01 2",
		},
		items:  []string{"item_001"},
		stores: []string{"store_001"},
		config: []string{"frequency: M", "- {name: price, role: price}"},
	},
	{
		set: "amazon_forecast_filling",
		files: map[string]string{
			"filling_options_tts.csv": "item_id,timestamp,demand\nitem_002,2017-10-01,2\nitem_002,2017-11-01,\nitem_002,2017-12-01,3\n",
			"filling_options_rts.csv": "item_id,timestamp,price\nitem_002,2017-10-01,102.0\nitem_002,2017-11-01,101\nitem_002,2017-12-01,100\n",
		},
		target:  []string{"item_002 all 2017-10-01 2", "item_002 all 2017-12-01 3"},
		related: []string{"item_002 all 2017-10-01 102", "item_002 all 2017-11-01 101", "item_002 all 2017-12-01 100"},
		items:   []string{"item_002"},
		stores:  []string{"all"},
		config:  []string{"demand: {middle: nan, back: nan}", "price: {future: median}"},
	},
}

package freshretailnet

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"shelfcast/datasets/layout"
)

// fullRow has every column of the official file, with its types. Any of them may be null, as pandas writes them.
type fullRow struct {
	City            int64     `parquet:"city_id,optional"`
	Store           int64     `parquet:"store_id,optional"`
	ManagementGroup int64     `parquet:"management_group_id,optional"`
	FirstCategory   int64     `parquet:"first_category_id,optional"`
	SecondCategory  int64     `parquet:"second_category_id,optional"`
	ThirdCategory   int64     `parquet:"third_category_id,optional"`
	Product         int64     `parquet:"product_id,optional"`
	Date            string    `parquet:"dt,optional"`
	Sales           float64   `parquet:"sale_amount,optional"`
	HoursSale       []float64 `parquet:"hours_sale,list"`
	StockOutHours   int32     `parquet:"stock_hour6_22_cnt,optional"`
	HoursStock      []int64   `parquet:"hours_stock_status,list"`
	Discount        float64   `parquet:"discount,optional"`
	Holiday         int32     `parquet:"holiday_flag,optional"`
	Activity        int32     `parquet:"activity_flag,optional"`
	Precipitation   float64   `parquet:"precpt,optional"`
	Temperature     float64   `parquet:"avg_temperature,optional"`
	Humidity        float64   `parquet:"avg_humidity,optional"`
	Wind            float64   `parquet:"avg_wind_level,optional"`
}

func official(mend func([]fullRow)) []fullRow {
	row := func(date string, sales float64, out int32, discount float64) fullRow {
		return fullRow{
			City: 0, Store: 7, ManagementGroup: 1, FirstCategory: 5, SecondCategory: 6, ThirdCategory: 65, Product: 38,
			Date: date, Sales: sales, StockOutHours: out, Discount: discount, Activity: 1,
			Precipitation: 1.5, Temperature: 15.25, Humidity: 73.5, Wind: 2,
			HoursSale: make([]float64, 24), HoursStock: make([]int64, 24),
		}
	}
	rows := []fullRow{row("2024-03-28", 0.5, 4, 1), row("2024-03-29", 0, 16, 0.75)}
	if mend != nil {
		mend(rows)
	}
	return rows
}

// wideFiles hold the rows of official.
var wideFiles = map[string]string{
	SalesFile:    "store_id,product_id,2024-03-28,2024-03-29\n7,38,0.5,0\n",
	DiscountFile: "store_id,product_id,2024-03-28,2024-03-29\n7,38,1,0.75\n",
	ActivityFile: "store_id,product_id,2024-03-28,2024-03-29\n7,38,1,1\n",
	StockOutFile: "store_id,product_id,2024-03-28,2024-03-29\n7,38,4,16\n",
	SeriesFile:   "city_id,store_id,management_group_id,first_category_id,second_category_id,third_category_id,product_id\n0,7,1,5,6,65,38\n",
	CityFile:     "city_id,date,holiday_flag,precpt,avg_temperature,avg_humidity,avg_wind_level\n0,2024-03-28,0,1.5,15.25,73.5,2\n0,2024-03-29,0,1.5,15.25,73.5,2\n",
}

func importFrom(t *testing.T, from string) (string, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	_, err := Import(t.Context(), from, out, layout.Options{})
	return out, err
}

func parquetFolder[T any](t *testing.T, rows []T) string {
	t.Helper()
	dir := t.TempDir()
	if err := parquet.WriteFile(filepath.Join(dir, TrainFile), rows); err != nil {
		t.Fatal(err)
	}
	return dir
}

func wideFolder(t *testing.T, name, text string) string {
	t.Helper()
	files := maps.Clone(wideFiles)
	if name != "" {
		files[name] = text
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestBothFormsBecomeTheSameDataSet(t *testing.T) {
	t.Parallel()
	a, err := importFrom(t, parquetFolder(t, official(nil)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := importFrom(t, wideFolder(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	type related struct {
		Item      string  `parquet:"item_id"`
		Store     string  `parquet:"store_id"`
		Day       int32   `parquet:"timestamp,date"`
		Price     float64 `parquet:"price"`
		Promotion float64 `parquet:"promotion"`
		InStock   float64 `parquet:"in_stock"`
		Rain      float64 `parquet:"precipitation"`
		Wind      float64 `parquet:"wind"`
	}
	got, err := parquet.ReadFile[related](filepath.Join(a, layout.RelatedFile))
	if err != nil {
		t.Fatal(err)
	}
	want := []related{{"38", "7", 19810, 1, 1, 0.75, 1.5, 2}, {"38", "7", 19811, 0.75, 1, 0, 1.5, 2}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, name := range []string{layout.TargetFile, layout.RelatedFile, layout.ItemsFile, layout.StoresFile, layout.ConfigFile} {
		x, errX := os.ReadFile(filepath.Join(a, name))
		y, errY := os.ReadFile(filepath.Join(b, name))
		if errX != nil || errY != nil || string(x) != string(y) {
			t.Errorf("%s differs: %v, %v", name, errX, errY)
		}
	}
	config, err := os.ReadFile(filepath.Join(a, layout.ConfigFile))
	if err != nil || !strings.Contains(string(config), "{name: in_stock, role: in_stock}") {
		t.Errorf("%s, %v", config, err)
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, text, want string }{
		"other days":     {DiscountFile, "store_id,product_id,2024-03-28,2024-03-30\n7,38,1,0.75\n", "it has other days than"},
		"other series":   {ActivityFile, "store_id,product_id,2024-03-28,2024-03-29\n7,39,1,1\n", "after 0 series it differs from"},
		"more series":    {StockOutFile, wideFiles[StockOutFile] + "7,39,0,0\n", "after 1 series it differs from"},
		"fewer series":   {SalesFile, wideFiles[SalesFile] + "7,39,0,0\n", "after 1 series it differs from"},
		"hours":          {StockOutFile, "store_id,product_id,2024-03-28,2024-03-29\n7,38,4,17\n", "was 17 of 16 hours out of stock"},
		"negative":       {SalesFile, "store_id,product_id,2024-03-28,2024-03-29\n7,38,-1,0\n", "below zero"},
		"unknown series": {SeriesFile, strings.Replace(wideFiles[SeriesFile], "65,38", "65,39", 1), "say nothing of 38"},
		"two cities":     {SeriesFile, wideFiles[SeriesFile] + "1,7,1,5,6,65,39\n", "line 3: store 7 lies in city 0 and in city 1"},
		"two categories": {SeriesFile, wideFiles[SeriesFile] + "0,8,1,5,6,66,38\n", "line 3: product 38 has two sets of categories"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := importFrom(t, wideFolder(t, c.file, c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestADamagedOfficialFileIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mend func([]fullRow)
		want string
	}{
		"date":    {func(r []fullRow) { r[1].Date = "May" }, `train.parquet: row 2: "May" is not a date`},
		"hours":   {func(r []fullRow) { r[1].StockOutHours = -1 }, "row 2: 38@7 was -1 of 16 hours"},
		"twice":   {func(r []fullRow) { r[1].Date = r[0].Date }, "38@7 has two rows of 2024-03-28"},
		"weather": {func(r []fullRow) { r[1].Date = r[0].Date; r[1].Product = 39; r[1].Wind = 3 }, "row 2: city 0 has two kinds of weather"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := importFrom(t, parquetFolder(t, official(c.mend))); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	type short struct {
		Store int64 `parquet:"store_id"`
	}
	if _, err := importFrom(t, parquetFolder(t, []short{{1}})); err == nil || !strings.Contains(err.Error(), "it has no column") {
		t.Errorf("columns: %v", err)
	}
}

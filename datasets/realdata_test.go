package datasets

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/datasets/layout"
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// The counts are those of the files themselves, taken with awk.
func TestTheRealSetsHaveTheirCountsAndAreReadAsConfigured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set, folder, file string
		want              layout.Summary // but for notes; units where they are whole
		checks            int            // notes that begin with check passed
	}{
		{
			set: "amazon_forecast_filling", folder: "amazon_forecast_samples", file: "filling_options_tts.csv.gz", checks: 2,
			want: layout.Summary{Series: 300, Items: 300, Stores: 1, TargetRows: 6_696, RelatedRows: 7_200, First: day(2017, 10, 1), Last: day(2019, 9, 1)},
		},
		{
			set: "amazon_forecast_what_if", folder: "amazon_forecast_samples", file: "consumer_electronics_TTS.csv.gz", checks: 2,
			want: layout.Summary{Series: 1_500, Items: 300, Stores: 5, TargetRows: 36_000, RelatedRows: 40_500, First: day(2017, 10, 1), Last: day(2019, 9, 1)},
		},
		{
			set: "aus_retail", folder: "tourism", file: "aus_retail_monthly.csv.gz", checks: 2,
			want: layout.Summary{Series: 152, Items: 20, Stores: 8, TargetRows: 64_532, First: day(1982, 4, 1), Last: day(2018, 12, 1)},
		},
		{
			set: "carparts", folder: "carparts", file: "carparts_wide.csv.gz", checks: 2,
			want: layout.Summary{Series: 2_674, Items: 2_674, Stores: 1, Units: 66_194, TargetRows: 130_252, First: day(1998, 1, 1), Last: day(2002, 3, 1)},
		},
		{
			set: "dominicks", folder: "dominicks_oj", file: "oj_sku_store_week.csv.gz", checks: 2,
			want: layout.Summary{
				Series: 913, Items: 11, Stores: 83, Units: 1_000_392_608, TargetRows: 106_139, RelatedRows: 106_139,
				First: day(1990, 6, 14), Last: day(1992, 10, 1),
			},
		},
		{
			set: "frat", folder: "frat", file: "transactions.csv.gz", checks: 6,
			want: layout.Summary{
				Series: 3_909, Items: 55, Stores: 77, Units: 10_293_354, TargetRows: 524_950, RelatedRows: 524_950,
				First: day(2009, 1, 8), Last: day(2011, 12, 29), // weeks that end on 2009-01-14 and 2012-01-04
			},
		},
		{
			set: "freshretailnet", folder: "freshretailnet", file: "sales_wide.csv.gz", checks: 2,
			want: layout.Summary{
				Series: 50_000, Items: 865, Stores: 898, TargetRows: 4_500_000, RelatedRows: 4_500_000,
				First: day(2024, 3, 28), Last: day(2024, 6, 25),
			},
		},
		{
			set: "tourism", folder: "tourism", file: "tourism_quarterly.csv.gz", checks: 2,
			want: layout.Summary{Series: 304, Items: 4, Stores: 76, TargetRows: 24_320, First: day(1998, 1, 1), Last: day(2017, 10, 1)},
		},
	} {
		t.Run(c.set, func(t *testing.T) {
			t.Parallel()
			from := filepath.Join(cmp.Or(os.Getenv("SHELFCAST_DATA"), filepath.Join("..", "..", "shared", "data")), c.folder)
			if _, err := os.Stat(filepath.Join(from, c.file)); err != nil {
				t.Skipf("the set's files are absent: %v; set SHELFCAST_DATA to a folder with %s in it", err, c.folder)
			}
			if testing.Short() && c.want.TargetRows > 1_000_000 {
				t.Skip("millions of rows are not read under -short")
			}
			out := filepath.Join(t.TempDir(), "out")
			s, err := Import(t.Context(), c.set, from, out, layout.Options{})
			if err != nil {
				t.Fatal(err)
			}
			passed := 0
			for _, note := range s.Notes {
				if strings.HasPrefix(note, "check failed") {
					t.Error(note)
				}
				if strings.HasPrefix(note, "check passed") {
					passed++
				}
			}
			if passed != c.checks {
				t.Errorf("%d checks passed, want %d: %q", passed, c.checks, s.Notes)
			}
			if got := *s; got.Series != c.want.Series || got.Items != c.want.Items || got.Stores != c.want.Stores ||
				got.TargetRows != c.want.TargetRows || got.RelatedRows != c.want.RelatedRows ||
				!got.First.Equal(c.want.First) || !got.Last.Equal(c.want.Last) || c.want.Units > 0 && got.Units != c.want.Units {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			r := readAsConfigured(t, out, s, 0)
			observed := 0
			for i := range r.Panel.Len() {
				for _, y := range r.Panel.At(i).Y {
					if y == y {
						observed++
					}
				}
			}
			if int64(observed) != s.TargetRows {
				t.Errorf("%d periods are observed, of %d rows: a gap became a zero", observed, s.TargetRows)
			}
		})
	}
}

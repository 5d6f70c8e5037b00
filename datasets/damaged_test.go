package datasets

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"shelfcast/datasets/layout"
)

// layoutOf returns the files of the first case of a set, with one changed.
func layoutOf(set, file, old, new string) map[string]string {
	for _, c := range slices.Concat(kaggleLayouts, panelLayouts) {
		if c.set == set && len(c.target) < 100 {
			files := maps.Clone(c.files)
			files[file] = strings.Replace(files[file], old, new, 1)
			return files
		}
	}
	return nil
}

func TestDamagedFilesOfEverySetAreRefusedByFileAndLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ set, file, old, new, want string }{
		{"rossmann", "train.csv", "5,2015-07-31,5263", "5,2015-07-32,5263", `train.csv: line 2: "2015-07-32" is not a date`},
		{"rossmann", "train.csv", "5263", "-5", "train.csv: line 2: the demand -5 of sales@1 is below zero"},
		{"rossmann", "train.csv", "2,5,2015", "3,5,2015", "the files say nothing of 3, which has sales"},
		{"rossmann", "test.csv", "2015-08-01", "2015-07-31", "sales@1 has two rows of 2015-07-31"},
		{"rossmann", "store.csv", `"StoreType"`, `"Typ"`, "store.csv: it has no column storetype"},
		{"walmart", "train.csv", "24924.5", "x", `train.csv: line 2: "x" is not a number`},
		{"walmart", "features.csv", "6.573,FALSE", "6.573,no", `features.csv: line 2: IsHoliday is "no"`},
		{"walmart", "features.csv", "67.97", "warm", `features.csv: line 2: "warm" is not a number`},
		{"walmart", "features.csv", "1,2012-10-26,69.16", "1,2012-10-19,69.16", "features.csv: line 3: store 1 has two rows of 2012-10-19"},
		{"walmart_stormy_weather", "weather.csv", "4.6\n", "T\n", `weather.csv: line 2: "T" is not a number`},
		{"walmart_stormy_weather", "key.csv", "1,14", "3,14", "the files say nothing of 1, which has sales"},
		{"walmart_stormy_weather", "train.csv", ",29", ",-29", "train.csv: line 2: the demand -29 of 9@1 is below zero"},
		{"favorita", "train.csv", "1,103665,3,False", "1,103666,3,False", "train.csv: line 4: item 103666 or store 1 is not in items.csv"},
		{"favorita", "train.csv", "3,False", "3,no", `train.csv: line 4: onpromotion is "no"`},
		{"favorita", "train.csv", "2017-08-14,1", "2017-08-15,1", "103665@1 has two rows of 2017-08-15"},
		{"favorita", "oil.csv", "93.14", "dear", `oil.csv: line 3: "dear" is not a number`},
		{"frat", "transactions.csv", "21-Jan-09", "21-Jen-09", `transactions.csv: line 2: "21-Jen-09" is not a date`},
		{"frat", "products.csv", "1111009477,PL", "1,PL", "the files say nothing of 1111009477"},
		{"dominicks", "yx.csv", ",1,40,", ",12,40,", `yx.csv: line 2: the brand "12" is not a number from 1 to 11`},
		{"dominicks", "yx.csv", ",1,40,", ",1,first,", `yx.csv: line 2: the week "first" is not a whole number`},
		{"vn1", "Phase 0 - Price.csv", "2023-10-02", "2023-10-03", "Phase 0 - Sales.csv: it has other weeks than"},
		{"vn1", "Phase 0 - Sales.csv", "0,1,367,7.0", "0,1,367,-7", "Phase 0 - Sales.csv: the demand -7 of 0-367@1 is below zero"},
		{"vn1", "Phase 1 - Sales.csv", "2023-10-09", "2023-10-02", "Phase 1 - Sales.csv: it has other weeks than"},
		{"carparts", "car_parts_dataset_with_missing_values.tsf", "monthly", "weekly", "line 5: @frequency weekly, where monthly is expected"},
		{"carparts", "car_parts_dataset_with_missing_values.tsf", "T2:", "T2:x:", "line 11: it has 3 attributes, of which 2 were declared"},
		{"carparts", "car_parts_dataset_with_missing_values.tsf", "@attribute start_timestamp date\n", "", "before @data"},
		{"carparts", "car_parts_dataset_with_missing_values.tsf", "0,?", "0,x", `line 10: "x" is not a number`},
		{"tourism", "tourism_quarterly.csv", "1998 Q2,Adelaide,South", "1998 Q2,Adelaide,North", "line 3: the region Adelaide lies in South Australia and in North Australia"},
		{"tourism", "tourism_quarterly.csv", "Q2", "Q1", "Business@Adelaide has two rows of 1998-01-01"},
		{"amazon_forecast_what_if", "consumer_electronics_RTS.csv", "103.0", "dear", `RTS.csv: line 2: "dear" is not a number`},
	} {
		t.Run(c.set+" "+c.want, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out")
			_, err := Import(t.Context(), c.set, folder(t, layoutOf(c.set, c.file, c.old, c.new)), out, layout.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, c.want)
			}
			left, err := os.ReadDir(filepath.Dir(out))
			if err != nil || len(left) > 0 {
				t.Errorf("a failed import left %v, %v", left, err)
			}
		})
	}
}

func TestALaterPhaseWithoutPricesIsReadAndSaysSo(t *testing.T) {
	t.Parallel()
	files := layoutOf("vn1", "Phase 1 - Sales.csv", "", "")
	delete(files, "Phase 1 - Price.csv")
	out := filepath.Join(t.TempDir(), "out")
	s, err := Import(t.Context(), "vn1", folder(t, files), out, layout.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(s.Notes, "phase 1 has no file of prices: they are not known in its weeks") {
		t.Errorf("notes %q", s.Notes)
	}
	if got := table(t, filepath.Join(out, layout.RelatedFile)); len(got) != 6 || got[2] != "0-367 1 2023-10-09 NaN" {
		t.Errorf("related %q", got)
	}
}

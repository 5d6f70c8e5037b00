package cli

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// soldOut writes a target of an item that sells four to six units a day, but nothing in the last week but one.
func soldOut(t *testing.T) string {
	t.Helper()
	text := "item_id,store_id,timestamp,demand\n"
	for day := range 120 {
		sold := 4 + day*7%3
		if day >= 106 && day < 113 {
			sold = 0
		}
		text += fmt.Sprintf("a,s,%s,%d\n", time.Date(2024, time.January, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), sold)
	}
	name := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAWeekThatStockRanOutInIsCountedAndCensoredWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	target := soldOut(t)
	forecast := func(censoring string) (mean float64, told string) {
		t.Helper()
		out := filepath.Join(t.TempDir(), "f.csv")
		r := mustRun(t, nil, "forecast", "--target", target, "--frequency", "D", "--horizon", "7", "--models", "level-profile", "--censoring", censoring, "--out", out)
		f, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil || len(rows) != 8 || rows[0][3] != "mean" {
			t.Fatalf("%d rows under %v: %v", len(rows), rows[0], err)
		}
		for _, row := range rows[1:] {
			v, err := strconv.ParseFloat(row[3], 64)
			if err != nil {
				t.Fatal(err)
			}
			mean += v / 7
		}
		return mean, r.out + r.errOut
	}
	byFeature, told := forecast("feature")
	if want := "runs without sales that look like stock-outs: 1, of 7 periods in 1 series, such as a@s from 2024-04-16 to 2024-04-22; they count as no demand"; !strings.Contains(told, want) {
		t.Errorf("the report does not say %q:\n%s", want, told)
	}
	off, told := forecast("off")
	if strings.Contains(told, "stock") {
		t.Errorf("the report speaks of stock:\n%s", told)
	}
	if off != byFeature {
		t.Errorf("proposals change the forecast from %g to %g", off, byFeature)
	}
	detected, told := forecast("detect")
	if want := "7 of 120 periods are censored"; !strings.Contains(told, want) {
		t.Errorf("the report does not say %q:\n%s", want, told)
	}
	if !(detected > off+0.5 && detected > 4.5 && detected < 5.5) {
		t.Errorf("the item sells 5 units a day: the forecast is %g with the sold-out week as no demand, and %g with it censored", off, detected)
	}
	if r := run(t, nil, "forecast", "--target", target, "--frequency", "D", "--horizon", "7", "--censoring", "perhaps", "--out", filepath.Join(t.TempDir(), "f.csv")); r.code != exitUsage || !strings.Contains(r.errOut, "feature detect off") {
		t.Errorf("exit %d, %s", r.code, r.errOut)
	}
}

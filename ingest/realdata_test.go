package ingest

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"shelfcast/engine/demand"
)

// realData returns a file of the real data that tests may read, or skips the test.
func realData(t *testing.T, name string) string {
	t.Helper()
	root := cmp.Or(os.Getenv("SHELFCAST_DATA"), filepath.Join("..", "..", "shared", "data"))
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data is not there: %v; set SHELFCAST_DATA", err)
	}
	return path
}

func TestAmazonForecastSampleIsReadWhole(t *testing.T) {
	t.Parallel()
	month, err := demand.ParseFreq("M")
	if err != nil {
		t.Fatal(err)
	}
	s := Spec{Target: []string{realData(t, "amazon_forecast_samples/consumer_electronics_TTS.csv.gz")}, Freq: month, Horizon: 3}
	r := mustRead(t, s)
	if r.Audit.Target.Used != r.Audit.Target.Rows || r.Audit.Series == 0 {
		t.Errorf("audit %+v", r.Audit)
	}
	// The first row of the file.
	i, ok := slices.BinarySearchFunc(r.Panel.Keys, demand.Key{Item: "item_001", Store: "store_001"}, demand.Key.Compare)
	if !ok || r.Panel.At(i).Y[0] != 305.824943 {
		t.Errorf("item_001@store_001 begins with %v", r.Panel.At(i).Y[:1])
	}
	t.Logf("%d series, %d cells, %d filled", r.Audit.Series, r.Audit.Cells, r.Audit.FilledMiddle+r.Audit.FilledBack)
}

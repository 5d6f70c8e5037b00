package storeitem

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/datasets/layout"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func setup(t *testing.T, text string) (from, out string) {
	t.Helper()
	from = t.TempDir()
	must(t, os.WriteFile(filepath.Join(from, TrainFile), []byte(text), 0o644))
	return from, filepath.Join(t.TempDir(), "out")
}

func TestNumbersBecomeKeysAndGapsStayGaps(t *testing.T) {
	t.Parallel()
	from, out := setup(t, "date,store,item,sales\n2013-01-01,2,1,5\n2013-01-02,2,1,6\n2013-01-04,2,1,7\n2013-01-02,1,1,8\n2013-01-02,1,10,9\n")
	calls := 0
	s, err := Import(t.Context(), from, out, layout.Options{Progress: func(int, int) { calls++ }})
	must(t, err)
	got, err := parquet.ReadFile[layout.Target](filepath.Join(out, layout.TargetFile))
	must(t, err)
	var want []layout.Target
	row := func(item, store string, day int32, y float64) {
		want = append(want, layout.Target{ItemID: item, StoreID: store, Timestamp: day, Demand: y})
	}
	row("1", "1", 15707, 8) // 2013-01-02
	row("1", "2", 15706, 5)
	row("1", "2", 15707, 6)
	row("1", "2", 15709, 7)
	row("10", "1", 15707, 9)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	wantSummary := &layout.Summary{
		Series: 3, Items: 2, Stores: 2, Units: 35, TargetRows: 5,
		First: time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC), Last: time.Date(2013, 1, 4, 0, 0, 0, 0, time.UTC),
		Notes: []string{"this is not the official set: it has 3 series and 5 rows, the official one 500 and 913000"},
	}
	if d := cmp.Diff(wantSummary, s); d != "" {
		t.Error(d)
	}
	items, err := parquet.ReadFile[itemRow](filepath.Join(out, layout.ItemsFile))
	must(t, err)
	if d := cmp.Diff([]itemRow{{"1"}, {"10"}}, items); d != "" || calls != 3 {
		t.Errorf("%d calls of progress; %s", calls, d)
	}
	if _, err := os.Stat(filepath.Join(out, layout.RelatedFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a set without features has a related file: %v", err)
	}
}

func TestDamagedFilesAreRefusedByLine(t *testing.T) {
	t.Parallel()
	const head = "date,store,item,sales\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":      {"", "the header: the file is empty; get it anew"},
		"no rows":    {head, "it has no rows"},
		"no column":  {"date,store,item\n", "no column sales"},
		"not a date": {head + "May,1,1,1\n", `line 2: "May" is not a date`},
		"no number":  {head + "2013-01-01,1,1,x\n", `line 2: the sales "x" are not a number`},
		"negative":   {head + "2013-01-01,1,1,-5\n", `line 2: the sales "-5" are not a number of zero or more`},
		"no store":   {head + "2013-01-01,,1,5\n", "line 2: the item or the store is empty"},
		"twice":      {head + "2013-01-01,1,1,1\n2013-01-01,1,1,1\n", "line 3: 2013-01-01 of 1@1 stands after"},
		"ragged":     {head + "2013-01-01,1\n", "train.csv: record on line 2: wrong number of fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, out := setup(t, c.text)
			_, err := Import(t.Context(), from, out, layout.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if _, err := os.Stat(out); !errors.Is(err, fs.ErrNotExist) {
				t.Error("a failed import left its folder")
			}
		})
	}
}

func TestAMissingFileSaysWhereToGetIt(t *testing.T) {
	t.Parallel()
	_, err := Import(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "out"), layout.Options{})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), Where) {
		t.Errorf("error %v", err)
	}
}

func TestAnImportThatIsCancelledStops(t *testing.T) {
	t.Parallel()
	from, out := setup(t, "date,store,item,sales\n2013-01-01,2,1,5\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Import(ctx, from, out, layout.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestTheOfficialSetHasItsCounts(t *testing.T) {
	t.Parallel()
	root := os.Getenv("SHELFCAST_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	from := filepath.Join(root, "store_item_demand")
	if _, err := os.Stat(from); err != nil {
		t.Skipf("the challenge's file is absent: %v; set SHELFCAST_DATA to a folder with store_item_demand in it", err)
	}
	s, err := Import(t.Context(), from, filepath.Join(t.TempDir(), "out"), layout.Options{})
	must(t, err)
	want := &layout.Summary{
		Series: 500, Items: 50, Stores: 10, Units: 47_704_512, TargetRows: 913_000, // awk over the official file
		First: time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC), Last: time.Date(2017, 12, 31, 0, 0, 0, 0, time.UTC),
		Notes: []string{"this is the official set: 500 series, 913000 rows"},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
}

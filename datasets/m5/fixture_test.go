package m5

import (
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/datasets/layout"
)

// A small chain in the form of the official files: 3 stores in 2 states, 5 items in 3 departments, 120 days and 28 more
// in the calendar. Item i in store s is first priced in week (i+s)%4.
const (
	fixtureDays   = 120
	fixtureItems  = 5
	fixtureStores = 3
	fixtureSeries = fixtureItems * fixtureStores
)

var fixtureFirst = time.Date(2011, 1, 29, 0, 0, 0, 0, time.UTC)

func fixtureItem(i int) (item, dept, cat string) {
	dept = []string{"FOODS_1", "FOODS_2", "HOBBIES_1"}[i%3]
	return fmt.Sprintf("%s_%03d", dept, i+1), dept, dept[:strings.Index(dept, "_")]
}

func fixtureStore(s int) (store, state string) {
	return []string{"TX_1", "CA_1", "CA_2"}[s], []string{"TX", "CA", "CA"}[s]
}

func fixtureUnits(s, i, t int) int {
	if t < firstPricedWeek(s, i)*7 {
		return 0
	}
	r := rand.New(rand.NewPCG(uint64(s*100+i), uint64(t)))
	return r.IntN(3+i*s) * (1 + t%7/5)
}

func firstPricedWeek(s, i int) int { return (i + s) % 4 }

func fixturePrice(s, i, week int) float64 {
	return float64(100+50*i+10*s+week/5*3) / 100
}

// writeFixture writes the three files into a new folder, the sales file with gzip. Changes, by file name, edit a file's
// text before it is written.
func writeFixture(t *testing.T, changes map[string]func(string) string) string {
	t.Helper()
	dir := t.TempDir()
	texts := map[string]string{EvaluationFile: salesText(), CalendarFile: calendarText(), PricesFile: pricesText()}
	for name, text := range texts {
		if change := changes[name]; change != nil {
			text = change(text)
		}
		if name == EvaluationFile {
			writeGzip(t, filepath.Join(dir, name+".gz"), text)
			continue
		}
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

func salesText() string {
	var b strings.Builder
	b.WriteString("id,item_id,dept_id,cat_id,store_id,state_id")
	for t := range fixtureDays {
		fmt.Fprintf(&b, ",d_%d", t+1)
	}
	for s := range fixtureStores {
		for i := range fixtureItems {
			item, dept, cat := fixtureItem(i)
			store, state := fixtureStore(s)
			fmt.Fprintf(&b, "\n%s_%s_evaluation,%s,%s,%s,%s,%s", item, store, item, dept, cat, store, state)
			for t := range fixtureDays {
				fmt.Fprintf(&b, ",%d", fixtureUnits(s, i, t))
			}
		}
	}
	return b.String() + "\n"
}

func calendarText() string {
	var b strings.Builder
	b.WriteString("date,wm_yr_wk,weekday,wday,month,year,d,event_name_1,event_type_1,event_name_2,event_type_2,snap_CA,snap_TX\n")
	for t := range fixtureDays + Horizon {
		date := fixtureFirst.AddDate(0, 0, t)
		event := ""
		if t%30 == 8 {
			event = "Father's day"
		}
		fmt.Fprintf(&b, "%s,%d,%s,%d,%d,%d,d_%d,%s,,,,%d,%d\n", date.Format(time.DateOnly), 11101+t/7, date.Weekday(),
			t%7+1, date.Month(), date.Year(), t+1, event, t%10/9, t%5/4)
	}
	return b.String()
}

func pricesText() string {
	var b strings.Builder
	b.WriteString("store_id,item_id,wm_yr_wk,sell_price\n")
	for s := range fixtureStores {
		for i := range fixtureItems {
			item, _, _ := fixtureItem(i)
			store, _ := fixtureStore(s)
			for w := firstPricedWeek(s, i); w <= (fixtureDays+Horizon-1)/7; w++ {
				fmt.Fprintf(&b, "%s,%s,%d,%.2f\n", store, item, 11101+w, fixturePrice(s, i, w))
			}
		}
	}
	return b.String()
}

func writeGzip(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	w := gzip.NewWriter(f)
	_, err = io.WriteString(w, text)
	must(t, err)
	must(t, w.Close())
	must(t, f.Close())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func importFixture(t *testing.T, dir string, o layout.Options) (out string, s *layout.Summary) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "m5")
	s, err := Import(t.Context(), dir, out, o)
	must(t, err)
	return out, s
}

// officialFiles returns the folder of the competition's files, and skips where it is absent.
func officialFiles(t *testing.T) string {
	t.Helper()
	root := os.Getenv("SHELFCAST_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	dir := filepath.Join(root, "m5")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the files of the competition are absent: %v; set SHELFCAST_DATA to a folder with m5 in it", err)
	}
	return dir
}

func heavy(t *testing.T) {
	t.Helper()
	if os.Getenv("SHELFCAST_HEAVY") == "" {
		t.Skip("takes half a minute and 1 GiB: set SHELFCAST_HEAVY=1 to run it")
	}
}

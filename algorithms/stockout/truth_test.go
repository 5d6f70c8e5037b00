package stockout_test

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shelfcast/algorithms/stockout"
	"shelfcast/datasets/layout"
	"shelfcast/datasets/synth"
	"shelfcast/engine/demand"
	"shelfcast/ingest"
)

// truth counts the periods of a set whose stock-outs are known.
type truth struct {
	out      int // stock ran out
	empty    int // nothing was sold
	emptyOut int // both, which is all that can be found
	proposed int // observed, in a proposed run
	right    int // of them, those in which stock ran out
}

func (c *truth) add(y []float64, out []bool, start demand.Period, runs []stockout.Run) {
	for t, v := range y {
		if out[t] {
			c.out++
		}
		if v == 0 {
			c.empty++
			if out[t] {
				c.emptyOut++
			}
		}
	}
	for _, r := range runs {
		for t := int(r.First - start); t <= int(r.Last-start); t++ {
			if y[t] == y[t] {
				c.proposed++
			}
			if out[t] {
				c.right++
			}
		}
	}
}

func (c *truth) precision() float64 { return float64(c.right) / float64(c.proposed) }
func (c *truth) recall() float64    { return float64(c.right) / float64(c.emptyOut) }

func (c *truth) check(t *testing.T, precision, recall float64) {
	t.Helper()
	t.Logf("stock ran out in %d periods, %d of them without sales; of %d periods without sales %d are proposed, %d of them rightly: precision %.3f, recall %.3f (%.3f of all)",
		c.out, c.emptyOut, c.empty, c.proposed, c.right, c.precision(), c.recall(), float64(c.right)/float64(c.out))
	if !(c.precision() >= precision && c.recall() >= recall) {
		t.Errorf("precision %.3f and recall %.3f, want %.2f and %.2f at least", c.precision(), c.recall(), precision, recall)
	}
}

func TestStockOutsOfAMadeChainAreFound(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "chain")
	if _, err := synth.Write(t.Context(), dir, synth.Options{Series: 1000, Seed: 1}, layout.Options{}); err != nil {
		t.Fatal(err)
	}
	r, err := ingest.Read(t.Context(), ingest.Spec{
		Target: []string{filepath.Join(dir, "tts.parquet")}, Related: []string{filepath.Join(dir, synth.StockoutsFile)},
		// A role that stays in the panel, and that a look at the past takes for a plan: here it is the truth to compare with.
		Features: []ingest.Feature{{Name: "in_stock", Role: demand.Promotion}}, HistoryOnly: true, Freq: demand.Daily, Horizon: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	var c truth
	d := stockout.NewDetector(r.Panel)
	for i := range r.Panel.Keys {
		s := r.Panel.At(i)
		out := make([]bool, len(s.Y))
		for t, v := range s.X[0].V {
			out[t] = v == 0
		}
		c.add(s.Y, out, s.Start, d.Propose(i))
	}
	// The chain is refilled within a week, and sells something on most days on which stock runs out.
	c.check(t, 0.95, 0.15)
}

// fresh returns the rows of a table of FreshRetailNet: two columns of names, then one for each day.
func fresh(t *testing.T, name string, rows int) (values [][]float64) {
	t.Helper()
	root := cmp.Or(os.Getenv("SHELFCAST_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	f, err := os.Open(filepath.Join(root, "freshretailnet", name))
	if err != nil {
		t.Skipf("real data is not there: %v; set SHELFCAST_DATA", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	for len(values) < rows && lines.Scan() {
		cells := strings.Split(lines.Text(), ",")[2:]
		row := make([]float64, len(cells))
		for i, cell := range cells {
			if row[i], err = strconv.ParseFloat(cell, 64); err != nil {
				row[i] = math.NaN()
			}
		}
		values = append(values, row)
	}
	return values
}

func TestStockOutsOfFreshFoodAreFound(t *testing.T) {
	t.Parallel()
	const rows, openHours = 5000, 16
	sales, hours := fresh(t, "sales_wide.csv.gz", rows), fresh(t, "stockout_hours_6_21_wide.csv.gz", rows)
	var c truth
	cal := demand.Calendar{Freq: demand.Daily}
	start := cal.Period(time.Date(2024, time.March, 28, 0, 0, 0, 0, time.UTC))
	for i, y := range sales {
		out := make([]bool, len(y))
		for t, h := range hours[i] {
			out[t] = h == openHours
		}
		c.add(y, out, start, stockout.Propose(demand.Series{Cal: cal, Start: start, Y: y}))
	}
	c.check(t, 0.95, 0.3)
}

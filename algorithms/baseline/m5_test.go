package baseline

import (
	"bufio"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/demand"
)

// m5Store returns the daily sales of the 3,049 items of store CA_1 of the M5 competition, from 2011-01-29, each from its
// first sale on.
func m5Store(t *testing.T) (sales [][]float64, days int) {
	t.Helper()
	dir := os.Getenv("SHELFCAST_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "m5", "sales_train_evaluation.csv.gz"))
	if err != nil {
		t.Skipf("the M5 sales are not here: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // header: id, item, department, category, store, state, d_1, …
	for lines.Scan() {
		cells := strings.Split(lines.Text(), ",")
		if cells[4] != "CA_1" {
			break // CA_1 comes first
		}
		y := make([]float64, len(cells)-6)
		for d, cell := range cells[6:] {
			v, err := strconv.Atoi(cell)
			if err != nil {
				t.Fatal(err)
			}
			y[d] = float64(v)
		}
		sales = append(sales, y)
		days = len(y)
	}
	if len(sales) != 3049 || days != 1941 {
		t.Fatalf("store CA_1 has %d items and %d days, want 3049 and 1941", len(sales), days)
	}
	return sales, days
}

func fromFirstSale(y []float64) (from int) {
	for from < len(y) && y[from] == 0 {
		from++
	}
	return from
}

// m5Score is the error of the store's total, as root mean square over its mean, and the wQL of the items at 0.1, 0.5, 0.9.
type m5Score struct{ total, wQL float64 }

func scoreM5(t *testing.T, m demand.SeriesModel, sales [][]float64, origin int) m5Score {
	t.Helper()
	start := daily.Period(time.Date(2011, 1, 29, 0, 0, 0, 0, time.UTC))
	levels := []float64{0.1, 0.5, 0.9}
	dst := newFan(28, levels...)
	var total, truth [28]float64
	var loss, sold float64
	for _, y := range sales {
		from := fromFirstSale(y[:origin])
		fit, err := m.FitSeries(demand.Series{Cal: daily, Start: start + demand.Period(from), Y: y[from:origin]})
		if err != nil {
			continue // not yet sold, or hardly: the same few for all models
		}
		if err := fit.ForecastSeries(nil, dst); err != nil {
			t.Fatal(err)
		}
		for j, v := range y[origin : origin+28] {
			total[j] += dst.Mean[j]
			truth[j] += v
			sold += v
			for l, level := range levels {
				loss += 2.0 / 3 * max(level*(v-dst.At(j)[l]), (level-1)*(v-dst.At(j)[l]))
			}
		}
	}
	var square, sum float64
	for j := range total {
		square += (total[j] - truth[j]) * (total[j] - truth[j])
		sum += truth[j]
	}
	return m5Score{math.Sqrt(square/28) / (sum / 28), loss / sold}
}

func TestTheFloorBeatsTheOtherBaselinesOnAStoreOfM5(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 3,049 items of M5")
	}
	sales, _ := m5Store(t)
	mean := func(m demand.SeriesModel) (s m5Score) {
		for _, origin := range []int{1577, 1829, 1857, 1885, 1913} {
			one := scoreM5(t, m, sales, origin)
			s.total += one.total / 5
			s.wQL += one.wQL / 5
		}
		t.Logf("%-16s total %.4f  wQL %.4f", m.Name(), s.total, s.wQL)
		return s
	}
	floor := mean(LevelProfile{})
	for _, m := range []demand.SeriesModel{Naive{}, SeasonalNaive{}, SeasonalMean{}, NPTS{}, NPTS{Seasonal: true}} {
		if other := mean(m); floor.total > other.total || floor.wQL > other.wQL {
			t.Errorf("%s: total %.4f and wQL %.4f, the floor %.4f and %.4f", m.Name(), other.total, other.wQL, floor.total, floor.wQL)
		}
	}
}

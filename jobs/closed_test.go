package jobs

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shelfcast/algorithms"
	"shelfcast/engine/demand"
	"shelfcast/evaluate/backtest"
	"shelfcast/evaluate/score"
	"shelfcast/ingest"
	"shelfcast/jobs/config"
)

// closedNight forecasts 10 units a day from data in which Sundays have zeros, up to Saturday 2026-03-28, by the mean
// of all. On Sunday 2026-01-11 four units were sold.
func closedNight(t *testing.T, closed ingest.Occasions) (fan demand.Fan, notes string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("item_id,store_id,timestamp,demand\n")
	for d := range 87 {
		date, units := day("2026-01-01").AddDate(0, 0, d), 10
		if date.Weekday() == time.Sunday {
			units = 0
		}
		if date.Equal(day("2026-01-11")) {
			units = 4
		}
		fmt.Fprintf(&b, "item0,s,%s,%d\n", date.Format(time.DateOnly), units)
	}
	name := filepath.Join(t.TempDir(), "target.csv")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := algorithms.ByName("npts-uniform")
	if err != nil {
		t.Fatal(err)
	}
	n, sink := setup(t, m)
	n.Spec.Target, n.Spec.Occasions = []string{name}, closed
	n.Spec.Horizon, n.Plan.Horizon = 7, 7
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _, fan = sink.series(t, 0)
	return fan, strings.Join(rep.Notes, "\n")
}

func TestClosedDaysAreNotObservedAndTheirForecastIsZero(t *testing.T) {
	open, _ := closedNight(t, ingest.Occasions{})
	sundays, err := config.Calendar{Closed: config.Closed{Weekdays: []string{"Sunday"}}}.Occasions()
	if err != nil {
		t.Fatal(err)
	}
	closed, notes := closedNight(t, sundays)
	if closed.Mean[0] != 0 || closed.At(0)[2] != 0 {
		t.Errorf("Sunday: mean %g, quantiles %v; want 0", closed.Mean[0], closed.At(0))
	}
	for h := 1; h < 7; h++ {
		if math.Abs(closed.Mean[h]-10) > 0.5 || math.Abs(open.Mean[h]-10) < math.Abs(closed.Mean[h]-10) {
			t.Errorf("day %d: %g, and %g where Sundays count; want 10", h, closed.Mean[h], open.Mean[h])
		}
	}
	if !strings.Contains(notes, "11 periods of closed days count as not observed; in 1 something was sold") {
		t.Errorf("notes: %s", notes)
	}
}

func TestTheBacktestForecastsClosedDaysAsZeroToo(t *testing.T) {
	cal := demand.Calendar{Freq: demand.Daily}
	p := &demand.Panel{Cal: cal, Keys: []demand.Key{{Item: "a", Store: "open"}, {Item: "a", Store: "shut"}}, Start: []demand.Period{0, 0}, Off: []int{0, 60, 120}, End: 60}
	for range 2 * 60 {
		p.Y = append(p.Y, 10)
	}
	// The second store is closed on day 57, and somebody booked one unit on it.
	p.Events = &demand.Events{Of: []int32{0, 1}, Calendars: []demand.EventCalendar{{}, {Closed: []demand.Period{57}}}}
	p.Y[60+57] = 1
	m, err := algorithms.ByName("naive")
	if err != nil {
		t.Fatal(err)
	}
	r, err := backtest.Run(t.Context(), p, []demand.Model{m}, backtest.Plan{Horizon: 5, Windows: 1, Levels: []float64{0.5}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0, 1. / 41} { // of the second, 1 of 10 + 10 + 1 + 10 + 10 is wrong
		for _, m := range r.Series[0][0][i].AppendMetrics(nil) {
			if m.Name == score.WAPE && math.Abs(m.Value-want) > 1e-12 {
				t.Errorf("series %d: WAPE %g, want %g", i, m.Value, want)
			}
		}
	}
}

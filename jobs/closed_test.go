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
	"shelfcast/ingest"
	"shelfcast/jobs/config"
)

// closedNight forecasts 10 units a day from data in which Sundays have zeros, up to Saturday 2026-03-28, by the mean
// of all. On Sunday 2026-01-11 four units were sold.
func closedNight(t *testing.T, closed ingest.Closed) (fan demand.Fan, notes string) {
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
	n.Spec.Target, n.Spec.Closed = []string{name}, closed
	n.Spec.Horizon, n.Plan.Horizon = 7, 7
	rep, err := n.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _, fan = sink.series(t, 0)
	return fan, strings.Join(rep.Notes, "\n")
}

func TestClosedDaysAreNotObservedAndTheirForecastIsZero(t *testing.T) {
	open, _ := closedNight(t, ingest.Closed{})
	sundays, err := config.Calendar{Closed: config.Closed{Weekdays: []string{"Sunday"}}}.ClosedDays()
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

func TestClosedHolidaysAreThoseOfTheCountryAndNeedDays(t *testing.T) {
	c := config.Calendar{Closed: config.Closed{Holidays: "DE"}}
	days, err := c.ClosedDays()
	if err != nil {
		t.Fatal(err)
	}
	cal := demand.Calendar{Freq: demand.Daily}
	if !days.At(cal, cal.Period(day("2026-10-03"))) || days.At(cal, cal.Period(day("2026-10-05"))) {
		t.Error("in Germany 3 October 2026 is closed, and 5 October is not")
	}
	all := config.Default()
	all.Input.Target, all.Calendar = []string{"t"}, c
	if err := all.Check(); err != nil {
		t.Error(err)
	}
	all.Input.Frequency = demand.Freq{Unit: demand.Week, N: 1}
	if err := all.Check(); err == nil || !strings.Contains(err.Error(), "calendar.closed: the frequency is W") {
		t.Errorf("weeks: %v", err)
	}
}

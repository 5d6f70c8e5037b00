package ingest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shelfcast/engine/demand"
)

// weeks is a target of one series that sells one unit on each of the first open days of every week, and on the days
// given of the last one. Weeks begin on Monday 2024-01-01.
func weeks(n, open int, last ...int) []string {
	lines := []string{header}
	for day := range 7 * n {
		if day%7 < open {
			lines = append(lines, "a,s,"+dayText(19723+int64(day))+",1")
		}
	}
	for _, day := range last {
		lines = append(lines, "a,s,"+dayText(19723+int64(7*n+day))+",1")
	}
	return lines
}

func weekly(path string) Spec {
	s := daily(path)
	s.Freq.Unit = demand.Week
	return s
}

func TestAWeekThatTheFeedEndsInsideOfIsNotNeeded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		lines []string
		want  []float64
		left  int64 // rows that are not needed
	}{
		{"two days of a week", weeks(9, 7, 0, 1), []float64{7, 7, 7, 7, 7, 7, 7, 7, 7}, 2},
		{"all but the Sunday", weeks(9, 7, 0, 5), []float64{7, 7, 7, 7, 7, 7, 7, 7, 7}, 2},
		{"a whole week", weeks(9, 7, 6), []float64{7, 7, 7, 7, 7, 7, 7, 7, 7, 1}, 0},
		{"a week up to Saturday, where Sundays are closed", weeks(9, 6, 5), []float64{6, 6, 6, 6, 6, 6, 6, 6, 6, 1}, 0},
		{"too few weeks to tell", weeks(7, 7, 0), []float64{7, 7, 7, 7, 7, 7, 7, 1}, 0},
		{"rows of weeks", weeks(9, 1, 0), []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := mustRead(t, weekly(newFolder(t).csv("t.csv", c.lines...)))
			if diff := cmp.Diff(c.want, r.Panel.Y); diff != "" {
				t.Errorf("demand (-want +got):\n%s", diff)
			}
			in := r.Audit.Target
			if in.NotNeededRows() != c.left || c.left > 0 && in.NotNeeded[0].Reason != UnfinishedPeriod {
				t.Errorf("not needed: %+v, want %d rows", in.NotNeeded, c.left)
			}
		})
	}
}

func TestASeriesThatSellsNowAndThenHasNoUnfinishedWeek(t *testing.T) {
	t.Parallel()
	lines := []string{header}
	for week, day := range []int{3, 0, 6, 2, 5, 1, 4, 2, 3, 0} {
		lines = append(lines, "a,s,"+dayText(19723+int64(7*week+day))+",1")
	}
	if r := mustRead(t, weekly(newFolder(t).csv("t.csv", lines...))); len(r.Panel.Y) != 10 {
		t.Errorf("%d weeks, want all 10", len(r.Panel.Y))
	}
}

func TestADayOfTransactionsIsNotJudgedByAFewMinutes(t *testing.T) {
	t.Parallel()
	closing := func(minutes ...int) []string {
		lines := []string{header}
		for day, m := range minutes {
			lines = append(lines, fmt.Sprintf("a,s,%s 21:%02d:00,1", dayText(19723+int64(day)), m))
		}
		return lines
	}
	if r := mustRead(t, daily(newFolder(t).csv("t.csv", closing(40, 55, 31, 48, 44, 59, 38, 41, 28)...))); len(r.Panel.Y) != 9 {
		t.Errorf("%d days, want 9: the last sale is three minutes earlier than ever", len(r.Panel.Y))
	}
	lines := append(closing(40, 55, 31, 48, 44, 59, 38, 41), "a,s,"+dayText(19723+8)+" 14:00:00,1")
	if r := mustRead(t, daily(newFolder(t).csv("t.csv", lines...))); len(r.Panel.Y) != 8 {
		t.Errorf("%d days, want 8: the feed ended at two in the afternoon", len(r.Panel.Y))
	}
}

func TestAnAsOfDateSpeaksForItsPeriod(t *testing.T) {
	t.Parallel()
	s := weekly(newFolder(t).csv("t.csv", weeks(9, 7, 0, 1)...))
	s.AsOf = date("2024-03-10") // the Sunday of the last week
	if r := mustRead(t, s); len(r.Panel.Y) != 10 || r.Panel.Y[9] != 2 {
		t.Errorf("demand %v: whoever names the date says that its week is whole", r.Panel.Y)
	}
}

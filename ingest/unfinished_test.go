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

// begun is a target of n whole weeks of one unit each open day, before which lie the days given of one week.
func begun(n, open int, first ...int) []string {
	lines := []string{header}
	for _, day := range first {
		lines = append(lines, "a,s,"+dayText(19723-7+int64(day))+",1")
	}
	return append(lines, weeks(n, open)[1:]...)
}

func TestAWeekThatTheFeedBeginsInsideOfIsNotNeeded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		lines []string
		want  []float64
		left  int64 // rows that are not needed
	}{
		{"the weekend of a week", begun(9, 7, 5, 6), []float64{7, 7, 7, 7, 7, 7, 7, 7, 7}, 2},
		{"all but the Monday", begun(9, 7, 1, 6), []float64{7, 7, 7, 7, 7, 7, 7, 7, 7}, 2},
		{"a whole week", begun(9, 7, 0), []float64{1, 7, 7, 7, 7, 7, 7, 7, 7, 7}, 0},
		{"too few weeks to tell", begun(7, 7, 5), []float64{1, 7, 7, 7, 7, 7, 7, 7}, 0},
		{"rows of weeks", begun(9, 1, 0), []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := mustRead(t, weekly(newFolder(t).csv("t.csv", c.lines...)))
			if diff := cmp.Diff(c.want, r.Panel.Y); diff != "" {
				t.Errorf("demand (-want +got):\n%s", diff)
			}
			in := r.Audit.Target
			if in.NotNeededRows() != c.left || c.left > 0 && in.NotNeeded[0].Reason != PartialFirstPeriod {
				t.Errorf("not needed: %+v, want %d rows", in.NotNeeded, c.left)
			}
		})
	}
}

func TestAFeedMayBeginAndEndInsideOfAWeek(t *testing.T) {
	t.Parallel()
	lines := append(weeks(9, 7, 0, 1), begun(0, 7, 6)[1:]...)
	r := mustRead(t, weekly(newFolder(t).csv("t.csv", lines...)))
	if diff := cmp.Diff([]float64{7, 7, 7, 7, 7, 7, 7, 7, 7}, r.Panel.Y); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Count{{UnfinishedPeriod, 2}, {PartialFirstPeriod, 1}}, r.Audit.Target.NotNeeded); diff != "" {
		t.Errorf("not needed (-want +got):\n%s", diff)
	}
}

func TestAnAsOfDateSaysNothingOfTheFirstWeek(t *testing.T) {
	t.Parallel()
	s := weekly(newFolder(t).csv("t.csv", begun(10, 7, 5, 6)...))
	s.AsOf = date("2024-03-03") // the Sunday of the ninth week
	r := mustRead(t, s)
	if diff := cmp.Diff([]Count{{AfterAsOf, 7}, {PartialFirstPeriod, 2}}, r.Audit.Target.NotNeeded); diff != "" {
		t.Errorf("not needed (-want +got):\n%s", diff)
	}
	if len(r.Panel.Y) != 9 || r.Panel.Y[0] != 7 {
		t.Errorf("demand %v, want nine whole weeks", r.Panel.Y)
	}
}

func TestASeriesOfAPartialFirstWeekAloneIsNone(t *testing.T) {
	t.Parallel()
	lines := append(begun(9, 7, 5), "gone,s,"+dayText(19723-1)+",1")
	if r := mustRead(t, weekly(newFolder(t).csv("t.csv", lines...))); r.Panel.Len() != 1 || r.Audit.Target.NotNeededRows() != 2 {
		t.Errorf("%d series, not needed %+v", r.Panel.Len(), r.Audit.Target.NotNeeded)
	}
}

func TestAFaultIsFoundOnceWhereTheTargetIsReadTwice(t *testing.T) {
	t.Parallel()
	s := weekly(newFolder(t).csv("t.csv", append(weeks(9, 7, 0, 1), "a,s,2024-01-02,-1")...))
	s.Tolerant = true
	if r := mustRead(t, s); len(r.Audit.Faults) != 1 || r.Audit.Faults[0].Kind != RejectedRows {
		t.Errorf("faults %+v, want one of the rejected row", r.Audit.Faults)
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

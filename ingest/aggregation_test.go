package ingest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"shelfcast/engine/demand"
)

func parseFreq(t testing.TB, text string) demand.Freq {
	t.Helper()
	f, err := demand.ParseFreq(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFinerRowsAreAggregatedAsAsked(t *testing.T) {
	t.Parallel()
	// The files hold the second row of the day before the first, and a second series whose first row of a day is empty.
	d := newFolder(t)
	d.csv("t/1.csv", header, "a,s,2024-01-01 12:00:00,5", "a,s,2024-01-02 08:00:00,1", "b,s,2024-01-01 09:00:00,", "b,s,2024-01-02 09:00:00,2")
	d.csv("t/2.csv", header, "a,s,2024-01-01 08:00:00,2", "a,s,2024-01-01 20:00:00,4.5", "b,s,2024-01-01 10:00:00,6")
	nan := math.NaN()
	for how, want := range map[Aggregation][]float64{
		Sum:   {11.5, 1, nan, 2},
		Avg:   {11.5 / 3, 1, nan, 2},
		First: {2, 1, nan, 2},
		Min:   {2, 1, nan, 2},
		Max:   {5, 1, nan, 2},
	} {
		for _, workers := range []int{1, 3} {
			s := daily(d.path + "/t")
			s.Aggregation, s.Workers = how, workers
			r := mustRead(t, s)
			if diff := cmp.Diff(want, r.Panel.Y, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%v with %d workers (-want +got):\n%s", how, workers, diff)
			}
			if r.Audit.Target.Aggregated != 3 {
				t.Errorf("%v: %d rows aggregated, want 3", how, r.Audit.Target.Aggregated)
			}
		}
	}
}

func TestTwoRowsOfOneTimeAreADuplicateHoweverTheyWouldBeAggregated(t *testing.T) {
	t.Parallel()
	path := newFolder(t).csv("t.csv", header, "a,s,2024-01-01 12:00:00,5", "a,s,2024-01-01 12:00:00,5", "a,s,2024-01-01 13:00:00,5", "a,s,2024-01-02,1")
	for how := range aggregationNames {
		s := daily(path)
		s.Aggregation = Aggregation(how)
		if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), "two rows for a@s at 2024-01-01 12:00:00") {
			t.Errorf("%v: error %v", s.Aggregation, err)
		}
	}
}

func TestRowsAreAlignedToTheBeginningThatIsAskedFor(t *testing.T) {
	t.Parallel()
	path := newFolder(t).csv("t.csv", header,
		"a,s,2023-12-31 23:00:00,1", "a,s,2024-01-01 05:59:59,2", "a,s,2024-01-01 06:00:00,4", "a,s,2024-01-07,8", "a,s,2024-03-14,16", "a,s,2024-03-15,32")
	for freq, want := range map[string]string{
		"Y":     "2023-01-01=1 2024-01-01=62",
		"Y-FEB": "2023-02-01=15 2024-02-01=48",
		"Q":     "2023-10-01=1 2024-01-01=62",
		"Q-FEB": "2023-11-01=15 2024-02-01=48",
		"M":     "2023-12-01=1 2024-01-01=14 2024-03-01=48",
		"M-15":  "2023-12-15=15 2024-02-15=16 2024-03-15=32",
		"W":     "2023-12-25=1 2024-01-01=14 2024-03-11=48",
		"W-SUN": "2023-12-31=7 2024-01-07=8 2024-03-10=48",
		"2W":    "2023-12-18=1 2024-01-01=14 2024-03-11=48",
		"D":     "2023-12-31=1 2024-01-01=6 2024-01-07=8 2024-03-14=16 2024-03-15=32",
		"D-06":  "2023-12-31=3 2024-01-01=4 2024-01-07=8 2024-03-14=16 2024-03-15=32", // a date alone is that business day
		"12H":   "2023-12-31 12:00:00=1 2024-01-01 00:00:00=6 2024-01-07 00:00:00=8 2024-03-14 00:00:00=16 2024-03-15 00:00:00=32",
	} {
		s := daily(path)
		s.Freq = parseFreq(t, freq)
		p := mustRead(t, s).Panel
		var got []string
		for i, y := range p.Y {
			if y > 0 {
				got = append(got, fmt.Sprintf("%s=%g", p.Cal.Format(p.Start[0]+demand.Period(i)), y))
			}
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", freq, diff)
		}
	}
}

func TestABusinessDayBeginsAtItsHourInParquetToo(t *testing.T) {
	t.Parallel()
	type row struct {
		Item   string  `parquet:"item_id"`
		Day    int32   `parquet:"timestamp,date"`
		Demand float64 `parquet:"demand"`
	}
	s := daily(newFolder(t).write("t.parquet", parquetOf(t, []row{{"a", dayNumber(0), 1}, {"a", dayNumber(1), 2}})))
	s.Freq = parseFreq(t, "D-06")
	if diff := cmp.Diff([]float64{1, 2}, mustRead(t, s).Panel.Y); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
}

func TestAFrequencyFinerThanTheDataIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ freq, first, step, want string }{
		{"H", "2024-01-01", "D", "use D,"},
		{"D", "2024-01-03", "W-WED", "use W-WED,"},
		{"D", "2024-01-31", "M-28", "use M,"},
		{"15min", "2024-01-01", "H", "use H,"},
		{"M", "2020-01-01", "Q", "use Q,"},
		{"M", "2020-01-01", "Y", "use Y,"},
		{"D", "2024-01-01", "D", ""},
		{"W", "2024-01-01", "D", ""},
		{"D", "2024-01-01", "2D", ""}, // two days are no unit: a shop that opens every other day
	} {
		lines := []string{header}
		cal := demand.Calendar{Freq: parseFreq(t, c.step)}
		from := cal.Period(date(c.first))
		for i := range demand.Period(9) {
			lines = append(lines, fmt.Sprintf("a,s,%s,1", cal.Time(from+i).Format("2006-01-02 15:04:05")))
		}
		s := daily(newFolder(t).csv("t.csv", lines...))
		s.Freq = parseFreq(t, c.freq)
		_, err := Read(t.Context(), s)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s of rows every %s: error %v, want %q", c.freq, c.step, err, c.want)
		}
	}
}

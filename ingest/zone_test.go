package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"shelfcast/engine/demand"
)

func locationOf(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func zoneNamed(t testing.TB, name string) *zone {
	t.Helper()
	z, err := newZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Zones with whole and half hours, without changes, with changes of half an hour, with two changes within a year for
// Ramadan, and with a day that never was.
var testZones = []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "America/St_Johns"}

func TestInstantsAreReadAsPackageTimeShowsThem(t *testing.T) {
	t.Parallel()
	for _, name := range testZones {
		z, loc := zoneNamed(t, name), locationOf(t, name)
		var last offsetSpan
		check := func(instant int64) {
			stamp, ok := z.business(instant, &last)
			sec, again := wallOf(stamp)
			want := demand.SecondsOf(time.Unix(instant, 0).In(loc))
			if ok != inRange(want) || ok && sec != want {
				t.Fatalf("%s: instant %d is %d (%v), want %d", name, instant, sec, ok, want)
			}
			if before := shownBefore(loc, instant); ok && again != before {
				t.Fatalf("%s: %v is shown for the second time: %v, want %v", name, time.Unix(instant, 0).In(loc), again, before)
			}
		}
		for _, s := range z.spans {
			for _, d := range []int64{-7200, -3601, -3600, -1800, -1, 0, 1, 1799, 1800, 3599, 3600, 7200} {
				check(s.from + d)
			}
		}
		rapid.Check(t, func(rt *rapid.T) { check(rapid.Int64Range(-2_300_000_000, 7_300_000_000).Draw(rt, "instant")) })
	}
}

// shownBefore looks for a change of the clock within the day before an instant that shows the same wall clock again.
func shownBefore(loc *time.Location, instant int64) bool {
	at := time.Unix(instant, 0).In(loc)
	start, _ := at.ZoneBounds()
	if start.IsZero() {
		return false
	}
	_, now := at.Zone()
	_, before := start.Add(-time.Second).Zone()
	return instant+int64(now)-int64(before) < start.Unix()
}

func TestInstantsStayDistinctAndInOrderWithinAPeriod(t *testing.T) {
	t.Parallel()
	for _, name := range testZones {
		z := zoneNamed(t, name)
		for _, freq := range []string{"5min", "45min", "H", "5H", "D", "D-02", "W", "M", "Y"} {
			cal := demand.Calendar{Freq: parseFreq(t, freq)}
			p := &periods{cal: cal, zone: z}
			for _, s := range z.spans[max(0, len(z.spans)-9):] {
				checkOrder(t, name, z, p, s.from)
			}
		}
	}
}

// checkOrder follows the instants around a change of the clock.
func checkOrder(t *testing.T, name string, z *zone, p *periods, change int64) {
	t.Helper()
	var last offsetSpan
	met := map[[2]int64]bool{}
	order := map[demand.Period]int32{}
	for instant := change - 3*3600; instant < change+3*3600; instant += 97 {
		stamp, ok := z.business(instant, &last)
		if !ok {
			continue
		}
		period, into := p.at(stamp)
		if back := z.stampAt(p.cal, period, int64(into)); back != stamp {
			t.Fatalf("%s %v: stamp %d lies %d into period %d, which is stamp %d", name, p.cal.Freq, stamp, into, period, back)
		}
		if met[[2]int64{int64(period), int64(into)}] {
			t.Fatalf("%s %v: two instants are %d into period %d", name, p.cal.Freq, into, period)
		}
		met[[2]int64{int64(period), int64(into)}] = true
		if before, seen := order[period]; seen && before >= into {
			t.Fatalf("%s %v: %d into period %d comes after %d", name, p.cal.Freq, into, period, before)
		}
		order[period] = into
	}
}

func inBerlin(path, freq string, t *testing.T) Spec {
	t.Helper()
	s := daily(path)
	s.Freq, s.Zone = parseFreq(t, freq), "Europe/Berlin"
	return s
}

// hours lists rows of one unit for every hour from an instant on.
func hours(from string, n int) []string {
	at, err := time.Parse(time.RFC3339, from)
	if err != nil {
		panic(err)
	}
	lines := []string{header}
	for i := range n {
		lines = append(lines, "a,s,"+at.Add(time.Duration(i)*time.Hour).Format(time.RFC3339)+",1")
	}
	return lines
}

func TestInstantsBelongToTheBusinessDayOfTheirZone(t *testing.T) {
	t.Parallel()
	path := newFolder(t).csv("t.csv", header,
		"a,s,2024-01-01T22:59:59Z,1",      // 23:59:59 in Berlin
		"a,s,2024-01-01T23:00:00Z,2",      // midnight
		"a,s,2024-06-30T21:59:59.000Z,4",  // 23:59:59 in summer
		"a,s,2024-07-01T00:00:00+02:00,8", // midnight
		"a,s,2024-07-01 12:00,16",         // business time as it stands
		"a,s,2024-07-02,32")
	for freq, want := range map[string][]float64{"M": {3, 0, 0, 0, 0, 4, 56}, "Y": nil, "D": nil} {
		s := inBerlin(path, freq, t)
		if want == nil {
			continue
		}
		if diff := cmp.Diff(want, mustRead(t, s).Panel.Y); diff != "" {
			t.Errorf("%s (-want +got):\n%s", freq, diff)
		}
	}
	p := mustRead(t, inBerlin(path, "D", t)).Panel
	if p.Cal.Format(p.Start[0]) != "2024-01-01" || p.Y[0] != 1 || p.Y[1] != 2 || p.Y[len(p.Y)-3] != 4 || p.Y[len(p.Y)-2] != 24 {
		t.Errorf("days from %s: %v …, … %v", p.Cal.Format(p.Start[0]), p.Y[:2], p.Y[len(p.Y)-3:])
	}
	s := inBerlin(path, "D-06", t)
	if p := mustRead(t, s).Panel; p.Cal.Format(p.Start[0]) != "2024-01-01" || p.Y[0] != 3 {
		t.Errorf("business days from six to six begin on %s with %v", p.Cal.Format(p.Start[0]), p.Y[0])
	}
}

func TestTheHourThatComesTwiceIsOneHourOfTheBusiness(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	path := d.csv("t.csv", hours("2024-10-26T22:00:00Z", 30)...) // from midnight; the clock is set back at 01:00Z
	for _, workers := range []int{1, 4} {
		s := inBerlin(path, "H", t)
		s.Workers = workers
		r := mustRead(t, s)
		want := slices.Repeat([]float64{1}, 29)
		want[2] = 2
		if diff := cmp.Diff(want, r.Panel.Y); diff != "" {
			t.Errorf("hours (-want +got):\n%s", diff)
		}
		if r.Audit.Target.Aggregated != 1 || r.Panel.Filled != nil {
			t.Errorf("audit %+v", r.Audit)
		}
	}
	if p := mustRead(t, inBerlin(path, "D", t)).Panel; p.Y[0] != 25 {
		t.Errorf("a day of %g hours, want 25", p.Y[0])
	}
}

func TestTheSameInstantTwiceIsADuplicateInEitherHour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ again, want string }{
		{"2024-10-27T00:30:00Z", "2024-10-27 02:30:00: DIR/t.csv:2 and DIR/t.csv:8"},
		{"2024-10-27T01:30:00Z", "2024-10-27 02:30:00: DIR/t.csv:3 and DIR/t.csv:8"},
		{"2024-10-27T02:30:00+02:00", "2024-10-27 02:30:00: DIR/t.csv:2 and DIR/t.csv:8"},
		{"2024-10-27T12:00:00+01:00", "2024-10-27 12:00:00: DIR/t.csv:5 and DIR/t.csv:8"},
		{"2024-10-27T02:31:00+01:00", ""},
	} {
		for _, freq := range []string{"15min", "H", "D", "D-02"} {
			d := newFolder(t)
			path := d.csv("t.csv", header, "a,s,2024-10-27T00:30:00Z,1", "a,s,2024-10-27T01:30:00Z,1", "a,s,2024-10-27T02:30:00Z,1",
				"a,s,2024-10-27T11:00:00Z,1", "a,s,2024-10-28T01:00:00Z,1", "a,s,2024-10-29T01:00:00Z,1", "a,s,"+c.again+",1")
			_, err := Read(t.Context(), inBerlin(path, freq, t))
			if c.want == "" {
				if err != nil {
					t.Errorf("%s: %v", freq, err)
				}
				continue
			}
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), d.path, "DIR"), c.want) {
				t.Errorf("%s, %s again: error %v, want %q", freq, c.again, err, c.want)
			}
		}
	}
}

func TestTheFirstOfADayIsTheEarliestInstant(t *testing.T) {
	t.Parallel()
	// 02:10 of the second hour comes after 02:30 of the first, and both before 03:00.
	path := newFolder(t).csv("t.csv", header, "a,s,2024-10-27T03:00:00+01:00,3", "a,s,2024-10-27T02:10:00+01:00,2", "a,s,2024-10-27T02:30:00+02:00,1", "a,s,2024-10-28,9")
	s := inBerlin(path, "D", t)
	s.Aggregation = First
	if y := mustRead(t, s).Panel.Y; y[0] != 1 {
		t.Errorf("the first is %g, want 1", y[0])
	}
}

func TestAnHourThatNeverWasIsNotObserved(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	path := d.csv("t.csv", hours("2024-03-30T23:00:00Z", 24)...) // from midnight; the clock skips 02:00 to 03:00
	nan := math.NaN()
	r := mustRead(t, inBerlin(path, "H", t))
	want := slices.Repeat([]float64{1}, 25)
	want[2] = nan
	if diff := cmp.Diff(want, r.Panel.Y, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("hours (-want +got):\n%s", diff)
	}
	if r.Audit.SkippedHours != 1 || r.Audit.FilledMiddle != 0 || r.Audit.NullDemand != 0 || r.Panel.Filled != nil {
		t.Errorf("audit %+v", r.Audit)
	}
	if math.Float64bits(r.Panel.Y[2]) != math.Float64bits(nan) {
		t.Error("the cell keeps the mark that it was given on the way")
	}
	// Other gaps are filled, and so is this one where no zone says that it never was.
	s := daily(d.csv("wall.csv", header, "a,s,2024-03-31 01:00,1", "a,s,2024-03-31 03:00,1", "a,s,2024-03-31 05:00,1"))
	s.Freq = parseFreq(t, "H")
	for zone, want := range map[string][]float64{"": {1, 0, 1, 0, 1}, "Europe/Berlin": {1, nan, 1, 0, 1}, "America/New_York": {1, 0, 1, 0, 1}} {
		s.Zone = zone
		if diff := cmp.Diff(want, mustRead(t, s).Panel.Y, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("zone %q (-want +got):\n%s", zone, diff)
		}
	}
	// A business time that the clock never showed is taken as it stands.
	s = inBerlin(d.csv("odd.csv", header, "a,s,2024-03-31 01:00,1", "a,s,2024-03-31 02:00,7", "a,s,2024-03-31 03:00,1"), "H", t)
	if diff := cmp.Diff([]float64{1, 7, 1}, mustRead(t, s).Panel.Y); diff != "" {
		t.Errorf("with a row (-want +got):\n%s", diff)
	}
}

func TestPeriodsThatTheClockSkips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, freq, from, to, want string }{
		{"Europe/Berlin", "H", "2024-03-30", "2024-04-02", "2024-03-31 02:00:00"},
		{"Europe/Berlin", "30min", "2024-03-30", "2024-04-02", "2024-03-31 02:00:00 2024-03-31 02:30:00"},
		{"Europe/Berlin", "45min", "2024-03-30", "2024-04-02", "2024-03-31 02:15:00"},
		{"Europe/Berlin", "2H", "2024-03-30", "2024-04-02", ""},
		{"Europe/Berlin", "D", "2024-03-30", "2024-04-02", ""},
		{"Europe/Berlin", "H", "2024-04-01", "2024-04-02", ""},
		{"America/New_York", "H", "2024-03-01", "2025-04-01", "2024-03-10 02:00:00 2025-03-09 02:00:00"},
		{"Australia/Lord_Howe", "H", "2024-01-01", "2025-01-01", ""}, // half an hour
		{"Australia/Lord_Howe", "15min", "2024-01-01", "2025-01-01", "2024-10-06 02:00:00 2024-10-06 02:15:00"},
		{"Pacific/Apia", "D", "2011-12-01", "2012-02-01", "2011-12-30"}, // the date line moved
		{"UTC", "H", "2020-01-01", "2025-01-01", ""},
	} {
		cal := demand.Calendar{Freq: parseFreq(t, c.freq)}
		var got []string
		for _, p := range zoneNamed(t, c.zone).never(cal, cal.Period(date(c.from)), cal.Period(date(c.to))) {
			got = append(got, cal.Format(p))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.zone, c.freq, diff)
		}
	}
}

func TestOnlyPeriodsThatAreAskedForAreSkipped(t *testing.T) {
	t.Parallel()
	cal := demand.Calendar{Freq: parseFreq(t, "15min")}
	two := cal.Period(date("2024-03-31").Add(2 * time.Hour))
	if got := zoneNamed(t, "Europe/Berlin").never(cal, two+1, two+3); !slices.Equal(got, []demand.Period{two + 1, two + 2}) {
		t.Errorf("skipped are %v, want two from %d on", got, two+1)
	}
}

func TestAFeatureOfAnHourThatNeverWasIsKeptAsItStands(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := inBerlin(d.csv("t.csv", header, "a,s,2024-03-31 00:00,1", "a,s,2024-03-31 01:00,1", "a,s,2024-03-31 03:00,1"), "H", t)
	s.Related = []string{d.csv("r.csv", "item_id,store_id,timestamp,price", "a,s,2024-03-31 00:00,5", "a,s,2024-03-31 01:00,6", "a,s,2024-03-31 02:00,7", "a,s,2024-03-31 03:00,8", "a,s,2024-03-31 04:00,9")}
	if diff := cmp.Diff([]float64{5, 6, 7, 8}, mustRead(t, s).Panel.X[0].V); diff != "" {
		t.Errorf("price (-want +got):\n%s", diff)
	}
}

func TestTheSecondHourIsNoneOfTwoRelatedRowsThatAreTooMany(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := inBerlin(d.csv("t.csv", hours("2024-10-26T22:00:00Z", 12)...), "H", t)
	related := []string{"item_id,store_id,timestamp,price", "a,s,2024-10-27T01:00:00Z,1", "a,s,2024-10-27T00:00:00Z,1", "a,s,2024-10-27T00:10:00Z,1"}
	s.Related = []string{d.csv("r.csv", related...)}
	_, err := Read(t.Context(), s)
	if want := "r.csv:3 and " + d.path + "/r.csv:4;"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestRelatedRowsGoThroughTheChangesOfTheClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, from  string
		history     int // hours of the target; the related rows go on for as many as the horizon has
		repeated    int64
		priceAt2, n float64
	}{
		{"back, in history", "2024-10-26T22:00:00Z", 12, 1, 2, 11},
		{"forward, in history", "2024-03-30T23:00:00Z", 12, 0, 1, 13},
		{"back, in the horizon", "2024-10-26T10:00:00Z", 12, 1, 14, 12},
		{"forward, in the horizon", "2024-03-30T11:00:00Z", 12, 0, 13, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newFolder(t)
			target := hours(c.from, c.history)
			related := []string{"item_id,store_id,timestamp,price"}
			for i, line := range hours(c.from, 24)[1:] {
				related = append(related, fmt.Sprintf("%s,%d", line[:strings.LastIndexByte(line, ',')], i))
			}
			s := inBerlin(d.csv("t.csv", target...), "H", t)
			s.Related, s.Horizon, s.StrictRelated = []string{d.csv("r.csv", related...)}, 10, true
			r := mustRead(t, s)
			if len(r.Panel.Y) != int(c.n) {
				t.Errorf("%d hours, want %g", len(r.Panel.Y), c.n)
			}
			x := slices.Concat(r.Panel.X[0].V, r.Future.X[0].V)
			two := int(r.Panel.Cal.Period(date(r.Panel.Cal.Time(r.Future.Start).Format(time.DateOnly)))-r.Panel.Start[0]) + 2
			if x[two] != c.priceAt2 {
				t.Errorf("at two the price is %g, want %g: %v", x[two], c.priceAt2, x)
			}
			if got := r.Audit.Related.NotNeeded; c.repeated > 0 && (len(got) == 0 || !slices.Contains(got, Count{RepeatedHour, c.repeated})) {
				t.Errorf("not needed: %+v", got)
			}
		})
	}
}

func TestParquetInstantsAreReadByTheZone(t *testing.T) {
	t.Parallel()
	type instant struct {
		Item   string  `parquet:"item_id"`
		At     int64   `parquet:"timestamp,timestamp(millisecond)"`
		Demand float64 `parquet:"demand"`
	}
	var rows []instant
	at := time.Date(2024, 10, 26, 22, 0, 0, 0, time.UTC)
	for i := range 30 {
		rows = append(rows, instant{"a", at.Add(time.Duration(i) * time.Hour).UnixMilli(), 1})
	}
	path := newFolder(t).write("t.parquet", parquetOf(t, rows))
	r := mustRead(t, inBerlin(path, "H", t))
	if r.Panel.Y[2] != 2 || len(r.Panel.Y) != 29 || r.Panel.Cal.Format(r.Panel.Start[0]) != "2024-10-27 00:00:00" {
		t.Errorf("hours from %s: %v", r.Panel.Cal.Format(r.Panel.Start[0]), r.Panel.Y)
	}
	s := daily(path) // without a zone by their fields in UTC
	s.Freq = parseFreq(t, "H")
	if r := mustRead(t, s); len(r.Panel.Y) != 30 || r.Panel.Cal.Format(r.Panel.Start[0]) != "2024-10-26 22:00:00" {
		t.Errorf("hours from %s: %v", r.Panel.Cal.Format(r.Panel.Start[0]), r.Panel.Y)
	}
	local := momentsOf(t, parquet.TimestampAdjusted(parquet.Millisecond, false), func(day int64) parquet.Value {
		return parquet.Int64Value(day * secondsInDay * 1000)
	}, []int64{19723, 19724})
	s = daily(newFolder(t).write("local.parquet", local))
	s.Zone = "America/New_York"
	if r := mustRead(t, s); r.Panel.Start[0] != 19723 {
		t.Errorf("a local timestamp is moved to %s", r.Panel.Cal.Format(r.Panel.Start[0]))
	}
}

func TestAZoneThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	path := newFolder(t).csv("t.csv", header, "a,s,2024-01-01,1", "a,s,2024-01-02,1")
	for _, name := range []string{"Mars/Olympus", "Local", "../etc/passwd", "CEST+2"} {
		s := daily(path)
		s.Zone = name
		if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), `read zone "`+name+`": not known; use an IANA name`) {
			t.Errorf("%q: error %v", name, err)
		}
	}
}

func BenchmarkInstant(b *testing.B) {
	for _, zone := range []string{"Europe/Berlin", "UTC"} {
		b.Run(zone, func(b *testing.B) {
			memo := dayMemo{clock: clock{zone: zoneNamed(b, zone)}}
			text := []byte("2024-02-29T13:45:59+02:00")
			for b.Loop() {
				memo.parse(text)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mstamps/s")
		})
	}
}

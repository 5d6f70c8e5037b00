package demand

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func calendarOf(t testing.TB, freq string) Calendar {
	t.Helper()
	f, err := ParseFreq(freq)
	if err != nil {
		t.Fatal(err)
	}
	return Calendar{Freq: f}
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

var everyFreq = []string{
	"Y", "Q", "M", "W", "W-TUE", "W-WED", "W-THU", "W-FRI", "W-SAT", "W-SUN", "D", "H", "30min", "20min", "15min", "12min", "10min", "6min", "5min", "1min",
	"2W", "4W-SUN", "2D", "6D-05", "D-06", "D-23", "2H", "12H", "5H", "7min", "45min", "M-15", "M-28", "2M", "3M-10", "11M", "Q-FEB", "2Q", "Y-APR", "Y-DEC",
}

func TestATimeLiesInThePeriodThatBeganLast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ freq, time, want string }{
		{"D", "2016-02-29 23:59", "2016-02-29"},
		{"W", "2016-02-29 00:00", "2016-02-29"}, // a Monday
		{"W", "2016-02-28 23:59", "2016-02-22"},
		{"W-SUN", "2016-03-05 12:00", "2016-02-28"},
		{"W-SAT", "2016-03-05 12:00", "2016-03-05"},
		{"W-THU", "1970-01-01 00:00", "1970-01-01"},
		{"W-FRI", "1970-01-01 00:00", "1969-12-26"},
		{"M", "2016-02-29 23:59", "2016-02-01"},
		{"M", "1969-12-31 23:59", "1969-12-01"},
		{"Q", "2016-06-30 00:00", "2016-04-01"},
		{"Q", "1969-12-31 00:00", "1969-10-01"},
		{"Y", "1968-05-05 00:00", "1968-01-01"},
		{"H", "2016-02-29 23:59", "2016-02-29 23:00:00"},
		{"H", "1969-12-31 23:59", "1969-12-31 23:00:00"},
		{"15min", "2016-02-29 23:59", "2016-02-29 23:45:00"},
		// A period may begin elsewhere, one unit finer than itself.
		{"Y-APR", "2016-03-31 23:59", "2015-04-01"},
		{"Y-APR", "2016-04-01 00:00", "2016-04-01"},
		{"Y-DEC", "1969-11-30 00:00", "1968-12-01"},
		{"Q-FEB", "2016-01-31 00:00", "2015-11-01"},
		{"Q-FEB", "2016-02-01 00:00", "2016-02-01"},
		{"M-15", "2016-03-14 23:59", "2016-02-15"},
		{"M-15", "2016-03-15 00:00", "2016-03-15"},
		{"M-28", "2016-03-01 00:00", "2016-02-28"},
		{"M-2", "1970-01-01 00:00", "1969-12-02"},
		{"D-06", "2016-03-01 05:59", "2016-02-29"},
		{"D-06", "2016-03-01 06:00", "2016-03-01"},
		{"D-23", "1969-12-31 22:59", "1969-12-30"},
		// Multiples count from the unit that holds 1970-01-01.
		{"2D", "1970-01-02 23:00", "1970-01-01"},
		{"2D", "1970-01-03 00:00", "1970-01-03"},
		{"2W", "1970-01-11 00:00", "1969-12-29"},
		{"2W", "1970-01-12 00:00", "1970-01-12"},
		{"3M", "2016-03-31 00:00", "2016-01-01"},
		{"2M-10", "2016-03-09 00:00", "2016-01-10"},
		{"2Q", "2016-06-30 00:00", "2016-01-01"},
		{"12H", "2016-02-29 11:59", "2016-02-29 00:00:00"},
		{"45min", "1970-01-01 01:29", "1970-01-01 00:45:00"},
	} {
		cal := calendarOf(t, c.freq)
		if got := cal.Format(cal.Period(at(t, c.time))); got != c.want {
			t.Errorf("%s: %s lies in %s, want %s", c.freq, c.time, got, c.want)
		}
	}
}

func TestPeriodsAndTimesAreInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		cal := calendarOf(t, rapid.SampledFrom(everyFreq).Draw(rt, "freq"))
		sec := rapid.Int64Range(-5e9, 9e9).Draw(rt, "seconds") // 1811 to 2255
		p, into := cal.PeriodAt(sec)
		if cal.Seconds(p)+into != sec || into < 0 || cal.Seconds(p+1) <= sec {
			rt.Fatalf("%v: second %d lies %d into period %d, which runs from %d to %d", cal.Freq, sec, into, p, cal.Seconds(p), cal.Seconds(p+1))
		}
		if cal.Period(cal.Time(p)) != p {
			rt.Fatalf("%v: period %d begins at %v, which lies in period %d", cal.Freq, p, cal.Time(p), cal.Period(cal.Time(p)))
		}
	})
}

func TestZonesAreIgnored(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("far east", 13*3600)
	midnight := time.Date(2016, 3, 27, 0, 0, 0, 0, zone)
	if got := calendarOf(t, "D").Format(calendarOf(t, "D").Period(midnight)); got != "2016-03-27" {
		t.Errorf("midnight of 2016-03-27 lies in %s", got)
	}
	if SecondsOf(midnight) != SecondsOf(midnight.In(zone)) || SecondsOf(midnight)%daySeconds != 0 {
		t.Errorf("midnight shows second %d", SecondsOf(midnight))
	}
}

func TestSeasons(t *testing.T) {
	t.Parallel()
	for freq, want := range map[string]string{
		"5min": "288 [288 2016 105192]", "H": "24 [24 168 8766]", "D": "7 [7 365.25]", "W": "1 [52.17857142857143]",
		"M": "12 [12]", "Q": "4 [4]", "Y": "1 []",
		"30min": "48 [48 336 17532]", "7min": "1 [205.71428571428572 1440 75137.14285714286]", "12H": "2 [2 14 730.5]", "5H": "1 [4.8 33.6 1753.2]",
		"2D": "1 [3.5 182.625]", "D-06": "7 [7 365.25]", "2W": "1 [26.089285714285715]", "3M": "4 [4]", "5M": "1 [2.4]", "2Q": "2 [2]", "Q-FEB": "4 [4]",
	} {
		cal := calendarOf(t, freq)
		if got := fmt.Sprint(cal.Season(), cal.Seasons()); got != want {
			t.Errorf("%s has the seasons %s, want %s", freq, got, want)
		}
	}
}

func TestSeasonFeaturesAreThoseOfTheClock(t *testing.T) {
	t.Parallel()
	for freq, want := range map[string][2]int{ // of Saturday 2016-12-31 22:50
		"10min": {5, 6}, "30min": {1, 2}, "H": {22, 24}, "D": {5, 7}, "W": {25, 31}, "W-SAT": {30, 31}, "M": {11, 12}, "Q": {3, 4}, "Y": {0, 1},
		"12H": {1, 2}, "5H": {21, 24}, "D-23": {4, 7}, "M-15": {11, 12}, "3M": {3, 4}, "2Q": {1, 2}, "Q-FEB": {3, 4}, "Y-APR": {0, 1},
	} {
		cal := calendarOf(t, freq)
		class, classes := cal.SeasonFeature(cal.Period(at(t, "2016-12-31 22:50")))
		if got := [2]int{class, classes}; got != want {
			t.Errorf("%s: class and classes are %v, want %v", freq, got, want)
		}
	}
}

func TestSeasonFeaturesStayInsideTheirClassesBefore1970(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		cal := calendarOf(t, rapid.SampledFrom(everyFreq).Draw(rt, "freq"))
		p := Period(rapid.Int32Range(-1500, 1500).Draw(rt, "period"))
		class, classes := cal.SeasonFeature(p)
		if class < 0 || class >= classes {
			rt.Fatalf("%v: period %d is of class %d of %d", cal.Freq, p, class, classes)
		}
	})
}

func TestFrequenciesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, text := range everyFreq {
		f, err := ParseFreq(text)
		if err != nil || f.String() != text {
			t.Errorf("%s is read as %v (%v)", text, f, err)
		}
		written, err := f.MarshalText()
		var back Freq
		if err != nil || back.UnmarshalText(written) != nil || back != f {
			t.Errorf("%s is written as %s and read back as %v", text, written, back)
		}
	}
	for text, want := range map[string]string{"d": "D", " w-sun ": "W-SUN", "W-MON": "W", "15MIN": "15min", "h": "H"} {
		if f, err := ParseFreq(text); err != nil || f.String() != want {
			t.Errorf("%q is read as %v (%v), want %s", text, f, err, want)
		}
	}
}

func TestWhatIsNoFrequencyIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "daily", "7D", "5W", "24H", "12M", "4Q", "2Y", "0D", "00D", "D-", "D-6", "D-24", "H-1", "15min-5", "M-0", "M-29",
		"Q-APR", "Y-13", "W-", "W-XYZ", "0min", "60min", "-5min", "min", "1.5min", "W-SUNDAY", "99999999999999999999D",
	} {
		if f, err := ParseFreq(text); err == nil {
			t.Errorf("%q is read as %v", text, f)
		}
	}
	var f Freq
	if f.UnmarshalText([]byte("never")) == nil {
		t.Error("never is a frequency")
	}
}

func FuzzParseFreq(f *testing.F) {
	for _, text := range append(slices.Clone(everyFreq), "", "+5min", "W-", "００min") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		freq, err := ParseFreq(text)
		if err != nil {
			return
		}
		if again, err := ParseFreq(freq.String()); err != nil || again != freq {
			t.Errorf("%q is read as %v, which is read as %v (%v)", text, freq, again, err)
		}
		if s := (Calendar{Freq: freq}).Season(); s < 1 {
			t.Errorf("%q has a season of %d", text, s)
		}
	})
}

func ExampleCalendar() {
	weeks, _ := ParseFreq("W-SAT") // weeks that begin on Saturday, as retail weeks do
	cal := Calendar{Freq: weeks}
	p := cal.Period(time.Date(2016, 5, 22, 18, 30, 0, 0, time.UTC))
	fmt.Println(p, cal.Format(p), cal.Format(p+1))
	// Output: 2421 2016-05-21 2016-05-28
}

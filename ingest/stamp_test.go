package ingest

import (
	"testing"
	"time"
)

// plainStamp reads a timestamp as package time does.
func plainStamp(s string) (int64, bool) {
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		at, err := time.Parse(layout, s)
		// time.Parse takes a fraction of a second and a one-digit hour that the layout has not.
		if err == nil && len(s) == len(layout) && at.Year() >= firstYear && at.Year() <= lastYear {
			return at.Unix(), true
		}
	}
	return 0, false
}

func checkStamp(t *testing.T, s string) {
	t.Helper()
	got, why, ok := parseStamp([]byte(s))
	want, wantOK := plainStamp(s)
	if ok != wantOK || got != want && ok {
		t.Errorf("%q is read as %d, %v (%v); package time reads %d, %v", s, got, ok, why, want, wantOK)
	}
	var memo dayMemo
	memo.parse([]byte("2024-02-28"))
	memoGot, memoWhy, memoOK := memo.parse([]byte(s))
	if memoOK != ok || memoGot != got || memoWhy != why {
		t.Errorf("%q with a remembered month is read as %d, %v, %v; without one as %d, %v, %v", s, memoGot, memoWhy, memoOK, got, why, ok)
	}
}

func TestEveryDayIsReadAsPackageTimeReadsIt(t *testing.T) {
	t.Parallel()
	var memo dayMemo
	for day := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= lastYear; day = day.AddDate(0, 0, 1) {
		text := []byte(day.Format(time.DateOnly))
		if got, _, ok := parseStamp(text); !ok || got != day.Unix() {
			t.Fatalf("%s is read as %d, want %d", text, got, day.Unix())
		}
		if got, _, ok := memo.parse(text); !ok || got != day.Unix() {
			t.Fatalf("%s is read as %d by the memo, want %d", text, got, day.Unix())
		}
	}
}

func TestTimestampsThatCannotBeReadSayWhy(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Reason{
		"": EmptyTimestamp, "2024-02-30": BadTimestamp, "2023-02-29": BadTimestamp, "2024-13-01": BadTimestamp, "2024-00-01": BadTimestamp,
		"2024-01-00": BadTimestamp, "2024-04-31": BadTimestamp, "2024/01/01": BadTimestamp, "01.01.2024": BadTimestamp, "20240101": BadTimestamp,
		"2024-1-1": BadTimestamp, "2024-01-01 24:00:00": BadTimestamp, "2024-01-01 10:60:00": BadTimestamp, "2024-01-01 10:00:60": BadTimestamp,
		"2024-01-01X10:00:00": BadTimestamp, "2024-01-01 10:00": BadTimestamp, "2024-01-01 10:00:00x": BadTimestamp, "２０２４-01": BadTimestamp,
		"1899-12-31": TimestampRange, "2200-01-01": TimestampRange, "0001-01-01": TimestampRange, "9999-12-31 23:59:59": TimestampRange,
		"2024-01-01T10:00:00Z": TimestampZone, "2024-01-01T10:00:00+01:00": TimestampZone, "2024-01-01 10:00:00-0500": TimestampZone,
		"2024-01-01 10:00:00 UTC": TimestampZone, "2024-01-01T10:00:00.5Z": TimestampZone,
		"2024-01-01 10:00:00.000": TimestampFraction, "2024-01-01 10:00:00,25": TimestampFraction,
	} {
		if _, why, ok := parseStamp([]byte(s)); ok || why != want {
			t.Errorf("%q: %v, %v; want %v", s, why, ok, want)
		}
		checkStamp(t, s)
	}
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"2024-02-29", "2024-01-01 23:59:59", "2024-01-01T00:00:00", "2024-01-01T10:00:00Z", "9999-12-31", "2024-02-30"} {
		f.Add(s)
	}
	f.Fuzz(checkStamp)
}

func BenchmarkParseStamp(b *testing.B) {
	var memo dayMemo
	text := []byte("2024-02-29")
	for b.Loop() {
		memo.parse(text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mstamps/s")
}

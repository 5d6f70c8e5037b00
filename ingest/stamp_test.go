package ingest

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"shelfcast/engine/demand"
)

// stampForm is every form that a timestamp may have. Package time takes more.
var stampForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d([.,]0+)?)?( ?(Z|z|UTC|[+-]\d\d(:?\d\d)?))?)?$`)

// plainStamp reads a timestamp as package time does: its business seconds, or the instant where it has an offset.
func plainStamp(s string) (sec int64, instant, ok bool) {
	if !stampForm.MatchString(s) {
		return 0, false, false
	}
	if at := strings.IndexAny(s, ".,"); at >= 0 { // a fraction of zeros is none
		n := at + 1
		for n < len(s) && s[n] == '0' {
			n++
		}
		if at != 19 || s[16] != ':' || n == at+1 {
			return 0, false, false
		}
		s = s[:at] + s[n:]
	}
	for _, day := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		for _, zone := range []string{"", "Z07:00", "Z0700", "Z07", " Z07:00", " Z0700", " Z07", " UTC", "UTC", "z", " z"} {
			if zone != "" && len(day) == 10 {
				continue
			}
			at, err := time.Parse(day+zone, s)
			// time.Parse takes an hour of one digit, a farther offset and one of 60 minutes, which the formats have not.
			if err != nil || len(day) > 10 && (s[11] == ' ' || s[13] != ':') || len(zone) > 4 && zone != " UTC" && strings.HasSuffix(s, "60") || len(s) < len(day) || len(zone) == 0 && len(s) != len(day) {
				continue
			}
			if _, offset := at.Zone(); offset/3600 > farthestOffset || offset/3600 < -farthestOffset {
				continue
			}
			year, _ := strconv.Atoi(s[:4])
			return at.Unix(), zone != "", year >= firstYear && year <= lastYear
		}
	}
	return 0, false, false
}

func checkStamp(t *testing.T, s string) {
	t.Helper()
	want, instant, wantOK := plainStamp(s)
	var memo, full dayMemo
	got, why, ok := memo.parse([]byte(s))
	if ok != (wantOK && !instant) || got != want && ok || wantOK && instant && why != TimestampZone {
		t.Errorf("%q is read as %d, %v (%v); package time reads %d, %v", s, got, ok, why, want, wantOK)
	}
	full.parse([]byte("2024-02-28"))
	if fullGot, fullWhy, fullOK := full.parse([]byte(s)); fullOK != ok || fullGot != got || fullWhy != why {
		t.Errorf("%q with a remembered month is read as %d, %v, %v; without one as %d, %v, %v", s, fullGot, fullWhy, fullOK, got, why, ok)
	}
	if !instant || !wantOK {
		return
	}
	berlin := dayMemo{clock: clock{zone: zoneNamed(t, "Europe/Berlin")}}
	got, _, ok = berlin.parse([]byte(s))
	sec, _ := wallOf(got)
	if wall := demand.SecondsOf(time.Unix(want, 0).In(locationOf(t, "Europe/Berlin"))); ok != inRange(wall) || ok && sec != wall {
		t.Errorf("%q is read as %d, %v in Berlin, want %d", s, sec, ok, wall)
	}
}

func TestEveryDayIsReadAsPackageTimeReadsIt(t *testing.T) {
	t.Parallel()
	var memo dayMemo
	for day := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() <= lastYear; day = day.AddDate(0, 0, 1) {
		text := []byte(day.Format(time.DateOnly))
		if got, _, _, ok := parseStamp(text); !ok || got != day.Unix() {
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
		"2024-01-01X10:00:00": BadTimestamp, "2024-01-01 10": BadTimestamp, "2024-01-01 10:00:0": BadTimestamp, "2024-01-01 10:00x": BadTimestamp, "2024-01-01Z": BadTimestamp, "2024-01-01 10:00:00x": BadTimestamp, "２０２４-01": BadTimestamp,
		"1899-12-31": TimestampRange, "2200-01-01": TimestampRange, "0001-01-01": TimestampRange, "9999-12-31 23:59:59": TimestampRange,
		"2024-01-01T10:00:00Z": TimestampZone, "2024-01-01T10:00:00+01:00": TimestampZone, "2024-01-01 10:00:00-0500": TimestampZone,
		"2024-01-01 10:00:00 UTC": TimestampZone, "2024-01-01 10:00:00+00": TimestampZone, "2024-01-01T10:00Z": TimestampZone, "2024-01-01T10:00:00.000Z": TimestampZone,
		"2024-01-01T10:00:00.5Z": TimestampFraction, "2024-01-01 10:00:00.001": TimestampFraction, "2024-01-01 10:00:00,25": TimestampFraction,
		"2024-01-01 10:00:00.": BadTimestamp, "2024-01-01T10:00:00+16:00": BadTimestamp, "2024-01-01T10:00:00+1": BadTimestamp,
		"2024-01-01T10:00:00+01:60": BadTimestamp, "2024-01-01T10:00:00 CET": BadTimestamp, "2024-01-01T10:00:00+0x00": BadTimestamp,
	} {
		var memo dayMemo
		if _, why, ok := memo.parse([]byte(s)); ok || why != want {
			t.Errorf("%q: %v, %v; want %v", s, why, ok, want)
		}
		checkStamp(t, s)
	}
}

func TestEveryFormOfATimestampIsRead(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"2024-02-29", "2024-02-29 13:45", "2024-02-29T13:45", "2024-02-29 13:45:59", "2024-02-29T13:45:59", "2024-02-29 13:45:59.000", "2024-02-29T13:45:59,0"} {
		var memo dayMemo
		if _, why, ok := memo.parse([]byte(s)); !ok {
			t.Errorf("%q: %v", s, why)
		}
		checkStamp(t, s)
	}
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"2024-02-29", "2024-01-01 23:59:59", "2024-01-01T00:00:00", "2024-01-01T10:00:00Z", "2024-03-31T01:30:00.000+02:00", "2024-10-27 02:30 -0130", "2199-12-31 23:59:59-15", "9999-12-31", "2024-02-30"} {
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

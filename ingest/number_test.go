package ingest

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// plainNumber reads a number as strconv does, without the forms that only Go writes.
func plainNumber(s string) (float64, bool) {
	if strings.ContainsAny(s, "xX_") {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

func checkNumber(t interface{ Errorf(string, ...any) }, s string) {
	got, ok := parseNumber([]byte(s))
	want, wantOK := plainNumber(s)
	if ok != wantOK || ok && math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%q is read as %v, %v; strconv reads %v, %v", s, got, ok, want, wantOK)
	}
}

func TestNumbersAreReadAsStrconvReadsThem(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "-", ".", "-.", "0", "-0", "+1", "5.", ".5", "-.5", "1.2.3", "1-2", "12a", " 1", "1 ", "1,5", "1e5", "1E-7", "1e999",
		"123456789012345", "1234567890123456", "12345678901.2345", "0.123456789012345", "000000000000000000001", "9007199254740993",
		"99999999999999999999", "0x1p-2", "1_000", "Inf", "-inf", "NaN", "0.1", "2.675", "179769313486231570000000000000000000000e300",
	} {
		checkNumber(t, s)
	}
}

func TestAnyDecimalIsReadAsStrconvReadsIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		checkNumber(rt, rapid.StringMatching(`-?[0-9]{0,12}(\.[0-9]{0,12})?`).Draw(rt, "number"))
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.5", "-0.001", "1e5", "x", "123456789012345678"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkNumber(t, s) })
}

func BenchmarkParseNumber(b *testing.B) {
	text := []byte("1234.56")
	for b.Loop() {
		parseNumber(text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mnumbers/s")
}

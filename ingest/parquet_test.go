package ingest

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// typedRow has a column for each kind of number that a feature may have, in both encodings.
type typedRow struct {
	Item     int64    `parquet:"item_id,dict"`
	Store    int32    `parquet:"store_id"`
	At       int64    `parquet:"timestamp,timestamp(microsecond),dict"`
	Int32    int32    `parquet:"i32,dict"`
	Int64    int64    `parquet:"i64"`
	Uint32   uint32   `parquet:"u32,dict"`
	Uint64   uint64   `parquet:"u64"`
	Float    float32  `parquet:"f32,dict"`
	Double   *float64 `parquet:"f64,optional,dict"`
	Boolean  bool     `parquet:"yes"`
	MaybeBit *bool    `parquet:"maybe,optional"`
	Cents    int64    `parquet:"cents,decimal(2:18),dict"`
	Mills    int32    `parquet:"mills,decimal(3:9)"`
}

func TestEveryNumberTypeOfParquetIsReadInBothEncodings(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	const rows = 3000
	lines := []string{"item_id,store_id,timestamp,demand"}
	for day := range rows - 1 {
		lines = append(lines, "1000,7,"+firstDay.AddDate(0, 0, day).Format("2006-01-02")+",1")
	}
	rng := rand.New(rand.NewPCG(5, 6))
	typed := make([]typedRow, rows)
	want := map[string][]float64{}
	for i := range typed {
		yes := rng.IntN(2) == 1
		r := typedRow{
			Item: 1000, Store: 7, At: firstDay.AddDate(0, 0, i).UnixMicro(), Int32: -rng.Int32N(9), Int64: rng.Int64N(1 << 40),
			Uint32: math.MaxUint32 - rng.Uint32N(3), Uint64: math.MaxUint64 - 4096*rng.Uint64N(3), Float: float32(rng.IntN(7)) / 8, Boolean: yes,
			Cents: rng.Int64N(500), Mills: rng.Int32N(5000),
		}
		double := math.NaN()
		if rng.IntN(3) > 0 {
			double = float64(rng.IntN(50)) / 7
			r.Double = &double
		}
		maybe := math.NaN()
		if i == rows-1 || rng.IntN(2) == 1 {
			maybe = bit(yes)
			r.MaybeBit = &yes
		}
		if i == rows-1 && r.Double == nil {
			double = 1
			r.Double = &double
		}
		typed[i] = r
		for name, v := range map[string]float64{
			"i32": float64(r.Int32), "i64": float64(r.Int64), "u32": float64(r.Uint32), "u64": float64(r.Uint64), "f32": float64(r.Float),
			"f64": double, "yes": bit(yes), "maybe": maybe, "cents": float64(r.Cents) / 100, "mills": float64(r.Mills) / 1000,
		} {
			want[name] = append(want[name], v)
		}
	}
	s := daily(d.csv("t.csv", lines...))
	s.Related = []string{d.write("r", parquetOf(t, typed, parquet.MaxRowsPerRowGroup(700), parquet.PageBufferSize(300), parquet.DataPageVersion(1)))}
	for _, version := range []int{1, 2} {
		s.Related = []string{d.write("r", parquetOf(t, typed, parquet.MaxRowsPerRowGroup(700), parquet.PageBufferSize(300), parquet.DataPageVersion(version)))}
		r := mustRead(t, s)
		for c, x := range r.Panel.X {
			got := append(append([]float64{}, x.V...), r.Future.X[c].V...)
			if diff := cmp.Diff(want[x.Name], got, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("page version %d: %s (-want +got):\n%s", version, x.Name, diff)
			}
		}
		if len(r.Panel.X) != len(want) {
			t.Errorf("%d features, want %d", len(r.Panel.X), len(want))
		}
	}
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestEveryTimeTypeOfParquetIsRead(t *testing.T) {
	t.Parallel()
	days := []int64{-25567, -12000, -1, 0, 1, 10000, 19723} // from 1900-01-01 to 2024-01-01, without a gap of a third
	for name, content := range map[string][]byte{
		"date": momentsOf(t, parquet.Date(), func(day int64) parquet.Value { return parquet.Int32Value(int32(day)) }, days),
		"ms":   momentsOf(t, parquet.Timestamp(parquet.Millisecond), func(day int64) parquet.Value { return parquet.Int64Value(day * 86400e3) }, days),
		"us":   momentsOf(t, parquet.TimestampAdjusted(parquet.Microsecond, false), func(day int64) parquet.Value { return parquet.Int64Value(day * 86400e6) }, days),
		"ns":   momentsOf(t, parquet.Encoded(parquet.Timestamp(parquet.Nanosecond), &parquet.RLEDictionary), func(day int64) parquet.Value { return parquet.Int64Value(day * 86400e9) }, days),
		"text": momentsOf(t, parquet.String(), func(day int64) parquet.Value { return parquet.ByteArrayValue([]byte(dayText(day))) }, days),
	} {
		s := daily(newFolder(t).write("t", content))
		r := mustRead(t, s)
		for i, day := range days {
			if y := r.Panel.Y[day-days[0]]; y != float64(i+1) {
				t.Errorf("%s: day %d holds %g, want %d", name, day, y, i+1)
			}
		}
	}
}

func dayText(day int64) string {
	return firstDay.AddDate(0, 0, int(day-firstDay.Unix()/secondsInDay)).Format("2006-01-02")
}

// momentsOf writes a target of one item with the given days and the demands 1, 2, 3, …
func momentsOf(t testing.TB, node parquet.Node, value func(day int64) parquet.Value, days []int64) []byte {
	t.Helper()
	schema := parquet.NewSchema("t", parquet.Group{"item_id": parquet.String(), "timestamp": node, "demand": parquet.Leaf(parquet.DoubleType)})
	var out strings.Builder
	w := parquet.NewWriter(&out, schema)
	for i, day := range days {
		row := parquet.Row{ // columns of a group are sorted by name
			parquet.DoubleValue(float64(i+1)).Level(0, 0, 0),
			parquet.ByteArrayValue([]byte("a")).Level(0, 0, 1),
			value(day).Level(0, 0, 2),
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return []byte(out.String())
}

func TestMomentsThatCannotBeUsedAreRejectedWithTheirPlace(t *testing.T) {
	t.Parallel()
	type row struct {
		Item   *string  `parquet:"item_id,optional,dict"`
		At     *string  `parquet:"timestamp,optional,dict"`
		Demand *float64 `parquet:"demand,optional"`
	}
	text := func(s string) *string { return &s }
	one := 1.0
	d := newFolder(t)
	path := d.write("t", parquetOf(t, []row{
		{text("a"), text("2024-01-01"), &one},
		{text("a"), text("2024-02-30"), &one},
		{text("a"), nil, &one},
		{nil, text("2024-01-02"), &one},
		{text("a"), text("2024-01-02"), nil},
		{text("a"), text("2024-01-03"), float("-1")},
		{text("a"), text("2024-01-03"), float("NaN")},
		{text("a"), text("2024-01-03T10:00:00Z"), &one},
	}, parquet.MaxRowsPerRowGroup(3)))
	s := daily(path)
	s.MaxRejectShare = 1
	r := mustRead(t, s)
	want := []Reject{
		{File: path, RowGroup: 0, Row: 1, Column: "timestamp", Reason: BadTimestamp, Value: "2024-02-30"},
		{File: path, RowGroup: 0, Row: 2, Column: "timestamp", Reason: EmptyTimestamp},
		{File: path, RowGroup: 1, Row: 0, Column: "item_id", Reason: EmptyItem},
		{File: path, RowGroup: 1, Row: 2, Column: "demand", Reason: NegativeDemand, Value: "-1"},
		{File: path, RowGroup: 2, Row: 0, Column: "demand", Reason: NaNDemand, Value: "NaN"},
		{File: path, RowGroup: 2, Row: 1, Column: "timestamp", Reason: TimestampZone, Value: "2024-01-03T10:00:00Z"},
	}
	if diff := cmp.Diff(want, r.Audit.Target.Rejects); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	if r.Audit.NullDemand != 1 || r.Audit.Target.Used != 2 {
		t.Errorf("audit %+v", r.Audit)
	}
}

func TestTimestampsOutsideTheYearsOrWithAFractionAreRejected(t *testing.T) {
	t.Parallel()
	day := func(v int64) parquet.Value { return parquet.Int64Value(v) }
	s := daily(newFolder(t).write("t", momentsOf(t, parquet.Timestamp(parquet.Millisecond), day, []int64{0, 86400e3, -1, 1500, 253402300799000})))
	s.MaxRejectShare = 1
	got := mustRead(t, s).Audit.Target.Rejects
	want := []string{
		"timestamp_with_fraction 1969-12-31T23:59:59.999", "timestamp_with_fraction 1970-01-01T00:00:01.5",
		"timestamp_out_of_range 9999-12-31T23:59:59", // 253402300799 s: the last second of four-digit years
	}
	var lines []string
	for _, r := range got {
		lines = append(lines, fmt.Sprint(r.Reason, " ", r.Value))
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
}

func TestAttributesOfEveryParquetTypeBecomeText(t *testing.T) {
	t.Parallel()
	type row struct {
		Item   string  `parquet:"item_id"`
		Size   *int32  `parquet:"size,optional"`
		Weight float64 `parquet:"weight,dict"`
		Ratio  float32 `parquet:"ratio"`
		Fresh  bool    `parquet:"fresh"`
		Since  int32   `parquet:"since,date"`
		Code   uint64  `parquet:"code"`
		Small  uint32  `parquet:"small"`
	}
	size := int32(-5)
	d := newFolder(t)
	s := daily(d.csv("t.csv", "item_id,timestamp,demand", "a,2024-01-01,1", "a,2024-01-02,1", "b,2024-01-02,1"))
	s.Items = d.write("i", parquetOf(t, []row{{"a", &size, 0.25, 0.1, true, 19723, math.MaxUint64, math.MaxUint32}, {"b", nil, 1e21, 2, false, 0, 1, 2}}))
	var got []string
	for _, a := range mustRead(t, s).Panel.Static {
		got = append(got, a.Name+": "+a.Label(0)+" "+a.Label(1))
	}
	want := []string{
		"code: 18446744073709551615 1", "fresh: true false", "ratio: 0.1 2", "since: 2024-01-01 1970-01-01", "size: -5 ", "small: 4294967295 2", "weight: 0.25 1e+21",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestADamagedParquetFileIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	whole := targetParquetOf(t, newFeed(2, false).target, 40)
	rng := rand.New(rand.NewPCG(8, 9))
	d := newFolder(t)
	for range 300 {
		damaged := append([]byte{}, whole...)
		for range 1 + rng.IntN(4) {
			damaged[4+rng.IntN(len(damaged)-4)] ^= byte(1 + rng.IntN(255))
		}
		s := daily(d.write("t", damaged))
		s.MaxRejectShare = 1
		// Damage that no checksum covers may pass as data. Nothing may panic, and an error is one line.
		if _, err := Read(t.Context(), s); err != nil && strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("error of more than one line: %v", err)
		}
	}
}

func TestAFooterThatSaysItIsLongerThanTheFileIsRefused(t *testing.T) {
	t.Parallel()
	whole := targetParquetOf(t, newFeed(2, false).target, 40)
	copy(whole[len(whole)-8:], []byte{0xf0, 0xff, 0xff, 0xf0})
	_, err := Read(t.Context(), daily(newFolder(t).write("t", whole)))
	if err == nil || !strings.Contains(err.Error(), "says that its footer has 4043309040") {
		t.Errorf("error %v", err)
	}
	if _, err := Read(t.Context(), daily(newFolder(t).write("t", []byte("PAR1")))); err == nil || !strings.Contains(err.Error(), "it has 4 bytes") {
		t.Errorf("error %v", err)
	}
}

func TestAPageThatSaysMoreOfItselfThanThereCanBeIsRefused(t *testing.T) {
	t.Parallel()
	const size = 1000
	page := func(change func(*format.PageHeader)) format.PageHeader {
		h := format.PageHeader{Type: format.DataPage, UncompressedPageSize: 100, CompressedPageSize: 50}
		h.DataPageHeader.Valid, h.DataPageHeader.V.NumValues = true, 10
		change(&h)
		return h
	}
	for _, c := range []struct {
		name   string
		header format.PageHeader
		want   string
	}{
		{"sound", page(func(*format.PageHeader) {}), ""},
		{"longer than the chunk", page(func(h *format.PageHeader) { h.CompressedPageSize = 2e9 }), "a page has at most"},
		{"of negative length", page(func(h *format.PageHeader) { h.CompressedPageSize = -1 }), "a page has at most"},
		{"large when unpacked", page(func(h *format.PageHeader) { h.UncompressedPageSize = 2e9 }), "a page has at most"},
		{"of many values", page(func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = 2e9 }), "a page has at most"},
		{"of fewer values than none", page(func(h *format.PageHeader) { h.DataPageHeader.V.NumValues = -1 }), "a page has at most"},
		{"a large dictionary", page(func(h *format.PageHeader) {
			h.Type = format.DictionaryPage
			h.DictionaryPageHeader.Valid, h.DictionaryPageHeader.V.NumValues = true, 2e9
		}), "a page has at most"},
	} {
		text, err := thrift.Marshal(&thrift.CompactProtocol{}, &c.header)
		if err != nil {
			t.Fatal(err)
		}
		file := append([]byte("PAR1"), text...)
		file = append(file, make([]byte, size-len(file))...)
		chunk := format.ColumnMetaData{DataPageOffset: 4, NumValues: 10, TotalCompressedSize: int64(len(text)) + 50}
		err = checkPages(bytes.NewReader(file), size, &chunk)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	for _, chunk := range []format.ColumnMetaData{
		{DataPageOffset: -4, NumValues: 1, TotalCompressedSize: 10},
		{DataPageOffset: 4, NumValues: 1, TotalCompressedSize: 2000},
		{DataPageOffset: 4, NumValues: 1, TotalCompressedSize: -10},
	} {
		if err := checkPages(bytes.NewReader(make([]byte, size)), size, &chunk); err == nil || !strings.Contains(err.Error(), "its pages lie from byte") {
			t.Errorf("%+v: error %v", chunk, err)
		}
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(targetParquetOf(f, newFeed(2, false).target[:30], 10))
	f.Fuzz(func(t *testing.T, content []byte) {
		s := daily(newFolder(t).write("t", append([]byte("PAR1"), content[min(4, len(content)):]...)))
		s.MaxRejectShare = 1
		_, _ = Read(t.Context(), s) // it ends, and does not panic
	})
}

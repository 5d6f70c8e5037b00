package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v14/arrow/memory"

	"shelfcast/engine/demand"
)

// fieldOf writes a value, as a text, in the binary form that Postgres sends for a type.
func fieldOf(typ, v string) []byte {
	if v == "" {
		return nil
	}
	whole := func() int64 {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			panic(err)
		}
		return n
	}
	at := func() time.Time {
		t, _, _, ok := parseStamp([]byte(v))
		if !ok {
			panic(v)
		}
		return time.Unix(t, 0)
	}
	switch typ {
	case "int2":
		return binary.BigEndian.AppendUint16(nil, uint16(whole()))
	case "int4":
		return binary.BigEndian.AppendUint32(nil, uint32(whole()))
	case "int8":
		return binary.BigEndian.AppendUint64(nil, uint64(whole()))
	case "float4":
		return binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(*float(v))))
	case "float8":
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(*float(v)))
	case "bool":
		return []byte{v[0] - '0'}
	case "date":
		return binary.BigEndian.AppendUint32(nil, uint32((at().Unix()-epoch2000)/secondsInDay))
	case "timestamp":
		return binary.BigEndian.AppendUint64(nil, uint64((at().Unix()-epoch2000)*1_000_000))
	}
	return []byte(v)
}

// stream is rows in the binary COPY format.
type stream struct {
	types []string
	rows  [][]byte
}

// streamOf writes a header and rows of text as a stream of these types.
func streamOf(rows [][]string, types ...string) *stream {
	s := &stream{types: types}
	for _, row := range rows[1:] {
		out := binary.BigEndian.AppendUint16(nil, uint16(len(types)))
		for i, typ := range types {
			field := fieldOf(typ, row[i])
			length := int32(len(field))
			if field == nil {
				length = -1
			}
			out = append(binary.BigEndian.AppendUint32(out, uint32(length)), field...)
		}
		s.rows = append(s.rows, out)
	}
	return s
}

func (s *stream) bytes() []byte {
	out := append(slices.Clone(copySignature), make([]byte, 8)...)
	for _, r := range s.rows {
		out = append(out, r...)
	}
	return append(out, 0xff, 0xff)
}

// query returns a query with the names of a header that sends the bytes in messages of at most so many.
func query(header, types []string, message int, content []byte) *Query {
	q := &Query{}
	for i, typ := range types {
		q.Columns = append(q.Columns, QueryColumn{header[i], typ})
	}
	q.Copy = func(ctx context.Context, w io.Writer) error {
		for part := range slices.Chunk(content, message) {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	}
	return q
}

func TestAQueryGivesTheSameResultAsAFileWhateverTheOrderOfItsRows(t *testing.T) {
	t.Parallel()
	f := newFeed(3, true)
	d := newFolder(t)
	want := mustRead(t, feedSpec(
		d.write("t.csv", csvOf(f.target, []int{0, 1, 2, 3}, "\n")), d.write("r.csv", csvOf(f.related, []int{0, 1, 2, 3, 4}, "\n")), 1))
	target := streamOf(f.target, "text", "varchar", "timestamp", "float8")
	related := streamOf(f.related, "text", "text", "date", "float8", "bool")
	rng := rand.New(rand.NewPCG(1, 2))
	digest := ""
	for _, workers := range []int{1, 2, 7} {
		for _, message := range []int{1, 23, 1 << 20} {
			s := Spec{Freq: demand.Daily, Horizon: 5, Workers: workers}
			s.Queries.Target = query(f.target[0], target.types, message, target.bytes())
			s.Queries.Related = query(f.related[0], related.types, message, related.bytes())
			what := fmt.Sprintf("%d workers, messages of %d bytes", workers, message)
			got := mustReadSmall(t, s)
			sameResult(t, what, want, got)
			if digest == "" {
				digest = got.Audit.Target.SHA256
			}
			file := got.Audit.Target.Files[0]
			if got.Audit.Target.SHA256 != digest || file.Path != "query target" || file.Bytes < 1000 {
				t.Errorf("%s: %+v", what, got.Audit.Target.Files)
			}
			rng.Shuffle(len(target.rows), func(i, j int) { target.rows[i], target.rows[j] = target.rows[j], target.rows[i] })
			rng.Shuffle(len(related.rows), func(i, j int) { related.rows[i], related.rows[j] = related.rows[j], related.rows[i] })
		}
	}
}

func TestTheDigestOfAQueryTellsOtherRowsApart(t *testing.T) {
	t.Parallel()
	base := [][]string{{"item_id", "timestamp", "demand"}, {"a", "2024-01-01", "1"}, {"a", "2024-01-02", "2"}}
	digest := func(rows [][]string, types ...string) string {
		s := daily()
		s.Queries.Target = query(rows[0], types, 100, streamOf(rows, types...).bytes())
		return mustRead(t, s).Audit.Target.SHA256
	}
	want := digest(base, "text", "date", "int4")
	value := [][]string{base[0], base[1], {"a", "2024-01-02", "3"}}
	more := append(slices.Clone(base), []string{"b", "2024-01-02", "2"})
	if got := digest(base, "text", "date", "int4"); got != want {
		t.Error("the digest is not the same twice")
	}
	for name, got := range map[string]string{
		"value": digest(value, "text", "date", "int4"), "more": digest(more, "text", "date", "int4"), "type": digest(base, "text", "date", "int8"),
	} {
		if got == want {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

func TestEachTypeOfAQueryIsReadAsTheFileWouldBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ item, at, demand string }{
		{"text", "date", "int2"},
		{"varchar", "timestamp", "int4"},
		{"bpchar", "text", "int8"},
		{"int8", "date", "float4"},
		{"int2", "varchar", "float8"},
		{"citext", "date", "float8"},
	} {
		rows := [][]string{{"item_id", "timestamp", "demand"}, {"17", "2024-01-01", "3"}, {"17", "2024-01-02", "5"}}
		s := daily()
		types := []string{c.item, c.at, c.demand}
		s.Queries.Target = query(rows[0], types, 9, streamOf(rows, types...).bytes())
		p := mustRead(t, s).Panel
		if p.Keys[0].Item != "17" || !slices.Equal(p.Y, []float64{3, 5}) || p.Start[0] != dayOf("2024-01-01") {
			t.Errorf("%v: keys %v, demand %v, from %d", c, p.Keys, p.Y, p.Start)
		}
	}
}

func TestAnInstantOfAQueryIsReadOnTheClockOfTheBusiness(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"item_id", "timestamp", "demand"}, {"a", "2024-07-01 22:00:00", "1"}, {"a", "2024-07-01 21:59:59", "2"}, {"a", "2024-06-30 22:00:00", "4"}}
	stamps := streamOf(rows, "text", "timestamp", "float8")
	s := daily()
	s.Zone = "Europe/Berlin"
	s.Queries.Target = query(rows[0], []string{"text", "timestamptz", "float8"}, 30, stamps.bytes())
	if p := mustRead(t, s).Panel; !slices.Equal(p.Y, []float64{6, 1}) || p.Start[0] != dayOf("2024-07-01") {
		t.Errorf("demand %v from %d", p.Y, p.Start[0])
	}
}

func TestANumericIsReadToTheNearestFloat(t *testing.T) {
	t.Parallel()
	// The bytes are those that numeric_send of PostgreSQL 15 returns for the text.
	for hexadecimal, want := range map[string]string{
		"0000000000000000":                         "0",
		"0001000000000000000c":                     "12",
		"00020000000000020001157c":                 "1.55",
		"0002ffff400000080001157c":                 "-0.00015500",
		"0001ffff0000000203e8":                     "0.10",
		"00010002000000000001":                     "100000000",
		"0003000100000003007b11d70d7a":             "1234567.345",
		"000600040000000104d2162e23340d801ed21388": "12345678901234567890.5",
		"00000000c0000000":                         "NaN",
		"00000000d0000020":                         "Inf",
		"00000000f0000020":                         "-Inf",
	} {
		b, err := hex.DecodeString(hexadecimal)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := appendNumeric(nil, b); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", hexadecimal, got, err, want)
		}
		var scratch []byte
		v, err := copyNumeric.number(b, &scratch)
		exact, _ := strconv.ParseFloat(want, 64)
		if err != nil || v != exact && !math.IsNaN(exact) {
			t.Errorf("%s: %v, %v; want %v", hexadecimal, v, err, exact)
		}
	}
	for _, damaged := range []string{"", "00000000000000", "0003000100000003007b11d7", "0000000000000000ff"} {
		b, err := hex.DecodeString(damaged)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := appendNumeric(nil, b); err == nil {
			t.Errorf("%s: %s, want an error", damaged, got)
		}
	}
}

func TestRowsOfAQueryThatCannotBeUsedAreCountedWithTheirNumbers(t *testing.T) {
	t.Parallel()
	rows := [][]string{
		{"item_id", "timestamp", "demand"},
		{"a", "2024-01-01", "1"},
		{"", "2024-01-02", "1"},
		{"a", "", "1"},
		{"a", "2024-01-03", "-2"},
		{"a", "2024-01-04", "NaN"},
		{"a", "2024-02-31", "1"},
		{"a", "2024-01-05", ""},
	}
	s := daily()
	s.MaxRejectShare = 1
	s.Queries.Target = query(rows[0], []string{"text", "text", "float8"}, 11, streamOf(rows, "text", "text", "float8").bytes())
	in := mustReadSmall(t, s).Audit.Target
	var got []string
	for _, r := range in.Rejects {
		got = append(got, fmt.Sprintf("%s %d %s %s", r.File, r.Line, r.Column, r.Reason))
	}
	want := []string{
		"query target 2 item_id empty_item_id", "query target 3 timestamp empty_timestamp", "query target 4 demand negative_demand",
		"query target 5 demand nan_demand", "query target 6 timestamp bad_timestamp",
	}
	if !slices.Equal(got, want) || in.Rows != 7 || in.Used != 2 {
		t.Errorf("%d rows, %d used, rejects %q", in.Rows, in.Used, got)
	}
	s.MaxRejectShare = 0
	_, err := Read(t.Context(), s)
	if err == nil || !strings.Contains(err.Error(), "query target row 2: item_id: empty_item_id") {
		t.Errorf("got %v", err)
	}
}

func TestTwoRowsOfAQueryAtOneTimeAreRefused(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"2024-01-02", "2024-01-02 09:30:00"} {
		rows := [][]string{{"item_id", "timestamp", "demand"}, {"a", "2024-01-01", "1"}, {"a", at, "1"}, {"a", at, "2"}}
		s := daily()
		s.Queries.Target = query(rows[0], []string{"text", "timestamp", "float8"}, 99, streamOf(rows, "text", "timestamp", "float8").bytes())
		_, err := Read(t.Context(), s)
		if err == nil || !strings.Contains(err.Error(), "query target row 2 and query target row 3") {
			t.Errorf("got %v", err)
		}
	}
}

func TestColumnsOfAQueryThatCannotBeReadAreRefusedWithAWayOut(t *testing.T) {
	t.Parallel()
	for want, types := range map[string][]string{
		`at time zone 'Europe/Berlin'`:                           {"text", "timestamptz", "float8"},
		`column "demand" has the type text; it must be a number`: {"text", "date", "text"},
		`column "item_id" has the type jsonb`:                    {"jsonb", "date", "float8"},
		`column "timestamp" has the type int4`:                   {"text", "int4", "float8"},
		`column "demand" has the type bool`:                      {"text", "date", "bool"},
	} {
		s := daily()
		s.Queries.Target = query([]string{"item_id", "timestamp", "demand"}, types, 10, nil)
		if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAnInputIsFilesOrAQuery(t *testing.T) {
	t.Parallel()
	s := daily("a.csv")
	s.Queries.Target = &Query{}
	if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), "name files or a query") {
		t.Errorf("got %v", err)
	}
}

var soundRows = [][]string{{"item_id", "timestamp", "demand"}, {"a", "2024-01-01", "1"}, {"a", "2024-01-02", "2"}}

func TestAStreamThatIsDamagedIsAnError(t *testing.T) {
	t.Parallel()
	types := []string{"text", "date", "float8"}
	sound := streamOf(soundRows, types...).bytes()
	change := func(at int, b byte) []byte {
		c := slices.Clone(sound)
		c[at] = b
		return c
	}
	for want, content := range map[string][]byte{
		"ends early":               sound[:len(sound)-2],
		"goes on behind its end":   append(slices.Clone(sound), 0),
		"not in the binary COPY":   change(0, 'X'),
		"another version":          change(12, 1),
		"2 fields instead of 3":    change(20, 2),
		"a field has the length":   change(21, 0xf0),
		"row 1, column \"demand\"": {},
	} {
		s := daily()
		if len(content) == 0 {
			content = streamOf(soundRows, "text", "date", "float4").bytes()
		}
		s.Queries.Target = query(soundRows[0], types, 13, content)
		if _, err := Read(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAQueryThatFailsOrIsStoppedEndsTheRead(t *testing.T) {
	t.Parallel()
	s := daily()
	s.Queries.Target = query(soundRows[0], []string{"text", "date", "float8"}, 10, nil)
	broken := errors.New("the connection broke")
	s.Queries.Target.Copy = func(context.Context, io.Writer) error { return broken }
	if _, err := Read(t.Context(), s); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := false
	s.Queries.Target.Copy = func(ctx context.Context, w io.Writer) error {
		defer func() { ended = true }()
		if _, err := w.Write(streamOf(soundRows, "text", "date", "float8").bytes()[:30]); err != nil {
			return err
		}
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}
	if _, err := Read(ctx, s); !errors.Is(err, context.Canceled) || !ended {
		t.Errorf("got %v, ended %v", err, ended)
	}
}

func FuzzCopy(f *testing.F) {
	types := []string{"text", "varchar", "timestamp", "numeric", "bool", "date", "uuid"}
	f.Add(streamOf(newFeed(1, false).target, "text", "text", "timestamp", "float8").bytes(), uint8(7))
	f.Add([]byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff"), uint8(1))
	f.Fuzz(func(t *testing.T, content []byte, message uint8) {
		for _, types := range [][]string{{"text", "varchar", "timestamp", "float8"}, {types[0], types[6], types[5], types[3]}} {
			s := Spec{Freq: demand.Daily, Horizon: 1, MaxRejectShare: 1, Workers: 2}
			s.Queries.Target = query([]string{"item_id", "store_id", "timestamp", "demand"}, types, int(message)+1, content)
			size := sizing{blockBytes: 97, batchRows: 7, newAllocator: func() memory.Allocator { return memory.NewGoAllocator() }}
			r, err := read(t.Context(), s, size)
			if err != nil {
				if bytes.ContainsRune([]byte(err.Error()), '\n') {
					t.Errorf("the error has more than one line: %q", err)
				}
				continue
			}
			if err := r.Audit.Check(); err != nil {
				t.Error(err)
			}
		}
	})
}

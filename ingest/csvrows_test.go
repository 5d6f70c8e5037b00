package ingest

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"shelfcast/engine/demand"
)

// plainRows reads a target the slow way: encoding/csv, strconv and package time. It returns the demand by key and time
// of the rows that can be used, and how many cannot.
func plainRows(content []byte) (rows map[string]float64, rejected int, err error) {
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		return nil, 0, err
	}
	rows = map[string]float64{}
	for _, rec := range records[1:] {
		if len(rec) != 4 {
			rejected++
			continue
		}
		sec, instant, okTime := plainStamp(rec[2])
		v, okNumber := plainNumber(rec[3])
		if rec[3] == "" {
			v, okNumber = math.NaN(), true
		} else if math.IsNaN(v) {
			okNumber = false
		}
		if !okTime || instant || !okNumber || v < 0 || v > 1e100 || !plainKey(rec[0]) || !plainKey(rec[1]) {
			rejected++
			continue
		}
		rows[rec[0]+"\x00"+rec[1]+"\x00"+stampText(sec)] = v
	}
	return rows, rejected, nil
}

func plainKey(s string) bool { return s != "" && utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// checkRows compares a read with the slow way: how many rows there are, how many are rejected, and every demand.
// A demand of −0 is 0.
func checkRows(t *testing.T, content []byte, size int) {
	t.Helper()
	want, rejected, err := plainRows(content)
	s := daily(newFolder(t).write("t", content))
	s.Freq = demand.Freq{Unit: demand.Minute, N: 1}
	s.MaxRejectShare = 1
	s.Workers = 1
	got, readErr := read(t.Context(), s, sizing{newPool, size, 100})
	if err != nil || len(want) < 2 || readErr != nil {
		return // the panel needs two periods, and no key twice at one time
	}
	if in := got.Audit.Target; in.RejectedRows() != int64(rejected) {
		t.Errorf("%d rows rejected, want %d: %+v", in.RejectedRows(), rejected, in.Rejects)
	}
	for at, v := range want {
		key, stamp, _ := cutLast(at)
		i := findKey(got.Panel, key)
		sec, _, _ := plainStamp(stamp)
		p, into := got.Panel.Cal.PeriodAt(sec)
		if i < 0 {
			t.Fatalf("no series %q", key)
		}
		y := got.Panel.At(i).Y[p-got.Panel.Start[i]]
		if into == 0 && math.Float64bits(y) != math.Float64bits(v+0) && !(math.IsNaN(y) && math.IsNaN(v)) && got.Audit.Target.Aggregated == 0 {
			t.Errorf("%q holds %g, want %g", at, y, v)
		}
	}
}

func cutLast(at string) (key, stamp string, ok bool) {
	i := strings.LastIndexByte(at, 0)
	return at[:i], at[i+1:], true
}

func findKey(p *demand.Panel, key string) int {
	for i, k := range p.Keys {
		if k.Item+"\x00"+k.Store == key {
			return i
		}
	}
	return -1
}

func FuzzCSVRows(f *testing.F) {
	for _, rows := range []string{
		"a,s,2024-01-01,1\na,s,2024-01-02,2\n", "a,s,2024-01-01 00:01:00,1\r\n\r\nb,s,2024-01-01 00:05:00,\r\n", "\"a,b\",s,2024-01-01,1\nc,s,2024-01-01,1e3",
		"a,s,2024-01-01,1\na,s\n,s,2024-01-01,1\na,,2024-01-01,1\na,s,2024-01-01 00:02:00,x\na,s,2024-01-01 00:03:00,-1,\n",
		"a,s,2024-01-01 00:00:01,1\na,s,2024-01-01 00:00:02,1\na,s,2024-01-01 00:01:00,3",
	} {
		f.Add([]byte(rows), uint8(7))
	}
	f.Fuzz(func(t *testing.T, rows []byte, size uint8) {
		checkRows(t, append([]byte("item_id,store_id,timestamp,demand\n"), rows...), 64+int(size))
	})
}

func TestALabelWithACommaIsNotMistakenForTwoFields(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	s := daily(
		d.csv("1.csv", header, `"a,b",s,2024-01-01,1`, `"a,b",s,2024-01-02,2`),
		d.csv("2.csv", header, "a,b,2024-01-01,1", "a,b,2024-01-02,1"))
	s.Workers = 1
	r := mustRead(t, s)
	if len(r.Panel.Keys) != 2 || r.Panel.Keys[0] != (demand.Key{Item: "a", Store: "b"}) || r.Panel.Keys[1] != (demand.Key{Item: "a,b", Store: "s"}) {
		t.Errorf("keys %v", r.Panel.Keys)
	}
}

func TestLineNumbersAreRightAcrossPiecesAndQuotes(t *testing.T) {
	t.Parallel()
	lines := []string{header}
	for i := range 60 {
		lines = append(lines, "a,s,"+dayText(19723+int64(i))+",1")
	}
	lines[30] = "" // a blank line counts as a line and not as a row
	lines[50] = "\"b\nc\",s,2024-01-01,1"
	lines[55] = "a,s,2024-01-01,bad"
	for _, quotes := range []bool{false, true} {
		want := int64(57)
		if !quotes {
			lines[50], want = "a,s,2024-03-30,1", 56
		} else {
			lines[50] = "\"b\nc\",s,2024-01-01,1"
		}
		s := daily(newFolder(t).csv("t.csv", lines...))
		s.MaxRejectShare = 1
		rejects := mustReadSmall(t, s).Audit.Target.Rejects
		if len(rejects) != 1 || rejects[0].Line != want {
			t.Errorf("quotes %v: rejects %+v, want line %d", quotes, rejects, want)
		}
	}
}

// takeNulls is a shaper that counts the nulls of a column.
type takeNulls struct{ column, rows, nulls int }

func (n *takeNulls) take(b *batch) error {
	n.rows += int(b.rec.NumRows())
	n.nulls += b.rec.Column(n.column).NullN()
	return nil
}

// The demand comes first, so that it is in its column already when the rest of its line turns out to be bad.
func TestABadLineLeavesNothingBehindForTheNextOne(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{",a,s,2024-01-99", "", ",a,s", ",a,s,2024-01-02,7"} {
		s := daily(newFolder(t).csv("t.csv", "demand,item_id,store_id,timestamp", "1,a,s,2024-01-01", bad, "2,a,s,2024-01-02", ",a,s,2024-01-03"))
		s.MaxRejectShare = 1
		r, err := prepare(t.Context(), s, sizing{newPool, 4096, 100})
		if err != nil {
			t.Fatal(err)
		}
		r.audit = &Audit{}
		column := slices.Index(r.target[0].table.kinds, number)
		got := &takeNulls{column: column}
		if _, err := r.decode(t.Context(), "target", r.target, 1, func(*worker) shaper { return got }); err != nil {
			t.Fatal(err)
		}
		if *got != (takeNulls{column, 3, 1}) {
			t.Errorf("behind the line %q: %+v, want 3 rows and 1 null", bad, *got)
		}
	}
}

func TestNumbersAreReadOnceAndForAllPlaces(t *testing.T) {
	t.Parallel()
	memo := &numberMemo{}
	for range 2 { // the second time from memory
		for text, want := range map[string]float64{
			"1,": 1, "0.25\n": 0.25, "-3.5\r\n": -3.5, "1234567,": 1234567, "00,": 0, ".5,": 0.5, "7.,": 7, "1e3,": 1000, "-0,": math.Copysign(0, -1),
		} {
			v, n := memo.field([]byte(text + "2024-01-01"))
			if math.Float64bits(v) != math.Float64bits(want) || n != strings.IndexAny(text, ",\r\n") {
				t.Errorf("%q is %v with length %d", text, v, n)
			}
		}
		for _, text := range []string{",2024-01-01", "\n2024-01-01", "12345678,", "+1,2024-01-01", "x,2024-01-01", "1_0,2024-01-01", "\xff,2024-01-01", "--1,2024-01-01", "1,2,3,4"} {
			if v, n := memo.field([]byte(text)); n > 0 {
				t.Errorf("%q is %v with length %d", text, v, n)
			}
		}
	}
}

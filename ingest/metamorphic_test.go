package ingest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v14/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"shelfcast/engine/demand"
)

// feed is a made-up target with its related series, as rows of text.
type feed struct {
	target, related [][]string // a header and rows
}

// newFeed makes a feed with gaps, late starts, empty demands, several rows a day, and items named with quotes or not.
func newFeed(seed uint64, quotes bool) feed {
	rng := rand.New(rand.NewPCG(seed, 7))
	f := feed{
		target:  [][]string{{"item_id", "store_id", "timestamp", "demand"}},
		related: [][]string{{"item_id", "store_id", "timestamp", "price", "promotion"}},
	}
	for i := range 5 {
		item := "item_" + strconv.Itoa(i*3%5)
		if quotes && i%3 == 0 {
			item = `5", red` + "\n" + strconv.Itoa(i)
		}
		for _, store := range []string{"s1", "s2", "Zürich"}[:1+rng.IntN(3)] {
			f.addSeries(rng, item, store)
		}
	}
	return f
}

func (f *feed) addSeries(rng *rand.Rand, item, store string) {
	const days, horizon = 25, 5
	for day := range days + horizon {
		date := firstDay.AddDate(0, 0, day).Format("2006-01-02")
		f.related = append(f.related, []string{item, store, date, strconv.FormatFloat(rng.Float64()*9, 'f', 2, 64), strconv.Itoa(rng.IntN(2))})
		if day >= days || day < 24 && rng.IntN(5) == 0 {
			continue
		}
		if day == 12 {
			f.target = append(f.target, []string{item, store, date, ""})
			continue
		}
		for hour := range 1 + rng.IntN(2) {
			at := fmt.Sprintf("%s %02d:30:00", date, hour*7)
			f.target = append(f.target, []string{item, store, at, strconv.FormatFloat(rng.ExpFloat64(), 'g', -1, 64)})
		}
	}
}

// csvOf writes rows with their columns in the given order.
func csvOf(rows [][]string, order []int, newline string) []byte {
	var b strings.Builder
	for _, row := range rows {
		for i, column := range order {
			if i > 0 {
				b.WriteByte(',')
			}
			cell := row[column]
			if strings.ContainsAny(cell, "\",\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString(newline)
	}
	return []byte(b.String())
}

type textTarget struct {
	Item   string   `parquet:"item_id,dict"`
	Store  string   `parquet:"store_id"`
	At     string   `parquet:"timestamp"`
	Demand *float64 `parquet:"demand,optional"`
}

type textRelated struct {
	Item  *string  `parquet:"item_id,optional,dict"`
	Store *string  `parquet:"store_id,optional"`
	At    string   `parquet:"timestamp,dict"`
	Promo *float64 `parquet:"promotion,optional,dict"`
	Price float64  `parquet:"price"`
}

func float(s string) *float64 {
	if s == "" {
		return nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return &v
}

func targetParquetOf(t testing.TB, rows [][]string, group int64) []byte {
	var out []textTarget
	for _, r := range rows[1:] {
		out = append(out, textTarget{r[0], r[1], r[2], float(r[3])})
	}
	return parquetOf(t, out, parquet.MaxRowsPerRowGroup(group), parquet.PageBufferSize(512))
}

func relatedParquetOf(t testing.TB, rows [][]string, group int64) []byte {
	var out []textRelated
	for _, r := range rows[1:] {
		out = append(out, textRelated{&r[0], &r[1], r[2], float(r[4]), *float(r[3])})
	}
	return parquetOf(t, out, parquet.MaxRowsPerRowGroup(group), parquet.PageBufferSize(512))
}

// parts cuts rows into files of the given packings in a folder, and returns the folder.
func (d folder) parts(name string, rows [][]string, cuts []int, pack func(part int, rows [][]string) []byte) string {
	cuts = append(slices.Sorted(slices.Values(cuts)), len(rows))
	from := 1
	for i, to := range cuts {
		to = max(to, from)
		part := append([][]string{rows[0]}, rows[from:to]...)
		d.write(fmt.Sprintf("%s/part-%03d", name, i), pack(i, part))
		from = to
	}
	d.write(name+"/_SUCCESS", nil)
	d.write(name+"/.crc", []byte("x"))
	return d.path + "/" + name
}

func feedSpec(target, related string, workers int) Spec {
	return Spec{Target: []string{target}, Related: []string{related}, Freq: demand.Daily, Horizon: 5, Workers: workers}
}

// sameBits compares floats by their bits, so that one NaN is like the other only if it is the same.
var sameBits = cmp.Options{
	cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
	cmpopts.IgnoreFields(demand.Panel{}, "Proposer"),
}

func sameResult(t testing.TB, what string, want, got *Result) {
	t.Helper()
	if diff := cmp.Diff(want.Panel, got.Panel, sameBits); diff != "" {
		t.Errorf("%s: panel (-want +got):\n%s", what, diff)
	}
	if diff := cmp.Diff(want.Future, got.Future, sameBits); diff != "" {
		t.Errorf("%s: future (-want +got):\n%s", what, diff)
	}
	want, got = clearFiles(want), clearFiles(got)
	if diff := cmp.Diff(want.Audit, got.Audit); diff != "" {
		t.Errorf("%s: audit (-want +got):\n%s", what, diff)
	}
}

// clearFiles returns r without what depends on how rows lie in files.
func clearFiles(r *Result) *Result {
	c := *r
	c.Audit.Target.Files, c.Audit.Target.Bytes, c.Audit.Target.SHA256 = nil, 0, ""
	if c.Audit.Related != nil {
		related := *c.Audit.Related
		related.Files, related.Bytes, related.SHA256 = nil, 0, ""
		c.Audit.Related = &related
	}
	return &c
}

// mustReadSmall reads with pieces so small that lines and pages lie across their ends, and checks that every byte of Arrow
// memory came back.
func mustReadSmall(t testing.TB, s Spec) *Result {
	t.Helper()
	var mu sync.Mutex
	var used []*memory.CheckedAllocator
	small := sizing{blockBytes: 97, batchRows: 7, newAllocator: func() memory.Allocator {
		mu.Lock()
		defer mu.Unlock()
		a := memory.NewCheckedAllocator(memory.NewGoAllocator())
		used = append(used, a)
		return a
	}}
	r, err := read(t.Context(), s, small)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range used {
		a.AssertSize(t.(*testing.T), 0)
	}
	return r
}

func TestFormatColumnOrderSplitAndWorkersDoNotChangeTheResult(t *testing.T) {
	t.Parallel()
	for _, quotes := range []bool{false, true} {
		f := newFeed(3, quotes)
		d := newFolder(t)
		target, related := csvOf(f.target, []int{0, 1, 2, 3}, "\n"), csvOf(f.related, []int{0, 1, 2, 3, 4}, "\n")
		plain := func(name string, content []byte) string { return d.write(name, content) }
		want := mustRead(t, feedSpec(plain("t.csv", target), plain("r.csv", related), 1))
		crlf := csvOf(f.target, []int{3, 1, 0, 2}, "\r\n")
		variants := map[string][2]string{
			"plain":      {d.path + "/t.csv", d.path + "/r.csv"},
			"gzip":       {plain("t.gz", gzipOf(t, target)), plain("r.gz", gzipOf(t, related))},
			"zstd":       {plain("t.zst", zstdOf(t, target)), plain("r.zst", zstdOf(t, related))},
			"column":     {plain("t2", append([]byte("\xef\xbb\xbf"), crlf...)), plain("r2", csvOf(f.related, []int{4, 3, 2, 1, 0}, "\n"))},
			"no newline": {plain("t3", target[:len(target)-1]), plain("r3", related[:len(related)-1])},
			"parquet":    {plain("t.pq", targetParquetOf(t, f.target, 1000)), plain("r.pq", relatedParquetOf(t, f.related, 100))},
		}
		for name, v := range variants {
			for _, workers := range []int{1, 2, 7} {
				what := fmt.Sprintf("%s, quotes %v, %d workers", name, quotes, workers)
				sameResult(t, what, want, mustRead(t, feedSpec(v[0], v[1], workers)))
				sameResult(t, what+", small pieces", want, mustReadSmall(t, feedSpec(v[0], v[1], workers)))
			}
		}
	}
}

func TestAnySplitOverFilesGivesTheSameResult(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		quotes := rapid.Bool().Draw(rt, "quotes")
		f := newFeed(rapid.Uint64Range(0, 20).Draw(rt, "seed"), quotes)
		d := newFolder(t)
		want := mustRead(t, feedSpec(d.write("t.csv", csvOf(f.target, []int{0, 1, 2, 3}, "\n")), d.write("r.csv", csvOf(f.related, []int{0, 1, 2, 3, 4}, "\n")), 1))
		packings := rapid.SliceOfN(rapid.IntRange(0, 3), 6, 6).Draw(rt, "packings")
		workers := rapid.SampledFrom([]int{1, 2, 7}).Draw(rt, "workers")
		pack := func(order []int, pq func(testing.TB, [][]string, int64) []byte) func(int, [][]string) []byte {
			return func(part int, rows [][]string) []byte {
				text := csvOf(rows, order, "\n")
				switch packings[part%len(packings)] {
				case 1:
					return gzipOf(t, text)
				case 2:
					return zstdOf(t, text)
				case 3:
					return pq(t, rows, 300)
				}
				return text
			}
		}
		cuts := func(rows [][]string, name string) []int {
			return rapid.SliceOfN(rapid.IntRange(1, len(rows)), 0, 5).Draw(rt, name)
		}
		target := d.parts("tts", f.target, cuts(f.target, "target"), pack([]int{2, 0, 3, 1}, targetParquetOf))
		related := d.parts("rts", f.related, cuts(f.related, "related"), pack([]int{1, 4, 0, 3, 2}, relatedParquetOf))
		sameResult(t, "parts", want, mustRead(t, feedSpec(target, related, workers)))
	})
}

func TestRejectsDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	for part := range 9 {
		lines := []string{"item_id,timestamp,demand"}
		for i := range 400 {
			value := strconv.Itoa(i)
			if i%2 == 1 {
				value = "-" + value
			}
			lines = append(lines, fmt.Sprintf("a%d,2024-01-%02d,%s", i/10, i%10+part%2*10+1, value))
		}
		d.csv(fmt.Sprintf("%d.csv", part%9), lines...)
		if part == 1 {
			break
		}
	}
	s := daily(d.path)
	s.MaxRejectShare = 1
	s.Workers = 1
	want := mustRead(t, s)
	if len(want.Audit.Target.Rejects) != 400 {
		t.Fatalf("%d rejects, want 400", len(want.Audit.Target.Rejects))
	}
	for _, s.Workers = range []int{2, 7} {
		if diff := cmp.Diff(want, mustRead(t, s), sameBits); diff != "" {
			t.Errorf("%d workers (-want +got):\n%s", s.Workers, diff)
		}
	}
}

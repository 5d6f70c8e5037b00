package cli

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shelfcast/engine/demand"
	"shelfcast/engine/store/storetest"
	"shelfcast/ingest"
	"shelfcast/jobs/config"
)

// TestM5ByQueryIsThePanelOfItsParquet imports M5, loads its target into Postgres and reads it by query.
func TestM5ByQueryIsThePanelOfItsParquet(t *testing.T) {
	if os.Getenv("SHELFCAST_HEAVY") == "" {
		t.Skip("takes minutes and 4 GB of disk: set SHELFCAST_HEAVY=1 to run it")
	}
	from := filepath.Join(cmp.Or(os.Getenv("SHELFCAST_DATA"), "../../../shared/data"), "m5")
	if _, err := os.Stat(from); err != nil {
		t.Skipf("the files of the competition are absent: %v; set SHELFCAST_DATA to a folder with m5 in it", err)
	}
	dir := filepath.Join(t.TempDir(), "m5")
	mustRun(t, nil, "datasets", "import", "m5", "--from", from, "--out", dir)
	spec := ingest.Spec{Target: []string{filepath.Join(dir, "tts.parquet")}, Freq: demand.Daily, Horizon: 28, HistoryOnly: true}
	began := time.Now()
	byFile, err := ingest.Read(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	rows := float64(byFile.Audit.Target.Rows)
	t.Logf("Parquet: %.0f rows, %.2f M rows/s", rows, rows/1e6/time.Since(began).Seconds())
	want, rejected := panelHash(byFile.Panel), byFile.Audit.Target.RejectedRows()
	url := storetest.URL(t)
	began = time.Now()
	if n := loadPanel(t, url, byFile.Panel); n != byFile.Audit.Target.Rows || rejected != 0 {
		t.Fatalf("%d rows in the database, %.0f in the files", n, rows)
	}
	t.Logf("loaded in %v", time.Since(began))
	byFile = nil
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Logf("the peak is that of the whole test: %v", err)
	}
	before := status(t, "VmRSS")

	conf := config.Default()
	conf.Input.Queries.Target = "select item_id, store_id, day as timestamp, demand from tts"
	s := &session{environ: []string{inputURLVariable + "=" + url}}
	queries, done, err := s.source(conf).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	spec.Target, spec.Queries = nil, queries
	began = time.Now()
	cpu := cpuTime(t)
	byQuery, err := ingest.Read(t.Context(), spec)
	if err := cmp.Or(err, done()); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("query: %d rows in %v, of which this process computed %v on all cores; %.2f M rows/s, %d bytes; resident before %s, at most %s",
		byQuery.Audit.Target.Rows, took, cpuTime(t)-cpu, rows/1e6/took.Seconds(), byQuery.Audit.Target.Bytes, before, status(t, "VmHWM"))
	if got := panelHash(byQuery.Panel); got != want {
		t.Errorf("the panel by query has the hash %s, that of the files %s", got, want)
	} else {
		t.Logf("panel %s", got)
	}
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// status returns a line of what the kernel says of this process.
func status(t *testing.T, name string) string {
	t.Helper()
	for line := range strings.Lines(read(t, "/proc/self/status")) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// panelHash is the SHA-256 of all that a panel of a target holds.
func panelHash(p *demand.Panel) string {
	h := sha256.New()
	w := bufio.NewWriter(h)
	fmt.Fprintf(w, "%v %d %v %v\n", p.Cal.Freq, p.End, p.Start, p.Off)
	for _, k := range p.Keys {
		fmt.Fprintf(w, "%q %q\n", k.Item, k.Store)
	}
	var b [8]byte
	for i, y := range p.Y {
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(y))
		w.Write(b[:])
		if p.Filled != nil && p.Filled[i] {
			w.WriteByte('f')
		}
	}
	w.Flush()
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// loadPanel writes the observed cells of a panel, day by day as a shop would, into a table, and returns their number.
func loadPanel(t *testing.T, url string, p *demand.Panel) int64 {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "create unlogged table tts (item_id text, store_id text, day date, demand float8)"); err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	go func() {
		out := bufio.NewWriterSize(w, 1<<20)
		out.WriteString("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
		var row []byte
		field := func(b []byte) { row = append(binary.BigEndian.AppendUint32(row, uint32(len(b))), b...) }
		for day := p.First(); day < p.End; day++ {
			date := binary.BigEndian.AppendUint32(nil, uint32(p.Cal.Seconds(day)/86400-10957))
			for i, key := range p.Keys {
				cell := p.Off[i] + int(day-p.Start[i])
				if day < p.Start[i] || p.Filled != nil && p.Filled[cell] {
					continue
				}
				row = append(row[:0], 0, 4)
				field([]byte(key.Item))
				field([]byte(key.Store))
				field(date)
				field(binary.BigEndian.AppendUint64(nil, math.Float64bits(p.Y[cell])))
				out.Write(row)
			}
		}
		out.Write([]byte{0xff, 0xff})
		w.CloseWithError(out.Flush())
	}()
	tag, err := conn.PgConn().CopyFrom(t.Context(), r, "copy tts from stdin (format binary)")
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected()
}

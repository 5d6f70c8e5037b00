package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"shelfcast/engine/demand"
)

// BenchmarkReadNamedFiles reads the files that SHELFCAST_READ_TARGET and SHELFCAST_READ_RELATED name (the second may be
// empty): daily, for 28 days ahead. It is what ingest/peers/read.py compares with other software.
func BenchmarkReadNamedFiles(b *testing.B) {
	target := os.Getenv("SHELFCAST_READ_TARGET")
	if target == "" {
		b.Skip("SHELFCAST_READ_TARGET names no files to read")
	}
	s := Spec{Target: []string{target}, Freq: demand.Daily, Horizon: 28}
	if related := os.Getenv("SHELFCAST_READ_RELATED"); related != "" {
		s.Related = []string{filepath.Clean(related)}
	}
	rows := int64(0)
	for b.Loop() {
		r, err := Read(b.Context(), s)
		if err != nil {
			b.Fatal(err)
		}
		rows += r.Audit.Target.Rows
		if r.Audit.Related != nil {
			rows += r.Audit.Related.Rows
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

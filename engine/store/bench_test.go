package store_test

import (
	"fmt"
	"testing"

	"shelfcast/engine/store/storetest"
)

// BenchmarkWriteShard writes shards as a night does: 500 series × 28 periods × 3 levels, one transaction each.
func BenchmarkWriteShard(b *testing.B) {
	db := storetest.Open(b)
	const perShard, horizon, shards = 500, 28, 200
	spec := specOf(monday, perShard*shards, perShard, horizon, 0.1, 0.5, 0.9)
	run := begin(b, db, spec)
	written := 0
	for b.Loop() {
		if written == shards {
			b.StopTimer()
			spec.DataHash += "'"
			run, written = begin(b, db, spec), 0
			b.StartTimer()
		}
		b.StopTimer()
		res := resultOf(spec, written)
		b.StartTimer()
		if err := run.WriteShard(b.Context(), res); err != nil {
			b.Fatal(err)
		}
		written++
	}
	b.ReportMetric(float64(b.N)*perShard*horizon/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(b.N)*perShard/b.Elapsed().Seconds(), "series/s")
}

// BenchmarkPublish completes, attaches and publishes a run whose shards are written.
func BenchmarkPublish(b *testing.B) {
	for _, series := range []int{500, 20_000} {
		b.Run(fmt.Sprintf("series=%d", series), func(b *testing.B) {
			db := storetest.Open(b)
			const horizon = 28
			day := 0
			for b.Loop() {
				b.StopTimer()
				spec := specOf(monday.AddDate(0, 0, day), series, 500, horizon, 0.1, 0.5, 0.9)
				run := begin(b, db, spec)
				writeAll(b, run, spec)
				day++
				b.StartTimer()
				if err := run.Publish(b.Context(), summaryOf(spec)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(series)*horizon/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkNumberSeries begins a run of a million series, first new and then known.
func BenchmarkNumberSeries(b *testing.B) {
	const series = 1_000_000
	db := storetest.Open(b)
	spec := specOf(monday, series, 500, 28, 0.5)
	for b.Loop() {
		begin(b, db, spec)
		spec.DataHash += "'"
	}
	b.ReportMetric(float64(b.N)*series/b.Elapsed().Seconds(), "series/s")
}

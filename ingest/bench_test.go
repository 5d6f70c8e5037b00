package ingest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"shelfcast/engine/demand"
)

// saleRow is a target row the way most writers make them.
type saleRow struct {
	Item   string  `parquet:"item_id,dict"`
	Store  string  `parquet:"store_id,dict"`
	Day    int32   `parquet:"timestamp,date"` // since 1970-01-01
	Demand float64 `parquet:"demand"`
}

// priceRow is a related row.
type priceRow struct {
	Item  string  `parquet:"item_id,dict"`
	Store string  `parquet:"store_id,dict"`
	Day   int32   `parquet:"timestamp,date"`
	Price float64 `parquet:"price"`
	Snap  int32   `parquet:"snap"`
	Promo bool    `parquet:"promotion"`
}

// panelShape is the size and the row order of a made-up feed.
type panelShape struct {
	items, stores, days int
	byTime              bool // rows sorted by time, then by key; else by key, then by time
}

func (s panelShape) rows() int { return s.items * s.stores * s.days }

func (s panelShape) each(row func(item, store, day int)) {
	if s.byTime {
		for d := range s.days {
			for i := range s.items * s.stores {
				row(i/s.stores, i%s.stores, d)
			}
		}
		return
	}
	for i := range s.items * s.stores {
		for d := range s.days {
			row(i/s.stores, i%s.stores, d)
		}
	}
}

var firstDay = time.Date(2011, 1, 29, 0, 0, 0, 0, time.UTC)

func dayNumber(day int) int32 { return int32(firstDay.Unix()/secondsInDay) + int32(day) }

func itemName(i int) string  { return fmt.Sprintf("HOBBIES_%d_%03d", i/1000+1, i%1000) }
func storeName(i int) string { return "CA_" + strconv.Itoa(i+1) }

func (s panelShape) targetCSV() []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	b := []byte("item_id,store_id,timestamp,demand\n")
	s.each(func(item, store, day int) {
		b = append(b, itemName(item)...)
		b = append(b, ',')
		b = append(b, storeName(store)...)
		b = append(b, ',')
		b = firstDay.AddDate(0, 0, day).AppendFormat(b, time.DateOnly)
		b = append(b, ',')
		b = strconv.AppendInt(b, rng.Int64N(20), 10)
		b = append(b, '\n')
	})
	return b
}

func (s panelShape) targetParquet(b testing.TB) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	rows := make([]saleRow, 0, s.rows())
	s.each(func(item, store, day int) {
		rows = append(rows, saleRow{itemName(item), storeName(store), dayNumber(day), float64(rng.Int64N(20))})
	})
	return parquetOf(b, rows, parquet.MaxRowsPerRowGroup(250_000), parquet.Compression(&parquet.Snappy))
}

func (s panelShape) relatedParquet(b testing.TB) []byte {
	rows := make([]priceRow, 0, s.rows())
	s.each(func(item, store, day int) {
		rows = append(rows, priceRow{itemName(item), storeName(store), dayNumber(day), float64(item%90) + 0.99, int32(day % 2), day%7 == 0})
	})
	return parquetOf(b, rows, parquet.MaxRowsPerRowGroup(250_000), parquet.Compression(&parquet.Snappy))
}

func (s panelShape) relatedCSV() []byte {
	b := []byte("item_id,store_id,timestamp,price,snap,promotion\n")
	s.each(func(item, store, day int) {
		b = append(b, itemName(item)+","+storeName(store)+","...)
		b = firstDay.AddDate(0, 0, day).AppendFormat(b, time.DateOnly)
		b = append(b, fmt.Sprintf(",%.2f,%d,%d\n", float64(item%90)+0.99, day%2, day%3/2)...)
	})
	return b
}

func BenchmarkReadTarget(b *testing.B) {
	for _, order := range []string{"by_key", "by_time"} {
		shape := panelShape{items: 100, stores: 10, days: 1000, byTime: order == "by_time"}
		text := shape.targetCSV()
		for name, content := range map[string][]byte{
			"csv": text, "gzip": gzipOf(b, text), "zstd": zstdOf(b, text), "parquet": shape.targetParquet(b),
		} {
			b.Run(name+"/"+order, func(b *testing.B) {
				s := daily(newFolder(b).write("tts", content))
				s.Workers = 1
				benchmarkRead(b, s, shape.rows())
			})
		}
	}
}

func BenchmarkReadRelated(b *testing.B) {
	shape := panelShape{items: 100, stores: 10, days: 1000}
	ahead := shape
	ahead.days += 28
	for name, content := range map[string][]byte{"csv": ahead.relatedCSV(), "parquet": ahead.relatedParquet(b)} {
		b.Run(name, func(b *testing.B) {
			d := newFolder(b)
			s := Spec{
				Target: []string{d.write("tts", shape.targetParquet(b))}, Related: []string{d.write("rts", content)},
				Freq: demand.Daily, Horizon: 28, Workers: 1,
			}
			benchmarkRead(b, s, shape.rows()+ahead.rows())
		})
	}
}

func benchmarkRead(b *testing.B, s Spec, rows int) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

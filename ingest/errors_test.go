package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"

	"shelfcast/engine/demand"
)

const header = "item_id,store_id,timestamp,demand"

// tenDays is a sound target of one series.
func tenDays(d folder, name string) string {
	lines := []string{header}
	for day := range 10 {
		lines = append(lines, "a,s,2024-01-"+[]string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"}[day]+",1")
	}
	return d.csv(name, lines...)
}

// badInput is one fault and the line that reports it.
type badInput struct {
	name string
	make func(d folder) Spec
	want string // DIR stands for the folder of the files
}

func target(lines ...string) func(d folder) Spec {
	return func(d folder) Spec { return daily(d.csv("t.csv", lines...)) }
}

func targetBytes(content func(t testing.TB) []byte) func(d folder) Spec {
	return func(d folder) Spec { return daily(d.write("t", content(d.t))) }
}

func related(lines ...string) func(d folder) Spec {
	return func(d folder) Spec {
		s := daily(tenDays(d, "t.csv"))
		s.Related = []string{d.csv("r.csv", lines...)}
		return s
	}
}

func items(lines ...string) func(d folder) Spec {
	return func(d folder) Spec {
		s := daily(tenDays(d, "t.csv"))
		s.Items = d.csv("i.csv", lines...)
		return s
	}
}

func spec(change func(*Spec)) func(d folder) Spec {
	return func(d folder) Spec {
		s := daily(tenDays(d, "t.csv"))
		change(&s)
		return s
	}
}

var badInputs = []badInput{
	{"no files", func(folder) Spec { return daily() }, `read target: no file is named; name a file, a folder of parts or a glob`},
	{"no match", func(d folder) Spec { return daily(d.path + "/*.nothing") }, `read target: DIR/*.nothing: no such file; check the path`},
	{"bad pattern", func(d folder) Spec { return daily(d.path + "/[") }, `read target: DIR/[: no such file, and no pattern: syntax error in pattern; close its brackets`},
	{"empty folder", func(d folder) Spec { d.write("parts/_SUCCESS", nil); return daily(d.path + "/parts") }, `read target: DIR/parts: the folder holds no file; names that begin with . or _ do not count`},
	{"empty name", func(folder) Spec { return daily("") }, `read target: an empty name is no file; name a file, a folder of parts or a glob`},
	{"device", func(folder) Spec { return daily(os.DevNull) }, `read target: /dev/null is a pipe or a device, and a file is read more than once; write it to a file first`},
	{"file for a folder", func(d folder) Spec { return daily(tenDays(d, "t.csv") + "/part.csv") }, `read target: stat DIR/t.csv/part.csv: not a directory`},
	{"named twice", func(d folder) Spec { p := tenDays(d, "t.csv"); return daily(p, p) }, `read target: DIR/t.csv is named twice; name each file once`},
	{"no frequency", spec(func(s *Spec) { s.Freq = demand.Freq{} }), `read target: the frequency is missing; use demand.ParseFreq, or demand.Daily`},
	{"horizon zero", spec(func(s *Spec) { s.Horizon = 0 }), `read target: the horizon is 0 periods; it must be 1 or more`},
	{"horizon over 500", spec(func(s *Spec) { s.Horizon = 501 }), `read target: the horizon is 501 periods; 500 is the longest`},
	{"horizon over history", spec(func(s *Spec) { s.Horizon = 10 }), `read target: the horizon is 10 periods, and the longest series has 10 (2024-01-01 to 2024-01-10); at most 9 can be forecast`},
	{"reject share", spec(func(s *Spec) { s.MaxRejectShare = 1.5 }), `read target: the allowed share of rejected rows is 1.5; it must lie between 0 and 1`},
	{"late feed", spec(func(s *Spec) { s.AsOf = date("2024-01-12") }), `read target: the target is late: the last row is of 2024-01-10, the as-of date is 2024-01-12; wait for the feed, or set an earlier date`},
	{"all after as-of", spec(func(s *Spec) { s.AsOf = date("2023-01-12") }), `read target: no row can be used: 10 rows in, 10 not needed, 0 rejected; check the files and the as-of date`},

	{"empty file", targetBytes(func(testing.TB) []byte { return nil }), `read target: DIR/t: the file is empty; give it a header and rows, or take it away`},
	{"blank file", target("", "", ""), `read target: DIR/t.csv: there is no header; name the columns in the first line`},
	{"header only", target(header), `read target: DIR/t.csv: there is a header and no row; give it rows, or leave the input out`},
	{"utf-16", targetBytes(func(testing.TB) []byte { return []byte("\xff\xfei\x00t\x00") }), `read target: DIR/t: the text is UTF-16; save it as UTF-8`},
	{"utf-16 without a mark", targetBytes(func(testing.TB) []byte { return []byte("i\x00t\x00,\x00") }), `read target: DIR/t: the first line is not UTF-8 text; is this a CSV file?`},
	{"picture", targetBytes(func(testing.TB) []byte { return []byte("\x89PNG\r\n\x1a\n\x00\x00") }), `read target: DIR/t: the first line is not UTF-8 text; is this a CSV file?`},
	{"quoted control character", target("\"item\nid\",demand", "a,1"), `read target: DIR/t.csv: the first line is not UTF-8 text; is this a CSV file?`},
	{"carriage returns", targetBytes(func(testing.TB) []byte { return []byte(header + "\ra,s,2024-01-01,1\r") }), `read target: DIR/t: lines end with a carriage return alone; end them with a newline`},
	{"semicolons", target("item_id;timestamp;demand", "a;2024-01-01;1"), `read target: DIR/t.csv: the header is one column, "item_id;timestamp;demand"; separate columns with commas`},
	{"missing column", target("item_id,demand", "a,1"), `read target: DIR/t.csv: column "timestamp" is missing; the file has item_id, demand`},
	{"no header", target("a,s,2024-01-01,1", "a,s,2024-01-02,1"), `read target: DIR/t.csv: the first line holds "2024-01-01" and looks like data; name the columns in a header, or declare them (input.schema)`},
	{"misspelt column", target("item_id,timestamp,demnad", "a,2024-01-01,1"), `read target: DIR/t.csv: column "demnad" is not expected; did you mean "demand"?`},
	{"feature in target", target(header+",price", "a,s,2024-01-01,1,2"), `read target: DIR/t.csv: column "price" is not expected; the target has item_id, store_id, timestamp, demand; features belong in the related series, and further dimensions are declared (input.dimensions)`},
	{"duplicated column", target("item_id,timestamp,demand,Demand", "a,2024-01-01,1,1"), `read target: DIR/t.csv: column "demand" is there twice, as columns 3 and 4; keep one (case does not count)`},
	{"nameless column", target("item_id,timestamp,demand,", "a,2024-01-01,1,"), `read target: DIR/t.csv: column 4 has no name; name every column`},
	{"stores in one file", func(d folder) Spec {
		return daily(tenDays(d, "1.csv"), d.csv("2.csv", "item_id,timestamp,demand", "a,2024-01-01,1"))
	}, `read target: only one of DIR/1.csv and DIR/2.csv has the column store_id; give it to all files or to none`},
	{"cut gzip", targetBytes(func(t testing.TB) []byte {
		b := gzipOf(t, []byte(strings.Repeat(header+"\n", 999)))
		return b[:len(b)-9]
	}), `read target: DIR/t: the gzip stream ends early: the file is cut off; copy it again`},
	{"cut gzip header", targetBytes(func(testing.TB) []byte { return []byte{0x1f, 0x8b, 8, 0} }), `read target: DIR/t: the gzip stream ends early: the file is cut off; copy it again`},
	{"damaged gzip", targetBytes(func(t testing.TB) []byte {
		b := gzipOf(t, []byte(header+"\na,s,2024-01-01,1\n"))
		b[len(b)-6] ^= 1
		return b
	}), `read target: DIR/t: the gzip stream is damaged: gzip: invalid checksum; copy the file again`},
	{"cut zstd", targetBytes(func(t testing.TB) []byte {
		b := zstdOf(t, []byte(strings.Repeat(header+"\n", 999)))
		return b[:len(b)-5]
	}), `read target: DIR/t: the zstd stream ends early: the file is cut off; copy it again`},
	{"cut parquet", targetBytes(func(t testing.TB) []byte {
		b := targetParquetOf(t, newFeed(1, false).target, 1000)
		return b[:len(b)/2]
	}), `read target: DIR/t: the Parquet file is cut off or damaged: invalid magic footer of parquet file: "-16 "; copy it again`},
	{"stray quote", target(header, `a"b,s,2024-01-01,1`), `read target: DIR/t.csv: line 2: bare " in non-quoted-field; mend the quotes`},
	{"open quote", target(header, `"a,s,2024-01-01,1`), `read target: DIR/t.csv: line 2: extraneous or missing " in quoted-field; mend the quotes`},
	{"long line", target(header, strings.Repeat("x", 5<<20)), `read target: DIR/t.csv: line 2 has more than 4194304 bytes; is this a CSV file?`},

	{"30 February", target(header, "a,s,2024-02-30,1"), `read target: DIR/t.csv:2: timestamp: bad_timestamp: "2024-02-30"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"bad date", target(header, "a,s,01.02.2024,1"), `read target: DIR/t.csv:2: timestamp: bad_timestamp: "01.02.2024"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"empty date", target(header, "a,s,,1"), `read target: DIR/t.csv:2: timestamp: empty_timestamp: ""; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"zone", target(header, "a,s,2024-02-01T10:00:00+02:00,1"), `read target: DIR/t.csv:2: timestamp: timestamp_with_zone: "2024-02-01T10:00:00+02:00"; 1 of 1 rows rejected, 0 % allowed: name the zone whose clock the business goes by (input.zone, --zone), such as Europe/Berlin, or leave the offsets out`},
	{"far date", target(header, "a,s,9999-12-31,1"), `read target: DIR/t.csv:2: timestamp: timestamp_out_of_range: "9999-12-31"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"fraction", target(header, "a,s,2024-02-01 10:00:00.250,1"), `read target: DIR/t.csv:2: timestamp: timestamp_with_fraction: "2024-02-01 10:00:00.250"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"bad number", target(header, "a,s,2024-02-01,1 000"), `read target: DIR/t.csv:2: demand: bad_number: "1 000"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"negative", target(header, "a,s,2024-02-01,-2.5"), `read target: DIR/t.csv:2: demand: negative_demand: "-2.5"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"nan", target(header, "a,s,2024-02-01,NaN"), `read target: DIR/t.csv:2: demand: nan_demand: "NaN"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"infinite", target(header, "a,s,2024-02-01,+Inf"), `read target: DIR/t.csv:2: demand: infinite_number: "+Inf"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"too large", target(header, "a,s,2024-02-01,1e101"), `read target: DIR/t.csv:2: demand: number_too_large: "1e+101"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"latin-1 item", target(header, "caf\xe9,s,2024-02-01,1"), `read target: DIR/t.csv:2: item_id: bad_text: "caf\xe9"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"zero byte in a store", target(header, "a,s\x00,2024-02-01,1"), `read target: DIR/t.csv:2: store_id: bad_text: "s\x00"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"empty item", target(header, ",s,2024-02-01,1"), `read target: DIR/t.csv:2: item_id: empty_item_id: ""; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"empty store", target(header, "a,,2024-02-01,1"), `read target: DIR/t.csv:2: store_id: empty_store_id: ""; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"too few fields", target(header, "a,s,2024-02-01,1", "a,s,2024-02-02"), `read target: DIR/t.csv:3: row: field_count: "3 of 4 fields"; 1 of 2 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"too many fields", target(header, "a,s,2024-02-01,1,5"), `read target: DIR/t.csv:2: row: field_count: "more than 4 fields"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"quoted reject", target(header, "\"a\nb\",s,2024-02-01,1", "c,s,2024-02-01,x"), `read target: DIR/t.csv:4: demand: bad_number: "x"; 1 of 2 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"duplicate", target(header, "a,s,2024-01-01,1", "b,s,2024-01-02,2", "b,s,2024-01-01,2", "b,s,2024-01-02,2", "b,s,2024-01-02,2"), `read target: two rows for b@s at 2024-01-02: DIR/t.csv:3 and DIR/t.csv:5 (the first of 2 such rows); keep one row for each key and time`},
	{"duplicate time", target(header, "a,s,2024-01-01 08:00:00,1", "a,s,2024-01-01 07:00:00,1", "a,s,2024-01-01 08:00:00,1", "a,s,2024-01-03,1"), `read target: two rows for a@s at 2024-01-01 08:00:00: DIR/t.csv:2 and DIR/t.csv:4; keep one row for each key and time`},
	{"too sparse", func(d folder) Spec {
		lines := []string{header}
		for i := range 80 {
			lines = append(lines, itemName(i)+",s,1950-01-01,1")
		}
		return daily(d.csv("t.csv", append(lines, "z,s,2024-01-01,1")...))
	}, `read target: 81 rows would make 2162321 cells, since they run from 1950-01-01 to 2024-01-01; look for a wrong date, or choose a longer period than D`},

	{"wrong year", target(header, "a,s,2024-01-01,1", "b,s,2024-01-02,1", "a,s,2024-01-03,1", "a,s,2052-01-04,1"), `read target: no series has a row between 2024-01-03 and 2052-01-04, 10227 of the 10231 periods; 3 rows are before, 1 after: look for a wrong date`},

	{"related without key", related("item,store_id,timestamp,price", "a,s,2024-01-01,1"), `read related: DIR/r.csv: column "item_id" is missing; the file has item, store_id, timestamp, price`},
	{"related with demand", related("item_id,store_id,timestamp,demand", "a,s,2024-01-01,1"), `read related: DIR/r.csv: the related series must not hold "demand": a model would read what it is to predict`},
	{"related without feature", related("item_id,store_id,timestamp", "a,s,2024-01-01"), `read related: DIR/r.csv: there is no feature beside the keys; add a column of numbers, or leave the related series out`},
	{"related text", related("item_id,store_id,timestamp,price,weather", "a,s,2024-01-01,1,", "a,s,2024-01-02,1,sunny"), `read related: DIR/r.csv: column "weather" is not numeric (line 3: "sunny"); features are numbers: code it, leave it out, or list the features to use`},
	{"related bad number", related("item_id,store_id,timestamp,price", "a,s,2024-01-01,1", "a,s,2024-01-02,1.2.3"), `read related: DIR/r.csv:3: price: bad_number: "1.2.3"; 1 of 2 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"related infinite", related("item_id,store_id,timestamp,price", "a,s,2024-01-01,1", "a,s,2024-01-02,inf"), `read related: DIR/r.csv:3: price: infinite_number: "+Inf"; 1 of 2 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"related too large", related("item_id,store_id,timestamp,price", "a,s,2024-01-01,-1e101"), `read related: DIR/r.csv:2: price: number_too_large: "-1e+101"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"related empty store", related("item_id,store_id,timestamp,price", "a,,2024-01-01,1"), `read related: DIR/r.csv:2: store_id: empty_store_id: ""; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"related duplicate", related("item_id,store_id,timestamp,price", "a,s,2024-01-01,1", "a,s,2024-01-11,1", "a,s,2024-01-11,2"), `read related: two rows for a@s in the period of 2024-01-11: DIR/r.csv:3 and DIR/r.csv:4; features are not added up: keep one row for each key and period`},
	{"related finer than the period", related("item_id,store_id,timestamp,price", "a,s,2024-01-02 10:00:00,1", "a,s,2024-01-02 11:00:00,2"), `read related: two rows for a@s in the period of 2024-01-02: DIR/r.csv:2 and DIR/r.csv:3; features are not added up: keep one row for each key and period`},
	{"related stops", func(d folder) Spec {
		s := related("item_id,store_id,timestamp,price", "a,s,2024-01-01,1", "a,s,2024-01-12,1", "a,s,2024-01-14,")(d)
		s.Horizon = 4
		return s
	}, `read related: price has 1 of the 4 values that 1 series need from 2024-01-11 to 2024-01-14; missing in 1 of 1 stores: s from 2024-01-11 to 2024-01-14 (3); by series: a@s from 2024-01-11 to 2024-01-14 (3); give every series every feature up to the end of the horizon, fill it (input.filling, future), or leave the feature out`},
	{"related lacks series", func(d folder) Spec {
		s := related("item_id,store_id,timestamp,price", "a,s,2024-01-11,1")(d)
		s.Target = append(s.Target, d.csv("t2.csv", header, "b,s,2024-01-10,1", "a,t,2024-01-10,1"))
		return s
	}, `read related: 2 of the 3 series of the target have no price: a@t, b@s; give every series of the target its related rows`},
	{"related store", func(d folder) Spec {
		s := related("item_id,store_id,timestamp,price", "a,s,2024-01-11,1")(d)
		s.Target = []string{d.csv("t2.csv", "item_id,timestamp,demand", "a,2024-01-10,1")}
		return s
	}, `read related: DIR/r.csv: the related series has "store_id" and the target has not; give it to both`},
	{"unknown feature", func(d folder) Spec {
		s := related("item_id,store_id,timestamp,price", "a,s,2024-01-11,1")(d)
		s.Features = []Feature{{Name: "prcie", Role: demand.Price}}
		return s
	}, `read related: feature "prcie" is in no file; did you mean "price"?`},
	{"feature twice", func(d folder) Spec {
		s := related("item_id,store_id,timestamp,price", "a,s,2024-01-11,1")(d)
		s.Features = []Feature{{Name: "price", Role: demand.Price}, {Name: "Price", Role: demand.Other}}
		return s
	}, `read related: feature "Price" is listed twice; list it once`},
	{"feature in two layouts", func(d folder) Spec {
		s := related("item_id,store_id,timestamp,price", "a,s,2024-01-11,1")(d)
		s.Related = append(s.Related, d.csv("r2.csv", "item_id,timestamp,price", "a,2024-01-11,1"))
		return s
	}, `read related: DIR/r2.csv: feature "price" is in DIR/r.csv too, which has other columns; keep a feature in files of the same columns`},
	{"useless related file", func(d folder) Spec {
		s := related("item_id,store_id,timestamp,price", "a,s,2024-01-11,1")(d)
		s.Related = append(s.Related, d.csv("r2.csv", "item_id,timestamp,promo", "a,2024-01-11,1"))
		s.Features = []Feature{{Name: "price", Role: demand.Price}}
		return s
	}, `read related: DIR/r2.csv: none of the features is in this file; leave the file out`},

	{"item twice", items("item_id,category", "b,x", "a,x", "a,y"), `read items: two rows for item_id a: DIR/i.csv:3 and DIR/i.csv:4; keep one`},
	{"item empty", items("item_id,category", ",x"), `read items: DIR/i.csv:2: item_id: empty_item_id: ""; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"latin-1 attribute", items("item_id,category", "a,Getr\xe4nke"), `read items: DIR/i.csv:2: category: bad_text: "Getr\xe4nke"; 1 of 1 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"items without key", items("item,category", "a,x"), `read items: DIR/i.csv: column "item_id" is missing; the file has item, category`},
	{"stores without stores", func(d folder) Spec {
		s := daily(d.csv("t.csv", "item_id,timestamp,demand", "a,2024-01-01,1", "a,2024-01-02,1"))
		s.Stores = d.csv("s.csv", "store_id,city", "s,Ulm")
		return s
	}, `read stores: DIR/s.csv: the target has no store_id; leave the stores out, or give the target one`},
	{"attribute twice", func(d folder) Spec {
		s := items("item_id,region", "a,x")(d)
		s.Stores = d.csv("s.csv", "store_id,Region", "s,Ulm")
		return s
	}, `read stores: DIR/s.csv: column "Region" is in DIR/i.csv too; give the two different names`},
	{"items differ", func(d folder) Spec {
		s := items("item_id,category", "a,x")(d)
		d.csv("more/1.csv", "item_id,category", "a,x")
		d.csv("more/2.csv", "item_id,size", "b,x")
		s.Items = d.path + "/more"
		return s
	}, `read items: DIR/more/2.csv: column "category" is missing; the file has item_id, size`},

	{"parquet text demand", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []struct {
			Item   string `parquet:"item_id"`
			Day    int32  `parquet:"timestamp,date"`
			Demand string `parquet:"demand"`
		}{{"a", 1, "x"}})
	}), `read target: DIR/t: column "demand" has the Parquet type STRING; it must be INT, FLOAT, DOUBLE or DECIMAL of at most 18 digits`},
	{"parquet int time", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []struct {
			Item   string  `parquet:"item_id"`
			Day    int64   `parquet:"timestamp"`
			Demand float64 `parquet:"demand"`
		}{{"a", 1, 1}})
	}), `read target: DIR/t: column "timestamp" has the Parquet type INT(64,true); it must be DATE, TIMESTAMP or STRING`},
	{"parquet int96", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []struct {
			Item   string           `parquet:"item_id"`
			Day    deprecated.Int96 `parquet:"timestamp"`
			Demand float64          `parquet:"demand"`
		}{{"a", deprecated.Int96{1, 2, 3}, 1}})
	}), `read target: DIR/t: column "timestamp" has the Parquet type INT96; it must be DATE, TIMESTAMP or STRING`},
	{"parquet wide decimal", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []struct {
			Item   string   `parquet:"item_id"`
			Day    int32    `parquet:"timestamp,date"`
			Demand [16]byte `parquet:"demand,decimal(2:38)"`
		}{{"a", 1, [16]byte{}}})
	}), `read target: DIR/t: column "demand" has the Parquet type DECIMAL(38,2); it must be INT, FLOAT, DOUBLE or DECIMAL of at most 18 digits`},
	{"parquet list", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []struct {
			Item   string    `parquet:"item_id"`
			Day    int32     `parquet:"timestamp,date"`
			Demand []float64 `parquet:"demand"`
		}{{"a", 1, []float64{1}}})
	}), `read target: DIR/t: column "demand" is nested; a column holds one value a row`},
	{"parquet float key", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []struct {
			Item   float64 `parquet:"item_id"`
			Day    int32   `parquet:"timestamp,date"`
			Demand float64 `parquet:"demand"`
		}{{1, 1, 1}})
	}), `read target: DIR/t: column "item_id" has the Parquet type DOUBLE; it must be STRING or INT`},
	{"parquet lz4", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []saleRow{{"a", "s", 1, 1}}, parquet.Compression(&parquet.Lz4Raw))
	}), `read target: DIR/t: the Parquet file is compressed with LZ4, which is not read; write it with zstd, snappy or gzip`},
	{"parquet reject", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []saleRow{{"a", "s", 1, 1}, {"a", "s", 2, 1}, {"a", "s", 3, 1}, {"a", "s", 4, -1}}, parquet.MaxRowsPerRowGroup(3))
	}), `read target: DIR/t row group 1 row 0: demand: negative_demand: "-1"; 1 of 4 rows rejected, 0 % allowed: mend the rows, or raise the allowed share of rejects`},
	{"parquet duplicate", targetBytes(func(t testing.TB) []byte {
		return parquetOf(t, []saleRow{{"a", "s", 1, 1}, {"a", "s", 2, 1}, {"a", "s", 3, 1}, {"a", "s", 2, 1}}, parquet.MaxRowsPerRowGroup(3))
	}), `read target: two rows for a@s at 1970-01-03: DIR/t row group 0 row 1 and DIR/t row group 1 row 0; keep one row for each key and time`},
}

func TestEveryBadInputIsOneClearLine(t *testing.T) {
	t.Parallel()
	for _, c := range badInputs {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newFolder(t)
			s := c.make(d)
			for _, workers := range []int{1, 3} {
				s.Workers = workers
				_, err := Read(t.Context(), s)
				if err == nil {
					t.Fatal("the read succeeds")
				}
				got := strings.ReplaceAll(err.Error(), d.path, "DIR")
				if got != c.want {
					t.Errorf("%d workers: got\n%s\nwant\n%s", workers, got, c.want)
				}
			}
		})
	}
}

func TestALateFeedIsKnownByItsError(t *testing.T) {
	t.Parallel()
	s := daily(tenDays(newFolder(t), "t.csv"))
	s.AsOf = date("2024-01-11")
	if _, err := Read(t.Context(), s); !errors.Is(err, ErrLate) {
		t.Errorf("got %v, want ErrLate", err)
	}
}

func TestAReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, daily(tenDays(newFolder(t), "t.csv"))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want a cancelled context", err)
	}
}

func TestAPipeIsRefusedAndNotWaitedFor(t *testing.T) {
	t.Parallel()
	d := newFolder(t)
	tenDays(d, "parts/a.csv")
	pipe := filepath.Join(d.path, "parts", "b.csv")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	for _, path := range []string{pipe, filepath.Dir(pipe)} {
		if _, err := Read(t.Context(), daily(path)); err == nil || !strings.Contains(err.Error(), "b.csv is a pipe or a device") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAFolderThatMayNotBeReadIsNoMissingFile(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read every folder")
	}
	d := newFolder(t)
	path := tenDays(d, "closed/t.csv")
	if err := os.Chmod(filepath.Dir(path), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Dir(path), 0o700) })
	if _, err := Read(t.Context(), daily(path)); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v, want a missing permission", err)
	}
}

func TestAnErrorListsTwentyColumnsAtMost(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 25 {
		names = append(names, fmt.Sprint("x", i))
	}
	_, err := Read(t.Context(), items(strings.Join(names, ","))(newFolder(t)))
	if err == nil || !strings.HasSuffix(err.Error(), "x18, x19 and 5 more") {
		t.Errorf("got %v", err)
	}
}

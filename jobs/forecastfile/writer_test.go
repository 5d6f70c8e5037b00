package forecastfile

import (
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"shelfcast/engine/demand"
)

var levels = []float64{0.005, 0.5}

func setup(freq string) *demand.Forecast {
	f, err := demand.ParseFreq(freq)
	if err != nil {
		panic(err)
	}
	cal := demand.Calendar{Freq: f}
	fut := &demand.Future{Keys: []demand.Key{{Item: `milk, "fresh"`, Store: "s1"}, {Item: "rye", Store: ""}}, Cal: cal, Start: 16436, H: 2}
	fc := demand.NewForecast(fut, levels)
	for i := range fc.Mean {
		fc.Mean[i] = 1 / float64(i+3)
	}
	for i := range fc.Q {
		fc.Q[i] = float64(i) * 1e-9
	}
	fc.By = []string{"naive", "floor"}
	return fc
}

func write(t *testing.T, name string, f *demand.Forecast) []byte {
	t.Helper()
	w, err := Create(name, Layout{Cal: f.Cal, Levels: f.Levels, Dimensions: f.Keys[0].Dims != ""})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(f); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRowsReadBackEqualInEveryCSVForm(t *testing.T) {
	f := setup("D")
	dir := t.TempDir()
	plain := write(t, filepath.Join(dir, "f.csv"), f)
	rows, err := csv.NewReader(bytes.NewReader(plain)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"item_id", "store_id", "timestamp", "mean", "p0_5", "p50", "model"}, rows[0]); diff != "" {
		t.Error(diff)
	}
	first := rows[1]
	mean, _ := strconv.ParseFloat(first[3], 64)
	if len(rows) != 5 || first[0] != `milk, "fresh"` || first[2] != "2015-01-01" || mean != 1.0/3 || rows[4][6] != "floor" {
		t.Errorf("got %q", rows)
	}
	unzip := map[string]func(io.Reader) io.Reader{
		"f.csv.gz":  func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"f.csv.zst": func(r io.Reader) io.Reader { z, _ := zstd.NewReader(r); return z },
	}
	for name, open := range unzip {
		got, err := io.ReadAll(open(bytes.NewReader(write(t, filepath.Join(dir, name), f))))
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: %v, got %q", name, err, got)
		}
	}
}

type row struct {
	Item  string  `parquet:"item_id"`
	Store string  `parquet:"store_id"`
	Time  int32   `parquet:"timestamp,date"`
	Mean  float64 `parquet:"mean"`
	P0_5  float64 `parquet:"p0_5"`
	P50   float64 `parquet:"p50"`
	Model string  `parquet:"model"`
}

func TestParquetRowsReadBackEqual(t *testing.T) {
	f := setup("D")
	name := filepath.Join(t.TempDir(), "f.parquet")
	write(t, name, f)
	rows, err := parquet.ReadFile[row](name)
	if err != nil {
		t.Fatal(err)
	}
	want := row{Item: "rye", Time: 16437, Mean: 1.0 / 6, P0_5: f.Q[6], P50: f.Q[7], Model: "floor"}
	if len(rows) != 4 || rows[3] != want {
		t.Errorf("got %+v, want last %+v", rows, want)
	}
}

func TestKeysWithDimensionsHaveAColumnForThem(t *testing.T) {
	f := setup("D")
	for i := range f.Keys {
		f.Keys[i].Dims = demand.JoinDimensions([]string{"channel", "size"}, []string{"web, app", "L"})
	}
	dir := t.TempDir()
	rows, err := csv.NewReader(bytes.NewReader(write(t, filepath.Join(dir, "f.csv"), f))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"item_id", "store_id", "dimensions", "timestamp", "mean", "p0_5", "p50", "model"}, rows[0]); diff != "" {
		t.Error(diff)
	}
	if rows[4][2] != "channel=web, app;size=L" || rows[4][3] != "2015-01-02" {
		t.Errorf("got %q", rows[4])
	}
	name := filepath.Join(dir, "f.parquet")
	write(t, name, f)
	type dimensioned struct {
		Store string `parquet:"store_id"`
		Dims  string `parquet:"dimensions"`
		Time  int32  `parquet:"timestamp,date"`
	}
	got, err := parquet.ReadFile[dimensioned](name)
	if err != nil || len(got) != 4 || got[1] != (dimensioned{"s1", "channel=web, app;size=L", 16437}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPartsAreRowsOfTheirOwn(t *testing.T) {
	f := setup("D")
	for i := range f.Keys {
		f.Keys[i].Dims = demand.JoinDimensions([]string{"channel"}, []string{"web"})
	}
	parts := [][]demand.Component{{{Name: "trend", Value: []float64{1.0 / 3, 2}}, {Name: "price, log", Value: []float64{-1e-9, 0}}}, nil}
	dir := t.TempDir()
	for _, form := range Suffixes {
		w, err := Create(filepath.Join(dir, "f"+form), Layout{Cal: f.Cal, Levels: f.Levels, Dimensions: true, Parts: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteParts(f, parts); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "f.csv"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `item_id,store_id,dimensions,timestamp,component,value
"milk, ""fresh""",s1,channel=web,2015-01-01,trend,0.3333333333333333
"milk, ""fresh""",s1,channel=web,2015-01-01,"price, log",-0.000000001
"milk, ""fresh""",s1,channel=web,2015-01-02,trend,2
"milk, ""fresh""",s1,channel=web,2015-01-02,"price, log",0
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
	type part struct {
		Item      string  `parquet:"item_id"`
		Dims      string  `parquet:"dimensions"`
		Time      int32   `parquet:"timestamp,date"`
		Component string  `parquet:"component"`
		Value     float64 `parquet:"value"`
	}
	rows, err := parquet.ReadFile[part](filepath.Join(dir, "f.parquet"))
	if err != nil || len(rows) != 4 || rows[1] != (part{`milk, "fresh"`, "channel=web", 16436, "price, log", -1e-9}) {
		t.Errorf("got %+v, %v", rows, err)
	}
}

func TestHoursAreWrittenWithTheirTime(t *testing.T) {
	dir := t.TempDir()
	b := write(t, filepath.Join(dir, "f.csv"), setup("H"))
	if !strings.Contains(string(b), ",1971-11-16 20:00:00,") {
		t.Errorf("got %s", b)
	}
	write(t, filepath.Join(dir, "f.parquet"), setup("H"))
}

func TestSameForecastSameBytes(t *testing.T) {
	for _, form := range Suffixes {
		a := write(t, filepath.Join(t.TempDir(), "f"+form), setup("D"))
		b := write(t, filepath.Join(t.TempDir(), "f"+form), setup("D"))
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two writes differ", form)
		}
	}
}

func TestBadNamesAreRefusedBeforeAnyWork(t *testing.T) {
	for name, want := range map[string]string{"f.xlsx": "names no form", "nowhere/f.csv": "does not exist"} {
		if _, err := Create(name, Layout{Cal: demand.Calendar{Freq: demand.Daily}, Levels: levels}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestAbortedFileLeavesNothingAndHarmsNothing(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f.csv")
	before := write(t, name, setup("D"))
	w, err := Create(name, Layout{Cal: demand.Calendar{Freq: demand.Daily}, Levels: levels})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(setup("D")); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	after, _ := os.ReadFile(name)
	left, _ := os.ReadDir(dir)
	if !bytes.Equal(before, after) || len(left) != 1 {
		t.Errorf("%d files are left, the first of %d bytes", len(left), len(after))
	}
}

func TestFullDiskIsOneErrorThatLeavesNothing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f.csv")
	w, err := Create(name, Layout{Cal: demand.Calendar{Freq: demand.Daily}, Levels: levels})
	if err != nil {
		t.Fatal(err)
	}
	w.temp.Close() // a file that takes no more bytes
	for err == nil {
		err = w.Write(setup("D"))
	}
	if _, statErr := os.Stat(name); statErr == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "run again") {
		t.Errorf("got %v", err)
	}
}

func TestLinesAppearWhenTheyAreWhole(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fits.jsonl")
	w, err := CreateLines(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("the file has its name before it is whole")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(name); string(b) != "{}\n" {
		t.Errorf("got %q, %v", b, err)
	}
}

package m5

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// forecast holds the means that a file forecasts.
type forecast struct {
	d       *data
	origin  int32 // the first day to forecast, in days since 1970-01-01
	mean    []float64
	ignored int64

	index   map[demand.Key]int
	last    demand.Key // the series of the row before, since files are sorted by series
	lastRow int
}

// columns that a forecast file must have, in the order that add takes them.
var forecastColumns = [4]string{"item_id", "store_id", "timestamp", "mean"}

// readForecast reads the 28 days after day n of every series.
func readForecast(ctx context.Context, path string, d *data, n int) (*forecast, error) {
	f := &forecast{d: d, origin: d.cal.first + int32(n), index: make(map[demand.Key]int, len(d.series)), lastRow: -1}
	f.mean = make([]float64, len(d.series)*Horizon)
	for i := range f.mean {
		f.mean[i] = math.NaN()
	}
	for i, s := range d.series {
		f.index[s.key()] = i
	}
	read := f.readCSV
	if is, err := source.IsParquet(path); err != nil {
		return nil, fmt.Errorf("read forecast: %w", err)
	} else if is {
		read = f.readParquet
	}
	if err := read(ctx, path); err != nil {
		return nil, fmt.Errorf("read forecast %s: %w", path, err)
	}
	if err := f.checkWhole(); err != nil {
		return nil, fmt.Errorf("read forecast %s: %w", path, err)
	}
	return f, nil
}

// add takes one row.
func (f *forecast) add(item, store string, day int32, mean float64) error {
	if item != f.last.Item || store != f.last.Store || f.lastRow < 0 {
		k := demand.Key{Item: item, Store: store}
		i, ok := f.index[k]
		if !ok {
			return fmt.Errorf("%v is not a series of the sales file", k)
		}
		f.last, f.lastRow = demand.Key{Item: strings.Clone(item), Store: strings.Clone(store)}, i
	}
	h := day - f.origin
	if h < 0 || h >= Horizon {
		f.ignored++
		return nil
	}
	if math.IsNaN(mean) || math.IsInf(mean, 0) {
		return fmt.Errorf("the mean of %v on %s is not a finite number", f.last, dateOf(day))
	}
	cell := &f.mean[f.lastRow*Horizon+int(h)]
	if !math.IsNaN(*cell) {
		return fmt.Errorf("%v has two rows for %s", f.last, dateOf(day))
	}
	*cell = mean
	return nil
}

const namesShown = 10 // of what is missing

func (f *forecast) checkWhole() error {
	missing, series := 0, 0
	var names []string
	for i, s := range f.d.series {
		before := missing
		for h, v := range f.mean[i*Horizon : (i+1)*Horizon] {
			if !math.IsNaN(v) {
				continue
			}
			if missing++; len(names) < namesShown {
				names = append(names, fmt.Sprintf("%v %s", s.key(), dateOf(f.origin+int32(h))))
			}
		}
		if missing > before {
			series++
		}
	}
	if missing == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d rows are missing, in %d of %d series: %s, …; forecast %s to %s for every series",
		missing, len(f.mean), series, len(f.d.series), strings.Join(names, ", "), dateOf(f.origin), dateOf(f.origin+Horizon-1))
}

func dateOf(day int32) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

func (f *forecast) readCSV(ctx context.Context, path string) error {
	file, err := source.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.ReuseRecord = true
	header, err := source.Header(r)
	if err != nil {
		return err
	}
	col, err := findColumns(header)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f.addRecord(record, col)
		}
		if err == nil && n%batchRows == 0 {
			err = ctx.Err()
		}
		if err != nil {
			line, _ := r.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// findColumns returns where the columns stand that a forecast file must have.
func findColumns(header []string) (col [4]int, err error) {
	for c, want := range forecastColumns {
		col[c] = -1
		for i, name := range header {
			if name == want {
				col[c] = i
			}
		}
		if col[c] < 0 {
			return col, fmt.Errorf("it has no column %s, only %s", want, strings.Join(header, ", "))
		}
	}
	return col, nil
}

func (f *forecast) addRecord(record []string, col [4]int) error {
	day, err := parseDay(record[col[2]])
	if err != nil {
		return err
	}
	mean, err := strconv.ParseFloat(record[col[3]], 64)
	if err != nil {
		return fmt.Errorf("the mean %q is not a number", record[col[3]])
	}
	return f.add(record[col[0]], record[col[1]], day, mean)
}

// parseDay reads a date, with or without a time of day after it.
func parseDay(s string) (int32, error) {
	date := s[:min(len(s), len(time.DateOnly))]
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return 0, fmt.Errorf("the timestamp %q is not a date such as 2016-04-25", s)
	}
	return int32(t.Unix() / 86400), nil
}

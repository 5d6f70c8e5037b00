package m5

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// series is one row of the sales file: an item in a store, and what both belong to.
type series struct{ Item, Dept, Cat, Store, State string }

func (s series) key() demand.Key { return demand.Key{Item: s.Item, Store: s.Store} }

// data is the content of the competition's files, series ordered by item and store.
type data struct {
	cal    *calendar
	days   int
	series []series
	stores []series    // one of each store, by store
	row    []int       // where series i stands in the sales file
	units  []uint16    // by row of the sales file, then day
	price  [][]float64 // by series, then week; NaN or nil where there is none

	strayPrices int
}

const salesHeader = "id,item_id,dept_id,cat_id,store_id,state_id,"

const (
	longestLine  = 1 << 20 // bytes; the official lines are below 16,000
	linesPerLook = 1 << 20 // of the prices, between two looks at the context
)

// unitsOf returns the units of series i on every day.
func (d *data) unitsOf(i int) []uint16 { return d.units[d.row[i]*d.days : (d.row[i]+1)*d.days] }

// load reads the three files, prices and sales at the same time since each takes seconds.
func load(ctx context.Context, dir string) (*data, error) {
	sales, errSales := source.Find(dir, Where, EvaluationFile, ValidationFile)
	cal, errCal := source.Find(dir, Where, CalendarFile)
	prices, errPrices := source.Find(dir, Where, PricesFile)
	if err := errors.Join(errSales, errCal, errPrices); err != nil {
		return nil, err
	}
	d := &data{}
	var err error
	if d.cal, err = readCalendar(cal); err != nil {
		return nil, err
	}
	list := make(chan priceList, 1)
	go func() { list <- readPrices(ctx, prices, d.cal) }()
	err = d.readSales(ctx, sales)
	p := <-list
	if err := errors.Join(err, p.err); err != nil {
		return nil, err
	}
	d.order()
	d.placePrices(p)
	return d, nil
}

func (d *data) readSales(ctx context.Context, path string) error {
	f, err := source.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longestLine)
	if !lines.Scan() {
		return fmt.Errorf("read %s: %w", path, errors.Join(lines.Err(), errors.New("it is empty")))
	}
	if d.days, err = daysOf(lines.Text()); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if d.days > len(d.cal.week) {
		return fmt.Errorf("read %s: it has %d days and %s only %d; get both anew from %s", path, d.days, CalendarFile, len(d.cal.week), Where)
	}
	for n := 2; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if err := d.addSeries(lines.Bytes()); err != nil {
			return fmt.Errorf("read %s, line %d: %w", path, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return d.checkSeries(path)
}

// daysOf counts the columns d_1, d_2, … of the header.
func daysOf(header string) (int, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(header), salesHeader)
	if !ok {
		return 0, fmt.Errorf("the header does not begin with %s; get the file anew from %s", salesHeader, Where)
	}
	names := strings.Split(rest, ",")
	for i, name := range names {
		if want := fmt.Sprintf("d_%d", i+1); name != want {
			return 0, fmt.Errorf("the header has %q where %s belongs; get the file anew from %s", name, want, Where)
		}
	}
	return len(names), nil
}

func (d *data) addSeries(line []byte) error {
	var field [6]string
	for i := range field {
		cut := bytes.IndexByte(line, ',')
		if cut < 0 {
			return errors.New("too few fields")
		}
		field[i], line = string(line[:cut]), line[cut+1:]
	}
	if d.cal.snap[field[5]] == nil {
		return fmt.Errorf("%s has no column snap_%s", CalendarFile, field[5])
	}
	d.series = append(d.series, series{field[1], field[2], field[3], field[4], field[5]})
	n := len(d.units)
	var err error
	if d.units, err = appendUnits(d.units, line); err != nil {
		return err
	}
	if got := len(d.units) - n; got != d.days {
		return fmt.Errorf("it has %d days, the header %d", got, d.days)
	}
	return nil
}

// appendUnits reads comma-separated whole numbers. The official file has 59 million of them, hence no strconv.
func appendUnits(dst []uint16, line []byte) ([]uint16, error) {
	value, digits := 0, 0
	for _, c := range line {
		switch {
		case c >= '0' && c <= '9':
			value = value*10 + int(c-'0')
			if digits++; value > math.MaxUint16 {
				return dst, fmt.Errorf("a day has more than %d units", math.MaxUint16)
			}
		case c == ',' && digits > 0:
			dst = append(dst, uint16(value))
			value, digits = 0, 0
		case c != '\r':
			return dst, fmt.Errorf("found %q where a whole number belongs", c)
		}
	}
	if digits == 0 {
		return dst, errors.New("the last day has no number")
	}
	return append(dst, uint16(value)), nil
}

func (d *data) checkSeries(path string) error {
	if len(d.series) == 0 {
		return fmt.Errorf("read %s: it has no series; get the file anew from %s", path, Where)
	}
	seen := make(map[demand.Key]bool, len(d.series))
	for i, s := range d.series {
		if seen[s.key()] {
			return fmt.Errorf("read %s, line %d: %v stands there twice", path, i+2, s.key())
		}
		seen[s.key()] = true
	}
	return nil
}

// order sorts the series by key, as panels are, and lists the stores.
func (d *data) order() {
	d.row = make([]int, len(d.series))
	for i := range d.row {
		d.row[i] = i
	}
	slices.SortFunc(d.row, func(a, b int) int { return d.series[a].key().Compare(d.series[b].key()) })
	sorted := make([]series, len(d.series))
	for i, row := range d.row {
		sorted[i] = d.series[row]
	}
	d.series = sorted
	d.stores = slices.Clone(sorted)
	slices.SortStableFunc(d.stores, func(a, b series) int { return strings.Compare(a.Store, b.Store) })
	d.stores = slices.CompactFunc(d.stores, func(a, b series) bool { return a.Store == b.Store })
}

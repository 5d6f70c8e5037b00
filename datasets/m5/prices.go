package m5

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"shelfcast/datasets/source"
	"shelfcast/engine/demand"
)

// priceList is sell_prices.csv: the price of each week for each item in a store, NaN where the file has none.
type priceList struct {
	byKey map[demand.Key][]float64
	stray int // prices of weeks that the calendar does not have
	err   error
}

const pricesHeader = "store_id,item_id,wm_yr_wk,sell_price"

func readPrices(ctx context.Context, path string, c *calendar) priceList {
	p := priceList{byKey: map[demand.Key][]float64{}}
	f, err := source.Open(path)
	if err != nil {
		return priceList{err: err}
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longestLine)
	if !lines.Scan() || strings.TrimSpace(lines.Text()) != pricesHeader {
		err := errors.Join(lines.Err(), fmt.Errorf("the header is not %s; get the file anew from %s", pricesHeader, Where))
		return priceList{err: fmt.Errorf("read %s: %w", path, err)}
	}
	var cur current
	for n := 2; lines.Scan(); n++ {
		if err := p.add(&cur, bytes.TrimSuffix(lines.Bytes(), []byte("\r")), c); err != nil {
			return priceList{err: fmt.Errorf("read %s, line %d: %w", path, n, err)}
		}
		if n%linesPerLook == 0 && ctx.Err() != nil {
			return priceList{err: fmt.Errorf("read %s: %w", path, ctx.Err())}
		}
	}
	if err := lines.Err(); err != nil {
		return priceList{err: fmt.Errorf("read %s: %w", path, err)}
	}
	return p
}

// current is the series of the line before: the file is grouped by series, so that a look-up a line is seldom needed.
type current struct {
	prefix []byte
	price  []float64
}

func (p *priceList) add(cur *current, line []byte, c *calendar) error {
	field := [4][]byte{}
	rest := line
	for i := range 3 {
		cut := bytes.IndexByte(rest, ',')
		if cut < 0 {
			return errors.New("too few fields")
		}
		field[i], rest = rest[:cut], rest[cut+1:]
	}
	field[3] = rest
	if prefix := line[:len(field[0])+1+len(field[1])]; cur.price == nil || !bytes.Equal(prefix, cur.prefix) {
		cur.prefix = append(cur.prefix[:0], prefix...)
		cur.price = p.pricesOf(demand.Key{Item: string(field[1]), Store: string(field[0])}, len(c.weekIndex))
	}
	price, err := strconv.ParseFloat(string(field[3]), 64)
	if err != nil || !(price > 0) || math.IsInf(price, 0) {
		return fmt.Errorf("%q is not a price", field[3])
	}
	week, ok := c.weekIndex[string(field[2])]
	if !ok {
		p.stray++
		return nil
	}
	cur.price[week] = price
	return nil
}

func (p *priceList) pricesOf(k demand.Key, weeks int) []float64 {
	if prices := p.byKey[k]; prices != nil {
		return prices
	}
	prices := make([]float64, weeks)
	for w := range prices {
		prices[w] = math.NaN()
	}
	p.byKey[k] = prices
	return prices
}

// placePrices gives each series its prices.
func (d *data) placePrices(p priceList) {
	d.strayPrices = p.stray
	d.price = make([][]float64, len(d.series))
	placed := 0
	for i, s := range d.series {
		if d.price[i] = p.byKey[s.key()]; d.price[i] != nil {
			placed++
		}
	}
	if placed < len(p.byKey) {
		d.strayPrices += p.pricesOfNoSeries(d)
	}
}

func (p *priceList) pricesOfNoSeries(d *data) int {
	known := make(map[demand.Key]bool, len(d.series))
	for _, s := range d.series {
		known[s.key()] = true
	}
	n := 0
	for k, prices := range p.byKey {
		if known[k] {
			continue
		}
		for _, v := range prices {
			if v > 0 {
				n++
			}
		}
	}
	return n
}

// priceOf returns the price of series i on day t, NaN where there is none.
func (d *data) priceOf(i, t int) float64 {
	if d.price[i] == nil {
		return math.NaN()
	}
	return d.price[i][d.cal.week[t]]
}

// onSale returns the first day on which series i has a price, and the number of days where it has none.
func (d *data) onSale(i int) int {
	for t := range d.days {
		if d.priceOf(i, t) > 0 {
			return t
		}
	}
	return d.days
}

// unitsBeforeSale returns the units that were sold before items were on sale: 0 in the official files.
func (d *data) unitsBeforeSale() (units int) {
	for i := range d.series {
		for _, u := range d.unitsOf(i)[:d.onSale(i)] {
			units += int(u)
		}
	}
	return units
}

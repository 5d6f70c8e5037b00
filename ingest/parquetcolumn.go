package ingest

import (
	"math"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// pageColumn reads one column of a row group, page by page. The values of a page are turned into what the column holds
// at once, and handed out to batches as they need them.
type pageColumn struct {
	leaf   *leaf
	kind   kind
	labels *labels // of a text column
	pages  parquet.Pages
	dict   dictionary

	page   parquet.Page
	levels []byte // of each row: 1 where it has a value; nil where all have
	rows   int    // of the page
	row    int    // next row to hand out
	value  int    // next value to hand out
	values columnValues

	day        dayMemo
	badMoments []badMoment // of the batch at hand
}

// columnValues are values in the form that the column holds. Only the slice of its kind is in use.
type columnValues struct {
	numbers []float64
	seconds []int64 // badStamp+reason where the value is no usable timestamp
	ids     []int32
}

// badMoment is a row of a batch without a usable timestamp.
type badMoment struct {
	row   int
	why   Reason
	value string
}

// badStamp plus a Reason stands for a timestamp that is rejected for that reason.
const badStamp = math.MinInt64 + 1

// dictionary is the dictionary of a column chunk, turned into what the column holds once.
type dictionary struct {
	of     parquet.Dictionary
	values columnValues
}

// open begins with the pages of another row group. Room for values is kept from the one before.
func (c *pageColumn) open(l *leaf, k kind, clock clock, pages parquet.Pages) {
	*c = pageColumn{leaf: l, kind: k, pages: pages, day: dayMemo{clock: clock}, values: c.values, dict: dictionary{values: c.dict.values}}
}

func (c *pageColumn) close() {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
	c.pages.Close()
}

// fill writes the next n rows to the beginning of a build column.
func (c *pageColumn) fill(to *buildColumn, n int) (err error) {
	defer recoverDamage(&err)
	for at := 0; at < n; {
		if c.row == c.rows {
			if err := c.nextPage(); err != nil {
				return endOfPages(err)
			}
			continue
		}
		k := min(n-at, c.rows-c.row)
		c.hand(to, at, k)
		at += k
		c.row += k
	}
	return nil
}

// nextPage turns the values of the next page.
func (c *pageColumn) nextPage() error {
	if c.page != nil {
		parquet.Release(c.page)
		c.page = nil
	}
	page, err := c.pages.ReadPage()
	if err != nil {
		return err
	}
	c.page, c.row, c.value = page, 0, 0
	c.rows = int(page.NumValues())
	present := c.rows
	c.levels = nil
	if nulls := int(page.NumNulls()); c.leaf.optional && nulls > 0 {
		c.levels = page.DefinitionLevels()
		present -= nulls
	}
	if present > 0 {
		c.turn(page, present)
	}
	return nil
}

// turn sets c.values to the values of page. The data of a page with a dictionary are places in it, whatever their type.
func (c *pageColumn) turn(page parquet.Page, n int) {
	d := page.Dictionary()
	data := page.Data()
	if d == nil {
		c.convert(&c.values, data, n)
		return
	}
	if c.dict.of != d {
		c.convert(&c.dict.values, d.Page().Data(), d.Len())
		c.dict.of = d
	}
	at := data.Int32()[:n]
	switch c.kind {
	case text:
		c.values.ids = gather(c.values.ids, c.dict.values.ids, at)
	case moment:
		c.values.seconds = gather(c.values.seconds, c.dict.values.seconds, at)
	case number:
		c.values.numbers = gather(c.values.numbers, c.dict.values.numbers, at)
	}
}

func gather[T any](dst, src []T, at []int32) []T {
	dst = resize(dst, len(at))
	for i, j := range at {
		dst[i] = src[j]
	}
	return dst
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

func (c *pageColumn) convert(to *columnValues, data encoding.Values, n int) {
	switch c.kind {
	case text:
		to.ids = resize(to.ids, n)
		c.leaf.texts(to.ids, data, c.labels)
	case moment:
		to.seconds = resize(to.seconds, n)
		c.leaf.moments(to.seconds, data, &c.day)
	case number:
		to.numbers = resize(to.numbers, n)
		c.leaf.numbers(to.numbers, data)
	}
}

// hand writes the next k rows of the page to a build column, from row at on.
func (c *pageColumn) hand(to *buildColumn, at, k int) {
	levels := c.levels
	if levels != nil {
		levels = levels[c.row : c.row+k]
	}
	first := c.value
	switch c.kind {
	case text:
		missing := int32(0)
		if levels != nil {
			missing = c.labels.id(nil)
		}
		c.value += expand(to.ids[at:at+k], c.values.ids[first:], levels, missing)
	case number:
		c.value += expand(to.values[at:at+k], c.values.numbers[first:], levels, math.NaN())
		to.addNulls(levels, at)
	case moment:
		c.value += expand(to.seconds[at:at+k], c.values.seconds[first:], levels, badStamp+int64(EmptyTimestamp))
		c.findBad(to.seconds[at:at+k], levels, at, first)
	}
}

// expand writes the values to the rows that have one, and missing to the others. It returns how many values it used.
func expand[T any](dst, values []T, levels []byte, missing T) int {
	if levels == nil {
		return copy(dst, values)
	}
	used := 0
	for i, level := range levels {
		if level == 0 {
			dst[i] = missing
			continue
		}
		dst[i] = values[used]
		used++
	}
	return used
}

func (c *buildColumn) addNulls(levels []byte, at int) {
	for i, level := range levels {
		if level == 0 {
			c.nulls = append(c.nulls, int32(at+i))
		}
	}
}

// findBad notes the rows, from row at of the batch and value first of the page on, without a usable timestamp.
func (c *pageColumn) findBad(sec []int64, levels []byte, at, first int) {
	value := first - 1
	for i, s := range sec {
		present := levels == nil || levels[i] != 0
		if present {
			value++
		}
		if s >= badStamp+int64(allReasons) {
			continue
		}
		bad := badMoment{row: at + i, why: Reason(s - badStamp)}
		if present {
			bad.value = c.written(value)
		}
		c.badMoments = append(c.badMoments, bad)
	}
}

// written returns value i of the page as it stands in the file.
func (c *pageColumn) written(i int) string {
	data := c.page.Data()
	if d := c.page.Dictionary(); d != nil {
		i = int(data.Int32()[i])
		data = d.Page().Data()
	}
	return string(c.leaf.appendText(nil, data, i))
}

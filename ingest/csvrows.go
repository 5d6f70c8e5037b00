package ingest

import (
	"bytes"
	"math"
	"strconv"

	"shelfcast/schemas"
)

// csvRows decodes the lines of one file into a builder.
type csvRows struct {
	w       *worker
	file    *file
	actions []action // for each field of the file
	lines   []int64  // of each row in the builder
	day     dayMemo
}

// action says what becomes of a field: the column it goes to, or −1.
type action struct {
	column int
	kind   kind
}

func actionsOf(f *file) []action {
	actions := make([]action, len(f.header))
	for i := range actions {
		actions[i].column = -1
	}
	for column, field := range f.fields {
		actions[field] = action{column, f.table.kinds[column]}
	}
	return actions
}

func (p *csvPiece) order() int64 { return p.line }

// decode turns the piece into one record batch and gives it to the worker's shaper.
func (p *csvPiece) decode(w *worker) error {
	f := p.source.file
	rows := max(len(p.records), bytes.Count(p.data, newline)+1)
	w.build.begin(f.table, rows, w.labelsOf(f.table))
	d := &csvRows{w: w, file: f, actions: actionsOf(f), lines: w.lines[:0], day: dayMemo{clock: w.clock}}
	if p.records != nil {
		p.each(len(f.header), d.row)
	} else {
		d.text(p)
	}
	w.lines = d.lines
	rec, err := w.build.record()
	if err != nil {
		return f.errorf("%w", err)
	}
	defer rec.Release()
	return w.shaper.take(&batch{rec: rec, file: f, order: p.line, lines: d.lines})
}

// text decodes a piece without quotes. It cuts up only the lines that are out of the ordinary.
func (d *csvRows) text(p *csvPiece) {
	cells := make([][]byte, len(d.actions)+1)
	data, line := p.data, p.line
	for len(data) > 0 {
		n := d.sound(data, line)
		if n == 0 {
			d.w.build.dropRow()
			var text []byte
			if text, n = cutLine(data); len(text) > 0 {
				d.row(split(cells, text), line)
			}
		}
		data = data[n:]
		line++
	}
}

// sound appends the line that data begins with to the builder in one pass over it, and returns its length. It returns 0,
// and leaves the line to row, where anything is out of the ordinary.
func (d *csvRows) sound(data []byte, line int64) int {
	b, at := &d.w.build, 0
	if len(data) > 0 && (data[0] == '\n' || data[0] == '\r') {
		return 0 // a blank line is no row
	}
	for i, a := range d.actions {
		if i > 0 {
			if at == len(data) || data[at] != ',' {
				return 0
			}
			at++
		}
		if a.kind == number && a.column >= 0 {
			if v, n := d.w.numbers.field(data[at:]); n > 0 {
				b.columns[a.column].values[b.n] = v
				at += n
				continue
			}
		}
		n := d.cell(b, a, data[at:])
		if n < 0 {
			return 0
		}
		at += n
	}
	if at < len(data) && data[at] == '\r' {
		at++
	}
	if at < len(data) && data[at] != '\n' {
		return 0
	}
	d.w.tally.rows++
	d.lines = append(d.lines, line)
	b.n++
	return min(at+1, len(data))
}

// cell writes the field that rest begins with to row n of its column, and returns its length; −1 where it is odd.
func (d *csvRows) cell(b *builder, a action, rest []byte) int {
	if a.column < 0 {
		return fieldLength(rest)
	}
	c := &b.columns[a.column]
	switch a.kind {
	case text:
		id, n := c.labels.field(rest)
		if n < 0 {
			n = fieldLength(rest)
			id = c.labels.id(rest[:n])
		}
		c.ids[b.n] = id
		return n
	case moment:
		n := min(len("2006-01-02"), len(rest))
		if n < len(rest) && !endsField(rest[n]) {
			n = fieldLength(rest)
		}
		sec, _, ok := d.day.parse(rest[:n])
		if !ok {
			return -1
		}
		c.seconds[b.n] = sec
		return n
	}
	n := fieldLength(rest)
	if !c.appendNumber(b.n, rest[:n]) {
		return -1
	}
	return n
}

// endsField reports whether c ends a field without quotes.
func endsField(c byte) bool { return c == ',' || c == '\n' || c == '\r' }

// fieldLength returns the length of the field that text begins with.
func fieldLength(text []byte) int {
	for i, c := range text {
		if endsField(c) {
			return i
		}
	}
	return len(text)
}

// row appends a row to the builder, or rejects it. It asks for the next one.
func (d *csvRows) row(cells [][]byte, line int64) bool {
	d.w.tally.rows++
	if len(cells) != len(d.actions) {
		d.reject(line, "", FieldCount, fieldCount(len(cells), len(d.actions)))
		return true
	}
	b := &d.w.build
	for i, a := range d.actions {
		if a.column < 0 {
			continue
		}
		c, cell := &b.columns[a.column], cells[i]
		switch a.kind {
		case text:
			c.ids[b.n] = c.labels.id(cell)
		case moment:
			sec, why, ok := d.day.parse(cell)
			if !ok {
				d.reject(line, d.file.table.name(a.column), why, string(cell))
				return true
			}
			c.seconds[b.n] = sec
		case number:
			if c.appendNumber(b.n, cell) {
				continue
			}
			if d.file.table.name(a.column) == schemas.Demand {
				d.w.keepUnreadable(place{file: d.file, line: line}, cell)
				c.values[b.n] = math.Float64frombits(unreadableBits)
			} else {
				d.reject(line, d.file.table.name(a.column), BadNumber, string(cell))
				return true
			}
		}
	}
	d.lines = append(d.lines, line)
	b.n++
	return true
}

// keepUnreadable keeps the text of a demand that is no number.
func (w *worker) keepUnreadable(at place, text []byte) {
	if w.unreadable == nil {
		w.unreadable = map[place]string{}
	}
	w.unreadable[at] = string(text)
}

func fieldCount(got, want int) string {
	if got > want {
		return "more than " + strconv.Itoa(want) + " fields"
	}
	return strconv.Itoa(got) + " of " + strconv.Itoa(want) + " fields"
}

// appendNumber writes the number in cell to row n; an empty cell is a null.
func (c *buildColumn) appendNumber(n int, cell []byte) bool {
	if len(cell) == 0 {
		c.values[n] = math.NaN()
		c.nulls = append(c.nulls, int32(n))
		return true
	}
	v, ok := parseNumber(cell)
	c.values[n] = v
	return ok
}

func (d *csvRows) reject(line int64, column string, why Reason, value string) {
	d.w.build.dropRow()
	d.w.reject(fault{at: place{file: d.file, line: line}, column: column, reason: why, value: value})
}

// dayMemo parses timestamps. It remembers the month of the last day, which most rows share with the row before, and the
// offset of the last instant.
type dayMemo struct {
	clock clock
	month [8]byte // yyyy-MM- as it was written
	first int32   // its first day
	days  int32   // its length; 0 before there is a month
	span  offsetSpan
}

// parse reads a timestamp as business seconds since 1970-01-01, marked where the clock shows them for the second time.
func (m *dayMemo) parse(b []byte) (int64, Reason, bool) {
	if len(b) == 10 && m.days > 0 && [8]byte(b) == m.month {
		if day, ok := twoDigits(b[8], b[9]); ok && day > 0 && int32(day) <= m.days {
			return int64(m.first+int32(day)-1)*secondsInDay + m.clock.dayBegins, 0, true
		}
	}
	sec, rest, why, ok := parseStamp(b)
	if !ok {
		return 0, why, false
	}
	if len(b) == 10 {
		m.remember(b)
		return sec + m.clock.dayBegins, 0, true
	}
	if len(rest) == 0 {
		return sec, 0, true
	}
	offset, ok := parseOffset(rest)
	if !ok {
		return 0, BadTimestamp, false
	}
	return m.instant(sec - offset)
}

// instant turns an instant into business seconds.
func (m *dayMemo) instant(at int64) (int64, Reason, bool) {
	if m.clock.zone == nil {
		return 0, TimestampZone, false
	}
	if sec, ok := m.clock.zone.business(at, &m.span); ok {
		return sec, 0, true
	}
	return 0, TimestampRange, false
}

func (m *dayMemo) remember(b []byte) {
	m.month = [8]byte(b)
	y, _ := twoDigits(b[0], b[1])
	z, _ := twoDigits(b[2], b[3])
	month, _ := twoDigits(b[5], b[6])
	at := (y*100+z-firstYear)*12 + month - 1
	m.first, m.days = monthStart[at], monthStart[at+1]-monthStart[at]
}

package ingest

import (
	"encoding/binary"
	"fmt"
	"math"
)

// copyPiece is a run of whole rows of a query.
type copyPiece struct {
	source *copySource
	data   []byte
	first  int64 // rows before its first
	rows   int
}

func (p *copyPiece) order() int64 { return p.first }

// decode turns the piece into record batches and gives them to the worker's shaper.
func (p *copyPiece) decode(w *worker) error {
	f := p.source.file
	d := newCopyRows(w, f)
	var sum rowSum
	data := p.data
	for done := 0; done < p.rows; {
		n := min(w.sizing.batchRows, p.rows-done)
		rest, err := d.batch(data, p.first+int64(done), n, &sum)
		if err != nil {
			return f.errorf("%w", err)
		}
		data = rest
		done += n
	}
	f.sum.merge(&sum)
	p.source.giveBack(p.data)
	return nil
}

// copyRows decodes rows of one query into a builder.
type copyRows struct {
	w       *worker
	file    *file
	actions []action // for each field of a row
	types   []copyType
	day     dayMemo
	scratch []byte
}

func newCopyRows(w *worker, f *file) *copyRows {
	d := &copyRows{w: w, file: f, actions: actionsOf(f), day: dayMemo{clock: w.clock}}
	for _, c := range f.query.Columns {
		d.types = append(d.types, copyTypes[c.Type])
	}
	return d
}

// batch decodes the next n rows of data into a record batch and returns the rest.
func (d *copyRows) batch(data []byte, first int64, n int, sum *rowSum) (rest []byte, err error) {
	b := &d.w.build
	b.begin(d.file.table, n, d.w.labelsOf(d.file.table))
	for b.n = 0; b.n < n; b.n++ {
		length, err := d.row(data, first+int64(b.n))
		if err != nil {
			return nil, err
		}
		sum.row(data[:length])
		data = data[length:]
	}
	d.w.tally.rows += int64(n)
	rec, err := b.record()
	if err != nil {
		return nil, err
	}
	defer rec.Release()
	return data, d.w.shaper.take(&batch{rec: rec, file: d.file, order: first, first: first})
}

// row decodes the row that data begins with, which is whole, and returns its length.
func (d *copyRows) row(data []byte, number int64) (int, error) {
	at := 2
	for i, a := range d.actions {
		n := int(int32(binary.BigEndian.Uint32(data[at:])))
		at += 4
		value := data[at : at+max(n, 0)]
		at += len(value)
		if a.column < 0 {
			continue
		}
		if err := d.cell(i, a, value, n < 0, number); err != nil {
			return 0, fmt.Errorf("row %d, column %q: %w", number+1, d.file.query.Columns[i].Name, err)
		}
	}
	return at, nil
}

// cell writes a value to the row at hand of its column.
func (d *copyRows) cell(field int, a action, value []byte, null bool, row int64) (err error) {
	b := &d.w.build
	c := &b.columns[a.column]
	switch a.kind {
	case text:
		if !null && d.types[field] != copyText {
			d.scratch, err = d.types[field].appendText(d.scratch[:0], value)
			value = d.scratch
		}
		c.ids[b.n] = c.labels.id(value)
	case moment:
		sec, why, ok := int64(0), EmptyTimestamp, false
		if !null {
			sec, why, ok, err = d.types[field].moment(value, &d.day)
		}
		if ok || err != nil {
			c.seconds[b.n] = sec
			return err
		}
		return d.rejectMoment(c, field, value, null, why, row)
	case number:
		v := math.NaN()
		if null {
			c.nulls = append(c.nulls, int32(b.n))
		} else if v, err = d.types[field].number(value, &d.scratch); err != nil {
			return err
		}
		c.values[b.n] = v
	}
	return err
}

// rejectMoment rejects the row at hand for its timestamp. It keeps its place, without a time.
func (d *copyRows) rejectMoment(c *buildColumn, field int, value []byte, null bool, why Reason, row int64) error {
	d.scratch = d.scratch[:0]
	if !null {
		var err error
		if d.scratch, err = d.types[field].appendText(d.scratch, value); err != nil {
			return err
		}
	}
	at := place{file: d.file, line: row + 1}
	d.w.reject(fault{at: at, column: d.file.header[field], reason: why, value: string(d.scratch)})
	c.seconds[d.w.build.n] = noTime
	c.nulls = append(c.nulls, int32(d.w.build.n))
	return nil
}

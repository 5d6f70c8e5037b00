package ingest

import (
	"errors"
	"fmt"
	"io"
)

// groupPiece is one row group of a Parquet file.
type groupPiece struct {
	source *parquetSource
	group  int
}

func (p *groupPiece) order() int64 { return int64(p.group) }

// decode turns the row group into record batches and gives them to the worker's shaper.
func (p *groupPiece) decode(w *worker) (err error) {
	defer p.source.close()
	f := p.source.file
	g := p.source.groups[p.group]
	d := &groupRows{w: w, file: f, group: p.group, rows: g.NumRows()}
	chunks := g.ColumnChunks()
	d.columns = w.pageColumns(len(f.table.kinds))
	texts := 0
	for i, k := range f.table.kinds {
		l := &f.leaves[f.fields[i]]
		if err := p.source.checkPages(p.group, l.index); err != nil {
			return f.errorf("row group %d: column %q: %w%s", p.group, f.table.name(i), err, copyAgain)
		}
		c := d.columns[i]
		c.open(l, k, w.clock, chunks[l.index].Pages())
		defer c.close()
		if k == text {
			c.labels = w.labelsOf(f.table)[texts]
			texts++
		}
	}
	if err := d.read(); err != nil {
		return f.errorf("row group %d: %w", p.group, err)
	}
	return nil
}

const copyAgain = "; the file is cut off or damaged: copy it again"

// checkPages reports a column of a row group whose pages cannot be right.
func (s *parquetSource) checkPages(group, leaf int) (err error) {
	defer recoverDamage(&err)
	columns := s.footer.RowGroups[group].Columns
	return checkPages(s.raw, s.file.size, &columns[leaf].MetaData)
}

// recoverDamage turns a panic of the Parquet library into an error: some damage is met as an index out of range.
func recoverDamage(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%v", r)
	}
}

// groupRows reads the rows of one row group, batch by batch.
type groupRows struct {
	w       *worker
	file    *file
	group   int
	rows    int64
	columns []*pageColumn
}

func (d *groupRows) read() error {
	for at := int64(0); at < d.rows; {
		n := int(min(int64(d.w.sizing.batchRows), d.rows-at))
		if err := d.readBatch(at, n); err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}

func (d *groupRows) readBatch(first int64, n int) error {
	b := &d.w.build
	b.begin(d.file.table, n, d.w.labelsOf(d.file.table))
	b.n = n
	for i, c := range d.columns {
		if err := c.fill(&b.columns[i], n); err != nil {
			return fmt.Errorf("column %q: %w%s", d.file.table.name(i), err, copyAgain)
		}
		if c.kind == moment {
			d.rejectMoments(c, &b.columns[i], first, d.file.table.name(i))
		}
	}
	d.w.tally.rows += int64(n)
	rec, err := b.record()
	if err != nil {
		return err
	}
	defer rec.Release()
	// Batches of a row group follow each other by their first row; row groups are further apart than any row.
	order := int64(d.group)<<40 | first
	return d.w.shaper.take(&batch{rec: rec, file: d.file, order: order, group: d.group, first: first})
}

// rejectMoments rejects the rows whose timestamp could not be read.
func (d *groupRows) rejectMoments(c *pageColumn, to *buildColumn, first int64, name string) {
	for _, f := range c.badMoments {
		at := place{file: d.file, group: d.group, row: first + int64(f.row)}
		d.w.reject(fault{at: at, column: name, reason: f.why, value: f.value})
		to.seconds[f.row] = noTime
		to.nulls = append(to.nulls, int32(f.row))
	}
	c.badMoments = c.badMoments[:0]
}

// endOfPages says that a column has fewer values than the row group has rows.
func endOfPages(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("there are fewer values than rows")
	}
	return err
}

package gather

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"shelfcast/datasets/source"
)

// Wide reads a CSV file with one row a series: some columns of names, then one column a period under its date.
type Wide struct {
	Days []int32 // of the periods, in days since 1970-01-01

	path   string
	f      io.Closer
	r      *csv.Reader
	keys   int
	values []float64
	rows   int
	where  string
}

// OpenWide opens the file at path, whose header must begin with the names keys. Where is the address it comes from.
func OpenWide(path, where string, keys ...string) (*Wide, error) {
	f, err := source.Open(path)
	if err != nil {
		return nil, err
	}
	w := &Wide{path: path, f: f, r: csv.NewReader(f), keys: len(keys), where: where}
	w.r.ReuseRecord = true
	if err := w.header(keys); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), f.Close())
	}
	return w, nil
}

func (w *Wide) header(keys []string) error {
	header, err := source.Header(w.r)
	if err != nil {
		return err
	}
	at, err := locate(header, w.where, keys)
	if err != nil {
		return err
	}
	for i, c := range at {
		if c != i {
			return fmt.Errorf("its header does not begin with %v; get the file anew from %s", keys, w.where)
		}
	}
	for _, date := range header[len(keys):] {
		day, err := Day(date)
		if err != nil {
			return fmt.Errorf("the header: %w", err)
		}
		w.Days = append(w.Days, day)
	}
	w.values = make([]float64, len(w.Days))
	return nil
}

// Next returns the next row: its names, and its values, NaN where there is none. Both are valid until the call after it.
// At the end the error is io.EOF; a file without rows is an error of its own.
func (w *Wide) Next() (names []string, values []float64, err error) {
	record, err := w.r.Read()
	if errors.Is(err, io.EOF) {
		if w.rows == 0 {
			return nil, nil, fmt.Errorf("read %s: %w", w.path, someRows(0, w.where))
		}
		return nil, nil, io.EOF
	}
	if err == nil {
		if err = Numbers(w.values, record[w.keys:]); err != nil {
			err = atLine(w.r, err)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", w.path, err)
	}
	w.rows++
	return record[:w.keys], w.values, nil
}

// Close closes the file.
func (w *Wide) Close() error { return w.f.Close() }

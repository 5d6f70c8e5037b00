// Package forecastfile writes forecasts, or their parts, to one file: CSV, plain or compressed, or Parquet, as its name ends.
//
// A file appears under its name only when it is whole: rows go to a hidden file beside it, which Close renames.
package forecastfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"shelfcast/engine/demand"
)

// Layout is what the rows of a file have.
type Layout struct {
	Cal        demand.Calendar
	Levels     []float64
	Dimensions bool // whether keys have further dimensions
	Parts      bool // whether rows are the parts of forecasts, and not forecasts
}

// Columns returns the names of the columns in their order: item_id, store_id, dimensions where keys have some, timestamp,
// and then mean, one for each level, model; or, for parts, component and value.
func (l Layout) Columns() []string {
	names := []string{"item_id", "store_id"}
	if l.Dimensions {
		names = append(names, "dimensions")
	}
	names = append(names, "timestamp")
	if l.Parts {
		return append(names, "component", "value")
	}
	names = append(names, "mean")
	for _, level := range l.Levels {
		names = append(names, demand.LevelName(level))
	}
	return append(names, "model")
}

// Suffixes are the endings that a name may have; each names a form.
var Suffixes = []string{".csv", ".csv.gz", ".csv.zst", ".parquet"}

// Writer writes forecasts, one row a series and period, or parts, one row a series, period and part, in the order in which they
// come.
type Writer struct {
	*unfinished
	squeeze io.WriteCloser // nil where the form has no compression of its own
	rows    rowWriter
}

// rowWriter is one form of rows.
type rowWriter interface {
	write(f *demand.Forecast) error
	writeParts(f *demand.Forecast, parts [][]demand.Component) error
	close() error
}

// CheckName reports a name whose ending names no form, or whose folder does not exist, before any work is done for it.
func CheckName(name string) error {
	if suffix(name) == "" {
		return fmt.Errorf("write %s: the ending names no form; use one of %s", name, strings.Join(Suffixes, ", "))
	}
	return CheckFolder(name)
}

// CheckFolder reports a name that is a folder, or whose folder does not exist, before any work is done for it.
func CheckFolder(name string) error {
	if st, err := os.Stat(name); err == nil && st.IsDir() {
		return fmt.Errorf("write %s: it is a folder; name a file in it", name)
	}
	if st, err := os.Stat(filepath.Dir(name)); err != nil || !st.IsDir() {
		return fmt.Errorf("write %s: folder %s does not exist; make it first", name, filepath.Dir(name))
	}
	return nil
}

func suffix(name string) string {
	for _, s := range Suffixes {
		if strings.HasSuffix(name, s) {
			return s
		}
	}
	return ""
}

// Create begins the file of the given name for forecasts of this layout.
func Create(name string, layout Layout) (*Writer, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	file, err := begin(name)
	if err != nil {
		return nil, err
	}
	w := &Writer{unfinished: file}
	var out io.Writer = file.temp
	switch suffix(name) {
	case ".csv.gz":
		w.squeeze = gzip.NewWriter(file.temp)
	case ".csv.zst":
		// One goroutine: the bytes must not depend on the number of cores.
		w.squeeze, err = zstd.NewWriter(file.temp, zstd.WithEncoderConcurrency(1))
	case ".parquet":
		w.rows = newParquetRows(file.temp, layout)
		return w, nil
	}
	if err != nil {
		return nil, w.fail(err)
	}
	if w.squeeze != nil {
		out = w.squeeze
	}
	w.rows, err = newCSVRows(out, layout)
	return w, w.fail(err)
}

// Write appends the rows of f. After an error the file is gone and the writer must not be used again.
func (w *Writer) Write(f *demand.Forecast) error { return w.fail(w.rows.write(f)) }

// WriteParts appends the parts of each series of f, to a file whose layout has parts.
func (w *Writer) WriteParts(f *demand.Forecast, parts [][]demand.Component) error {
	return w.fail(w.rows.writeParts(f, parts))
}

// Close completes the file and gives it its name.
func (w *Writer) Close() error {
	err := w.rows.close()
	if err == nil && w.squeeze != nil {
		err = w.squeeze.Close()
	}
	if err == nil {
		err = w.finish()
	}
	return w.fail(err)
}

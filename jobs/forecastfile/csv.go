package forecastfile

import (
	"bufio"
	"io"
	"math"
	"strconv"
	"strings"

	"shelfcast/engine/demand"
)

// csvRows writes rows as RFC 4180 has them, with \n line ends, and numbers in the shortest form that reads back equal.
type csvRows struct {
	out    *bufio.Writer
	layout Layout
	buf    []byte
}

func newCSVRows(w io.Writer, layout Layout) (*csvRows, error) {
	r := &csvRows{out: bufio.NewWriterSize(w, 1<<16), layout: layout}
	_, err := r.out.WriteString(strings.Join(layout.Columns(), ",") + "\n")
	return r, err
}

// stamps returns the timestamps of a forecast.
func (r *csvRows) stamps(f *demand.Forecast) []string {
	stamps := make([]string, f.H)
	for j := range stamps {
		stamps[j] = r.layout.Cal.Format(f.Start + demand.Period(j))
	}
	return stamps
}

// head returns the cells of a key, with a comma behind each.
func (r *csvRows) head(key demand.Key) string {
	head := quoted(key.Item) + "," + quoted(key.Store) + ","
	if r.layout.Dimensions {
		head += quoted(key.Dims) + ","
	}
	return head
}

func (r *csvRows) write(f *demand.Forecast) error {
	stamps := r.stamps(f)
	for i, key := range f.Keys {
		head := r.head(key)
		tail := "," + quoted(f.By[i]) + "\n"
		fan := f.Fan(i)
		for j, stamp := range stamps {
			r.buf = append(append(r.buf[:0], head...), stamp...)
			r.buf = appendNumber(r.buf, fan.Mean[j])
			for _, q := range fan.At(j) {
				r.buf = appendNumber(r.buf, q)
			}
			r.buf = append(r.buf, tail...)
			if _, err := r.out.Write(r.buf); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *csvRows) writeParts(f *demand.Forecast, parts [][]demand.Component) error {
	stamps := r.stamps(f)
	for i, key := range f.Keys {
		head := r.head(key)
		for j, stamp := range stamps {
			for _, c := range parts[i] {
				r.buf = append(append(r.buf[:0], head...), stamp...)
				r.buf = append(append(r.buf, ','), quoted(c.Name)...)
				r.buf = append(appendNumber(r.buf, c.Value[j]), '\n')
				if _, err := r.out.Write(r.buf); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *csvRows) close() error { return r.out.Flush() }

// appendNumber writes a comma and v; a value that is not finite is an empty cell.
func appendNumber(b []byte, v float64) []byte {
	b = append(b, ',')
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return b
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

func quoted(s string) string {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

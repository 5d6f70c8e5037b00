package gather

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"shelfcast/datasets/source"
)

const rowsPerLook = 1 << 16 // between two looks at the context

// EachRow calls add with the named columns of every row of the CSV file at path, in the order of columns. A column is
// found by its name in the header, without regard to case; name|other name finds the first of the two. The fields are
// valid until add returns. An error names the file and the line, and where is the address to get the file from anew.
func EachRow(ctx context.Context, path, where string, columns []string, add func(field []string) error) error {
	f, err := source.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	if err := eachRow(ctx, r, where, columns, add); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func eachRow(ctx context.Context, r *csv.Reader, where string, columns []string, add func(field []string) error) error {
	header, err := source.Header(r)
	if err != nil {
		return err
	}
	at, err := locate(header, where, columns)
	if err != nil {
		return err
	}
	field := make([]string, len(at))
	for n := 0; ; n++ {
		if n%rowsPerLook == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return someRows(n, where)
		}
		if err != nil {
			return err // which names its line
		}
		for i, c := range at {
			field[i] = record[c]
		}
		if err := add(field); err != nil {
			return atLine(r, err)
		}
	}
}

// locate finds the place of each column in the header.
func locate(header []string, where string, columns []string) ([]int, error) {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = strings.ToLower(strings.TrimSpace(name))
	}
	at := make([]int, len(columns))
	for i, c := range columns {
		at[i] = -1
		for _, name := range strings.Split(c, "|") {
			if k := slices.Index(names, strings.ToLower(name)); k >= 0 && at[i] < 0 {
				at[i] = k
			}
		}
		if at[i] < 0 {
			return nil, fmt.Errorf("it has no column %s; get the file anew from %s", strings.ReplaceAll(c, "|", " or "), where)
		}
	}
	return at, nil
}

func someRows(n int, where string) error {
	if n == 0 {
		return fmt.Errorf("it has no rows; get the file anew from %s", where)
	}
	return nil
}

func atLine(r *csv.Reader, err error) error {
	line, _ := r.FieldPos(0)
	return fmt.Errorf("line %d: %w", line, err)
}

// dateForms are tried in this order.
var dateForms = []string{time.DateOnly, time.DateTime, "2-Jan-06", "2006 Jan"}

// Day reads a date such as 2013-01-01, 2013-01-01 00:00:00, 1-Jan-13, 2013 Jan or 2013 Q1, in days since 1970-01-01.
func Day(text string) (int32, error) {
	for _, form := range dateForms {
		if t, err := time.Parse(form, text); err == nil {
			return int32(t.Unix() / 86400), nil
		}
	}
	if year, quarter, ok := strings.Cut(text, " Q"); ok {
		if q, err := strconv.Atoi(quarter); err == nil && q >= 1 && q <= 4 {
			return Day(fmt.Sprintf("%s-%02d-01", year, 3*q-2))
		}
	}
	return 0, fmt.Errorf("%q is not a date such as 2013-01-01", text)
}

// Number reads a number. Nothing, NA and NaN are NaN: not known.
func Number(text string) (float64, error) {
	switch text = strings.TrimSpace(text); text {
	case "", "NA", "NaN", "nan":
		return math.NaN(), nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return x, nil
}

// Numbers reads each text as Number does into dst, which has the length of texts.
func Numbers(dst []float64, texts []string) error {
	for i, text := range texts {
		var err error
		if dst[i], err = Number(text); err != nil {
			return err
		}
	}
	return nil
}

// Flag is 1 where yes, else 0.
func Flag(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

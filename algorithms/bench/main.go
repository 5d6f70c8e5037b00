// Bench fits and forecasts the series of a CSV file with models of the catalogue, one after another on one core, so that
// accuracy and CPU time can be laid beside those of other software: see peers/compare.py.
//
//	go run ./algorithms/bench --series F.csv --models theta,dotm --out F.csv
//
// Columns in: set,id,season,split,t,y. Columns out: model,set,id,step,mean,p10,p50,p90,by,seconds; seconds is the CPU
// time of fit and forecast, on the first step.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"shelfcast/algorithms"
	"shelfcast/engine/demand"
)

func main() {
	runtime.GOMAXPROCS(1)
	in := flag.String("series", "", "file of series")
	models := flag.String("models", "theta", "models, separated by commas")
	sets := flag.String("sets", "", "sets, separated by commas; all when empty")
	out := flag.String("out", "", "file to write")
	flag.Parse()
	if err := run(*in, *sets, strings.Split(*models, ","), *out); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type series struct {
	set, id     string
	season      int
	train, test []float64
}

func run(in, sets string, models []string, out string) (err error) {
	all, err := read(in, sets)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	defer w.Flush()
	if err := w.Write([]string{"model", "set", "id", "step", "mean", "p10", "p50", "p90", "by", "seconds"}); err != nil {
		return err
	}
	for _, name := range models {
		m, err := algorithms.ByName(name)
		if err != nil {
			return err
		}
		for _, s := range all {
			if err := one(w, m, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// calendars are those whose season is the one of a series.
var calendars = map[int]string{1: "W", 4: "Q", 7: "D", 12: "M", 24: "H"}

func one(w *csv.Writer, m demand.Model, s series) error {
	freq, err := demand.ParseFreq(calendars[s.season])
	if err != nil {
		return fmt.Errorf("series %s: season %d: %w", s.id, s.season, err)
	}
	cal := demand.Calendar{Freq: freq}
	p := &demand.Panel{
		Cal: cal, Keys: []demand.Key{{Item: s.id}}, Start: []demand.Period{0}, Off: []int{0, len(s.train)},
		End: demand.Period(len(s.train)), Y: s.train,
	}
	fut := &demand.Future{Keys: p.Keys, Cal: cal, Start: p.End, H: len(s.test)}
	dst := demand.NewForecast(fut, []float64{0.1, 0.5, 0.9})
	began := time.Now()
	fit, err := m.Fit(context.Background(), p)
	if err != nil {
		return err
	}
	if err := fit.Forecast(context.Background(), fut, dst); err != nil {
		return err
	}
	seconds := strconv.FormatFloat(time.Since(began).Seconds(), 'g', 6, 64)
	for j := range s.test {
		row := []string{m.Name(), s.set, s.id, strconv.Itoa(j + 1), number(dst.Mean[j])}
		for _, q := range dst.Fan(0).At(j) {
			row = append(row, number(q))
		}
		if err := w.Write(append(row, dst.By[0], seconds)); err != nil {
			return err
		}
		seconds = ""
	}
	return nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 12, 64) }

func read(name, sets string) ([]series, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	var all []series
	for {
		c, err := r.Read()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if sets != "" && !strings.Contains(","+sets+",", ","+c[0]+",") {
			continue
		}
		y, err := strconv.ParseFloat(c[5], 64)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if n := len(all); n == 0 || all[n-1].id != c[1] || all[n-1].set != c[0] {
			season, err := strconv.Atoi(c[2])
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			all = append(all, series{set: strings.Clone(c[0]), id: strings.Clone(c[1]), season: season})
		}
		s := &all[len(all)-1]
		if c[3] == "train" {
			s.train = append(s.train, y)
		} else {
			s.test = append(s.test, y)
		}
	}
}

// Trees trains boosted trees on one core and prints one line of JSON: seconds of training, bins and all, and the training loss after the
// last tree, so that they can be laid beside LightGBM's: see ../peers/trees.py.
//
//	go run ./algorithms/bench/trees --data F --rows N --features P --objective poisson
//
// F holds P columns of features and one of the outcome, N little-endian float64 each.
package main

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"time"

	"shelfcast/algorithms/gbt"
)

func main() {
	runtime.GOMAXPROCS(1)
	data := flag.String("data", "", "file of columns")
	rows := flag.Int("rows", 0, "rows")
	features := flag.Int("features", 0, "columns of features")
	objective := flag.String("objective", "squared", "squared or poisson")
	rounds := flag.Int("rounds", 100, "trees")
	leaves := flag.Int("leaves", 31, "leaves of a tree")
	flag.Parse()
	o := gbt.Options{Rounds: *rounds, Leaves: *leaves, Rate: 0.1, LeastRows: 20}
	if *objective == "poisson" {
		o.Objective = gbt.Poisson
	}
	if err := run(*data, *rows, *features, o); err != nil {
		fmt.Fprintln(os.Stderr, "trees:", err)
		os.Exit(1)
	}
}

func run(file string, rows, features int, o gbt.Options) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if len(raw) != 8*rows*(features+1) {
		return fmt.Errorf("read %s: %d bytes are not %d rows of %d columns", file, len(raw), rows, features+1)
	}
	var d gbt.Data
	for j := range features + 1 {
		v := make([]float64, rows)
		for i := range v {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*(j*rows+i):]))
		}
		if j < features {
			d.X = append(d.X, v)
		} else {
			d.Y = v
		}
	}
	began := time.Now()
	m, err := gbt.Train(d, nil, nil, o)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"seconds": time.Since(began).Seconds(), "loss": m.Losses[len(m.Losses)-1],
	})
}

package layout

import (
	"runtime"
	"time"
)

// Options say how a data set is written. The zero value is useful.
type Options struct {
	Force   bool // replace a data set that already stands in the folder
	Workers int  // goroutines; as many as there are processors when 0. The bytes written do not depend on it.
	// Progress, where set, is called now and then with the series done and the series there are, from one goroutine at a time.
	Progress func(done, total int)
}

// Goroutines returns how many goroutines to use.
func (o Options) Goroutines() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Summary is what was written.
type Summary struct {
	Series      int
	Items       int
	Stores      int
	Units       float64   // sum of demand
	TargetRows  int64     // rows of tts.parquet
	RelatedRows int64     // rows of rts.parquet
	First, Last time.Time // first and last day of tts.parquet, UTC
	Notes       []string  // what a reader should know: checks that passed, and what differs from what is expected
}

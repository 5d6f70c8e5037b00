package jobs

import (
	"context"
	"errors"
	"time"

	"shelfcast/engine/demand"
	"shelfcast/ingest"
	"shelfcast/jobs/report"
)

// Identity says which run this is: what it ran on, and what its results mean.
type Identity struct {
	BusinessDate time.Time // last day of sales that the run sees; midnight UTC
	CodeVersion  string
	ConfigHash   string // of every setting that a result can depend on
	DataHash     string // of the contents of every input
	Cal          demand.Calendar
	First        demand.Period // first period of the forecast
	Horizon      int           // periods
	Levels       []float64
	Keys         []demand.Key
	Shards       []Shard
	Started      time.Time
	Audit        ingest.Audit // what reading the inputs found
}

// Shard is a range of series, First to First+Count−1: the unit of work, of retry and of writing. Shards are numbered
// from 0.
type Shard struct{ Number, First, Count int }

// Errors by which a caller decides what to do.
var (
	// ErrBusy: another run holds the sink. It is worth trying again a little later.
	ErrBusy = errors.New("another run holds the sink")
	// ErrStopped: the run ended because its context did, not by a fault of its own. A sink that can keeps what is finished.
	ErrStopped = errors.New("the run was stopped")
)

// Sink is where the results of a run go.
type Sink interface {
	// Lock keeps other runs out until unlock is called. It does not wait: where another run holds the sink, the error is
	// ErrBusy. Held is ctx, which ends earlier, with the reason as its cause, where the lock is lost.
	Lock(ctx context.Context) (held context.Context, unlock func(), err error)
	// Unopened keeps, for a person to find, that a night failed before it became a run. Of id, the business date (zero
	// where it was to be the last of the data) and the hashes of code and configuration are known.
	Unopened(ctx context.Context, id Identity, why error) error
	// Open begins a run, or takes up the newest one of the same identity that was interrupted.
	Open(ctx context.Context, id Identity) (Book, error)
}

// Book is a run that has been opened.
type Book interface {
	// Number returns the run's number and attempt in the sink; 0 where the sink does not count runs.
	Number() (runID int64, attempt int)
	// Finished returns, by shard number, the evidence of the shards that an interrupted try has written.
	Finished() map[int][]byte
	// Write keeps the result of one shard, whole or not at all.
	Write(ctx context.Context, r ShardResult) error
	// Publish shows the run to readers, all of it at once.
	Publish(ctx context.Context, r *report.Report) error
	// Tidy frees the space of what is no longer kept, once the run is published. An error does not undo the run.
	Tidy(ctx context.Context) error
	// Fail closes the run after an error, ErrStopped or a fault. Nothing of it is shown.
	Fail(ctx context.Context, why error) error
}

// ShardResult is everything that one shard leaves.
type ShardResult struct {
	Shard
	Forecast *demand.Forecast
	Series   []SeriesResult // one for each series of the shard
	Fits     []byte         // the fits of every series and member, a line of JSON each, where Night.KeepFits asks for them
	// Components are the parts of the fan of each series, none where its model does not explain itself, and nil unless
	// Night.Components asks for them. They add up to the mean; those
	// that are 0 in all periods are left out.
	Components [][]demand.Component
	Evidence   []byte // what the report needs of the shard, as JSON; it comes back from Book.Finished
	Took       time.Duration
}

// SeriesResult says how one series came out.
type SeriesResult struct {
	Chosen  string       // the model that was asked for
	Why     error        // nil, or why the series is in quarantine
	History int          // observed periods
	Score   SeriesScores // of the chosen model
	Floor   SeriesScores // of the floor model
}

// SeriesScores are the backtest scores of one model on one series, averaged over windows. NaN where not defined.
type SeriesScores struct{ WQL, WAPE float64 }

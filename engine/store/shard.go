package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shelfcast/engine/demand"
)

// ShardResult is what one shard of a run produced.
type ShardResult struct {
	Number int // the shard: RunSpec.Shards[Number]

	// Forecast holds the fans of the shard's series, with the keys, periods and levels of the run. Series i was made
	// by Forecast.By[i]; where that is not the model asked for, Forecast.Why[i] says why. A series whose By is empty
	// has no fan and must be in Quarantine.
	Forecast *demand.Forecast

	// Components holds the parts of each fan, none where there are none to tell, H values each; nil where none were asked for.
	Components [][]demand.Component

	Series     []SeriesResult // one for each series, or nil where nothing is known of any
	Quarantine []Quarantine   // series of the shard that were set aside, with or without a fan of the floor model
	Partial    []byte         // handed back by Done when the run is resumed; the store does not look inside
	Elapsed    time.Duration  // time the work took
}

// SeriesResult is what is known of a series beside its fan. NaN marks a metric that is undefined; it is stored as NULL.
type SeriesResult struct {
	HistoryPeriods int     // length of the history, in periods
	WQL            float64 // of the chosen model in the backtest, mean over levels and windows; a ratio
	WAPE           float64 // of its mean; a ratio
	FloorWQL       float64 // of the floor model in the same backtest; a ratio
}

// Quarantine is a series that was set aside, and why.
type Quarantine struct {
	Key    demand.Key
	Stage  string // step of the night: read, shape, fit, judge
	Reason string // code, such as demand.Reason gives
	Detail string // in words; may be empty
}

// WriteShard writes a shard in one transaction: the fans, what is known of each series, the quarantine and the shard's
// row in the ledger. A shard that is already done is left as it is, so that doing it twice does no harm.
//
// It refuses, before anything is sent, a forecast of another shape than the run's, and with ErrNotFinite a number that
// is NaN or infinite. It returns ErrRunEnded where the run is no longer running.
func (r *Run) WriteShard(ctx context.Context, res ShardResult) error {
	err := r.checkShard(&res)
	if err == nil {
		err = r.db.inTx(ctx, func(tx pgx.Tx) error { return r.writeShard(ctx, tx, &res) })
	}
	if err != nil {
		return fmt.Errorf("write shard %d of run %d: %w", res.Number, r.id, explain(err))
	}
	r.remember(&res)
	return nil
}

func (r *Run) writeShard(ctx context.Context, tx pgx.Tx, res *ShardResult) error {
	if err := r.hold(ctx, tx, "for share"); err != nil {
		return err
	}
	withFan, rows := r.size(res)
	tag, err := tx.Exec(ctx, sqlFinishShard, r.id, res.Number, withFan, rows, res.Partial, res.Elapsed.Milliseconds())
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return nil // another attempt at this shard was first
	}
	return r.copyShard(ctx, tx.Conn(), res)
}

// remember keeps what a shard that is now done would be read back as.
func (r *Run) remember(res *ShardResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.done[res.Number]; known {
		return
	}
	withFan, rows := r.size(res)
	r.done[res.Number] = Shard{
		Number: res.Number, Span: r.spec.Shards[res.Number], SeriesWithFan: withFan, Rows: rows,
		Partial: res.Partial, Elapsed: res.Elapsed.Truncate(time.Millisecond),
	}
}

// size returns how many series of a shard have a fan, and how many forecast rows they make.
func (r *Run) size(res *ShardResult) (withFan int, rows int64) {
	for _, by := range res.Forecast.By {
		if by != "" {
			withFan++
		}
	}
	return withFan, int64(withFan) * int64(r.spec.Horizon)
}

// hold locks the run's row in the ledger and checks that the run is running. Writers share the lock; who ends the run
// takes it alone, and so waits for them.
func (r *Run) hold(ctx context.Context, tx pgx.Tx, lock string) error {
	var state string
	if err := tx.QueryRow(ctx, "select state from shelfcast.run where run_id = $1 "+lock, r.id).Scan(&state); err != nil {
		return err
	}
	if state != "running" {
		return fmt.Errorf("%w: its state is %s", ErrRunEnded, state)
	}
	return nil
}

func (r *Run) copyShard(ctx context.Context, conn *pgx.Conn, res *ShardResult) error {
	first := r.spec.Shards[res.Number].First
	if _, err := copyRows(ctx, conn, forecastTable.of(r.id), forecastFields, r.fanRows(res.Forecast, first)); err != nil {
		return err
	}
	if _, err := copyRows(ctx, conn, seriesTable.of(r.id), seriesFields, r.seriesRows(res, first)); err != nil {
		return err
	}
	if res.Components != nil {
		if _, err := copyRows(ctx, conn, partTable.of(r.id), partFields, r.partRows(res, first)); err != nil {
			return err
		}
	}
	if len(res.Quarantine) == 0 {
		return nil
	}
	next := each(res.Quarantine, func(row *quarantineRow, q *Quarantine) {
		*row = quarantineRow{run: r.id, shard: int32(res.Number), series: r.idOf(q.Key), key: q.Key, Quarantine: *q}
	})
	_, err := copyRows(ctx, conn, tableName("quarantine"), quarantineFields, next)
	return err
}

// fanRows walks the fans of a shard by series and period, and leaves out the series that have none.
func (r *Run) fanRows(f *demand.Forecast, first int) func(*forecastRow) bool {
	i, step, k := 0, 0, len(f.Levels)
	return func(row *forecastRow) bool {
		for step == 0 && i < len(f.Keys) && f.By[i] == "" {
			i++
		}
		if i == len(f.Keys) {
			return false
		}
		cell := i*f.H + step
		*row = forecastRow{
			run: r.id, series: r.ids[first+i], second: f.Cal.Seconds(f.Start + demand.Period(step)),
			mean: f.Mean[cell], quantile: f.Q[cell*k : (cell+1)*k],
		}
		if step++; step == f.H {
			i, step = i+1, 0
		}
		return true
	}
}

func (r *Run) seriesRows(res *ShardResult, first int) func(*seriesRow) bool {
	i := -1
	nothing := SeriesResult{WQL: math.NaN(), WAPE: math.NaN(), FloorWQL: math.NaN()}
	return func(row *seriesRow) bool {
		for i++; i < len(res.Forecast.By) && res.Forecast.By[i] == ""; {
			i++
		}
		if i == len(res.Forecast.By) {
			return false
		}
		*row = seriesRow{
			run: r.id, series: r.ids[first+i], model: readable(res.Forecast.By[i]),
			reason: demand.Reason(res.Forecast.Why[i]), scores: nothing,
		}
		if res.Series != nil {
			row.scores, row.history = res.Series[i], int32(res.Series[i].HistoryPeriods)
		}
		if res.Components != nil {
			for _, c := range res.Components[i] {
				row.parts = append(row.parts, readable(c.Name))
			}
		}
		return true
	}
}

// partRows walks the parts of a shard by series and period, and leaves out the series that have none.
func (r *Run) partRows(res *ShardResult, first int) func(*partRow) bool {
	i, step, f := 0, 0, res.Forecast
	return func(row *partRow) bool {
		for step == 0 && i < len(res.Components) && len(res.Components[i]) == 0 {
			i++
		}
		if i == len(res.Components) {
			return false
		}
		*row = partRow{run: r.id, series: r.ids[first+i], second: f.Cal.Seconds(f.Start + demand.Period(step)), value: row.value[:0]}
		for _, c := range res.Components[i] {
			row.value = append(row.value, c.Value[step])
		}
		if step++; step == f.H {
			i, step = i+1, 0
		}
		return true
	}
}

// idOf returns the number of a series, 0 where it is none of the run's.
func (r *Run) idOf(k demand.Key) int32 {
	i, found := slices.BinarySearchFunc(r.spec.Keys, k, demand.Key.Compare)
	if !found {
		return 0
	}
	return r.ids[i]
}

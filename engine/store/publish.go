package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"shelfcast/engine/demand"
)

// Summary is what a night has to say of itself when it is published.
type Summary struct {
	Counts  Counts
	Timings map[string]time.Duration // phase → elapsed time
	Report  any                      // made into JSON; nil for none
	Metrics []Metric
}

// Counts account for every row and every series: rows in = used + not needed + rejected, and series in = forecast +
// quarantined. Publish refuses a run where they do not.
type Counts struct {
	RowsIn, RowsUsed, RowsNotNeeded, RowsRejected int64

	SeriesIn          int64
	SeriesForecast    int64 // forecast and not quarantined
	SeriesQuarantined int64 // with or without a fan of the floor model
	SeriesFallback    int64 // of those forecast or quarantined: made by another model than the one asked for
}

func (c *Counts) check() error {
	if c.RowsIn != c.RowsUsed+c.RowsNotNeeded+c.RowsRejected {
		return fmt.Errorf("%w: rows in %d ≠ used %d + not needed %d + rejected %d", ErrIncomplete, c.RowsIn, c.RowsUsed, c.RowsNotNeeded, c.RowsRejected)
	}
	if c.SeriesIn != c.SeriesForecast+c.SeriesQuarantined {
		return fmt.Errorf("%w: series in %d ≠ forecast %d + quarantined %d", ErrIncomplete, c.SeriesIn, c.SeriesForecast, c.SeriesQuarantined)
	}
	return nil
}

// Metric is one figure of accuracy. It is undefined, and stored as NULL, where Value is NaN.
type Metric struct {
	Model           string
	Window          int    // backtest window, 1 for the latest; 0 for the mean over windows
	Scope           string // all, or a group of series
	Name            string
	Level           float64 // quantile level; 0 where the metric has none
	Value           float64
	PointsUsed      int64
	PointsAll       int64
	Season          int  // m of scaled errors, in periods; 0 where the metric has none
	DenominatorZero bool // Value is a numerator alone, because what it should be divided by was zero
}

func (m *Metric) check() error {
	if math.IsInf(m.Value, 0) || !finite(m.Level) {
		return fmt.Errorf("%w: %s of %s in window %d at level %g is %g; give NaN where it is undefined", ErrNotFinite, m.Name, m.Model, m.Window, m.Level, m.Value)
	}
	return nil
}

// Publish makes the run the one that stands for its business date. A reader of the views sees all of the run that stood
// before, or all of this one. It refuses with ErrIncomplete where shards, series or rows are missing or the counts do
// not add up. To publish a run that is published already does nothing.
func (r *Run) Publish(ctx context.Context, s Summary) error {
	err := s.check()
	if err == nil {
		err = r.db.patiently(ctx, func(conn *pgx.Conn) error { return r.publish(ctx, conn, &s) })
	}
	if err != nil {
		return fmt.Errorf("publish run %d: %w", r.id, explain(err))
	}
	return nil
}

func (s *Summary) check() error {
	if err := s.Counts.check(); err != nil {
		return err
	}
	for i := range s.Metrics {
		if err := s.Metrics[i].check(); err != nil {
			return err
		}
	}
	return nil
}

// publish works in two steps. The run's tables are completed and attached first; that is not seen, since the views ask
// the table published which runs to show. The transaction that follows is what is seen.
func (r *Run) publish(ctx context.Context, conn *pgx.Conn, s *Summary) error {
	var state string
	if err := conn.QueryRow(ctx, "select state from shelfcast.run where run_id = $1", r.id).Scan(&state); err != nil {
		return err
	}
	if state == "published" {
		return nil
	}
	if err := r.verify(ctx, conn); err != nil {
		return err
	}
	if err := r.attach(ctx, conn); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return r.show(ctx, tx, s) })
}

// verify compares the plan, the shard ledger and the rows that are really there.
func (r *Run) verify(ctx context.Context, conn *pgx.Conn) error {
	var planned, firstPlanned, series, withFan, rows, haveRows, haveSeries, haveParts, explained int64
	if err := conn.QueryRow(ctx, sqlTally, r.id).Scan(&planned, &firstPlanned, &series, &withFan, &rows); err != nil {
		return err
	}
	if planned > 0 {
		return fmt.Errorf("%w: %d of %d shards are not written, the first of them shard %d", ErrIncomplete, planned, len(r.spec.Shards), firstPlanned)
	}
	count := fmt.Sprintf("select (select count(*) from %s), n, explained, (select count(*) from %s) from (select count(*) as n, count(components) as explained from %s) s",
		forecastTable.of(r.id).Sanitize(), partTable.of(r.id).Sanitize(), seriesTable.of(r.id).Sanitize())
	if err := conn.QueryRow(ctx, count).Scan(&haveRows, &haveSeries, &explained, &haveParts); err != nil {
		return err
	}
	switch {
	case series != int64(len(r.spec.Keys)):
		return fmt.Errorf("%w: the shards hold %d series, the run %d", ErrIncomplete, series, len(r.spec.Keys))
	case haveSeries != withFan:
		return fmt.Errorf("%w: run_series has %d rows for %d series with a fan", ErrIncomplete, haveSeries, withFan)
	case haveRows != rows || rows != withFan*int64(r.spec.Horizon):
		return fmt.Errorf("%w: forecast has %d rows, %d series × %d periods make %d", ErrIncomplete, haveRows, withFan, r.spec.Horizon, withFan*int64(r.spec.Horizon))
	case haveParts != explained*int64(r.spec.Horizon):
		return fmt.Errorf("%w: component has %d rows, %d explained series × %d periods make %d", ErrIncomplete, haveParts, explained, r.spec.Horizon, explained*int64(r.spec.Horizon))
	}
	return nil
}

// attach completes the tables of the run and makes them partitions, unless an earlier try did.
func (r *Run) attach(ctx context.Context, conn *pgx.Conn) error {
	var loose []partitionedTable
	for _, t := range partitioned {
		s, err := t.state(ctx, conn, r.id)
		if err != nil {
			return err
		}
		if !s.keyed {
			if err := t.complete(ctx, conn, r.id); err != nil {
				return err
			}
		}
		if !s.attached {
			loose = append(loose, t)
		}
	}
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, t := range loose {
			if err := t.attach(ctx, tx, r.id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(loose) == 0 {
		return err
	}
	return settle(ctx, conn)
}

const (
	settleLimit = time.Second          // far longer than any query takes to plan
	settlePoll  = 2 * time.Millisecond // far shorter than what a night notices
)

// settle waits, for settleLimit at most, until queries that were being planned when the tables were attached have
// begun. Postgres plans a query and then takes its snapshot: a plan made before the attachment, with a snapshot taken
// after the publication, would look for the new run in the old partitions and find no row.
func settle(ctx context.Context, conn *pgx.Conn) error {
	var readers []string
	if err := conn.QueryRow(ctx, sqlOtherReaders, nil).Scan(&readers); err != nil {
		return err
	}
	for deadline := time.Now().Add(settleLimit); len(readers) > 0 && time.Now().Before(deadline); {
		if err := pause(ctx, settlePoll); err != nil {
			return err
		}
		if err := conn.QueryRow(ctx, sqlOtherReaders, readers).Scan(&readers); err != nil {
			return err
		}
	}
	return nil
}

// show is the transaction that publishes.
func (r *Run) show(ctx context.Context, tx pgx.Tx, s *Summary) error {
	if err := r.hold(ctx, tx, "for update"); err != nil {
		return err
	}
	next := each(s.Metrics, func(row *metricRow, m *Metric) { *row = metricRow{r.id, *m} })
	if _, err := copyRows(ctx, tx.Conn(), tableName("metric"), metricFields, next); err != nil {
		return err
	}
	names := make([]string, len(r.spec.Levels))
	for i, l := range r.spec.Levels {
		names[i] = demand.LevelName(l)
	}
	if _, err := tx.Exec(ctx, "select shelfcast.add_quantile_levels($1, $2)", r.spec.levels(), names); err != nil {
		return err
	}
	report, timings, err := s.encode()
	if err != nil {
		return err
	}
	c := &s.Counts
	tag, err := tx.Exec(ctx, sqlPublish, r.id, c.RowsIn, c.RowsUsed, c.RowsNotNeeded, c.RowsRejected,
		c.SeriesIn, c.SeriesForecast, c.SeriesQuarantined, c.SeriesFallback, timings, report)
	switch {
	case err != nil:
		return err
	case tag.RowsAffected() != 1:
		return errors.New("its row in the ledger is gone")
	}
	// Tables this small are not analyzed on their own, and the views' plans start from them.
	_, err = tx.Exec(ctx, "analyze shelfcast.published, shelfcast.run")
	return err
}

// encode makes JSON of report and timings, the latter in milliseconds.
func (s *Summary) encode() (report, timings []byte, err error) {
	ms := make(map[string]float64, len(s.Timings))
	for phase, d := range s.Timings {
		ms[phase] = float64(d) / float64(time.Millisecond)
	}
	if timings, err = json.Marshal(ms); err != nil || s.Report == nil {
		return nil, timings, err
	}
	if report, err = json.Marshal(s.Report); err != nil {
		return nil, nil, fmt.Errorf("encode the report: %w", err)
	}
	return report, timings, nil
}

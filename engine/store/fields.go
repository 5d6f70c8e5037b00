package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"shelfcast/engine/demand"
)

const schemaName = "shelfcast"

// tableName qualifies a table of this schema.
func tableName(table string) pgx.Identifier { return pgx.Identifier{schemaName, table} }

// Rows as they go to the server. NaN stands for NULL in optional numbers, "" in optional texts.
type (
	forecastRow struct {
		run      int64
		series   int32
		second   int64 // business seconds of the period's first instant
		mean     float64
		quantile []float64
	}
	seriesRow struct {
		run     int64
		series  int32
		model   string
		reason  string
		history int32
		scores  SeriesResult
		parts   []string // nil for NULL
	}
	partRow struct {
		run    int64
		series int32
		second int64 // business seconds of the period's first instant
		value  []float64
	}
	quarantineRow struct {
		run    int64
		shard  int32 // −1 for NULL
		series int32 // 0 for NULL: numbers begin at 1
		key    demand.Key
		Quarantine
	}
	rejectRow struct {
		run int64
		Reject
	}
	metricRow struct {
		run int64
		Metric
	}
	shardRow struct {
		run    int64
		number int32
		span   Span
	}
	keyRow struct {
		position int32
		key      demand.Key
	}
)

var forecastFields = []field[forecastRow]{
	{"run_id", "bigint", func(b []byte, r *forecastRow) []byte { return putInt64(b, r.run) }},
	{"series_id", "integer", func(b []byte, r *forecastRow) []byte { return putInt32(b, r.series) }},
	{"period_start", "timestamp without time zone", func(b []byte, r *forecastRow) []byte { return putSecond(b, r.second) }},
	{"mean", "double precision", func(b []byte, r *forecastRow) []byte { return putFloat64(b, r.mean) }},
	{"quantile", "double precision[]", func(b []byte, r *forecastRow) []byte { return putFloats(b, r.quantile) }},
}

var seriesFields = []field[seriesRow]{
	{"run_id", "bigint", func(b []byte, r *seriesRow) []byte { return putInt64(b, r.run) }},
	{"series_id", "integer", func(b []byte, r *seriesRow) []byte { return putInt32(b, r.series) }},
	{"model", "text", func(b []byte, r *seriesRow) []byte { return putText(b, r.model) }},
	{"fallback_reason", "text", func(b []byte, r *seriesRow) []byte { return putSome(b, r.reason) }},
	{"history_periods", "integer", func(b []byte, r *seriesRow) []byte { return putInt32(b, r.history) }},
	{"wql", "double precision", func(b []byte, r *seriesRow) []byte { return putDefined(b, r.scores.WQL) }},
	{"wape", "double precision", func(b []byte, r *seriesRow) []byte { return putDefined(b, r.scores.WAPE) }},
	{"floor_wql", "double precision", func(b []byte, r *seriesRow) []byte { return putDefined(b, r.scores.FloorWQL) }},
	{"components", "text[]", func(b []byte, r *seriesRow) []byte { return putTexts(b, r.parts) }},
}

var partFields = []field[partRow]{
	{"run_id", "bigint", func(b []byte, r *partRow) []byte { return putInt64(b, r.run) }},
	{"series_id", "integer", func(b []byte, r *partRow) []byte { return putInt32(b, r.series) }},
	{"period_start", "timestamp without time zone", func(b []byte, r *partRow) []byte { return putSecond(b, r.second) }},
	{"value", "double precision[]", func(b []byte, r *partRow) []byte { return putFloats(b, r.value) }},
}

var quarantineFields = []field[quarantineRow]{
	{"run_id", "bigint", func(b []byte, r *quarantineRow) []byte { return putInt64(b, r.run) }},
	{"shard_number", "integer", func(b []byte, r *quarantineRow) []byte {
		if r.shard < 0 {
			return putNull(b)
		}
		return putInt32(b, r.shard)
	}},
	{"series_id", "integer", func(b []byte, r *quarantineRow) []byte {
		if r.series == 0 {
			return putNull(b)
		}
		return putInt32(b, r.series)
	}},
	{"item_id", "text", func(b []byte, r *quarantineRow) []byte { return putText(b, readable(r.Key.Item)) }},
	{"store_id", "text", func(b []byte, r *quarantineRow) []byte { return putText(b, readable(r.Key.Store)) }},
	{"dimensions", "text", func(b []byte, r *quarantineRow) []byte { return putText(b, readable(r.Key.Dims)) }},
	{"stage", "text", func(b []byte, r *quarantineRow) []byte { return putText(b, readable(r.Stage)) }},
	{"reason", "text", func(b []byte, r *quarantineRow) []byte { return putText(b, readable(r.Reason)) }},
	{"detail", "text", func(b []byte, r *quarantineRow) []byte { return putSome(b, readable(r.Detail)) }},
}

var rejectFields = []field[rejectRow]{
	{"run_id", "bigint", func(b []byte, r *rejectRow) []byte { return putInt64(b, r.run) }},
	{"input", "text", func(b []byte, r *rejectRow) []byte { return putText(b, readable(r.Input)) }},
	{"file", "text", func(b []byte, r *rejectRow) []byte { return putText(b, readable(r.File)) }},
	{"row_group", "integer", func(b []byte, r *rejectRow) []byte {
		if r.RowGroup == nil {
			return putNull(b)
		}
		return putInt32(b, int32(*r.RowGroup))
	}},
	{"line", "bigint", func(b []byte, r *rejectRow) []byte {
		if r.Line < 1 {
			return putNull(b)
		}
		return putInt64(b, r.Line)
	}},
	{"column_name", "text", func(b []byte, r *rejectRow) []byte { return putSome(b, readable(r.Column)) }},
	{"reason", "text", func(b []byte, r *rejectRow) []byte { return putText(b, readable(r.Reason)) }},
	{"value", "text", func(b []byte, r *rejectRow) []byte { return putSome(b, readable(r.Value)) }},
}

var metricFields = []field[metricRow]{
	{"run_id", "bigint", func(b []byte, r *metricRow) []byte { return putInt64(b, r.run) }},
	{"model", "text", func(b []byte, r *metricRow) []byte { return putText(b, r.Model) }},
	{"window_number", "integer", func(b []byte, r *metricRow) []byte { return putInt32(b, int32(r.Window)) }},
	{"scope", "text", func(b []byte, r *metricRow) []byte { return putText(b, readable(r.Scope)) }},
	{"name", "text", func(b []byte, r *metricRow) []byte { return putText(b, r.Name) }},
	{"level", "double precision", func(b []byte, r *metricRow) []byte {
		if r.Level == 0 {
			return putNull(b)
		}
		return putFloat64(b, r.Level)
	}},
	{"value", "double precision", func(b []byte, r *metricRow) []byte { return putDefined(b, r.Value) }},
	{"points_used", "bigint", func(b []byte, r *metricRow) []byte { return putInt64(b, r.PointsUsed) }},
	{"points_all", "bigint", func(b []byte, r *metricRow) []byte { return putInt64(b, r.PointsAll) }},
	{"season", "integer", func(b []byte, r *metricRow) []byte { return putInt32(b, int32(r.Season)) }},
	{"denominator_zero", "bigint", func(b []byte, r *metricRow) []byte { return putInt64(b, flag(r.DenominatorZero)) }},
}

// flag is how the database counts a yes.
func flag(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

var shardFields = []field[shardRow]{
	{"run_id", "bigint", func(b []byte, r *shardRow) []byte { return putInt64(b, r.run) }},
	{"shard_number", "integer", func(b []byte, r *shardRow) []byte { return putInt32(b, r.number) }},
	{"first_series", "integer", func(b []byte, r *shardRow) []byte { return putInt32(b, int32(r.span.First)) }},
	{"series_count", "integer", func(b []byte, r *shardRow) []byte { return putInt32(b, int32(r.span.Count)) }},
	{"state", "text", func(b []byte, _ *shardRow) []byte { return putText(b, "planned") }},
}

// keyFields are the columns of the temporary table that numbers the series: see sql/keys.sql.
var keyFields = []field[keyRow]{
	{"position", "integer", func(b []byte, r *keyRow) []byte { return putInt32(b, r.position) }},
	{"item_id", "text", func(b []byte, r *keyRow) []byte { return putText(b, r.key.Item) }},
	{"store_id", "text", func(b []byte, r *keyRow) []byte { return putText(b, r.key.Store) }},
	{"dimensions", "text", func(b []byte, r *keyRow) []byte { return putText(b, r.key.Dims) }},
}

// columnType is a column as this package believes it to be.
type columnType struct{ table, name, sqlType string }

func columnsOf[R any](table string, fields []field[R]) []columnType {
	list := make([]columnType, len(fields))
	for i, f := range fields {
		list[i] = columnType{table, f.name, f.sqlType}
	}
	return list
}

// copiedColumns lists every column that a binary COPY writes into a permanent table.
func copiedColumns() []columnType {
	var all []columnType
	all = append(all, columnsOf("forecast", forecastFields)...)
	all = append(all, columnsOf("run_series", seriesFields)...)
	all = append(all, columnsOf("component", partFields)...)
	all = append(all, columnsOf("quarantine", quarantineFields)...)
	all = append(all, columnsOf("reject", rejectFields)...)
	all = append(all, columnsOf("metric", metricFields)...)
	return append(all, columnsOf("shard", shardFields)...)
}

// checkColumns compares the columns that COPY writes with the catalogue. A column of another type and the same width
// would take the bytes and mean something else.
func (db *DB) checkColumns(ctx context.Context) error {
	rows, err := db.pool.Query(ctx, sqlColumnTypes, schemaName)
	if err != nil {
		return err
	}
	found := map[[2]string]string{}
	var c columnType
	_, err = pgx.ForEachRow(rows, []any{&c.table, &c.name, &c.sqlType}, func() error {
		found[[2]string{c.table, c.name}] = c.sqlType
		return nil
	})
	if err != nil {
		return err
	}
	for _, want := range copiedColumns() {
		if got := found[[2]string{want.table, want.name}]; got != want.sqlType {
			return fmt.Errorf("%w: column %s.%s.%s should be %s and is %q; run shelfcast db migrate", ErrNotMigrated, schemaName, want.table, want.name, want.sqlType, got)
		}
	}
	return nil
}

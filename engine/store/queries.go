package store

import _ "embed" // the queries below

// The queries that are longer than a line, one a file in sql.
var (
	//go:embed sql/column_types.sql
	sqlColumnTypes string
	//go:embed sql/keys.sql
	sqlKeys string
	//go:embed sql/number_keys.sql
	sqlNumberKeys string
	//go:embed sql/key_ids.sql
	sqlKeyIDs string
	//go:embed sql/begin_run.sql
	sqlBeginRun string
	//go:embed sql/find_run.sql
	sqlFindRun string
	//go:embed sql/running.sql
	sqlRunning string
	//go:embed sql/finish_shard.sql
	sqlFinishShard string
	//go:embed sql/done_shards.sql
	sqlDoneShards string
	//go:embed sql/tally.sql
	sqlTally string
	//go:embed sql/publish.sql
	sqlPublish string
	//go:embed sql/record_unopened.sql
	sqlRecordUnopened string
	//go:embed sql/fail.sql
	sqlFail string
	//go:embed sql/lock_holder.sql
	sqlLockHolder string
	//go:embed sql/other_readers.sql
	sqlOtherReaders string
	//go:embed sql/partition_state.sql
	sqlPartitionState string
	//go:embed sql/prunable_runs.sql
	sqlPrunableRuns string
	//go:embed sql/prunable_dates.sql
	sqlPrunableDates string
	//go:embed sql/forget.sql
	sqlForget string
)

update shelfcast.shard
set state = 'done', series_with_fan = $3, rows = $4, partial = $5, elapsed_ms = $6, finished_at = clock_timestamp()
where run_id = $1 and shard_number = $2 and state = 'planned'

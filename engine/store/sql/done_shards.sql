select shard_number, first_series, series_count, series_with_fan, rows, partial, elapsed_ms
from shelfcast.shard
where run_id = $1 and state = 'done'
order by shard_number
